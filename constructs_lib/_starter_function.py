"""A starter's own function, with all that it cannot run without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack, aws_lambda_destinations as destinations

from ._bundled_function import make_function, make_log_group
from ._failure_queue import make_failure_queue
from ._starter_code import starter_code
from ._starter_role import acknowledge_key_grants, allow_logs, make_starter_role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_sqs as sqs
    from constructs import Construct

    from ._bundled_function import FunctionOptions
    from ._fallback import Fallback
    from ._starter_sinks import StarterSinks

_DESCRIPTION = "Starts Incident Manager incidents for CloudWatch alarms and EventBridge events"
# Lets readers of the template tell a starter from any other function.
_MARK = {"cdk-incident-starter": {"starter": 1}}


class StarterFunction:
    """The function, its log group, queue and role, and the fallback's function before it."""

    def __init__(
        self,
        starter: Construct,
        options: FunctionOptions,
        sinks: StarterSinks,
        *,
        dead_letter_queue: sqs.IQueue | None,
        engagement_contacts: Sequence[str] | None,
        function_name: str | None,
        max_event_age: Duration | None,
        reserved_concurrent_executions: int | None,
        retry_attempts: int,
        timeout: Duration,
        used: Mapping[str, bool],
    ) -> None:
        """Make all of them in the starter; the role may start no plan yet."""
        key = options.encryption_key
        if key is not None:
            allow_logs(key, Stack.of(starter))
        self.log_group = make_log_group(starter, options)
        self.dead_letter_queue = dead_letter_queue or make_failure_queue(starter, key)
        self.role = make_starter_role(
            starter,
            _DESCRIPTION,
            options,
            log_group=self.log_group,
            sinks=sinks,
            engagement_contacts=engagement_contacts,
        )
        if key is not None or dead_letter_queue is not None or sinks.are_used:
            acknowledge_key_grants(self.role)
        code = starter_code(**used)
        self.fallback: Fallback | None = None
        if sinks.fallbacks:
            # Late: a starter without a fallback need not load it.
            from ._fallback import Fallback  # noqa: PLC0415

            self.fallback = Fallback(
                starter,
                "Fallback",
                sinks=sinks.fallbacks,
                code=code,
                dead_letter_queue=self.dead_letter_queue,
                options=options,
            )
        undelivered = self.fallback.queue if self.fallback else self.dead_letter_queue
        self.function = make_function(
            starter,
            options,
            description=_DESCRIPTION,
            handler="incident_starter.handler.handler",
            code=code,
            role=self.role,
            log_group=self.log_group,
            timeout=timeout,
            metadata=_MARK,
            function_name=function_name,
            max_event_age=max_event_age or Duration.hours(6),
            on_failure=destinations.SqsDestination(undelivered),
            reserved_concurrent_executions=reserved_concurrent_executions,
            retry_attempts=retry_attempts,
        )
