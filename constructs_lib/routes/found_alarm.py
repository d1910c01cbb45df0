"""An alarm as it was found in a construct tree, and what routes see of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._checks import has_token

from .alarm_match import AlarmKind, RoutedAlarm
from .alarm_resources import is_composite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import CfnResource

ACTIONS = {"alarm": "alarmActions", "ok": "okActions", "insufficient_data": "insufficientDataActions"}
"""What CloudFormation calls an alarm's actions, by the state; beginning in lower case as CDK has it."""
_OWN_LISTS = {
    "alarm": "_alarm_action_arns",
    "ok": "_ok_action_arns",
    "insufficient_data": "_insufficient_data_action_arns",
}
"""What an L2 alarm calls its lists: protected, and the only place where their tokens are."""


@dataclass
class FoundAlarm:
    """An alarm's resource, and what is known of it.

    Attributes:
        resource: its L1 construct.
        given: the properties that were asked for, as they were given, tokens included.
        known: the same, resolved.
        arns: of what starts incidents, each as `as_text` has it in the alarm's stack, by its token.
        path: its construct path, or an empty text where nobody looks at it.
    """

    resource: CfnResource
    given: Mapping[str, Any]
    known: Mapping[str, Any]
    arns: Mapping[str, str]
    path: str

    @property
    def is_composite(self) -> bool:
        """Whether it watches other alarms."""
        return is_composite(self.resource) or "alarmRule" in self.given

    def actions(self, state: str) -> list[str]:
        """Its actions on a state, each as one text that is the same wherever it stands."""
        found = self.known.get(ACTIONS[state])
        return [as_text(each) for each in found] if isinstance(found, list) else []

    def given_actions(self, state: str) -> Sequence[object] | None:
        """Its actions with their tokens, which know what they refer to; an L2 alarm keeps its own list.

        None where they are one value that is no list, or a list of somebody's own making.
        """
        found = self.known.get(ACTIONS[state])
        if found is None or found == []:
            return []
        given = self.given[ACTIONS[state]]
        if not isinstance(found, list) or not isinstance(given, list):
            return None
        if len(given) == 1 and isinstance(given[0], str) and given[0].startswith("#{Token["):
            own: Sequence[object] | None = getattr(self.resource.node.scope, _OWN_LISTS[state], None)
            return own
        return given

    def pages(self, action: str) -> bool:
        """Whether one of its actions starts an incident: through a starter, a topic of one, or natively."""
        return action in self.arns.values() or ":response-plan/" in action

    def routed(self, stage: str) -> RoutedAlarm:
        """The alarm as routes look at it."""
        known = self.known
        name = known.get("alarmName")
        tags = {
            str(_member(tag, "key")): _text(_member(tag, "value"))
            for tag in known.get("tags") or ()
            if isinstance(tag, dict)
        }
        return RoutedAlarm(
            path=self.path,
            kind=_kind(known, self.resource),
            name=_text(name),
            namespaces=tuple(_namespaces(known)),
            tags=tags,
            stage=stage,
        )


def as_text(value: object) -> str:
    """A resolved value as one text."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _member(of: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    return of.get(name, of.get(name[:1].upper() + name[1:]))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and not has_token(value) else None


def _metrics(known: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    metrics = known.get("metrics")
    return [each for each in metrics if isinstance(each, dict)] if isinstance(metrics, list) else []


def _namespaces(known: Mapping[str, Any]) -> list[str | None]:
    found = [known["namespace"]] if known.get("namespace") is not None else []
    for each in _metrics(known):
        metric = _member(_member(each, "metricStat") or {}, "metric") or {}
        found += [_member(metric, "namespace")] if _member(metric, "namespace") is not None else []
    return [_text(each) for each in found]


def _kind(known: Mapping[str, Any], resource: CfnResource) -> AlarmKind:
    if "alarmRule" in known:
        return AlarmKind.COMPOSITE
    if "scheduledQueryConfiguration" in known or type(resource).__name__ == "CfnLogAlarm":
        return AlarmKind.LOG
    if known.get("evaluationCriteria") is not None:
        return AlarmKind.PROMQL
    if known.get("thresholdMetricId") is not None:
        return AlarmKind.ANOMALY
    return (
        AlarmKind.MATH if any(_member(each, "expression") for each in _metrics(known)) else AlarmKind.METRIC
    )
