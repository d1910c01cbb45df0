"""What IAM wants of whoever starts incidents: a starter's function, a person, another app.

See https://docs.aws.amazon.com/incident-manager/latest/userguide/incident-creation.html: with StartIncident
alone an incident may page nobody.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from aws_cdk import aws_iam as iam

# AWS documents the caller's forwarded permissions with this condition: the caller cannot use them
# by itself, Incident Manager uses them on its behalf.
_FORWARDED = {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}}


class Right(NamedTuple):
    """Some actions on some resources."""

    actions: Sequence[str]
    resources: Sequence[str]
    conditions: Mapping[str, Mapping[str, str]] | None = None
    sid: str | None = None

    def statement(self) -> iam.PolicyStatement:
        """The right as a statement of a policy."""
        return iam.PolicyStatement(
            sid=self.sid, actions=self.actions, resources=self.resources, conditions=self.conditions
        )

    def grant(self, grantee: iam.IGrantable) -> iam.Grant:
        """Give the right to a principal."""
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=self.actions, resource_arns=self.resources, conditions=self.conditions
        )


def rights_to_start(arn: str, records_arn: str) -> list[Right]:
    """What starting incidents of one plan takes, and of no other plan."""
    return [
        Right(["ssm-incidents:StartIncident"], [arn]),
        # A plan may tag its incidents; the caller tags them.
        Right(["ssm-incidents:TagResource"], [records_arn]),
    ]


def right_to_follow_up(arn: str, records_arn: str, actions: Sequence[str]) -> Right:
    """What AWS wants for calls about a plan's incidents: it of the plan as well."""
    return Right([*actions], [arn, records_arn])


def right_to_engage(contacts: Sequence[str] | None) -> Right:
    """Let Incident Manager engage responders on the caller's behalf.

    Args:
        contacts: whom; None for any that a plan names.
    """
    return Right(
        ["ssm-contacts:StartEngagement"],
        ["*"] if contacts is None else [*contacts],
        _FORWARDED,
        "EngageRespondersThroughIncidentManager",
    )


def right_to_create_ops_items() -> Right:
    """Let Incident Manager create an OpsItem on the caller's behalf; it knows no narrower resource."""
    return Right(["ssm:CreateOpsItem"], ["*"], _FORWARDED, "CreateOpsItemsThroughIncidentManager")
