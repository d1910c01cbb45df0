"""EventBridge rules to functions: permissions, and a dead-letter queue for what cannot be delivered."""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import policies_enforced
from constructs_lib.local.deliveries import Deliveries
from constructs_lib.local.functions import find_function, refusal_to_invoke
from constructs_lib.local.queues import put_in_queue
from constructs_lib.local.records import FailedDelivery

EVENTS_PRINCIPAL = "events.amazonaws.com"
_serving: contextvars.ContextVar[tuple[dict[str, Any], str] | None] = contextvars.ContextVar(
    "_serving", default=None
)


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
        target, rule_arn = _serving.get() or ({}, "")
        try:
            payload = json.loads(rendered)
        except (TypeError, ValueError):
            reason = f"the rendered input is not JSON: {rendered[:200]}"
            self._give_up(target, rule_arn, function_arn, rendered, "INVALID_JSON", reason)
            return
        function = find_function(function_arn)
        if function is None:
            reason = f"{function_arn} does not exist"
            self._give_up(target, rule_arn, function_arn, payload, "RESOURCE_NOT_FOUND", reason)
            return
        refusal = refusal_to_invoke(function, EVENTS_PRINCIPAL, rule_arn, rule_arn.split(":")[4])
        if refusal:
            self._give_up(target, rule_arn, function_arn, payload, "NO_PERMISSIONS", refusal)
        else:
            self.deliveries.invoke(function, payload, rule_arn)

    def _give_up(
        self,
        target: dict[str, Any],
        rule_arn: str,
        function_arn: str,
        payload: object,
        code: str,
        reason: str,
    ) -> None:
        queue_arn = (target.get("DeadLetterConfig") or {}).get("Arn")
        kept_in = None
        if queue_arn and rule_arn:
            with policies_enforced():
                allowed = hooks.module("services.sqs").queue_policy_allows(
                    queue_arn, EVENTS_PRINCIPAL, rule_arn, rule_arn.split(":")[4]
                )
            attributes = {
                name: {"DataType": "String", "StringValue": value}
                for name, value in {
                    "RULE_ARN": rule_arn,
                    "TARGET_ARN": function_arn,
                    "ERROR_CODE": code,
                    "ERROR_MESSAGE": reason,
                }.items()
            }
            body = payload if isinstance(payload, str) else json.dumps(payload)
            problem = (
                put_in_queue(queue_arn, body, attributes)
                if allowed
                else f"{queue_arn} refuses {EVENTS_PRINCIPAL}"
            )
            kept_in, reason = (queue_arn, reason) if problem is None else (None, f"{reason}; {problem}")
        self.deliveries.failed.append(FailedDelivery(rule_arn, function_arn, reason, payload, kept_in))
