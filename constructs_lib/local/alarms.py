"""Alarm state changes: the actions an alarm names, and the event every change makes."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import json
import re
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from constructs_lib._propagated_tags import propagated_tags
from constructs_lib.local import hooks
from constructs_lib.local.alarm_notifications import sns_message
from constructs_lib.local.alarm_payloads import State, StateChange, event_detail, lambda_payload
from constructs_lib.local.callers import policies_enforced
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.functions import find_function, refusal_to_invoke
from constructs_lib.local.records import FailedDelivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from constructs_lib.local.deliveries import Deliveries
    from constructs_lib.local.mute_rules import MuteRules

ALARM_PRINCIPAL = "lambda.alarms.cloudwatch.amazonaws.com"
_ACTIONS = {"ALARM": "AlarmActions", "OK": "OKActions", "INSUFFICIENT_DATA": "InsufficientDataActions"}
_ALARM_ARN = re.compile(r"arn:[^:]+:cloudwatch:(?P<region>[^:]+):(?P<account>[^:]+):alarm:(?P<name>.+)")
_quiet: ContextVar[bool] = ContextVar("_quiet", default=False)


def move_alarm(
    client: Callable[..., Any],
    name: str,
    state: str,
    reason: str,
    reason_data: Mapping[str, Any] | str | None,
) -> None:
    """Move an alarm, by name or ARN, into a state.

    Args:
        client: Gives the client of a service in an account and a Region.
        name: The alarm's.
        state: As CloudWatch spells it.
        reason: Why.
        reason_data: The same as data, or as its JSON text.

    Raises:
        LocalAwsError: There is no such state or alarm.
    """
    if state not in _ACTIONS:
        message = f"state: got {state!r}, allowed are {', '.join(_ACTIONS)}"
        raise LocalAwsError(message)
    request = {"AlarmName": name, "StateValue": state, "StateReason": reason}
    place = {}
    if match := _ALARM_ARN.fullmatch(name):
        place = {"region": match["region"], "account_id": match["account"]}
        request["AlarmName"] = match["name"]
    if reason_data is not None:
        request["StateReasonData"] = reason_data if isinstance(reason_data, str) else json.dumps(reason_data)
    cloudwatch = client("cloudwatch", **place)
    try:
        cloudwatch.set_alarm_state(**request)
    except cloudwatch.exceptions.ResourceNotFound:
        message = f"there is no alarm {name!r} in the local AWS"
        raise LocalAwsError(message) from None


@contextmanager
def without_actions() -> Iterator[None]:
    """Keep an alarm that is being created from acting on its first evaluation."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


@dataclass
class Alarms:
    """Replaces the emulator's handling of alarm actions."""

    deliveries: Deliveries
    mute_rules: MuteRules
    _state_by_arn: dict[str, State] = field(default_factory=dict)

    def forget(self) -> None:
        """Drop what is known of earlier states."""
        self._state_by_arn.clear()
        self.mute_rules.muted.clear()

    def on_state_change(self, alarm: dict[str, Any], old_value: str, new_value: str, reason: str) -> None:
        """Run the actions of a state change and put its event on the default bus."""
        change = self._change(alarm, old_value, new_value, reason)
        if _quiet.get():
            return
        is_muted = alarm["AlarmName"] in self.mute_rules.muted
        if alarm.get("ActionsEnabled", True) and change.now.suppressed_by is None and not is_muted:
            for action in alarm.get(_ACTIONS.get(new_value, "")) or []:
                self._act(action, change)
        # What a mute rule adds to an event is documented by its name alone.
        _put_event(change, {"muteDetail": {"mutedBy": alarm["AlarmName"]}} if is_muted else {})

    def _change(self, alarm: dict[str, Any], old_value: str, new_value: str, reason: str) -> StateChange:
        before = self._state_by_arn.get(alarm["AlarmArn"])
        if before is None or before.value != old_value:
            created = alarm.get("AlarmConfigurationUpdatedTimestamp", 0)
            before = State(
                old_value,
                "Unchecked: Initial alarm creation",
                None,
                datetime.fromtimestamp(created, timezone.utc),
            )
        data = alarm.get("StateReasonData") or None
        if data == before.reason_data:
            data = None  # the emulator keeps an old state's data when the new one brings none
        now = State(new_value, reason, data, datetime.now(timezone.utc), _suppressor_in_alarm(alarm))
        self._state_by_arn[alarm["AlarmArn"]] = now
        tags = hooks.module("services.cloudwatch")._resource_tags.get(alarm["AlarmArn"], {})
        return StateChange(alarm, before, now, propagated_tags(alarm, tags))

    def _act(self, action: str, change: StateChange) -> None:
        service = (action.split(":", 3) + [""] * 3)[2]
        if service == "lambda":
            self._invoke(action, change)
        elif service == "sns":
            self._publish(action, change)

    def _invoke(self, function_arn: str, change: StateChange) -> None:
        payload = lambda_payload(change)
        function = find_function(function_arn)
        if function is None:
            reason = f"{function_arn} does not exist"
        else:
            reason = refusal_to_invoke(function, ALARM_PRINCIPAL, change.arn, change.account_id) or ""
        if function is None or reason:
            self.deliveries.failed.append(FailedDelivery(change.arn, function_arn, reason, payload))
        else:
            self.deliveries.invoke(function, payload, change.arn)

    def _publish(self, topic_arn: str, change: StateChange) -> None:
        sns = hooks.module("services.sns")
        message = sns_message(change)
        with policies_enforced():
            allowed = sns.topic_policy_allows(
                topic_arn, "cloudwatch.amazonaws.com", change.arn, change.account_id
            )
        if not allowed:
            reason = f"cloudwatch.amazonaws.com is not authorized to perform sns:Publish on {topic_arn}"
            self.deliveries.failed.append(FailedDelivery(change.arn, topic_arn, reason, message))
            return
        subject = f'{change.now.value}: "{change.alarm["AlarmName"]}" in {message["Region"]}'[:100]
        sns._fanout(topic_arn, str(uuid.uuid4()), json.dumps(message), subject)


def _suppressor_in_alarm(alarm: dict[str, Any]) -> str | None:
    suppressor = str(alarm.get("ActionsSuppressor") or "")
    if not suppressor:
        return None
    name = suppressor.partition(":alarm:")[2] or suppressor
    cloudwatch = hooks.module("services.cloudwatch")
    found = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name) or {}
    return name if found.get("StateValue") == "ALARM" else None


def _put_event(change: StateChange, more: dict[str, Any]) -> None:
    hooks.module("services.eventbridge")._dispatch_event(
        {
            "EventId": str(uuid.uuid4()),
            "Source": "aws.cloudwatch",
            "DetailType": "CloudWatch Alarm State Change",
            "Detail": json.dumps(event_detail(change) | more),
            "EventBusName": "default",
            "Time": int(change.now.since.timestamp()),
            "Resources": [change.arn],
            "Account": change.account_id,
            "Region": change.region,
        },
    )
