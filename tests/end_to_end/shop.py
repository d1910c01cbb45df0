"""An app that says everything that can be said about an incident, by every route.

Its physical names are its interface: tests address alarms and functions by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_events as events,
    aws_iam as iam,
    aws_sns as sns,
    aws_ssmincidents as ssmincidents,
)

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    Ledger,
    RelatedItem,
    RelatedItemType,
)

if TYPE_CHECKING:
    from constructs import Construct

ACCOUNT, OTHER_ACCOUNT, REGION = "123456789012", "210987654321", "us-east-1"
ENVIRONMENT = cdk.Environment(account=ACCOUNT, region=REGION)
WIKI = "https://wiki.example.com"
SOURCE = "shop"


def plan_arn(name: str) -> str:
    return f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{name}"


def function_arn(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


def new_plan(scope: Construct, name: str) -> ssmincidents.CfnResponsePlan:
    template = {"title": name, "impact": 4}
    return ssmincidents.CfnResponsePlan(scope, f"Plan-{name}", name=name, incident_template=template)


def new_alarm(scope: Construct, name: str, description: str | None = None) -> cloudwatch.Alarm:
    metric = cloudwatch.Metric(
        namespace="AWS/SQS",
        metric_name="ApproximateAgeOfOldestMessage",
        dimensions_map={"QueueName": "orders"},
    )
    return metric.create_alarm(
        scope, name, alarm_name=name, alarm_description=description, threshold=1, evaluation_periods=1
    )


PAGER_DUTY = RelatedItem.pager_duty("PD123", auto_resolve=True, secret_id="pager-duty-key", title="PagerDuty")
HANDBOOK = RelatedItem.url(f"{WIKI}/on-call?v=2#now", title="On-call handbook")
TABLE = RelatedItem.arn(f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders", title="Orders")
DEFINITION = RelatedItem.metric_definition('{"metrics":[["Shop","Errors"]]}', title="Errors")
FOUR_VALUES = [HANDBOOK, TABLE, DEFINITION, PAGER_DUTY]


def nine_links() -> list[RelatedItem]:
    """An item of each type, with the two values that an alarm's description has room for."""
    links = []
    for position, kind in enumerate(RelatedItemType):
        title = f"Item {position}"
        if position % 2:
            links.append(
                RelatedItem.arn(f"arn:aws:sqs:{REGION}:{ACCOUNT}:q{position}", title=title, type=kind)
            )
        else:
            links.append(RelatedItem.url(f"{WIKI}/{position}", title=title, type=kind))
    return links


def nine_times_four_values() -> list[RelatedItem]:
    """An item of each type, with each of the four values in turn."""
    items = []
    for position, kind in enumerate(RelatedItemType):
        item = FOUR_VALUES[position % 4]
        items.append(RelatedItem(kind, item.value, f"Item {position}"))
    return items


class Platform(cdk.Stack):
    """The starter with defaults of every kind, another without any, and what reaches them by event."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=ENVIRONMENT)
        self.starter = IncidentStarter(
            self,
            "Incidents",
            function_name="incidents",
            response_plan=new_plan(self, "on-call"),
            additional_response_plans=[plan_arn("by-hand"), plan_arn("gone")],
            ledger=Ledger.off(),  # each test's alarm starts an incident of its own
            impact=Impact.MEDIUM,
            title="{alarm_name} is {state} in {account} {region}: {reason}",
            related_items=FOUR_VALUES,
            trusted_accounts=[OTHER_ACCOUNT],
        )
        new_plan(self, "by-hand")
        for impact in Impact:
            self._rule(f"impact-{impact.value}").add_target(IncidentTarget(self.starter, impact=impact))
        self._rule("plain").add_target(IncidentTarget(self.starter))
        self._rule("everything").add_target(
            IncidentTarget(
                self.starter,
                impact=Impact.NO_IMPACT,
                title="{source} says «{detail.text}» in {detail.deep.er.0}: {detail_type} 🔥",
                related_items=nine_times_four_values(),
                response_plan=new_plan(self, "rule"),
            )
        )
        topic = sns.Topic(self, "Topic", topic_name="alarms")
        topic.add_to_resource_policy(
            iam.PolicyStatement(
                actions=["sns:Publish"],
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                resources=[topic.topic_arn],
            )
        )
        topic.add_subscription(
            IncidentSubscription(
                self.starter,
                impact=Impact.LOW,
                title="Topic: {alarm_name}",
                related_items=[RelatedItem.pager_duty("PD-topic", title="By topic")],
                response_plan=new_plan(self, "topic"),
            )
        )
        notify = actions.SnsAction(topic)
        new_alarm(self, "notified").add_alarm_action(notify)
        text = IncidentDetails(impact=Impact.CRITICAL, title="Trailers win").description("Notified, too.")
        new_alarm(self, "notified-with-trailers", text).add_alarm_action(notify)

    def _rule(self, detail_type: str) -> events.Rule:
        pattern = events.EventPattern(source=[SOURCE], detail_type=[detail_type])
        return events.Rule(self, detail_type, event_pattern=pattern)


class Shop(cdk.Stack):
    """Alarms of every kind, in a stack of their own, one of them with its own plan."""

    def __init__(self, scope: Construct, id: str, starter: IncidentStarter) -> None:
        super().__init__(scope, id, env=ENVIRONMENT)
        for impact in Impact:
            new_alarm(self, f"impact-{impact.value}").add_alarm_action(IncidentAction(starter, impact=impact))
        new_alarm(self, "plain").add_alarm_action(IncidentAction(starter))
        new_alarm(self, "nine").add_alarm_action(IncidentAction(starter, related_items=nine_links()))

        own_plan = new_plan(self, "shop")
        checkout = new_alarm(self, "Kassenstörung 🔥 «東京»", "Umsätze fehlen … déjà vu.\r\nNote: ask 山田.")
        checkout.add_alarm_action(
            IncidentAction(
                starter,
                impact=Impact.HIGH,
                title="Kasse «東京» steht 🔥: {reason}",
                related_items=[RelatedItem.url(f"{WIKI}/kasse?v=2#störung", title="Störungshilfe 東京")],
                response_plan=own_plan,
            )
        )
        counts = {name: cloudwatch.Metric(namespace="Shop", metric_name=name) for name in ("errors", "all")}
        share = cloudwatch.MathExpression(expression="100 * errors / all", using_metrics=counts)
        math = share.create_alarm(self, "Math", alarm_name="math", threshold=5, evaluation_periods=1)
        math.add_alarm_action(IncidentAction(starter, title="Math: {detail.configuration.metrics.0.id}"))

        heartbeat = new_alarm(self, "heartbeat")
        heartbeat.add_insufficient_data_action(IncidentAction(starter, title="{alarm_name} is silent"))
        heartbeat.add_ok_action(IncidentAction(starter, title="{alarm_name} is silent"))

        described = cloudwatch.CompositeAlarm(
            self,
            "Composite",
            composite_alarm_name="composite",
            alarm_rule=cloudwatch.AlarmRule.from_alarm(heartbeat, cloudwatch.AlarmState.ALARM),
            alarm_description="Nobody can pay.",
        )
        described.add_alarm_action(
            IncidentAction(starter, impact=Impact.CRITICAL, title="Down", related_items=nine_links()[:1])
        )
        self._l1("L1 of Zürich", starter)

    def _l1(self, name: str, starter: IncidentStarter) -> None:
        details = IncidentDetails(impact=Impact.LOW, title="L1 of {region}", related_items=nine_links()[1:3])
        cloudwatch.CfnAlarm(
            self,
            "L1",
            alarm_name=name,
            comparison_operator="LessThanThreshold",
            evaluation_periods=1,
            threshold=1,
            namespace="Shop",
            metric_name="Beats",
            period=60,
            statistic="Sum",
            alarm_description=details.description("The shop has stopped beating."),
            alarm_actions=[starter.function.function_arn],
        )
