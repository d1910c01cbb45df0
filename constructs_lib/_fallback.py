"""What a starter with a fallback deploys besides: the function that tells what was not delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from aws_cdk import Duration, aws_lambda as lambda_, aws_logs as logs, aws_sqs as sqs
from constructs import Construct

from ._starter_role import acknowledge_key_grants, allow_running, make_role
from ._starter_sinks import allow_sinks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_ec2 as ec2, aws_iam as iam, aws_kms as kms
    from typing_extensions import Unpack

    from .incident_sink import IncidentSink

_TIMEOUT = 60  # seconds
_BATCH = 5
_TRIES = 5


class FallbackOptions(TypedDict):
    """What the second function has in common with the first."""

    code: lambda_.Code
    dead_letter_queue: sqs.IQueue
    encryption_key: kms.IKey | None
    log_retention: logs.RetentionDays
    memory_size: int
    permissions_boundary: iam.IManagedPolicy | None
    security_groups: Sequence[ec2.ISecurityGroup] | None
    tracing: lambda_.Tracing
    vpc: ec2.IVpc | None
    vpc_subnets: ec2.SubnetSelection | None


class Fallback(Construct):
    """The queue of what a starter's function did not deliver, and the function that tells the fallback of it.

    The queue is the on-failure destination of the first function: what raised to the last, timed out
    or grew too old. What the second function cannot tell either goes to the starter's dead-letter queue.
    """

    variable = "INCIDENT_FALLBACK"
    """What the second function is told by: not the starter's, by which a starter is known."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        sinks: Sequence[IncidentSink],
        **options: Unpack[FallbackOptions],
    ) -> None:
        """Make both."""
        super().__init__(scope, id)
        encryption_key, vpc = options["encryption_key"], options["vpc"]
        managed = sqs.QueueEncryption.SQS_MANAGED
        self.queue = sqs.Queue(
            self,
            "Queue",
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=options["dead_letter_queue"], max_receive_count=_TRIES
            ),
            encryption=managed if encryption_key is None else sqs.QueueEncryption.KMS,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            # AWS asks for six times the function's timeout, so that no message is seen by two.
            visibility_timeout=Duration.seconds(6 * _TIMEOUT),
        )
        log_group = logs.LogGroup(
            self, "LogGroup", retention=options["log_retention"], encryption_key=encryption_key
        )
        role = make_role(
            self,
            description="Tells the fallback of an incident starter of what could not be delivered",
            permissions_boundary=options["permissions_boundary"],
        )
        allow_running(self, role, log_group, vpc)
        allow_sinks(role, sinks)
        if encryption_key is not None:
            encryption_key.grant_decrypt(role)
        self.function = lambda_.Function(
            self,
            "Function",
            description="Tells the fallback of an incident starter of what could not be delivered",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler="incident_starter.fallback.handler",
            code=options["code"],
            role=role,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            environment_encryption=encryption_key,
            memory_size=options["memory_size"],
            timeout=Duration.seconds(_TIMEOUT),
            tracing=options["tracing"],
            vpc=vpc,
            vpc_subnets=options["vpc_subnets"],
            security_groups=options["security_groups"],
        )
        self.queue.grant_consume_messages(role)
        lambda_.EventSourceMapping(
            self,
            "Undelivered",
            target=self.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=_BATCH,
            report_batch_item_failures=True,
        )
        acknowledge_key_grants(role)
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)  # noqa: S101 - narrows CDK's type
        # CDK lets a function wait for its role and the role's policy; cfn-lint finds the role said twice.
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
