"""A small app for what becomes of events that Incident Manager does not take, or must not get."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_events as events,
    aws_sns as sns,
    aws_sns_subscriptions as subscriptions,
    aws_sqs as sqs,
    aws_ssmincidents as ssmincidents,
)

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentSink,
    IncidentStarter,
    IncidentTarget,
    Ledger,
    RelatedItem,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import Construct

    Options = Callable[[sns.ITopic], dict[str, Any]]

SOURCE = "harbour"


class Harbour(cdk.Stack):
    """A starter with sinks, an alarm and a rule that reach it, and a topic with a queue that hears it."""

    def __init__(self, scope: Construct, id: str, options: Options) -> None:
        super().__init__(scope, id)
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name=cdk.Aws.STACK_NAME, incident_template={"title": "Harbour", "impact": 3}
        )
        topic = sns.Topic(self, "OnCall")
        heard = sqs.Queue(self, "Heard")
        topic.add_subscription(subscriptions.SqsSubscription(heard, raw_message_delivery=True))
        urgent = sqs.Queue(self, "Urgent")
        topic.add_subscription(
            subscriptions.SqsSubscription(
                urgent,
                filter_policy={"impact": sns.SubscriptionFilter.numeric_filter(less_than_or_equal_to=1)},
            )
        )
        starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=plan,
            impact=Impact.MEDIUM,
            title="Harbour: {alarm_name}",
            related_items=[RelatedItem.url("https://wiki.example.com/harbour", title="Harbour")],
            ledger=Ledger.off(),
            **options(topic),
        )
        metric = cloudwatch.Metric(namespace="Harbour", metric_name="Errors")
        alarm = metric.create_alarm(self, "Alarm", threshold=1, evaluation_periods=1)
        alarm.add_alarm_action(IncidentAction(starter, impact=Impact.CRITICAL, title="The harbour burns"))
        pattern = events.EventPattern(source=[SOURCE], detail={"stack": [cdk.Aws.STACK_NAME]})
        rule = events.Rule(self, "Rule", event_pattern=pattern)
        rule.add_target(IncidentTarget(starter, title="Ship {detail.ship}"))
        told = {
            "Alarm": alarm.alarm_name,
            "AlarmArn": alarm.alarm_arn,
            "Function": starter.function.function_name,
            "DeadLetters": starter.dead_letter_queue.queue_url,
            "Heard": heard.queue_url,
            "Urgent": urgent.queue_url,
        }
        for name, value in told.items():
            cdk.CfnOutput(self, f"{name}Is", value=value)


def both(topic: sns.ITopic) -> dict[str, Any]:
    return {"fallback": [IncidentSink.ops_item(category="Availability"), IncidentSink.topic(topic)]}


def instead(topic: sns.ITopic) -> dict[str, Any]:
    return {"sink": [IncidentSink.ops_item(), IncidentSink.topic(topic)]}


def one_after_the_other(topic: sns.ITopic) -> dict[str, Any]:
    return {"sink": IncidentSink.ops_item(), "fallback": IncidentSink.topic(topic)}
