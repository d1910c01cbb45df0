"""Three accounts: the incident account with a plan, its share and a hub, and its members."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_ssmincidents as ssmincidents

from constructs_lib import (
    AlarmForwarder,
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentHub,
    IncidentStarter,
    RelatedItem,
    ResponsePlanShare,
)

INCIDENTS, SHOP, SEARCH = "111111111111", "222222222222", "333333333333"
LONELY, STRANGER = "444444444444", "999999999999"
ORGANIZATION, REGION = "o-a1b2c3d4e5", "us-east-1"
PLAN = f"arn:aws:ssm-incidents::{INCIDENTS}:response-plan/on-call"
CONTACT = f"arn:aws:ssm-contacts:{REGION}:{INCIDENTS}:contact/sre"
BUS = f"arn:aws:events:{REGION}:{INCIDENTS}:event-bus/incidents"
RUNBOOK = RelatedItem.url("https://wiki.example.com/search", title="Runbook")


def environment(account: str) -> cdk.Environment:
    return cdk.Environment(account=account, region=REGION)


class IncidentAccount(cdk.Stack):
    """Who is paged, for whom, and the hub."""

    def __init__(self, scope: cdk.App) -> None:
        super().__init__(scope, "IncidentAccount", env=environment(INCIDENTS))
        plan = ssmincidents.CfnResponsePlan(
            self,
            "Plan",
            name="on-call",
            incident_template={"title": "Something is wrong", "impact": 3},
            engagements=[CONTACT],
        )
        ResponsePlanShare(self, "Share", response_plan=plan, principals=[SHOP])
        hub = IncidentHub(
            self,
            "Hub",
            response_plan=plan,
            organization_id=ORGANIZATION,
            event_bus_name="incidents",
            impact=Impact.LOW,
            title="{alarm_name} in {account}",
            function_name="hub",
            retry_attempts=0,
        )
        mine = new_alarm(self, "mine")
        mine.add_alarm_action(IncidentAction(hub.starter))
        AlarmForwarder(self, "Forwarder", hub=hub)


class Member(cdk.Stack):
    """An account whose alarms go to the hub, in a stack as it goes out as a StackSet."""

    def __init__(self, scope: cdk.App, id: str, account: str) -> None:
        super().__init__(scope, id, env=environment(account), synthesizer=cdk.BootstraplessSynthesizer())
        AlarmForwarder(self, "Forwarder", hub=BUS, insufficient_data=True)
        said = IncidentDetails(impact=Impact.CRITICAL, title="Nobody finds anything", related_items=[RUNBOOK])
        new_alarm(self, f"{id}-errors".lower(), said.description("Too many errors."))
        both = cloudwatch.AlarmRule.from_alarm(
            new_alarm(self, f"{id}-latency".lower()), cloudwatch.AlarmState.ALARM
        )
        cloudwatch.CompositeAlarm(
            self,
            "Composite",
            composite_alarm_name=f"{id}-down".lower(),
            alarm_rule=both,
            actions_suppressor=new_alarm(self, f"{id}-maintenance".lower()),
        )


class WithStarter(cdk.Stack):
    """An account with a starter of its own that starts incidents of the shared plan."""

    def __init__(self, scope: cdk.App, id: str, account: str) -> None:
        super().__init__(scope, id, env=environment(account))
        starter = IncidentStarter(self, "Incidents", response_plan=PLAN, retry_attempts=0)
        new_alarm(self, f"{id}-errors".lower()).add_alarm_action(IncidentAction(starter))


def new_alarm(stack: cdk.Stack, name: str, description: str | None = None) -> cloudwatch.Alarm:
    metric = cloudwatch.Metric(namespace=stack.stack_name, metric_name=name)
    return metric.create_alarm(
        stack, name, alarm_name=name, alarm_description=description, threshold=1, evaluation_periods=1
    )


def add_organization(app: cdk.App) -> None:
    IncidentAccount(app)
    Member(app, "Search", SEARCH)
    WithStarter(app, "Shop", SHOP)
    WithStarter(app, "Lonely", LONELY)
    Member(app, "Stranger", STRANGER)
