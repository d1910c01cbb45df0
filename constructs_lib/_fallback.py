"""What a starter with a fallback deploys besides: the function that tells what was not delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, aws_lambda as lambda_, aws_sqs as sqs
from constructs import Construct

from ._bundled_function import make_function, make_log_group
from ._starter_role import acknowledge_key_grants, allow_running, make_role
from ._starter_sinks import allow_sinks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._bundled_function import FunctionOptions
    from .incident_sink import IncidentSink

_DESCRIPTION = "Tells the fallback of an incident starter of what could not be delivered"
_TIMEOUT = 60  # seconds
_BATCH = 5
_TRIES = 5


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
        code: lambda_.Code,
        dead_letter_queue: sqs.IQueue,
        options: FunctionOptions,
    ) -> None:
        """Make both."""
        super().__init__(scope, id)
        encryption_key = options.encryption_key
        managed = sqs.QueueEncryption.SQS_MANAGED
        self.queue = sqs.Queue(
            self,
            "Queue",
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letter_queue, max_receive_count=_TRIES),
            encryption=managed if encryption_key is None else sqs.QueueEncryption.KMS,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            retention_period=Duration.days(14),
            # AWS asks for six times the function's timeout, so that no message is seen by two.
            visibility_timeout=Duration.seconds(6 * _TIMEOUT),
        )
        log_group = make_log_group(self, options)
        role = make_role(self, _DESCRIPTION, options.permissions_boundary)
        allow_running(self, role, log_group, options.vpc)
        allow_sinks(role, sinks)
        if encryption_key is not None:
            encryption_key.grant_decrypt(role)
        self.function = make_function(
            self,
            options,
            description=_DESCRIPTION,
            handler="incident_starter.fallback.handler",
            code=code,
            role=role,
            log_group=log_group,
            timeout=Duration.seconds(_TIMEOUT),
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
