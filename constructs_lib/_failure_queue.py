"""Where events lie whole that could not be turned into an incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, aws_sqs as sqs

from ._acknowledgments import acknowledge

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct


def make_failure_queue(scope: Construct, encryption_key: kms.IKey | None) -> sqs.Queue:
    """Make a queue that keeps events as long as SQS can: 14 days, encrypted, TLS only."""
    managed = sqs.QueueEncryption.SQS_MANAGED
    queue = sqs.Queue(
        scope,
        "DeadLetterQueue",
        encryption=managed if encryption_key is None else sqs.QueueEncryption.KMS,
        encryption_master_key=encryption_key,
        enforce_ssl=True,
        retention_period=Duration.days(14),
    )
    acknowledge(queue, {"AwsSolutions-SQS3": "It is itself where failed events end; it has no consumer"})
    return queue
