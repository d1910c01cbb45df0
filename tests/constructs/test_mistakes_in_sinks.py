"""Mistakes in where events go besides Incident Manager: sinks and fallbacks."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_sns as sns

from constructs_lib import IncidentSink, IncidentSubscription
from tests.constructs.apps import new_stack, new_starter
from tests.constructs.mistakes import Mistake, links, starter

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


def rate(**units: int) -> events.Schedule:
    [(unit, number)] = units.items()
    return events.Schedule.rate(getattr(cdk.Duration, unit)(number))


def drills(schedule: Any, **options: Any) -> Callable[[], object]:
    return lambda: new_starter(new_stack()).schedule_drill(schedule, **options)


def fifo_topic() -> None:
    IncidentSink.topic(sns.Topic(new_stack(), "Topic", fifo=True, topic_name="told.fifo"))


def topic_told_twice() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "Topic")
    new_starter(stack, fallback=[IncidentSink.topic(topic), IncidentSink.topic(topic)])


def topic_that_comes_back(option: str) -> Callable[[], object]:
    def make() -> None:
        stack = new_stack()
        topic = sns.Topic(stack, "Topic")
        wired = new_starter(stack, **{option: IncidentSink.topic(topic)})
        topic.add_subscription(IncidentSubscription(wired))

    return make


def sinks_too_big_for_the_environment() -> None:
    stack = new_stack()
    new_starter(
        stack,
        related_items=links(6, 640),
        fallback=IncidentSink.ops_item(category="x" * 64, source="y" * 128),
    )


MISTAKES = {
    "fifo topic": Mistake(fifo_topic, ("topic: got the FIFO topic ", "a standard topic is needed")),
    "fallback of a topic itself": Mistake(
        lambda: new_starter(stack := new_stack(), fallback=sns.Topic(stack, "Topic")),
        ("fallback: got ", "of type Topic", "IncidentSink.topic(...)"),
    ),
    "source of 129": Mistake(
        lambda: IncidentSink.ops_item(source="x" * 129), ("source: got 129 characters, at most 128",)
    ),
    "no fallback at all": Mistake(starter(fallback=[]), ("fallback: got 0 sinks, 1 to 3", "leave it out")),
    "two OpsItems": Mistake(
        starter(fallback=[IncidentSink.ops_item(), IncidentSink.ops_item(category="Cost")]),
        ("fallback: got OpsItems twice, name each sink once",),
    ),
    "category of nothing": Mistake(lambda: IncidentSink.ops_item(category=" "), ("category: got ' '",)),
    "topic as ARN": Mistake(
        lambda: IncidentSink.topic("arn:aws:sns:eu-west-1:111122223333:t"),  # type: ignore[arg-type]
        ("topic: got 'arn:aws:sns:", "of type str", "sns.Topic.from_topic_arn(...)"),
    ),
    "four sinks": Mistake(starter(sink=[IncidentSink.ops_item()] * 4), ("sink: got 4 sinks, 1 to 3",)),
    "category of 65": Mistake(
        lambda: IncidentSink.ops_item(category="x" * 65), ("category: got 65 characters, at most 64",)
    ),
    "text among sinks": Mistake(
        starter(fallback=["opsItem"]), ("fallback: got 'opsItem' of type str, an IncidentSink is needed",)
    ),
    "one topic twice": Mistake(topic_told_twice, ("fallback: got the topic ", "twice")),
    "sinks too big for the environment": Mistake(
        sinks_too_big_for_the_environment, ("got defaults of 4,", "options included", "4,096 bytes")
    ),
    "sink as text": Mistake(
        starter(sink="opsItem"),
        ("Stack/Incidents: sink: got 'opsItem' of type str", "IncidentSink.ops_item()"),
    ),
    "sink that comes back": Mistake(topic_that_comes_back("sink"), ("one of the starter's own sinks",)),
    "fallback that comes back": Mistake(
        topic_that_comes_back("fallback"),
        ("Stack/Incidents: got a subscription of the topic ", "one of the starter's own sinks", "come back"),
    ),
    "source of AWS": Mistake(
        lambda: IncidentSink.ops_item(source="My-AWS-Shop"),
        ("source: got 'My-AWS-Shop' with 'AWS', which OpsCenter keeps for AWS: remove it",),
    ),
    "drills beside a sink": Mistake(
        lambda: new_starter(new_stack(), sink=IncidentSink.ops_item()).schedule_drill(rate(days=1)),
        ("Stack/Incidents: got a schedule of drills beside a sink", "leave it out, or the sink"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    mistake.gets_its_sentence()
