"""What an organization deploys: who is paged, in one account; what pages, in all others."""

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_events as events,
    aws_sns as sns,
    aws_ssmincidents as ssmincidents,
)
from constructs import Construct

from constructs_lib import (
    AlarmForwarder,
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentHub,
    IncidentStarter,
    IncidentTarget,
    RelatedItem,
    ResponsePlanShare,
)

ORGANIZATION, MANAGEMENT = "o-a1b2c3d4e5", "111111111111"
INCIDENTS, SHOP, SEARCH = "222222222222", "333333333333", "444444444444"
REGION = "eu-west-1"
PLAN = f"arn:aws:ssm-incidents::{INCIDENTS}:response-plan/on-call"
CONTACT = f"arn:aws:ssm-contacts:{REGION}:{INCIDENTS}:contact/on-call"
BUS = f"arn:aws:events:{REGION}:{INCIDENTS}:event-bus/incidents"
WIKI = "https://wiki.example.com"


def environment(account: str) -> cdk.Environment:
    """An account in the Region of the organization."""
    return cdk.Environment(account=account, region=REGION)


class IncidentAccount(cdk.Stage):
    """The plan, shared with the organization, and a hub for those that have no starter."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=environment(INCIDENTS))
        stack = cdk.Stack(self, "OnCall")
        plan = ssmincidents.CfnResponsePlan(
            stack,
            "Plan",
            name="on-call",
            incident_template={"title": "Something is wrong", "impact": 3},
            engagements=[CONTACT],
        )
        ResponsePlanShare(
            stack,
            "Share",
            response_plan=plan,
            principals=[f"arn:aws:organizations::{MANAGEMENT}:organization/{ORGANIZATION}"],
        )
        hub = IncidentHub(
            stack,
            "Hub",
            response_plan=plan,
            organization_id=ORGANIZATION,
            event_bus_name="incidents",
            impact=Impact.MEDIUM,
            title="{alarm_name} in {account}",
            related_items=[RelatedItem.url(f"{WIKI}/runbooks", title="All runbooks")],
        )
        watchers = sns.Topic(stack, "PagerWatchers", enforce_ssl=True)
        hub.starter.monitor(watchers, runbook=f"{WIKI}/pager")
        hub.starter.schedule_drill(events.Schedule.rate(cdk.Duration.days(1)))


class ShopAccount(cdk.Stage):
    """A member with a starter of its own: the recommended way."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=environment(SHOP))
        stack = cdk.Stack(self, "Shop")
        starter = IncidentStarter(
            stack, "Incidents", response_plan=PLAN, engagement_contacts=[CONTACT], impact=Impact.MEDIUM
        )
        runbook = RelatedItem.url(f"{WIKI}/checkout", title="Runbook")
        errors = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
        failing = errors.create_alarm(stack, "Failing", threshold=10, evaluation_periods=3)
        failing.add_alarm_action(
            IncidentAction(starter, impact=Impact.HIGH, title="Checkout is failing", related_items=[runbook])
        )
        failing.add_ok_action(IncidentAction(starter))
        findings = events.EventPattern(
            source=["aws.guardduty"],
            detail_type=["GuardDuty Finding"],
            detail={"severity": [{"numeric": [">=", 7]}]},
        )
        threats = events.Rule(stack, "Threats", event_pattern=findings)
        threats.add_target(
            IncidentTarget(
                starter,
                impact=Impact.CRITICAL,
                title="GuardDuty: {detail.title}",
                related_items=[RelatedItem.url(f"{WIKI}/threats", title="Runbook")],
            )
        )


class SearchAccount(cdk.Stage):
    """A member without any function: its alarms go to the hub and say themselves what they are worth."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id, env=environment(SEARCH))
        platform = cdk.Stack(self, "Platform", synthesizer=cdk.BootstraplessSynthesizer())
        AlarmForwarder(platform, "Alarms", hub=BUS)
        stack = cdk.Stack(self, "Search")
        latency = cloudwatch.Metric(namespace="Search", metric_name="Latency", statistic="p99")
        details = IncidentDetails(
            impact=Impact.HIGH, related_items=[RelatedItem.url(f"{WIKI}/search", title="Runbook")]
        )
        latency.create_alarm(
            stack,
            "Slow",
            threshold=2,
            evaluation_periods=5,
            alarm_description=details.description("Searching takes longer than people wait."),
        )
        latency.create_alarm(stack, "VerySlow", threshold=10, evaluation_periods=1)
