"""The role that a plan's runbook runs as: it may start its document, and nothing else."""

import re

from aws_cdk import aws_iam as iam
from constructs import Construct

from ._acknowledgments import acknowledge_wildcard
from ._checks import has_token
from ._stacks import Place
from .runbook import Runbook, RunbookAccount

_OWNED_BY_AWS = re.compile(r"(aws|amazon|amzn)", re.IGNORECASE)
"""What Systems Manager keeps for AWS at the beginning of a document's name; their ARNs name no account."""

_DOCUMENT_PARTS = 6
_WHY_ANY = "An incident may start in any Region of the replication set; executions have made-up ids"
_EXECUTION_ROLE = "AWS-SystemsManager-AutomationExecutionRole"


def make_runbook_role(scope: Construct, runbook: Runbook, plan_name: str, place: Place) -> iam.Role:
    """Make the role; Incident Manager may assume it for incidents of this plan only.

    See
    https://docs.aws.amazon.com/incident-manager/latest/userguide/cross-service-confused-deputy-prevention.html
    """
    records = f"arn:{place.partition}:ssm-incidents:*:{place.account}:incident-record/{plan_name}/*"
    role = iam.Role(
        scope,
        "RunbookRole",
        assumed_by=iam.ServicePrincipal(
            "ssm-incidents.amazonaws.com", conditions={"ArnLike": {"aws:SourceArn": records}}
        ),
        description="Runs the runbook of incidents of a response plan",
    )
    startable = _what_starting_takes(runbook.document, place)
    role.add_to_policy(
        iam.PolicyStatement(
            sid="StartTheRunbook", actions=["ssm:StartAutomationExecution"], resources=startable
        )
    )
    for arn in startable:
        acknowledge_wildcard(role, arn, _WHY_ANY)
    if runbook.target_account is RunbookAccount.IMPACTED:
        elsewhere = f"arn:{place.partition}:iam::*:role/{_EXECUTION_ROLE}"
        role.add_to_policy(
            iam.PolicyStatement(
                sid="RunInTheImpactedAccount", actions=["sts:AssumeRole"], resources=[elsewhere]
            )
        )
        acknowledge_wildcard(role, elsewhere, "Which account an incident comes from is not known before")
    return role


def _what_starting_takes(document: str, place: Place) -> list[str]:
    """The resources that StartAutomationExecution is decided on.

    Incident Manager's guide names the document's automation-definition, Systems Manager's own the document
    and its executions: the first is how IAM did it before, and either may be asked.
    """
    name, owner = document, place.account
    parts = document.split(":", _DOCUMENT_PARTS - 1)
    if len(parts) == _DOCUMENT_PARTS and parts[0] == "arn":
        name, owner = parts[-1].removeprefix("document/"), parts[4]
    elif not has_token(document) and _OWNED_BY_AWS.match(document):
        owner = ""
    beginning = f"arn:{place.partition}:ssm:*"
    return [
        f"{beginning}:{owner}:automation-definition/{name}:*",
        f"{beginning}:{owner}:document/{name}",
        f"{beginning}:{place.account}:automation-execution/*",
    ]
