"""The role of a starter's function: what it may do, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import ArnFormat, aws_iam as iam

from ._acknowledgments import acknowledge
from ._incident_rights import right_to_create_ops_items, right_to_engage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Stack, aws_ec2 as ec2, aws_kms as kms, aws_logs as logs
    from constructs import Construct

    from ._bundled_function import FunctionOptions
    from ._starter_sinks import StarterSinks


def make_starter_role(
    scope: Construct,
    description: str,
    options: FunctionOptions,
    *,
    log_group: logs.ILogGroup,
    sinks: StarterSinks,
    engagement_contacts: Sequence[str] | None,
) -> iam.Role:
    """Make the role of a starter's own function, which may start no plan yet."""
    role = make_role(scope, description, options.permissions_boundary)
    if not sinks.replace_incidents:
        _allow_forwarding(role, engagement_contacts, creates_ops_items=sinks.create_ops_items)
    allow_running(scope, role, log_group, options.vpc)
    if options.encryption_key is not None:
        options.encryption_key.grant_decrypt(role)
    sinks.allow(role)
    return role


def make_role(
    scope: Construct, description: str, permissions_boundary: iam.IManagedPolicy | None
) -> iam.Role:
    """Make a function's role, which may do nothing yet."""
    return iam.Role(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description=description,
        permissions_boundary=permissions_boundary,
    )


def allow_running(scope: Construct, role: iam.Role, log_group: logs.ILogGroup, vpc: ec2.IVpc | None) -> None:
    """Let a role do what every function of a starter needs."""
    role.add_to_policy(
        iam.PolicyStatement(
            sid="ReadCompositeAlarmDescriptions",
            actions=["cloudwatch:DescribeAlarms"],
            resources=["*"],
        )
    )
    log_group.grant_write(role)
    acknowledge(
        scope,
        {
            "AwsSolutions-IAM5[Resource::*]": (
                "DescribeAlarms, ListAlarmMuteRules, CreateOpsItem and the VPC's network interfaces know "
                "no narrower resource; contacts are those the plans name, through Incident Manager only"
            )
        },
    )
    if vpc is not None:
        role.add_to_policy(
            iam.PolicyStatement(
                sid="AttachToTheVpc",
                actions=[
                    "ec2:AssignPrivateIpAddresses",
                    "ec2:CreateNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSubnets",
                    "ec2:UnassignPrivateIpAddresses",
                ],
                resources=["*"],
            )
        )


def _allow_forwarding(
    role: iam.Role, engagement_contacts: Sequence[str] | None, *, creates_ops_items: bool
) -> None:
    """Let Incident Manager do on a role's behalf what an incident needs.

    A role that creates OpsItems for a sink may do that by itself, which serves Incident Manager too.
    """
    role.add_to_policy(right_to_engage(engagement_contacts).statement())
    if not creates_ops_items:
        role.add_to_policy(right_to_create_ops_items().statement())


def allow_logs(key: kms.IKey, stack: Stack) -> None:
    """Let CloudWatch Logs encrypt the account's log groups with a key: the key's own policy must say so.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    groups = stack.format_arn(
        service="logs",
        resource="log-group",
        resource_name="*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
            actions=[
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )
    )


def acknowledge_key_grants(role: iam.Role) -> None:
    """Say why the grants of a queue's or function's own key hold wildcards: CDK writes them so."""
    reason = "Actions that CDK grants for a queue and a function with a key, on that key alone"
    acknowledge(
        role,
        {
            "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]": reason,
            "AwsSolutions-IAM5[Action::kms:ReEncrypt*]": reason,
        },
    )
