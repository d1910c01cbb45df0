"""Every private name of the pinned emulator that the local AWS relies on, in one place.

MiniStack releases often and promises nothing about these names, so it is
pinned with ``==`` and :func:`missing_names` says which of them went away.
"""

# ruff: noqa: ANN401 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import importlib
import importlib.metadata
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from constructs_lib.local.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PINNED_VERSION = "1.5.33"

PRIVATE_NAMES: Mapping[str, tuple[str, ...]] = {
    "app": ("AUTH", "_MAIN_LOOP", "_reset_all_state", "app"),
    "core.concurrency": ("esm_wake",),
    "core.iam_evaluator": (
        "EvalContext",
        "_gather_role_policies",
        "_permissions_boundary",
        "_request_origin",
        "enforce",
        "evaluate",
        "evaluate_resource_policy",
        "resolve_principal",
    ),
    "core.lambda_runtime": (
        "_PYTHON_WORKER_SCRIPT",
        "Worker",
        "_account_region_from_function_config",
        "execution_credentials",
        "reset",
        "subprocess",
        "tempfile",
    ),
    "core.responses": ("_request_account_id", "get_account_id", "get_region", "request_scope"),
    "core.router": ("extract_access_key_id",),
    "services.cloudformation.engine": ("validate_template_support",),
    "services.cloudformation.handlers": ("validate_template_support",),
    "services.cloudformation.changesets": ("validate_template_support",),
    "services.cloudformation.provisioners": ("_RESOURCE_HANDLERS", "_physical_name"),
    "services.cloudwatch": (
        "_alarms",
        "_composite_alarms",
        "_dispatch_alarm_actions",
        "_put_composite_alarm",
        "_resource_tags",
        "_delete_alarms",
    ),
    "services.eventbridge": (
        "_dispatch_event",
        "_dispatch_to_event_bus",
        "_dispatch_to_lambda",
        "_event_bus_policies",
        "_event_buses",
        "_invoke_target",
        "_pattern_event_view",
        "_rule_key",
    ),
    "services.iam": ("_roles",),
    "services.lambda_svc": (
        "_effective_func_record_for_qualifier",
        "_execute_function",
        "_execute_function_dispatch",
        "_execution_record_for_config",
        "_function_qualifier_exists",
        "_functions",
        "_iter_all_esms",
        "_lambda_function_name_and_qualifier_from_arn",
        "_run_sqs_batch",
        "_xray_trace_id_for_invocation",
        "invoke_async_with_retry",
    ),
    "services.sns": ("_deliver_to_lambda", "_fanout", "_threading", "_topics", "topic_policy_allows"),
    "services.sqs": (
        "_delete_messages_for_esm",
        "_queue_by_arn",
        "_queues",
        "queue_delay",
        "queue_policy_allows",
    ),
    "services.sts": ("register_session",),
}


def module(name: str) -> Any:
    """Import one of the emulator's modules."""
    return importlib.import_module(f"ministack.{name}")


def require_extra() -> None:
    """Raise a sentence when the ``local`` extra is missing or of another version."""
    try:
        version = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        message = "the local AWS needs the extra 'local': pip install 'cdk-incident-starter[local]'"
        raise LocalAwsError(message) from None
    if version != PINNED_VERSION:
        message = (
            f"the local AWS is written for ministack {PINNED_VERSION}, but {version} is installed: "
            f"pip install ministack=={PINNED_VERSION}"
        )
        raise LocalAwsError(message)


def missing_names() -> list[str]:
    """Return the private names that the installed emulator no longer has."""
    return [
        f"ministack.{name}.{attribute}"
        for name, attributes in PRIVATE_NAMES.items()
        for attribute in attributes
        if not hasattr(module(name), attribute)
    ]


@contextmanager
def replaced(module_name: str, attribute: str, replacement: object) -> Iterator[Any]:
    """Replace a private name of the emulator and put it back on exit; yields the original."""
    target = module(module_name)
    original = getattr(target, attribute)
    setattr(target, attribute, replacement)
    try:
        yield original
    finally:
        setattr(target, attribute, original)
