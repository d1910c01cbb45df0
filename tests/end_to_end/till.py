"""A small app with every kind of wiring, for what goes wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_events as events,
    aws_iam as iam,
    aws_sns as sns,
    aws_sqs as sqs,
    aws_ssmincidents as ssmincidents,
)

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    Ledger,
    RelatedItem,
)

if TYPE_CHECKING:
    from constructs import Construct

ACCOUNT, REGION = "123456789012", "us-east-1"
SOURCE = "shop.till"


def own_plan(stack: str) -> str:
    return f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{stack}"


def other_plan(stack: str) -> str:
    """The plan that the rule "Wrapped" names."""
    return f"{own_plan(stack)}-database"


class Till(cdk.Stack):
    """One starter; an alarm, a composite alarm, two rules and a topic that reach it.

    Nothing has a name but what the stack's name makes up, so that copies of it live side by side.
    """

    def __init__(self, scope: Construct, id: str, **options: Any) -> None:
        super().__init__(scope, id)
        template = {"title": "The till", "impact": 3}
        plan = ssmincidents.CfnResponsePlan(
            self,
            "Plan",
            name=cdk.Aws.STACK_NAME,
            incident_template={**template, "incidentTags": [{"key": "team", "value": "till"}]},
        )
        database = ssmincidents.CfnResponsePlan(
            self, "Database", name=f"{cdk.Aws.STACK_NAME}-database", incident_template=template
        )
        starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=plan,
            impact=Impact.MEDIUM,
            title="Till: {alarm_name}",
            related_items=[RelatedItem.url("https://wiki.example.com/till", title="Till")],
            retry_attempts=0,
            **{"ledger": Ledger.off(), **options},
        )
        alarm = self._alarm("Errors")
        alarm.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH, title="The till fails"))
        rule = cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.ALARM)
        down = cloudwatch.CompositeAlarm(self, "Down", alarm_rule=rule)
        down.add_alarm_action(IncidentAction(starter, impact=Impact.CRITICAL, title="The till is down"))

        self.topic = sns.Topic(self, "Topic")
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[self.topic.topic_arn],
            )
        )
        self.topic.add_subscription(IncidentSubscription(starter))
        noticed = self._alarm("Noticed")
        noticed.add_alarm_action(actions.SnsAction(self.topic))

        lost = sqs.Queue(self, "Undelivered")
        self._rule("Bare").add_target(IncidentTarget(starter, dead_letter_queue=lost))
        self._rule("Wrapped").add_target(
            IncidentTarget(
                starter,
                impact=Impact.HIGH,
                title="Database: {detail.what}",
                related_items=[RelatedItem.url("https://wiki.example.com/database", title="Database")],
                response_plan=database,
            )
        )
        self._tell(
            Function=starter.function.function_name,
            Role=starter.role.role_name,
            DeadLetters=starter.dead_letter_queue.queue_url,
            Undelivered=lost.queue_url,
            Alarm=alarm.alarm_name,
            Composite=down.alarm_name,
            Noticed=noticed.alarm_name,
        )

    def _alarm(self, id: str) -> cloudwatch.Alarm:
        metric = cloudwatch.Metric(namespace="Till", metric_name=id)
        return metric.create_alarm(self, id, threshold=1, evaluation_periods=1)

    def _rule(self, detail_type: str) -> events.Rule:
        pattern = events.EventPattern(
            source=[SOURCE], detail_type=[detail_type], detail={"till": [cdk.Aws.STACK_NAME]}
        )
        return events.Rule(self, detail_type, event_pattern=pattern)

    def _tell(self, **values: str) -> None:
        for name, value in values.items():
            cdk.CfnOutput(self, f"{name}Is", value=value)
