"""Alarms whose events reach a starter through another event bus, such as a hub's in another account."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .deployed import Aws, Environment
from .known_events import known_event

_CLOUDWATCH, _STATE_CHANGE = "aws.cloudwatch", "CloudWatch Alarm State Change"


class Way(NamedTuple):
    """How an alarm's event comes to a starter.

    Attributes:
        forwards: the rule that sends it to another bus.
        starts: the rule on that bus, or an empty text where the bus is not part of the app.
        bus: that bus.
        starter: the starter's function, or an empty text.
    """

    forwards: str
    starts: str
    bus: str
    starter: str


@dataclass
class Forwarding:
    """The rules of all environments that may see an alarm's event."""

    aws: Aws
    starters: Mapping[str, object]
    _rules: dict[str, list[tuple[Mapping[str, Any], list[str]]]] = field(default_factory=dict)

    def add(self, environment: Environment, bus: str, rules: list[Mapping[str, Any]]) -> None:
        """Take the rules of a bus.

        Args:
            environment: the bus's.
            bus: its name.
            rules: as EventBridge lists them.
        """
        events = self.aws.client("events", account_id=environment.account, region=environment.region)
        arn = f"arn:aws:events:{environment.region}:{environment.account}:event-bus/{bus}"
        found = self._rules.setdefault(arn, [])
        for rule in rules:
            if _CLOUDWATCH not in str(rule.get("EventPattern")) or rule.get("State") == "DISABLED":
                continue
            targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
            found.append((rule, [str(target["Arn"]) for target in targets]))

    def ways(self, alarm_arn: str) -> Iterator[Way]:
        """Give the ways of an alarm that goes into ALARM.

        Args:
            alarm_arn: the alarm.
        """
        _, _, _, region, account, *_ = alarm_arn.split(":", 6)
        default = f"arn:aws:events:{region}:{account}:event-bus/default"
        event = json.dumps(_state_change(alarm_arn))
        for rule, targets in self._matching(default, event):
            for bus in (target for target in targets if ":event-bus/" in target and target != default):
                if bus not in self._rules:
                    yield Way(str(rule["Arn"]), "", bus, "")
                for inner, functions in self._matching(bus, event):
                    for function in functions:
                        starter = ":".join(function.split(":")[:7])
                        if starter in self.starters:
                            yield Way(str(rule["Arn"]), str(inner["Arn"]), bus, starter)

    def _matching(self, bus: str, event: str) -> Iterator[tuple[Mapping[str, Any], list[str]]]:
        _, _, _, region, account, _ = bus.split(":", 5)
        events = self.aws.client("events", account_id=account, region=region)
        for rule, targets in self._rules.get(bus, ()):
            if events.test_event_pattern(EventPattern=rule["EventPattern"], Event=event)["Result"]:
                yield rule, targets


def _state_change(alarm_arn: str) -> dict[str, Any]:
    _, _, _, region, account, _, name = alarm_arn.split(":", 6)
    pattern = {"source": [_CLOUDWATCH], "detail-type": [_STATE_CHANGE]}
    event = {
        "version": "0",
        "id": "sample",
        "detail-type": _STATE_CHANGE,
        "source": _CLOUDWATCH,
        "account": account,
        "time": "2026-01-01T00:00:00Z",
        "region": region,
    } | known_event(pattern, account=account, region=region)
    detail = {**event.get("detail", {}), "alarmName": name, "state": {"value": "ALARM"}}
    return {**event, "resources": [alarm_arn], "detail": detail}
