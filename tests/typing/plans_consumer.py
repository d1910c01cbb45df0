"""Response plans as a user's type checker sees them; checked by mypy --strict and basedpyright, never run.

What must be refused carries an ignore with its code: an ignore that is not needed is an error itself.
"""

# pyright: strict, reportUnusedCallResult=false, reportUnnecessaryTypeIgnoreComment=true

import aws_cdk as cdk
from aws_cdk import (
    aws_iam as iam,
    aws_secretsmanager as secretsmanager,
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
    IResponsePlan,
    PagerDuty,
    ResponsePlan,
    Runbook,
    RunbookAccount,
    RunbookVariable,
)


class Team(cdk.Stack):
    """Uses everything of a plan."""

    def __init__(self, scope: Construct, id: str, contact: ssmcontacts.CfnContact, person: iam.Role) -> None:
        super().__init__(scope, id)
        document = ssm.CfnDocument(self, "Document", content={})
        runbook = Runbook(
            document,
            parameters={"A": "a", "B": ["b", "c"], "C": RunbookVariable.INVOLVED_RESOURCES},
            role=person,
            target_account=RunbookAccount.IMPACTED,
            version="$LATEST",
        )
        secret = secretsmanager.Secret(self, "Secret")
        plan = ResponsePlan(
            self,
            "Plan",
            title="Down",
            impact=Impact.HIGH,
            chat_channel=[sns.Topic(self, "Chat"), sns.Topic.from_topic_arn(self, "Theirs", "arn")],
            dedupe_string="down",
            display_name="The plan",
            engagements=[contact, "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/on-call"],
            incident_tags={"team": "shop"},
            notification_targets=[sns.CfnTopic(self, "Bare")],
            pager_duty=PagerDuty("Shop", secret=secret, service_id="P1"),
            replication_set=ssmincidents.CfnReplicationSet(self, "Set", regions=[]),
            response_plan_name="down",
            runbook=runbook,
            summary="Everything is down.",
            tags={"team": "shop"},
        )
        role: iam.IRole | None = plan.runbook_role
        assert role is not None
        named: IResponsePlan = ResponsePlan.from_response_plan_name(self, "Named", "on-call")
        theirs: IResponsePlan = ResponsePlan.from_response_plan_arn(self, "Other", plan.response_plan_arn)
        grant: iam.Grant = named.grant_start_incident(role)
        grant.assert_success()
        plan.grant_start_incident(person)
        starter = IncidentStarter(
            self, "Incidents", response_plan=plan, additional_response_plans=[named, theirs]
        )
        IncidentAction(starter, response_plan=plan)
        starter.allow_plan(named)


def mistakes(scope: Construct) -> None:
    ResponsePlan(scope, "No title", impact=Impact.LOW)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ResponsePlan(scope, "Number", title="Down", impact=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ResponsePlan(scope, "Tags", title="Down", impact=Impact.LOW, tags=["a"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Runbook("Restart", parameters={"A": 1})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    Runbook("Restart", target_account="IMPACTED")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    PagerDuty("Shop", service_id="P1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
