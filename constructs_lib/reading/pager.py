"""What of an app pages whom: its starters, and what every alarm and rule is wired to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import tags, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .resources import Resource
    from .templates import App

ALARMS = {
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CloudWatch::CompositeAlarm": "composite alarm",
    "AWS::CloudWatch::LogAlarm": "log alarm",
}
RULE = "AWS::Events::Rule"
STATES = {"ALARM": "AlarmActions", "INSUFFICIENT_DATA": "InsufficientDataActions", "OK": "OKActions"}
PAGING = ("ALARM", "INSUFFICIENT_DATA")

_FUNCTION, _PERMISSION = "AWS::Lambda::Function", "AWS::Lambda::Permission"
_PLAN, _SUBSCRIPTION = "AWS::SSMIncidents::ResponsePlan", "AWS::SNS::Subscription"
_MARK, _VARIABLE, _FALLBACK = "cdk-incident-starter", "INCIDENT_STARTER", "INCIDENT_FALLBACK"
_EVENT = "<aws.events.event.json>"
_OWN_ERRANDS = ('{"sweep":', '{"drill":')
"""What a starter's own rules send."""


@dataclass(frozen=True)
class Starter:
    """A starter of the app.

    Attributes:
        arn: its function's.
        defaults: its partial StartIncident request.
        topics: those of the topics that it is subscribed to, by ARN.
        callers: the principals that may invoke it.
        tags: what it reads in the tags of alarms.
    """

    arn: str
    defaults: Mapping[str, Any]
    topics: Mapping[str, Any]
    callers: frozenset[str]
    tags: Mapping[str, Any] = field(default_factory=dict)

    def said_by_tags(self, found: Mapping[str, str]) -> tuple[list[Mapping[str, Any]], list[str]]:
        """Return what an alarm's tags say to it, the most specific first, and why some say nothing."""
        partials, ignored = tags.said(self.tags, found)
        return [_request(partial) for partial in partials], ignored

    def request(
        self, *said: Mapping[str, Any], action: str = "", tags: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        """Lay what is said of an incident over what the starter says by itself; related items add up.

        Args:
            *said: partial requests, the most specific first.
            action: what reaches the starter, which may be a topic with details of its own.
            tags: those that an alarm sends along.
        """
        layers = [*said, *self.said_by_tags(tags or {})[0], self.topics.get(action) or {}, self.defaults]
        request = {name: value for layer in reversed(layers) for name, value in layer.items()}
        return {
            **request,
            "relatedItems": [item for each in layers for item in each.get("relatedItems") or []],
        }


@dataclass
class Pager:
    """The starters, plans and topics of an app."""

    app: App
    starters: dict[str, Starter] = field(default_factory=dict)
    plans: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """The incident templates of the app's own plans, by ARN."""
    behind_topic: dict[str, list[str]] = field(default_factory=dict)
    """The starters that are subscribed to a topic."""
    functions: set[str] = field(default_factory=set)
    """The ARNs of all Lambda functions of the app."""

    def starters_behind(self, action: str) -> list[str]:
        """Return the starters that an action or target reaches, at once or through a topic."""
        function = unqualified(action)
        return [function] if function in self.starters else self.behind_topic.get(action, [])

    def is_elsewhere(self, action: str) -> bool:
        """Tell whether an action is a function of another app, which may be a starter."""
        return ":lambda:" in action and unqualified(action) not in self.functions


def read_pager(app: App) -> Pager:
    """Find what pages in an app.

    Args:
        app: its templates.
    """
    pager = Pager(app)
    callers: dict[str, set[str]] = {}
    marked: list[Resource] = []
    for resource in app.resources():
        if resource.type == _FUNCTION:
            pager.functions.add(str(resource.arn))
        if is_starter(resource):
            marked.append(resource)
        elif resource.type == _PLAN:
            pager.plans[str(resource.arn)] = lowered(resource.get("IncidentTemplate"))
        elif resource.type == _SUBSCRIPTION and resource.get("Protocol") == "lambda":
            topic, endpoint = str(resource.get("TopicArn")), unqualified(resource.get("Endpoint"))
            pager.behind_topic.setdefault(topic, []).append(endpoint)
        elif resource.type == _PERMISSION:
            function = unqualified(resource.get("FunctionName"))
            callers.setdefault(function, set()).add(str(resource.get("Principal")))
    for resource in marked:
        may = callers.get(str(resource.arn), set()) | callers.get(str(resource.name), set())
        pager.starters[str(resource.arn)] = _starter(resource, frozenset(may))
    for topic, found in pager.behind_topic.items():
        pager.behind_topic[topic] = [arn for arn in found if arn in pager.starters]
    return pager


def is_starter(resource: Resource) -> bool:
    """Tell whether a resource is a starter's function: by its mark, or by what it is configured with."""
    return resource.type == _FUNCTION and (_MARK in resource.metadata or _VARIABLE in _variables(resource))


def tells_fallback(resource: Resource) -> bool:
    """Tell whether a resource is the second function of a starter, which tells its fallback."""
    return resource.type == _FUNCTION and _FALLBACK in _variables(resource)


def _variables(function: Resource) -> Mapping[str, Any]:
    properties = texts.mapping(function.template.definition(function.logical_id).get("Properties"))
    return texts.mapping(texts.mapping(properties.get("Environment")).get("Variables"))


def _starter(resource: Resource, callers: frozenset[str]) -> Starter:
    variables = texts.mapping(texts.mapping(resource.get("Environment")).get("Variables"))
    told = _object_in(str(variables.get(_VARIABLE)))
    topics = {topic: _request(said) for topic, said in texts.mapping(told.get("topics")).items()}
    return Starter(
        str(resource.arn),
        _request(told.get("startIncident")),
        topics,
        callers,
        texts.mapping(told.get("tags")),
    )


def reached(pager: Pager, actions: Sequence[str]) -> list[tuple[str, str]]:
    """Give the starters behind some actions, each with the action that reaches it."""
    return [(action, starter) for action in actions for starter in pager.starters_behind(action)]


def runs_errands(rule: Resource) -> bool:
    """Tell whether a rule is a starter's own, for its sweeps or drills, and no rule of the app."""
    sent = [str(_sent(target)).replace(" ", "") for target in rule.entries("Targets")]
    return any(text.startswith(_OWN_ERRANDS) for text in sent)


def targets_of(rule: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the ARN of each of a rule's targets and the partial request that it sends."""
    for target in rule.entries("Targets"):
        sent = _object_in(str(_sent(target)).replace(_EVENT, "null"))
        yield str(texts.mapping(target).get("Arn")), _request(sent.get("startIncident"))


def _sent(target: object) -> object:
    transformer = texts.mapping(texts.mapping(target).get("InputTransformer"))
    return transformer.get("InputTemplate") or texts.mapping(target).get("Input")


def _object_in(text: str) -> dict[str, Any]:
    try:
        return texts.mapping(json.loads(text))
    except (RecursionError, ValueError):
        return {}


def _request(partial: object) -> Mapping[str, Any]:
    """Return a partial request whose related items are objects."""
    said = texts.mapping(partial)
    items = [item for item in texts.entries(said.get("relatedItems")) if isinstance(item, dict)]
    return {**said, "relatedItems": items} if "relatedItems" in said else said


def unqualified(arn: object) -> str:
    """Take the version or alias off a function's ARN."""
    return ":".join(str(arn).split(":")[:7])


def lowered(template: object) -> Mapping[str, Any]:
    """Return an incident template with StartIncident's own spelling of its members."""
    return {name[:1].lower() + name[1:]: value for name, value in texts.mapping(template).items()}
