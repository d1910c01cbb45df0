"""What there is to look at about an alarm or rule, whatever it pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .pager import reached, unqualified
from .placeholders import is_known

if TYPE_CHECKING:
    from constructs_lib._bundle import trailers

    from .forwarded import Way
    from .pager import Pager
    from .resources import Resource

SEVERITIES = ("error", "warning", "info")
CODES = {
    "actions-disabled": "warning",
    "bad-trailer": "warning",
    "dead-rule": "warning",
    "long-description": "error",
    "lost-trailers": "warning",
    "no-detail-type": "warning",
    "no-permission": "error",
    "no-runbook": "info",
    "not-wired": "info",
    "ok-only": "warning",
    "other-region": "error",
    "repeated-action": "warning",
    "too-many-actions": "error",
    "wired-twice": "error",
}
"""Every finding and its severity; docs/coverage.md explains them."""

_MOST_ACTIONS, _MOST_DESCRIPTION = 5, 1024
_OF_ALARMS, OF_RULES = "lambda.alarms.cloudwatch.amazonaws.com", "events.amazonaws.com"


@dataclass(frozen=True)
class Finding:
    """Something to look at."""

    code: str
    sentence: str

    @property
    def severity(self) -> str:
        """One of `SEVERITIES`."""
        return CODES[self.code]


def of_ways(ways: Sequence[Way], direct: set[str], native: Sequence[str]) -> Iterator[Finding]:
    """The same starter tells an alarm's action and its event apart; another one, or none, does not."""
    again = [way.bus for way in ways if way.starter not in direct or native]
    if again and (direct or native):
        yield Finding(
            "wired-twice", f"it starts an incident by its action and another one through {again[0]}"
        )


def of_actions(
    pager: Pager,
    alarm: Resource,
    actions: Mapping[str, Sequence[str]],
    paging: Sequence[str],
    *,
    is_sent: bool,
) -> Iterator[Finding]:
    """What there is to say of an alarm's actions."""
    for state, found in actions.items():
        if len(found) > _MOST_ACTIONS:
            yield Finding(
                "too-many-actions", f"{len(found)} actions on {state}, CloudWatch takes {_MOST_ACTIONS}"
            )
        if len(set(found)) < len(found):
            yield Finding("repeated-action", f"an action stands twice in the list for {state}")
    if not paging and not is_sent:
        on_ok = bool(reached(pager, actions["OK"]))
        yield (
            Finding("ok-only", "a starter hears of OK only, which starts no incident")
            if on_ok
            else Finding("not-wired", "nothing is told when it burns")
        )
    region = alarm.template.place.region
    for action in dict.fromkeys(each for each in paging if ":lambda:" in each):
        if is_known(region) and action.split(":")[3] not in (region, ""):
            yield Finding(
                "other-region", f"{action} is of another Region than the alarm, which is in {region}"
            )
        starter = pager.starters.get(unqualified(action))
        if starter is not None and _OF_ALARMS not in starter.callers:
            yield Finding("no-permission", "no permission lets CloudWatch invoke the starter's function")


def of_description(description: str, said: trailers.Trailers, *, is_read: bool) -> Iterator[Finding]:
    """What there is to say of an alarm's description."""
    if len(description) > _MOST_DESCRIPTION:
        length = f"{len(description):,}"
        yield Finding(
            "long-description", f"{length} characters of description, CloudWatch takes {_MOST_DESCRIPTION:,}"
        )
    for sentence in said.ignored if is_read else ():
        yield Finding("bad-trailer", sentence)
    if not is_read and said.partial.keys() & {"impact", "responsePlanArn", "title"}:
        yield Finding("lost-trailers", "its description configures an incident, but no starter is told of it")


def of_pattern(
    rule: Resource, pattern: object, targets: Sequence[object], *, pages: bool
) -> Iterator[Finding]:
    """What there is to say of a rule's pattern and targets."""
    if str(rule.get("State")).startswith("DISABLED"):
        yield Finding("dead-rule", "the rule is disabled")
    elif not targets:
        yield Finding("dead-rule", "the rule has no targets")
    elif isinstance(pattern, Mapping) and _matches_nothing(pattern):
        yield Finding("dead-rule", "an empty list in its pattern matches no event")
    if pages and isinstance(pattern, Mapping) and "detail-type" not in pattern:
        yield Finding(
            "no-detail-type", "its pattern names no detail-type, so that other events of the source page too"
        )


def _matches_nothing(pattern: Mapping[str, Any]) -> bool:
    return any(
        value == [] or (isinstance(value, Mapping) and _matches_nothing(value)) for value in pattern.values()
    )
