"""From a rule to another event bus, of any account: the target's role and the bus's policy decide."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import role_is_allowed
from constructs_lib.local.rules import serving

if TYPE_CHECKING:
    from constructs_lib.local.organization import Organization
    from constructs_lib.local.rules import Rules

_PUT, _HOP = "events:PutEvents", "THIRD_ACCOUNT_HOP_DETECTED"
_PATH, _FROM = "_DispatchPath", "_ForwardedFrom"


@dataclass
class Buses:
    """Replaces the emulator's way from a matching rule to another bus, which ends at the account's border."""

    rules: Rules
    organization: Organization

    def to_bus(
        self,
        spec: Any,  # noqa: ANN401 - the emulator's own record of an ARN
        event: dict[str, Any],
        rule: dict[str, Any],
        path: set[str],
        rendered: str | None = None,
    ) -> None:
        """Put an event on the bus that a target names; the event stays what it is, its account included."""
        target, rule_arn = serving()
        bus_arn = str(target.get("Arn", ""))
        sender = rule_arn.split(":")[4]
        code, refusal = self._refusal(target, bus_arn, sender, event)
        if refusal:
            eventbridge = hooks.module("services.eventbridge")
            whole = rendered or eventbridge._pattern_event_view(event).event_with_detail()
            self.rules.give_up(bus_arn, whole, code, refusal)
            return
        key = hooks.module("services.eventbridge")._rule_key(
            rule["Name"], rule.get("EventBusName", "default")
        )
        forwarded = {
            **event,
            "EventBusName": spec.resource.partition("/")[2],
            _PATH: [*path, key],
            **({"Detail": rendered} if rendered is not None else {}),
            **({_FROM: sender} if sender != spec.account_id else {}),
        }
        with hooks.module("core.responses").request_scope(spec.account_id, spec.region):
            hooks.module("services.eventbridge")._dispatch_event(forwarded)

    def _refusal(
        self, target: dict[str, Any], bus_arn: str, sender: str, event: dict[str, Any]
    ) -> tuple[str, str]:
        eventbridge = hooks.module("services.eventbridge")
        _, _, _, region, account_id, resource = bus_arn.split(":", 5)
        name = resource.partition("/")[2]
        if name != "default" and not eventbridge._event_buses.contains_scoped(account_id, region, name):
            return "RESOURCE_NOT_FOUND", f"{bus_arn} does not exist"
        if event.get(_FROM) and sender != account_id:
            origin = f"the event comes from account {event[_FROM]}"
            return _HOP, f"{origin}: EventBridge forwards an event to one other account only"
        role_arn = str(target.get("RoleArn") or "")
        is_foreign = sender != account_id
        if role_arn and not role_is_allowed(role_arn, bus_arn.split(":")[3], _PUT, bus_arn):
            return "NO_PERMISSIONS", f"{role_arn} may not perform {_PUT} on {bus_arn}"
        if is_foreign and not role_arn:
            return "NO_PERMISSIONS", f"a target in another account needs a RoleArn: {bus_arn}"
        if is_foreign and not self._is_let_in(bus_arn, role_arn, sender):
            return "NO_PERMISSIONS", f"the policy of {bus_arn} lets nobody of account {sender} put events"
        return "", ""

    def _is_let_in(self, bus_arn: str, role_arn: str, sender: str) -> bool:
        evaluator = hooks.module("core.iam_evaluator")
        _, _, _, region, account_id, resource = bus_arn.split(":", 5)
        policies = hooks.module("services.eventbridge")._event_bus_policies
        policy = policies.get_scoped(account_id, region, resource.partition("/")[2]) or {}
        organization = self.organization.of(sender, policy)
        request = evaluator.EvalContext(
            principal_arn=role_arn,
            principal_type="AssumedRole",
            principal_account=sender,
            action=_PUT,
            resource_arn=bus_arn,
            region=region,
            principal_keys={"aws:principalorgid": organization} if organization else {},
        )
        return bool(evaluator.evaluate_resource_policy(policy, request).decision == "Allow")
