"""Asynchronous deliveries, counted: invocations with their retries, and where failures end up."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import contextvars
import json
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import role_is_allowed
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.functions import Function, find_function
from constructs_lib.local.queues import put_in_queue
from constructs_lib.local.records import FailedDelivery, Invocation

_current_source: contextvars.ContextVar[str | None] = contextvars.ContextVar("_current_source", default=None)
_request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("_request_id", default=None)
_SEND_ACTION = {"sqs": "sqs:SendMessage", "sns": "sns:Publish", "lambda": "lambda:InvokeFunction"}
_LAMBDA_DEFAULT_RETRIES = 2
_THROTTLED_SECONDS = 30.0
_AT_ONCE = 6  # a storm of alarms must not start a process each


@dataclass
class Deliveries:
    """Everything under way, and what became of it."""

    retry_delay: float
    failed: list[FailedDelivery] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    entered: int = 0
    """How many deliveries have begun, ever."""
    _under_way: int = 0
    _generation: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_AT_ONCE))
    _source_by_trace: dict[str, str | None] = field(default_factory=dict)

    # -- counting ----------------------------------------------------------

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count something as under way while the block runs."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Count one more delivery under way; called before the request that caused it is answered."""
        with self._changed:
            self._under_way += 1
            self.entered += 1

    def leave(self) -> None:
        """Count one less."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def in_background(self, run: Callable[[], None]) -> None:
        """Run a delivery in a thread of its own, in the request's account and Region."""
        self.enter()

        def counted_run() -> None:
            try:
                run()
            finally:
                self.leave()

        threading.Thread(target=contextvars.copy_context().run, args=(counted_run,), daemon=True).start()

    def wait_idle(self, timeout: float) -> None:
        """Return when nothing is under way any more."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._under_way == 0, timeout):
                message = f"{self._under_way} deliveries are still under way after {timeout:g} seconds"
                raise LocalAwsError(message)

    def abandon(self) -> None:
        """Let nothing start or retry any more; what runs may end."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def forget(self) -> None:
        """Drop what is known of earlier deliveries."""
        self.failed.clear()
        self.invocations.clear()
        self._source_by_trace.clear()

    # -- invocations -------------------------------------------------------

    def invoke(self, function: Function, payload: object, source: str | None) -> None:
        """Invoke a function asynchronously, with its own retries and destinations."""
        generation = self._generation
        self.in_background(lambda: self._invoke(function, payload, source, generation))

    def invoke_record(self, record: dict[str, Any], payload: object) -> None:
        """Invoke what the emulator's own services pass on (Invoke with type Event, S3)."""
        config = record.get("config") or record
        function = find_function(str(config["FunctionArn"]))
        if function is not None:
            self.invoke(function, payload, None)

    def run_once(self, function: Function, payload: object, source: str) -> dict[str, Any]:
        """Invoke a function and wait for it, on behalf of a service that repeats by itself."""
        _current_source.set(source)
        _request_id.set(str(uuid.uuid4()))
        result = self._run(function, payload, self._generation)
        error, log = _error_of(result), str(result.get("log", ""))
        self.invocations.append(Invocation(function.arn, source, payload, 1, error, log))
        return result

    def trace_header(self, _config: Mapping[str, Any], _inbound: str | None = None) -> str:
        """Return the trace header of an invocation, remembering the source behind it."""
        root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
        self._source_by_trace[root] = _current_source.get()
        return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"

    def source_of_trace(self, root: str) -> str | None:
        """Return the ARN behind the invocation with this trace."""
        return self._source_by_trace.get(root)

    @staticmethod
    def with_one_request_id(dispatch: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        """Wrap the emulator's dispatch: as on AWS, the attempts of one invocation share its request id."""

        def dispatch_with_it(
            function: object, config: object, payload: object, request_id: str, started: float
        ) -> dict[str, Any]:
            return dispatch(function, config, payload, _request_id.get() or request_id, started)

        return dispatch_with_it

    def _invoke(self, function: Function, payload: object, source: str | None, generation: int) -> None:
        responses = hooks.module("core.responses")
        _current_source.set(source)
        _request_id.set(str(uuid.uuid4()))
        with responses.request_scope(function.account_id, function.region):
            retries = function.invoke_config.get("MaximumRetryAttempts")
            attempts = 1 + int(_LAMBDA_DEFAULT_RETRIES if retries is None else retries)
            result: dict[str, Any] = {}
            for attempt in range(1, attempts + 1):
                if not self._pause(attempt - 1, generation):
                    return
                result = self._run(function, payload, generation)
                if not result.get("error"):
                    break
            if generation != self._generation:
                return
            error = _error_of(result)
            ended = Invocation(function.arn, source, payload, attempt, error, str(result.get("log", "")))
            self.invocations.append(ended)
            if error is not None:
                self._after_the_last_attempt(function, ended, result.get("body"))

    def _run(self, function: Function, payload: object, generation: int) -> dict[str, Any]:
        """Run a function once; while it is throttled Lambda keeps the event, and so do we."""
        deadline = time.monotonic() + _THROTTLED_SECONDS
        while True:
            with self._slots:
                execute = hooks.module("services.lambda_svc")._execute_function
                result: dict[str, Any] = execute(function.record, payload)
            if not result.get("throttle") or time.monotonic() > deadline or not self._pause(1, generation):
                return result

    def _pause(self, retry: int, generation: int) -> bool:
        """Wait before a retry; false when nobody wants it any more."""
        with self._changed:
            return not self._changed.wait_for(
                lambda: generation != self._generation, self.retry_delay * retry
            )

    def _after_the_last_attempt(self, function: Function, ended: Invocation, answer: object) -> None:
        times = f"{ended.attempts} times" if ended.attempts > 1 else "once"
        reason = f"{function.config['FunctionName']} failed {times}: {ended.error}"
        destination = (
            (function.invoke_config.get("DestinationConfig") or {}).get("OnFailure", {}).get("Destination")
        )
        dead_letters = (function.config.get("DeadLetterConfig") or {}).get("TargetArn")
        kept_in = None
        for target, body in (
            (destination, _failure_envelope(function, ended, answer)),
            (dead_letters, ended.payload),
        ):
            if not target:
                continue
            refusal = self._send(function, target, body, ended.source)
            reason, kept_in = (f"{reason}; {refusal}", kept_in) if refusal else (reason, target)
        source = ended.source or function.arn
        self.failed.append(FailedDelivery(source, function.arn, reason, ended.payload, kept_in))

    def _send(self, function: Function, target: str, body: object, source: str | None) -> str | None:
        service = target.split(":")[2]
        role = str(function.config.get("Role", ""))
        action = _SEND_ACTION.get(service, "")
        if not role_is_allowed(role, function.region, action, target):
            return f"{role} may not perform {action} on {target}"
        if service == "sqs":
            return put_in_queue(target, json.dumps(body), source=source)
        if service == "sns":
            hooks.module("services.sns")._fanout(target, secrets.token_hex(16), json.dumps(body), "")
            return None
        destination = find_function(target)
        if destination is None:
            return f"{target} does not exist"
        self.invoke(destination, body, function.arn)
        return None


def _error_of(result: Mapping[str, Any]) -> str | None:
    if not result.get("error"):
        return None
    body = result.get("body")
    return str(body.get("errorMessage") or body) if isinstance(body, Mapping) else str(body)


def _failure_envelope(function: Function, ended: Invocation, answer: object) -> dict[str, Any]:
    now = time.time()
    return {
        "version": "1.0",
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03d}Z",
        "requestContext": {
            "requestId": _request_id.get(),
            "functionArn": f"{function.arn}:$LATEST" if function.qualifier is None else function.arn,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": ended.attempts,
        },
        "requestPayload": ended.payload,
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "responsePayload": answer,
    }
