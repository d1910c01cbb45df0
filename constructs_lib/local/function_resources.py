"""What Lambda asks of a function's role before it takes where events of a function come from or end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.local import hooks
from constructs_lib.local.callers import role_is_allowed
from constructs_lib.local.functions import Function, find_function

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.local.resource_handlers import Created, Handler, Properties

_DESTINATION_ACTIONS = {"sqs": ("sqs:SendMessage", "SendMessage"), "sns": ("sns:Publish", "Publish")}


def checked_function_resources(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return the emulator's own handlers of what has such a role, with the checks that they lack."""
    checks = {
        "AWS::Lambda::EventInvokeConfig": _check_destination,
        "AWS::Lambda::EventSourceMapping": _check_event_source,
    }
    return {kind: _with_check(handlers[kind], check) for kind, check in checks.items()}


def _with_check(handler: Handler, check: Callable[[Properties], None]) -> Handler:
    """Refuse what the function's role may not do, as Lambda does."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        check(properties)
        created: Created = handler["create"](logical_id, properties, stack_name)
        return created

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
        check(new)
        created: Created = handler["update"](physical_id, old, new, stack_name)
        return created

    return {**handler, "create": create, "update": update}


def _function_of(properties: Properties) -> Function | None:
    responses = hooks.module("core.responses")
    region, account_id = responses.get_region(), responses.get_account_id()
    name = str(properties.get("FunctionName", ""))
    return find_function(
        name if name.startswith("arn:") else f"arn:aws:lambda:{region}:{account_id}:function:{name}"
    )


def _check_event_source(properties: Properties) -> None:
    function, source = _function_of(properties), str(properties.get("EventSourceArn", ""))
    if function is None or ":sqs:" not in source:
        return
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        if not role_is_allowed(str(function.config["Role"]), function.region, f"sqs:{action}", source):
            message = (
                f"The function execution role does not have permissions to call {action} on SQS: {source}"
            )
            raise ValueError(message)


def _check_destination(properties: Properties) -> None:
    function = _function_of(properties)
    for outcome in ("OnFailure", "OnSuccess"):
        target = ((properties.get("DestinationConfig") or {}).get(outcome) or {}).get("Destination")
        if not target or function is None:
            continue
        action, verb = _DESTINATION_ACTIONS.get(target.split(":")[2], ("", ""))
        if action and not role_is_allowed(str(function.config["Role"]), function.region, action, target):
            message = f"The function's execution role does not have permissions to call {verb} on {target}"
            raise ValueError(message)
