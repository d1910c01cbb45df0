"""EventBridge rules to functions: permissions, and a dead-letter queue for what cannot be delivered."""

from __future__ import annotations

import contextvars
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import policies_enforced
from constructs_lib.local.functions import find_function, refusal_to_invoke
from constructs_lib.local.queues import put_in_queue
from constructs_lib.local.records import FailedDelivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.deliveries import Deliveries

EVENTS_PRINCIPAL = "events.amazonaws.com"
_serving: contextvars.ContextVar[tuple[dict[str, Any], str] | None] = contextvars.ContextVar(
    "_serving", default=None
)


def serving() -> tuple[dict[str, Any], str]:
    """The target at hand and the ARN of its rule."""
    return _serving.get() or ({}, "")


@dataclass
class Rules:
    """Replaces the emulator's way from a matching rule to a function."""

    deliveries: Deliveries
    invoke_target: Callable[..., None] | None = None

    def on_target(
        self, target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: object = None
    ) -> None:
        """Remember the rule and target at hand, then let the emulator render the input."""
        token = _serving.set((target, str(rule.get("Arn", ""))))
        try:
            if self.invoke_target is not None:
                self.invoke_target(target, event, rule, view)
        finally:
            _serving.reset(token)

    def to_function(self, function_arn: str, rendered: str) -> None:
        """Deliver a rendered input to a function, as EventBridge's asynchronous invocation does."""
        target, rule_arn = serving()
        undelivered = _Undelivered(target, rule_arn, function_arn, rendered)
        function = find_function(function_arn)
        try:
            payload = json.loads(rendered)
        except (TypeError, ValueError):
            self._give_up(undelivered, "INVALID_JSON", f"the rendered input is not JSON: {rendered[:200]}")
            return
        if function is None:
            self._give_up(undelivered, "RESOURCE_NOT_FOUND", f"{function_arn} does not exist")
            return
        refusal = refusal_to_invoke(function, EVENTS_PRINCIPAL, rule_arn, rule_arn.split(":")[4])
        if refusal:
            self._give_up(undelivered, "NO_PERMISSIONS", refusal)
        else:
            self.deliveries.invoke(function, payload, rule_arn)

    def give_up(self, target_arn: str, event: object, code: str, reason: str) -> None:
        """Remember an event that the target at hand did not take, in its queue if it has one."""
        text = event if isinstance(event, str) else json.dumps(event)
        self._give_up(_Undelivered(*serving(), target_arn, text), code, reason)

    def _give_up(self, undelivered: _Undelivered, code: str, reason: str) -> None:
        kept_in = undelivered.queue_arn
        if kept_in is not None:
            problem = undelivered.put_in_queue(code, reason)
            kept_in, reason = (kept_in, reason) if problem is None else (None, f"{reason}; {problem}")
        failed = FailedDelivery(
            undelivered.rule_arn, undelivered.function_arn, reason, undelivered.input, kept_in
        )
        self.deliveries.failed.append(failed)


@dataclass(frozen=True)
class _Undelivered:
    target: dict[str, Any]
    rule_arn: str
    function_arn: str
    rendered: str

    @property
    def queue_arn(self) -> str | None:
        return (self.target.get("DeadLetterConfig") or {}).get("Arn")

    @property
    def input(self) -> object:
        try:
            return json.loads(self.rendered)
        except ValueError:
            return self.rendered

    def put_in_queue(self, code: str, reason: str) -> str | None:
        """Put the input into the target's dead-letter queue; returns why not, or None."""
        queue_arn = str(self.queue_arn)
        account_id = self.rule_arn.split(":")[4]
        with policies_enforced():
            sqs = hooks.module("services.sqs")
            allowed = sqs.queue_policy_allows(queue_arn, EVENTS_PRINCIPAL, self.rule_arn, account_id)
        if not allowed:
            return f"{queue_arn} refuses {EVENTS_PRINCIPAL}"
        told = {
            "RULE_ARN": self.rule_arn,
            "TARGET_ARN": self.function_arn,
            "ERROR_CODE": code,
            "ERROR_MESSAGE": reason,
        }
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}
        return put_in_queue(queue_arn, self.rendered, attributes)
