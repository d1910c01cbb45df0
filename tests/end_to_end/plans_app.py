"""A shop that owns all of its pager: replication set, contact, topic, runbook, plans and starter."""

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_lambda as lambda_,
    aws_sns as sns,
    aws_ssm as ssm,
    aws_ssmcontacts as ssmcontacts,
    aws_ssmincidents as ssmincidents,
)
from constructs import Construct

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentStarter,
    PagerDuty,
    ResponsePlan,
    Runbook,
    RunbookAccount,
    RunbookVariable,
)

BY_HAND = """
import os
import boto3

def handler(event, context):
    client = boto3.client("ssm-incidents")
    return client.start_incident(responsePlanArn=event["plan"])["incidentRecordArn"]
"""


class Plans(cdk.Stack):
    """Whom an incident engages, and what it starts."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        everywhere = ssmincidents.CfnReplicationSet(self, "Everywhere", regions=[{"regionName": self.region}])
        lead = ssmcontacts.CfnContact(
            self, "Lead", alias="lead", display_name="Lead", type="PERSONAL", plan=[]
        )
        mail = ssmcontacts.CfnContactChannel(
            self,
            "Mail",
            channel_address="lead@example.com",
            channel_name="mail",
            channel_type="EMAIL",
            contact_id=lead.attr_arn,
        )
        mail.node.add_dependency(everywhere)
        chat = sns.Topic(self, "Chat", topic_name="chat")
        document = ssm.CfnDocument(
            self, "Restart", name="Restart", content={"schemaVersion": "0.3"}, document_type="Automation"
        )
        self.plan = ResponsePlan(
            self,
            "Shop",
            title="The shop is in trouble",
            impact=Impact.MEDIUM,
            chat_channel=[chat],
            display_name="The shop",
            engagements=[lead],
            incident_tags={"team": "shop"},
            notification_targets=[chat],
            pager_duty=PagerDuty("Shop", secret="pager-duty", service_id="PABC123"),
            replication_set=everywhere,
            response_plan_name="shop",
            runbook=Runbook(
                document,
                version="1",
                target_account=RunbookAccount.IMPACTED,
                parameters={"Service": "shop", "Resources": RunbookVariable.INVOLVED_RESOURCES},
            ),
            summary="Look at the till.",
            tags={"team": "shop"},
        )
        other = ResponsePlan(self, "Other", title="Another", impact=Impact.LOW, response_plan_name="other")
        other.node.add_dependency(everywhere)
        by_hand = lambda_.Function(
            self,
            "ByHand",
            function_name="by-hand",
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(BY_HAND),
        )
        self.plan.grant_start_incident(by_hand)


class Shop(cdk.Stack):
    """What fails, and a plan of its own beside it."""

    def __init__(self, scope: Construct, id: str, *, starter: IncidentStarter, plan: ResponsePlan) -> None:
        super().__init__(scope, id)
        till = ResponsePlan(self, "Till", title="The till is stuck", impact=Impact.HIGH)
        till.node.add_dependency(plan)
        for name, own in (("errors", None), ("till", till)):
            metric = cloudwatch.Metric(namespace="Shop", metric_name=name)
            alarm = metric.create_alarm(self, name, alarm_name=name, threshold=1, evaluation_periods=1)
            alarm.add_alarm_action(IncidentAction(starter, response_plan=own))


def add_plans(app: cdk.App) -> None:
    """Add the stacks."""
    plans = Plans(app, "Plans")
    starter = IncidentStarter(cdk.Stack(app, "Pager"), "Incidents", response_plan=plans.plan)
    Shop(app, "Shop", starter=starter, plan=plans.plan)
