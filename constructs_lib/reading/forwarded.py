"""Alarms whose events go to another event bus, such as a hub's in another account, and what starts there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from constructs_lib._bundle import texts
from constructs_lib._event_patterns import is_matched

from .pager import RULE, targets_of, unqualified

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .pager import Pager
    from .resources import Resource

_CLOUDWATCH = "aws.cloudwatch"
BUS = ":event-bus/"
"""What is in the ARN of an event bus."""


class Way(NamedTuple):
    """Where an alarm's event goes when it burns.

    Attributes:
        bus: the ARN of the bus that it is sent to.
        starter: the starter behind that bus, or an empty text where the app does not have it.
        said: the partial request that the rule on the bus adds.
        rules: those that it passes.
    """

    bus: str
    starter: str
    said: Mapping[str, Any]
    rules: tuple[Resource, ...] = ()


class Forwards:
    """The rules of an app that see alarms, by the ARN of their bus."""

    def __init__(self, pager: Pager) -> None:
        """Look for them.

        Args:
            pager: what pages in the app.
        """
        self._starters = pager.starters
        self._rules: dict[str, list[tuple[Mapping[str, Any], Resource]]] = {}
        for rule in pager.app.resources():
            pattern = rule.get("EventPattern") if rule.type == RULE else None
            if _CLOUDWATCH in str(pattern) and not str(rule.get("State")).startswith("DISABLED"):
                self._rules.setdefault(_bus_of(rule), []).append((texts.mapping(pattern), rule))

    def ways(self, alarm: Resource) -> Iterator[Way]:
        """Give the other buses that an alarm's event goes to.

        Args:
            alarm: the alarm.
        """
        default = _bus_arn(alarm, "default")
        if default not in self._rules:
            return
        event = _burning(alarm)
        for rule in self._matching(default, event):
            for bus, _ in targets_of(rule):
                if BUS in bus and bus != default:
                    yield from self._behind(bus, event, rule)

    def _behind(self, bus: str, event: Mapping[str, Any], sends: Resource) -> Iterator[Way]:
        if bus not in self._rules:
            yield Way(bus, "", {}, (sends,))
        for rule in self._matching(bus, event):
            for target, said in targets_of(rule):
                if unqualified(target) in self._starters:
                    yield Way(bus, unqualified(target), said, (sends, rule))

    def _matching(self, bus: str, event: Mapping[str, Any]) -> Iterator[Resource]:
        for pattern, rule in self._rules.get(bus, ()):
            if is_matched(event, pattern):
                yield rule


def _bus_of(rule: Resource) -> str:
    name = str(rule.get("EventBusName") or "default")
    return name if BUS in name else _bus_arn(rule, name)


def _bus_arn(resource: Resource, name: str) -> str:
    place = resource.template.place
    return f"arn:{place.partition}:events:{place.region}:{place.account}:event-bus/{name}"


def _burning(alarm: Resource) -> Mapping[str, Any]:
    place = alarm.template.place
    return {
        "source": _CLOUDWATCH,
        "detail-type": "CloudWatch Alarm State Change",
        "account": str(place.account),
        "region": str(place.region),
        "resources": [str(alarm.arn)],
        "detail": {"alarmName": str(alarm.name), "state": {"value": "ALARM"}},
    }
