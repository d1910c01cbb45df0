"""Mistakes in how alarms, rules and topics are wired."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    RelatedItem,
)
from tests.constructs.apps import FUNCTION, new_alarm, new_stack, new_starter
from tests.constructs.mistakes import Mistake, links

METRIC = RelatedItem.metric_definition('{"metrics": [["Shop", "Errors"]]}', title="Errors")
LINK = RelatedItem.url("https://wiki.example.com", title="Wiki")


def described(text: str = "", **options: Any) -> Callable[[], object]:
    return lambda: IncidentDetails(**options).description(text)


def action(**options: Any) -> Callable[[], object]:
    return lambda: IncidentAction(new_starter(new_stack()), **options)


def target(**options: Any) -> Callable[[], object]:
    return lambda: IncidentTarget(new_starter(new_stack()), **options)


def imported(arn: Any) -> Callable[[], object]:
    return lambda: IncidentStarter.from_function_arn(new_stack(), "Theirs", arn)


def two_actions() -> None:
    stack = new_stack()
    wired = new_starter(stack)
    alarm = new_alarm(stack)
    alarm.add_alarm_action(IncidentAction(wired, impact=Impact.HIGH))
    alarm.add_ok_action(IncidentAction(wired, impact=Impact.LOW))


def long_description() -> None:
    stack = new_stack()
    new_alarm(stack, alarm_description="x" * 1010).add_alarm_action(
        IncidentAction(new_starter(stack), impact=Impact.HIGH)
    )


def details_of_a_topic_for_an_imported_starter() -> None:
    stack = new_stack()
    theirs = IncidentStarter.from_function_arn(stack, "Theirs", FUNCTION)
    sns.Topic(stack, "Topic").add_subscription(IncidentSubscription(theirs, impact=Impact.LOW))


def two_details_of_one_topic() -> None:
    stack = new_stack()
    wired = new_starter(stack)
    topic = sns.Topic(stack, "Topic")
    for impact in (Impact.LOW, Impact.HIGH):
        topic.add_subscription(IncidentSubscription(wired, impact=impact))


def details_of_topics_too_big_for_the_environment() -> None:
    stack = new_stack()
    wired = new_starter(stack)
    for number in range(5):
        sns.Topic(stack, f"Topic{number}").add_subscription(
            IncidentSubscription(wired, related_items=links(1, 900))
        )


MISTAKES = {
    # an alarm's description
    "metric item on an alarm": Mistake(
        action(related_items=[METRIC]),
        ("Stack/Incidents: related_items: got a metricDefinition item", "links and ARNs only"),
    ),
    "pager-duty item on an alarm": Mistake(
        described(related_items=[RelatedItem.pager_duty("Q1")]), ("got a pagerDutyIncidentDetail item",)
    ),
    "description of 1,025": Mistake(
        described("x" * (1025 - 20), impact=Impact.HIGH), ("description: got 1,025 characters", "1,024")
    ),
    "description of an alarm too long": Mistake(
        long_description, ("Stack/Alarm: description: got 1,030 characters", "shorten the text")
    ),
    "description as number": Mistake(
        lambda: IncidentDetails().description(5),  # type: ignore[arg-type]
        ("description: got 5 of type int",),
    ),
    "reserved label as item title": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="Response Plan")]), ("'Response plan'",)
    ),
    "reserved label before a token": Mistake(
        described(related_items=[RelatedItem.url(f"https://a/{cdk.Aws.REGION}", title="Title")]),
        ("relatedItems: got ", "'Title'"),
    ),
    "type in an item title": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="x [TASK]")]), ("x [TASK]", "'[...]'")
    ),
    "list mark in an item title": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="**Runbook**")]), ("**Runbook**",)
    ),
    "title with white space at an end": Mistake(
        described(title=" Down"), ("title: got ' Down'", "white space")
    ),
    "`<` in an alarm's title": Mistake(
        described(title="p99 < 2 s"), ("title: got 'p99 < 2 s' with '<'", "markup", "remove it")
    ),
    "`>` in the title of an alarm's item": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="a > b")]),
        ("relatedItems[0].title: got 'a > b' with '>'",),
    ),
    "a link twice": Mistake(described(related_items=[LINK, LINK]), ("each link once",)),
    "two different actions on one alarm": Mistake(
        two_actions, ("Stack/Alarm: got two incident actions with different details", "one set of details")
    ),
    # rules
    "`<` in a rule's title": Mistake(
        target(title="a < b"), ("Stack/Incidents: startIncident.title: got 'a < b' with '<'", "remove it")
    ),
    "`>` in a rule's item title": Mistake(
        target(related_items=[RelatedItem.url("https://a", title="a > b")]),
        ("relatedItems[0].title: got 'a > b' with '>'",),
    ),
    "input template of more than 8,192": Mistake(
        target(related_items=links(10, 900)), ("got an input template of 9,", "8,192", "move related items")
    ),
    "186 retries of a rule": Mistake(target(retry_attempts=186), ("retry_attempts: got 186", "0 to 185")),
    "a rule's event of 25 hours": Mistake(
        target(max_event_age=cdk.Duration.hours(25)), ("max_event_age: got 90000 seconds", "60 to 86400")
    ),
    # topics
    "details of a topic for an imported starter": Mistake(
        details_of_a_topic_for_an_imported_starter, ("Stack/Theirs: got impact for the topic", "owning app")
    ),
    "two details of one topic": Mistake(
        two_details_of_one_topic, ("Stack/Incidents: got a second subscription",)
    ),
    "topics too big for the environment": Mistake(
        details_of_topics_too_big_for_the_environment, ("Stack/Incidents: ", "4,096 bytes of environment")
    ),
    # imported starters
    "function ARN malformed": Mistake(
        imported("arn:aws:lambda:eu-west-1:111122223333:incidents"),
        ("Stack/Theirs: got function ARN 'arn:aws:lambda:eu-west-1:111122223333:incidents'", "a full ARN"),
    ),
    "function as name": Mistake(imported("incidents"), ("got function ARN 'incidents'", "a full ARN")),
    "function as construct": Mistake(
        lambda: IncidentStarter.from_function_arn(
            stack := new_stack(),
            "Theirs",
            new_starter(stack).function,  # type: ignore[arg-type]
        ),
        ("Stack/Theirs: function ARN: got <", "a str is needed"),
    ),
    # what is no starter
    "action of no starter": Mistake(
        lambda: IncidentAction(FUNCTION),  # type: ignore[arg-type]
        (f"starter: got {FUNCTION!r} of type str", "IncidentStarter.from_function_arn"),
    ),
    "action of a function": Mistake(
        lambda: IncidentAction(new_starter(new_stack()).function),  # type: ignore[arg-type]
        ("starter: got <", "an IncidentStarter is needed"),
    ),
    "target of no starter": Mistake(
        lambda: IncidentTarget(FUNCTION),  # type: ignore[arg-type]
        ("starter: got ", "an IncidentStarter is needed"),
    ),
    "subscription of no starter": Mistake(
        lambda: IncidentSubscription(FUNCTION),  # type: ignore[arg-type]
        ("starter: got ", "an IncidentStarter is needed"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    mistake.gets_its_sentence()
