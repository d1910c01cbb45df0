"""Reading all alarms that routes are applied to, with their tokens resolved together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib._checks import has_token

from .alarm_resources import path_of, read_properties, reference_of
from .found_alarm import ACTIONS, FoundAlarm, as_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from aws_cdk import CfnResource, Stack

_LOOKED_AT = {
    "kind": ("evaluationCriteria", "metrics"),
    "name": ("alarmName",),
    "namespace": ("namespace",),
    "tags": ("tags",),
}
"""The properties that say whether a condition holds."""


def read_alarms(
    resources: Sequence[CfnResource],
    looks_at: Collection[str],
    states: Sequence[str],
    arns: Sequence[str],
    *,
    describes: bool,
) -> list[FoundAlarm]:
    """Read alarms: a few messages for each, and one more for all their tokens.

    Args:
        resources: their L1 constructs.
        looks_at: the conditions that somebody has about them; ``path`` costs a message for each.
        states: those whose actions are needed.
        arns: of what starts incidents, to tell it among the actions.
        describes: whether somebody writes into their descriptions.
    """
    wanted = {
        *(ACTIONS[state] for state in states),
        *(name for condition in looks_at for name in _LOOKED_AT.get(condition, ())),
    }
    described = {"alarmDescription"} if describes else set()
    given = [read_properties(resource, wanted | described) for resource in resources]
    needed = wanted | {"metrics"} if "namespace" in wanted else wanted
    open_values = [
        {name: value for name, value in each.items() if name in needed and _is_open(value)} for each in given
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


def _is_open(value: object) -> bool:
    if isinstance(value, str):
        return "Token[" in value
    if isinstance(value, list | tuple):
        return any(map(_is_open, value))
    if isinstance(value, dict):
        return any(map(_is_open, value.values()))
    return not (value is None or isinstance(value, int | float))
