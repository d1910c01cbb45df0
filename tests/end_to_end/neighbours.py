"""What stands around the shop: other stacks, Stages, apps and accounts, and alarms of rarer kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_events as events

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentStarter,
    IncidentTarget,
    RelatedItem,
)
from tests.end_to_end.shop import (
    ENVIRONMENT,
    OTHER_ACCOUNT,
    REGION,
    SOURCE,
    WIKI,
    Platform,
    Shop,
    function_arn,
    new_alarm,
    new_plan,
)

if TYPE_CHECKING:
    from constructs import Construct

OTHER_ENVIRONMENT = cdk.Environment(account=OTHER_ACCOUNT, region=REGION)
SHARED_PLAN = f"arn:aws:ssm-incidents::{OTHER_ACCOUNT}:response-plan/security"
"""Of another account, shared with this one."""

RUNBOOK = RelatedItem.url(f"{WIKI}/runbook", title="Runbook")


class Bank(cdk.Stack):
    """Another team: its own starter, which says nothing, and an alarm on both starters."""

    def __init__(self, scope: Construct, id: str, starter: IncidentStarter) -> None:
        super().__init__(scope, id, env=ENVIRONMENT)
        own = IncidentStarter(self, "Own", function_name="bank", response_plan=new_plan(self, "bank"))
        shared = new_alarm(self, "shared")
        shared.add_alarm_action(IncidentAction(own), IncidentAction(starter))


class Guest(cdk.Stack):
    """Another app: it knows the starter by its ARN only."""

    def __init__(self, scope: Construct, id: str, *, prefix: str, env: cdk.Environment = ENVIRONMENT) -> None:
        super().__init__(scope, id, env=env)
        starter = IncidentStarter.from_function_arn(self, "Starter", function_arn("incidents"))
        action = IncidentAction(starter, impact=Impact.LOW, title="A guest", related_items=[RUNBOOK])
        alarm = new_alarm(self, f"{prefix}-alarm")
        alarm.add_alarm_action(action)
        down = cloudwatch.CompositeAlarm(
            self,
            "Down",
            composite_alarm_name=f"{prefix}-down",
            alarm_rule=cloudwatch.AlarmRule.from_alarm(alarm, cloudwatch.AlarmState.OK),
        )
        down.add_alarm_action(action)
        if self.account != starter.function.env.account:
            return  # CDK makes no rule on an imported function of another account
        pattern = events.EventPattern(source=[SOURCE], detail_type=[f"{prefix}-event"])
        rule = events.Rule(self, "Rule", event_pattern=pattern)
        rule.add_target(IncidentTarget(starter, title="A guest's rule"))


class Kinds(cdk.Stack):
    """Alarms of every kind that CDK knows, and a rule that listens to an alarm."""

    def __init__(self, scope: Construct, id: str, starter: IncidentStarter) -> None:
        super().__init__(scope, id, env=ENVIRONMENT)
        action = IncidentAction(starter, impact=Impact.HIGH, title="{alarm_name}", related_items=[RUNBOOK])
        details = IncidentDetails(impact=Impact.HIGH, title="{alarm_name}", related_items=[RUNBOOK])
        cloudwatch.PromQLAlarm(
            self,
            "PromQL",
            alarm_name="promql",
            query="latency > 1",
            evaluation_interval=cdk.Duration.minutes(1),
        ).add_alarm_action(action)
        cloudwatch.AnomalyDetectionAlarm(
            self,
            "Anomaly",
            alarm_name="anomaly",
            metric=cloudwatch.Metric(namespace="Shop", metric_name="Visitors"),
            evaluation_periods=1,
        ).add_alarm_action(action)
        cloudwatch.CfnLogAlarm(
            self,
            "Log",
            alarm_name="log",
            alarm_actions=[starter.function.function_arn],
            alarm_description=details.description("Errors are logged."),
            comparison_operator="GreaterThanThreshold",
            query_results_to_alarm=1,
            query_results_to_evaluate=1,
            threshold=1,
            scheduled_query_configuration=cloudwatch.CfnLogAlarm.ScheduledQueryConfigurationProperty(
                aggregation_expression="count(*)",
                query_string="fields @message",
                log_group_identifiers=["/shop/checkout"],
                schedule_configuration={"scheduleExpression": "rate(1 minute)", "startTimeOffset": 60},
                scheduled_query_role_arn=f"arn:aws:iam::{self.account}:role/query",
            ),
        )
        new_alarm(self, "of-another-account").add_alarm_action(
            IncidentAction(starter, response_plan=SHARED_PLAN)
        )
        inner = cdk.NestedStack(self, "Inner")
        new_alarm(inner, "nested").add_alarm_action(
            IncidentAction(starter, title="Nested", response_plan=new_plan(inner, "nested"))
        )
        trailers = IncidentDetails(impact=Impact.LOW, title="By trailer", related_items=[RUNBOOK])
        watched = new_alarm(self, "watched", trailers.description())
        pattern = events.EventPattern(
            source=["aws.cloudwatch"],
            detail_type=["CloudWatch Alarm State Change"],
            resources=[watched.alarm_arn],
        )
        rule = events.Rule(self, "Listens", event_pattern=pattern)
        rule.add_target(IncidentTarget(starter, title="By rule: {alarm_name} is {state}"))


def add_shop(app: cdk.App) -> None:
    """Everything, in one app."""
    starter = Platform(app, "Platform").starter
    Shop(app, "Shop", starter)
    Bank(app, "Bank", starter)
    Kinds(app, "Kinds", starter)
    Guest(cdk.Stage(app, "Stage"), "Stack", prefix="staged")
    Guest(app, "Abroad", prefix="abroad", env=OTHER_ENVIRONMENT)
    Guest(app, "Guest", prefix="guest")
