"""The alarms of a tree as routes look at them, read with as few messages to Node as there can be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import CfnResource, ConstructSelector, aws_cloudwatch as cloudwatch

from constructs_lib._checks import has_token

from .alarm_match import AlarmKind, RoutedAlarm

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from aws_cdk import Stack
    from constructs import IConstruct

TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::LogAlarm")
_LISTS = {"alarm": "alarmActions", "ok": "okActions", "insufficient_data": "insufficientDataActions"}
_OWN_LISTS = {
    "alarm": "_alarm_action_arns",
    "ok": "_ok_action_arns",
    "insufficient_data": "_insufficient_data_action_arns",
}
"""What an L2 alarm calls its lists: protected, and the only place where their tokens are."""
_LOOKED_AT = {"name": ("alarmName",), "namespace": ("namespace",), "tags": ("tags",)}
_L1S = tuple(
    getattr(cloudwatch, name)
    for name in ("CfnAlarm", "CfnCompositeAlarm", "CfnLogAlarm")
    if hasattr(cloudwatch, name)
)


@dataclass
class FoundAlarm:
    """An alarm's resource, and what is known of it.

    Attributes:
        resource: its L1 construct.
        given: its properties as they were given, tokens included.
        known: the same, with those resolved that were asked for.
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
        return "alarmRule" in self.given

    @property
    def is_typed(self) -> bool:
        """Whether its properties can be set by name."""
        return isinstance(self.resource, _L1S)

    def actions(self, state: str) -> list[str]:
        """Its actions on a state, each as one text that is the same wherever it stands."""
        found = self.known.get(_LISTS[state])
        return [as_text(each) for each in found] if isinstance(found, list) else []

    def given_actions(self, state: str) -> Sequence[object] | None:
        """Its actions with their tokens, which know what they refer to; an L2 alarm keeps its own list.

        None where they are one value that is no list, or a list of somebody's own making.
        """
        found = self.known.get(_LISTS[state])
        if found is None or found == []:
            return []
        given = self.given[_LISTS[state]]
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


def select_alarms(scopes: Iterable[IConstruct]) -> list[CfnResource]:
    """Find the resources of all alarms in some trees, each once; one message for each tree."""
    selector = ConstructSelector.resources_of_type(*TYPES)
    found: dict[str, Any] = {}
    for scope in scopes:
        for resource in selector.select(scope):
            found.setdefault(reference_of(resource), resource)
    return [*found.values()]


def read_alarms(
    resources: Sequence[CfnResource], looks_at: Collection[str], states: Sequence[str], arns: Sequence[str]
) -> list[FoundAlarm]:
    """Read alarms: a message for each, one more for all their tokens, and one more for each path.

    Args:
        resources: their L1 constructs.
        looks_at: the conditions that somebody has about them; ``path`` costs a message for each.
        states: those whose actions are needed.
        arns: of what starts incidents, to tell it among the actions.
    """
    wanted = {
        *(_LISTS[state] for state in states),
        *(name for condition in looks_at for name in _LOOKED_AT.get(condition, ())),
        *(("metrics", "evaluationCriteria") if {"kind", "namespace"} & {*looks_at} else ()),
    }
    given = [_properties(resource) for resource in resources]
    open_values = [
        {name: value for name, value in each.items() if name in wanted and _is_open(value)} for each in given
    ]
    closed = _resolved(resources, open_values, arns)
    return [
        FoundAlarm(
            resource,
            properties,
            {**properties, **dict.fromkeys(values), **known},
            texts,
            path_of(resource) if "path" in looks_at else "",
        )
        for resource, properties, values, (known, texts) in zip(
            resources, given, open_values, closed, strict=True
        )
    ]


_Resolved = tuple["Mapping[str, Any]", "Mapping[str, str]"]


def _resolved(
    resources: Sequence[CfnResource], values: Sequence[Mapping[str, Any]], arns: Sequence[str]
) -> list[_Resolved]:
    """Resolve the values of alarms, and the ARNs as those stand there.

    One message does, except where an action refers to another account or Region: what that resolves to
    depends on the stack that asks.
    """
    if not any(values):
        texts = (
            dict(zip(arns, resources[0].stack.resolve([*arns]), strict=True))
            if any(map(has_token, arns))
            else {}
        )
        texts = {arn: as_text(texts.get(arn, arn)) for arn in arns}
        return [({}, texts)] * len(values)
    try:
        *known, told = resources[0].stack.resolve([*values, [*arns]])
    except RuntimeError:
        return _resolved_by_stack(resources, values, arns)
    texts = {arn: as_text(text) for arn, text in zip(arns, told, strict=True)}
    return [(each, texts) for each in known]


def _resolved_by_stack(
    resources: Sequence[CfnResource], values: Sequence[Mapping[str, Any]], arns: Sequence[str]
) -> list[_Resolved]:
    texts_of: dict[str, dict[str, str]] = {}
    found: list[_Resolved] = []
    for resource, each in zip(resources, values, strict=True):
        stack = resource.stack
        if reference_of(stack) not in texts_of:
            texts_of[reference_of(stack)] = {arn: _text_in(stack, arn) for arn in arns}
        found.append((stack.resolve(each), texts_of[reference_of(stack)]))
    return found


def _text_in(stack: Stack, arn: str) -> str:
    try:
        return as_text(stack.resolve(arn))
    except RuntimeError:
        return arn  # nothing in this stack can refer to it


def reference_of(construct: IConstruct) -> str:
    """A construct's name in Node; jsii may make several Python objects of one construct."""
    name: str = getattr(construct, "__jsii_ref__").ref  # noqa: B009 - no interface of CDK declares it
    return name


def path_of(resource: CfnResource) -> str:
    """The construct path of an alarm, with one message; ``node.path`` takes two."""
    path = resource.to_string().rpartition(" [")[0]
    return path.removesuffix("/Resource").removesuffix("/Default")


def as_text(value: object) -> str:
    """A resolved value as one text."""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _properties(resource: CfnResource) -> dict[str, Any]:
    given: Mapping[str, Any] = resource._cfn_properties  # noqa: SLF001 - protected; one message for all of them
    if not given or any(name[:1].islower() for name in given):
        return dict(given)
    # A resource of no class of its own has them as CloudFormation spells them.
    return {
        "okActions" if name == "OKActions" else name[:1].lower() + name[1:]: each
        for name, each in given.items()
    }


def _is_open(value: object) -> bool:
    if isinstance(value, str):
        return "Token[" in value
    if isinstance(value, list | tuple):
        return any(map(_is_open, value))
    if isinstance(value, dict):
        return any(map(_is_open, value.values()))
    return not (value is None or isinstance(value, int | float))


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
