"""Starts MiniStack in this process with our rooms in place of its gaps, and takes everything down again."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import logging
import os
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.local import hooks
from constructs_lib.local.alarms import Alarms
from constructs_lib.local.buses import Buses
from constructs_lib.local.callers import Callers, EnforcedForFunctions
from constructs_lib.local.cloudformation import CloudFormation
from constructs_lib.local.deliveries import Deliveries
from constructs_lib.local.environment import emulator_environment, local_environment, replaced_environment
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.event_sources import EventSources
from constructs_lib.local.function_logs import whole_logs
from constructs_lib.local.gateway import Gateway
from constructs_lib.local.incidents_api import IncidentsApi
from constructs_lib.local.mute_rules import MuteRules
from constructs_lib.local.ops_items_api import OPERATIONS, OpsItemsApi
from constructs_lib.local.organization import Organization
from constructs_lib.local.processes import FunctionDirectories, FunctionProcesses
from constructs_lib.local.rules import Rules
from constructs_lib.local.server import LoopbackServer
from constructs_lib.local.shares import Shares
from constructs_lib.local.topic_faults import OPERATION, TopicFaults
from constructs_lib.local.topics import CountedThreads, Topics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.faults import Fault

_only_one = threading.Lock()
_END_SECONDS = 15.0
_VALIDATORS = ("engine", "handlers", "changesets")


@dataclass
class Emulator:
    """The running parts; its state is the process's, so there is one at a time."""

    region: str
    account_id: str
    retry_delay: float
    callers: Callers = field(default_factory=Callers)
    endpoint_url: str = ""
    home: str = ""

    def __post_init__(self) -> None:
        """Furnish the rooms."""
        self.deliveries = Deliveries(self.retry_delay)
        self.organization = Organization()
        self.incidents = IncidentsApi(self.callers, shares=Shares(self.organization))
        self.ops_items = OpsItemsApi(self.callers)
        self.topic_faults = TopicFaults()
        self.mute_rules = MuteRules(self.callers)
        self.alarms = Alarms(self.deliveries, self.mute_rules)
        self.cloudformation = CloudFormation(self.incidents)
        self.event_sources = EventSources(self.deliveries)
        self._rules = Rules(self.deliveries)
        self._buses = Buses(self._rules, self.organization)
        self.topics = Topics(self.deliveries)
        self._processes = FunctionProcesses()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run until the block ends; whatever ends it, nothing stays behind."""
        hooks.require_extra()
        with ExitStack() as stack:
            stack.enter_context(_the_only_one())
            self.home = stack.enter_context(tempfile.TemporaryDirectory(prefix="local-aws-"))
            server = LoopbackServer()
            stack.callback(server.stop)
            self.endpoint_url = server.url
            where = {
                "endpoint_url": self.endpoint_url,
                "region": self.region,
                "account_id": self.account_id,
                "home": self.home,
            }
            stack.enter_context(
                replaced_environment(local_environment(**where) | emulator_environment(**where))
            )
            _import_quietly()
            self._check_names()
            self._install(stack)
            server.start(
                Gateway(
                    self.callers,
                    self.incidents,
                    self.ops_items,
                    self.topic_faults,
                    self.mute_rules,
                    source_of_trace=self.deliveries.source_of_trace,
                )
            )
            stack.enter_context(hooks.replaced("app", "_MAIN_LOOP", server.loop))
            stack.callback(server.stop)
            stack.callback(self.reset)
            yield

    def fail_next(self, fault: Fault, times: int) -> None:
        """Let the next calls of an operation fail."""
        if fault.operation in OPERATIONS:
            self.ops_items.fail_next(fault, times)
        elif fault.operation == OPERATION:
            self.topic_faults.fail_next(fault, times)
        else:
            self.incidents.fail_next(fault, times)

    def stop_failing(self) -> None:
        """Let every operation succeed again."""
        for faults in (self.incidents.faults, self.ops_items.faults, self.topic_faults.faults):
            faults.forget()

    def reset(self) -> None:
        """Forget all state, ours and the emulator's; ends the functions' processes."""
        self.deliveries.abandon()
        self._processes.end_all()
        self.deliveries.wait_idle(_END_SECONDS)
        hooks.module("core.lambda_runtime").reset()
        self._processes.end_all()
        self.deliveries.forget()
        hooks.module("app")._reset_all_state()
        self.callers.forget()
        self.incidents.forget()
        self.organization.forget()
        self.ops_items.forget()
        self.topic_faults.faults.forget()
        self.topics.messages.clear()
        self.alarms.forget()
        self.cloudformation.unsupported.clear()

    @staticmethod
    def _check_names() -> None:
        missing = hooks.missing_names()
        if missing:
            message = f"ministack {hooks.PINNED_VERSION} lacks {', '.join(missing)}: reinstall it"
            raise LocalAwsError(message)

    def _install(self, stack: ExitStack) -> None:
        def replace(module: str, attribute: str, replacement: object) -> object:
            return stack.enter_context(hooks.replaced(module, attribute, replacement))

        replace("app", "AUTH", EnforcedForFunctions())
        evaluator = hooks.module("core.iam_evaluator")
        replace("core.iam_evaluator", "enforce", self.callers.enforcing(evaluator.enforce))
        replace("core.lambda_runtime", "execution_credentials", self.callers.credentials)
        replace("core.lambda_runtime", "subprocess", self._processes)
        replace("core.lambda_runtime", "tempfile", FunctionDirectories(self.home))
        stack.enter_context(whole_logs())
        replace("services.cloudwatch", "_dispatch_alarm_actions", self.alarms.on_state_change)
        self._rules.invoke_target = hooks.module("services.eventbridge")._invoke_target
        replace("services.eventbridge", "_invoke_target", self._rules.on_target)
        replace("services.eventbridge", "_dispatch_to_lambda", self._rules.to_function)
        replace("services.eventbridge", "_dispatch_to_event_bus", self._buses.to_bus)
        replace("services.lambda_svc", "invoke_async_with_retry", self.deliveries.invoke_record)
        dispatch = hooks.module("services.lambda_svc")._execute_function_dispatch
        replace(
            "services.lambda_svc",
            "_execute_function_dispatch",
            self.deliveries.with_one_request_id(dispatch),
        )
        replace("services.lambda_svc", "_run_sqs_batch", self.event_sources.run_batch)
        replace("services.lambda_svc", "_xray_trace_id_for_invocation", self.deliveries.trace_header)
        replace("services.sns", "_deliver_to_lambda", self.topics.to_function)
        fan_out = hooks.module("services.sns")._fanout
        replace("services.sns", "_fanout", self.topics.remembering(fan_out))
        replace("services.sns", "_threading", CountedThreads(self.deliveries))
        stack.enter_context(self.cloudformation.installed())
        for name in _VALIDATORS:
            module = f"services.cloudformation.{name}"
            validate = hooks.module(module).validate_template_support
            replace(module, "validate_template_support", self.cloudformation.validating(validate))


@contextmanager
def _the_only_one() -> Iterator[None]:
    if not _only_one.acquire(blocking=False):
        message = (
            "a local AWS is running in this process already: its state is the process's, so use that one"
        )
        raise LocalAwsError(message)
    try:
        yield
    finally:
        _only_one.release()


def _import_quietly() -> None:
    """Import the emulator without the logging set-up it makes for the whole process."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    os.environ["LOG_LEVEL"], before = "CRITICAL", os.environ.get("LOG_LEVEL")
    try:
        for name in hooks.PRIVATE_NAMES:
            hooks.module(name)
    finally:
        if before is None:
            del os.environ["LOG_LEVEL"]
        else:
            os.environ["LOG_LEVEL"] = before
        root.setLevel(level)
        for handler in [handler for handler in root.handlers if handler not in handlers]:
            root.removeHandler(handler)
    logging.getLogger("ministack").setLevel(logging.CRITICAL)
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("ministack."):
            logging.getLogger(name).setLevel(logging.CRITICAL)
