"""Mistakes in how a starter is watched: metrics, monitoring, drills."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_sns as sns

from constructs_lib import IIncidentStarter, Impact, IncidentAction, IncidentStarter, IncidentSubscription
from tests.constructs.apps import ENVIRONMENT, FUNCTION, PLAN, new_stack, new_starter
from tests.constructs.mistakes import Mistake

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


def rate(**units: int) -> events.Schedule:
    [(unit, number)] = units.items()
    return events.Schedule.rate(getattr(cdk.Duration, unit)(number))


def drills(schedule: Any, **options: Any) -> Callable[[], object]:
    return lambda: new_starter(new_stack()).schedule_drill(schedule, **options)


def drills_twice() -> None:
    made = new_starter(new_stack())
    made.schedule_drill(rate(days=1))
    made.schedule_drill(rate(days=2))


def watched(made: IIncidentStarter, topic: str, **options: Any) -> object:
    return made.monitor(sns.Topic(made, topic), **options)


def a_channel_that_the_starter_is_subscribed_to() -> None:
    stack = new_stack()
    made = new_starter(stack)
    topic = sns.Topic(stack, "Topic")
    topic.add_subscription(IncidentSubscription(made))
    made.monitor(topic)


def a_subscription_to_the_channel() -> None:
    stack = new_stack()
    made = new_starter(stack)
    topic = sns.Topic(stack, "Topic")
    made.monitor(topic)
    topic.add_subscription(IncidentSubscription(made, impact=Impact.LOW))


def a_literal_channel_that_the_starter_is_subscribed_to() -> None:
    stack = new_stack(env=ENVIRONMENT)
    made = new_starter(stack)
    first, same = (sns.Topic.from_topic_arn(stack, name, TOPIC) for name in ("First", "Same"))
    first.add_subscription(IncidentSubscription(made))
    made.monitor(same)


def monitoring_twice() -> None:
    made = new_starter(new_stack())
    for name in ("A", "B"):
        watched(made, name)


MISTAKES = {
    # metrics
    "a metric of a plan and an impact": Mistake(
        lambda: new_starter(new_stack()).metric_incidents_started(response_plan=PLAN, impact=Impact.HIGH),
        ("Stack/Incidents: metric_incidents_started: got a response_plan and an impact", "leave one out"),
    ),
    "a metric of an impact 9": Mistake(
        lambda: new_starter(new_stack()).metric_incidents_started(impact=9),  # type: ignore[arg-type]
        ("Stack/Incidents: impact: got 9", "Impact.HIGH (2)"),
    ),
    "a metric of a plan's name": Mistake(
        lambda: new_starter(new_stack()).metric_incidents_started(response_plan="on-call"),
        ("response_plan: got 'on-call', a full ARN is needed",),
    ),
    # monitoring
    "an action as the channel": Mistake(
        lambda: (made := new_starter(new_stack())).monitor(IncidentAction(made)),  # type: ignore[arg-type]
        ("Stack/Incidents: topic: got <", "an SNS topic is needed", "no action or starter"),
    ),
    "a starter as the channel": Mistake(
        lambda: (made := new_starter(new_stack())).monitor(made),  # type: ignore[arg-type]
        ("Stack/Incidents: topic: got <", "a starter that fails cannot tell of it"),
    ),
    "a channel that the starter is subscribed to": Mistake(
        a_channel_that_the_starter_is_subscribed_to,
        ("Stack/Incidents: topic: got ", "which is subscribed to it"),
    ),
    "a subscription to the channel": Mistake(
        a_subscription_to_the_channel,
        ("Stack/Incidents: topic: got ", "give monitor a topic that reaches people another way"),
    ),
    "a literal channel that the starter is subscribed to": Mistake(
        a_literal_channel_that_the_starter_is_subscribed_to,
        (f"topic: got {TOPIC}", "which is subscribed to it"),
    ),
    "monitoring twice": Mistake(
        monitoring_twice,
        ("Stack/Incidents: got a second call of monitor", "the first call returned"),
    ),
    "monitoring an imported starter": Mistake(
        lambda: watched(IncidentStarter.from_function_arn(new_stack(), "Theirs", FUNCTION), "A"),
        ("Stack/Theirs: got a call of monitor", "belongs to another app", "call it there"),
    ),
    "a runbook that is no address": Mistake(
        lambda: watched(new_starter(new_stack()), "A", runbook="the wiki"),
        ("Stack/Incidents: ", "runbook: url: got 'the wiki'"),
    ),
    "more incidents than the quota": Mistake(
        lambda: watched(new_starter(new_stack()), "A", max_incidents_per_month=201),
        ("Stack/Incidents: max_incidents_per_month: got 201, allowed are 1 to 200",),
    ),
    "a page delay of nothing": Mistake(
        lambda: watched(new_starter(new_stack()), "A", max_page_delay=cdk.Duration.seconds(0)),
        ("Stack/Incidents: max_page_delay: got 0 seconds, allowed are 1 to 86400",),
    ),
    "a page delay as number": Mistake(
        lambda: watched(new_starter(new_stack()), "A", max_page_delay=60),
        ("max_page_delay: got 60 of type int, a Duration is needed",),
    ),
    # drills
    "drills every 7 hours": Mistake(
        drills(rate(hours=7)),
        ("Stack/Incidents: schedule: got rate(7 hours)", "102 drills a month of the 200"),
    ),
    "drills every 7 days": Mistake(
        drills(rate(days=7)), ("schedule: got rate(7 days)", "looks back 7 days", "every 6 days")
    ),
    "drills by text": Mistake(drills("rate(1 day)"), ("schedule: got 'rate(1 day)' of type str", "rate(")),
    "drills by cron without a time": Mistake(
        drills(events.Schedule.cron(hour="6")), ("within: got none", "cron(", "1 hour to 7 days")
    ),
    "drills within 8 days": Mistake(
        drills(rate(days=1), within=cdk.Duration.days(8)), ("within: got 691200 seconds", "3600 to 604800")
    ),
    "drills within minutes": Mistake(
        drills(events.Schedule.cron(hour="6"), within=cdk.Duration.minutes(59)), ("within: got 3540 seconds",)
    ),
    "drills within their own rate": Mistake(
        drills(rate(days=1), within=cdk.Duration.days(1)),
        ("within: got 86,400 seconds", "comes after 86,400"),
    ),
    "drills with a number of hours": Mistake(
        drills(rate(days=1), within=26), ("within: got 26 of type int", "a Duration is needed")
    ),
    "`<` in a drill's title": Mistake(
        drills(rate(days=1), title="p99 < 2 s"), ("drill.title: got 'p99 < 2 s' with '<'", "remove it")
    ),
    "a drill's title with an unknown placeholder": Mistake(
        drills(rate(days=1), title="{team}"), ("title: got '{team}' with '{team}'",)
    ),
    "drills of a plan by name": Mistake(
        drills(rate(days=1), response_plan="on-call"), ("response_plan: got 'on-call', a full ARN",)
    ),
    "drills twice": Mistake(drills_twice, ("Stack/Incidents: got a second schedule of drills", "one cron")),
    "drills of an imported starter": Mistake(
        lambda: IncidentStarter.from_function_arn(new_stack(), "Theirs", FUNCTION).schedule_drill(
            rate(days=1)
        ),
        (
            "Stack/Theirs: got a schedule of drills, but the starter belongs to another app",
            "incident-starter drill",
        ),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    mistake.gets_its_sentence()
