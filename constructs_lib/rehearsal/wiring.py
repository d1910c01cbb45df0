"""What the deployed app wires to its starters, and in which way."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .deployed import Aws, Environment, Resource
from .forwarding import Forwarding
from .outcome import Subject

_ALARM_TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::LogAlarm")
_RULE_TYPE, _TOPIC_TYPE, _FUNCTION_TYPE = "AWS::Events::Rule", "AWS::SNS::Topic", "AWS::Lambda::Function"
_VARIABLE = "INCIDENT_STARTER"
_SWEEP = '{"sweep":{}}'
"""What a starter's own rule sends; it starts nothing."""


@dataclass(frozen=True)
class Starter:
    """A deployed starter."""

    function_arn: str
    role_arn: str
    configuration: Mapping[str, Any]


@dataclass(frozen=True)
class Wired:
    """An alarm, rule or topic, and the starters behind it.

    Attributes:
        subject: the alarm, rule or topic.
        description: what the service says about it.
        targets: per starter behind it the ARN that its incidents come from: the subject's own, or
            that of a topic between them.
        why_not: why it is not tried; empty when it is.
        state: the state that starts the incidents of an alarm.
        passes: the rules that its event passes on its way to another account's bus.
        twice: why it pages twice; empty when it does not.
    """

    subject: Subject
    description: Mapping[str, Any]
    targets: Sequence[str] = ()
    why_not: str = ""
    state: str = ""
    passes: Sequence[str] = ()
    twice: str = ""


@dataclass
class Wiring:
    """The starters of an app and everything that could be behind them."""

    starters: dict[str, Starter] = field(default_factory=dict)
    wired: list[Wired] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)


def read_wiring(aws: Aws, resources: Sequence[Resource]) -> Wiring:
    """Ask the deployed services what is wired to what.

    Args:
        aws: where the app was deployed.
        resources: the resources of the app.
    """
    wiring = Wiring()
    for resource in resources:
        if resource.type == _FUNCTION_TYPE and (starter := _starter(aws, resource)):
            wiring.starters[starter.function_arn] = starter
        elif resource.type == "AWS::SSMIncidents::ResponsePlan":
            wiring.plans.append(resource.physical_id)
    functions = [_function_arn(each) for each in resources if each.type == _FUNCTION_TYPE]
    reader = _Reader(aws, wiring.starters, frozenset(functions))
    for environment in dict.fromkeys(resource.environment for resource in resources):
        reader.look_at(environment)
    for resource in resources:
        wiring.wired += reader.read(resource)
    notified = {source for wired in wiring.wired for source in wired.targets if wired.subject.kind == "alarm"}
    wiring.wired = [
        each for each in wiring.wired if each.subject.kind != "topic" or each.subject.arn not in notified
    ]
    return wiring


class _Reader:
    """Reads alarms, rules and topics; asks once per environment."""

    def __init__(self, aws: Aws, starters: Mapping[str, Starter], functions: frozenset[str]) -> None:
        self._aws = aws
        self._starters = starters
        self._functions = functions
        self._alarms: dict[tuple[Environment, str], Mapping[str, Any]] = {}
        self._subscribers: dict[str, list[str]] = {}
        self._rules: dict[tuple[Environment, str], Mapping[str, Any]] = {}
        self._forwarding = Forwarding(aws, starters)

    def look_at(self, environment: Environment) -> None:
        where = {"account_id": environment.account, "region": environment.region}
        cloudwatch = self._aws.client("cloudwatch", **where)
        pages = cloudwatch.get_paginator("describe_alarms").paginate(
            AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        for page in pages:
            for alarm in (*page.get("MetricAlarms", ()), *page.get("CompositeAlarms", ())):
                self._alarms[environment, alarm["AlarmName"]] = alarm
        for page in self._aws.client("sns", **where).get_paginator("list_subscriptions").paginate():
            for subscription in page["Subscriptions"]:
                if starter := self._starter_of(str(subscription.get("Endpoint"))):
                    self._subscribers.setdefault(subscription["TopicArn"], []).append(starter)
        events = self._aws.client("events", **where)
        for bus in events.list_event_buses()["EventBuses"]:
            pages = events.get_paginator("list_rules").paginate(EventBusName=bus["Name"])
            rules = [rule for page in pages for rule in page["Rules"]]
            self._forwarding.add(environment, bus["Name"], rules)
            for rule in rules:
                self._rules[environment, rule["Name"]] = {"EventBusName": bus["Name"], **rule}

    def read(self, resource: Resource) -> Iterator[Wired]:
        if resource.type in _ALARM_TYPES:
            yield self._alarm(resource)
        elif resource.type == _RULE_TYPE:
            wired = self._rule(resource)
            if wired.targets or wired.why_not:
                yield wired
        elif resource.type == _TOPIC_TYPE:
            arn = resource.physical_id
            if subscribers := self._subscribers.get(arn):
                subject = _subject("topic", arn.rpartition(":")[2], resource, arn)
                yield Wired(subject, {}, targets=[arn] * len(subscribers))

    def _alarm(self, resource: Resource) -> Wired:
        alarm = self._alarms.get((resource.environment, resource.physical_id), {})
        subject = _subject(
            "alarm", resource.physical_id, resource, str(alarm.get("AlarmArn", resource.physical_id))
        )
        by_state = {
            state: self._targets(subject.arn, alarm.get(actions) or [])
            for state, actions in (
                ("ALARM", "AlarmActions"),
                ("INSUFFICIENT_DATA", "InsufficientDataActions"),
                ("OK", "OKActions"),
            )
        }
        state = next((each for each, targets in by_state.items() if targets), "")
        why_not = ""
        if not state:
            why_not = self._foreign(alarm.get("AlarmActions") or [])
        elif state == "OK":
            why_not = "it is wired for OK only, which starts no incident"
        elif not alarm.get("ActionsEnabled", True):
            why_not = "its actions are disabled"
        return self._sent_on(Wired(subject, alarm, by_state.get(state, []), why_not, state))

    def _sent_on(self, wired: Wired) -> Wired:
        """Add what becomes of an alarm's event on another bus; its actions have no say in that."""
        if not wired.description:
            return wired
        ways = list(self._forwarding.ways(wired.subject.arn))
        through = {way.starter: way.starts for way in ways if way.starter}
        if not through:
            gone = f"its events go to {ways[0].bus}, which is not part of this app" if ways else ""
            return replace(wired, why_not=wired.why_not or ("" if wired.targets else gone))
        own = [] if wired.why_not or wired.state != "ALARM" else list(wired.targets)
        actions = wired.description.get("AlarmActions") or [] if own else []
        direct = {starter for action in actions if (starter := self._starter_of(action))}
        others = [rule for starter, rule in through.items() if starter not in direct]
        buses = ", ".join(dict.fromkeys(way.bus for way in ways if way.starter not in direct))
        return replace(
            wired,
            targets=[*own, *others],
            why_not="",
            state="ALARM",
            passes=[each for way in ways for each in (way.forwards, way.starts) if each],
            twice=f"it pages twice: by its action and through {buses}" if own and others else "",
        )

    def _targets(self, own_arn: str, actions: Sequence[str]) -> list[str]:
        """Return where the incidents of some actions come from, one per starter."""
        direct = [own_arn for action in actions if self._starter_of(action)]
        return direct + [topic for topic in actions for _ in self._subscribers.get(topic, ())]

    def _rule(self, resource: Resource) -> Wired:
        name = resource.physical_id.rpartition("|")[2].rpartition("/")[2]
        rule = self._rules.get((resource.environment, name), {})
        subject = _subject("rule", name, resource, str(rule.get("Arn", name)))
        if not rule:
            return Wired(subject, rule)
        where = {"account_id": resource.environment.account, "region": resource.environment.region}
        events = self._aws.client("events", **where)
        found = events.list_targets_by_rule(Rule=name, EventBusName=rule["EventBusName"])["Targets"]
        arns = [str(target["Arn"]) for target in found]
        targets = [
            subject.arn
            for target in found
            if self._starter_of(str(target["Arn"])) and target.get("Input") != _SWEEP
        ]
        why_not = "" if targets else self._foreign(arns)
        if targets and rule.get("State") == "DISABLED":
            why_not = "the rule is disabled"
        return Wired(subject, {**rule, "Targets": found}, targets, why_not)

    def _starter_of(self, arn: str) -> str | None:
        unqualified = ":".join(arn.split(":")[:7])
        return unqualified if unqualified in self._starters else None

    def _foreign(self, arns: Sequence[str]) -> str:
        """Say that it pages without a starter, or that a function of another app may be one."""
        for arn in arns:
            unqualified = ":".join(arn.split(":")[:7])
            if ":lambda:" in arn and ":function:" in arn and unqualified not in self._functions:
                return (
                    f"it invokes {arn}, which is not part of this app: rehearse it with the app that owns it"
                )
            if ":response-plan/" in arn:
                return f"it starts an incident of {arn.rpartition('/')[2]} natively, without a starter"
        return ""


def _subject(kind: str, name: str, resource: Resource, arn: str) -> Subject:
    return Subject(kind=kind, name=name, path=resource.path, stack=resource.stack, arn=arn)


def _function_arn(resource: Resource) -> str:
    environment = resource.environment
    return f"arn:aws:lambda:{environment.region}:{environment.account}:function:{resource.physical_id}"


def _starter(aws: Aws, resource: Resource) -> Starter | None:
    where = {"account_id": resource.environment.account, "region": resource.environment.region}
    function = aws.client("lambda", **where).get_function_configuration(FunctionName=resource.physical_id)
    text = function.get("Environment", {}).get("Variables", {}).get(_VARIABLE)
    if text is None and not resource.is_marked_as_starter:
        return None
    try:
        configuration = json.loads(text or "{}")
    except ValueError:
        configuration = {}
    return Starter(_function_arn(resource), str(function.get("Role", "")), configuration)
