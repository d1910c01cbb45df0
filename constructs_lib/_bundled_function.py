"""A function of the bundled source: how a starter's functions run, whatever they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from aws_cdk import aws_lambda as lambda_, aws_logs as logs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Duration, aws_ec2 as ec2, aws_iam as iam, aws_kms as kms
    from constructs import Construct
    from typing_extensions import Unpack

# CDK lets a function wait for its role and the role's policy; cfn-lint finds the role said twice.
_LINTED = {"config": {"ignore_checks": ["W3005"]}}


@dataclass(frozen=True)
class FunctionOptions:
    """What a starter is told once, for its own function and for its fallback's."""

    encryption_key: kms.IKey | None
    log_retention: logs.RetentionDays
    memory_size: int
    permissions_boundary: iam.IManagedPolicy | None
    security_groups: Sequence[ec2.ISecurityGroup] | None
    tracing: lambda_.Tracing
    vpc: ec2.IVpc | None
    vpc_subnets: ec2.SubnetSelection | None


class Invocation(TypedDict, total=False):
    """What only a function has that Lambda hands events to while nobody waits for it."""

    function_name: str | None
    max_event_age: Duration
    on_failure: lambda_.IDestination
    reserved_concurrent_executions: int | None
    retry_attempts: int


def make_log_group(scope: Construct, options: FunctionOptions) -> logs.LogGroup:
    """Make where a function logs."""
    return logs.LogGroup(
        scope, "LogGroup", retention=options.log_retention, encryption_key=options.encryption_key
    )


def make_function(
    scope: Construct,
    options: FunctionOptions,
    *,
    description: str,
    handler: str,
    code: lambda_.Code,
    role: iam.IRole,
    log_group: logs.ILogGroup,
    timeout: Duration,
    metadata: Mapping[str, object] | None = None,
    **invocation: Unpack[Invocation],
) -> lambda_.Function:
    """Make a function of the bundled source, with metadata for those who read the template."""
    function = lambda_.Function(
        scope,
        "Function",
        description=description,
        runtime=lambda_.Runtime.PYTHON_3_14,
        architecture=lambda_.Architecture.ARM_64,
        handler=handler,
        code=code,
        role=role,
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        environment_encryption=options.encryption_key,
        memory_size=options.memory_size,
        timeout=timeout,
        tracing=options.tracing,
        vpc=options.vpc,
        vpc_subnets=options.vpc_subnets,
        security_groups=options.security_groups,
        **invocation,
    )
    resource = function.node.default_child
    assert isinstance(resource, lambda_.CfnFunction)  # noqa: S101 - narrows CDK's type
    for key, value in {**(metadata or {}), "cfn-lint": _LINTED}.items():
        resource.add_metadata(key, value)
    return function
