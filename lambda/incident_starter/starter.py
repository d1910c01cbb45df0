"""From a payload to an incident: read, merge, call, tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol, cast

from . import logs, settings
from .calling import Caller, IncidentsClient, Tally
from .errors import ConfigurationError, UnknownPayloadError
from .lookups import Descriptions
from .request import STEPS, Draft, draft
from .texts import sendable
from .triggers import Invocation, Trigger, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import StructureShape
    from botocore.session import Session

_LONGEST_LOGGED = 1_000
_MOST_LOGGED = 10


class Context(Protocol):
    """What is used of the context that Lambda hands to a handler."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Tell how many milliseconds the invocation has left."""


class Starter:
    """Everything that outlives one invocation."""

    def __init__(self, environ: Mapping[str, str], client: IncidentsClient, session: Session) -> None:
        operation = client.meta.service_model.operation_model("StartIncident")
        self._shape = cast("StructureShape", operation.input_shape)
        self._caller = Caller(client)
        self._descriptions = Descriptions(session)
        self._settings: settings.Settings | None = None
        self._misconfigured = ""
        try:
            self._settings = settings.read(environ, self._shape)
        except ConfigurationError as error:
            # Raised by each invocation instead: then the event is in the failure queue,
            # beside a sentence, and not lost in a function that fails to load.
            self._misconfigured = str(error)

    def handle(self, payload: object, context: Context) -> dict[str, Any]:
        """Start what a payload asks for.

        Returns:
            The outcome, with the incident's ARN when one was started. A topic's payload
            with several records gives a list of outcomes.

        Raises:
            UnknownPayloadError: The payload is of no known kind.
            ConfigurationError: The function names no response plan.
            OutOfTimeError: The time ran out before an attempt that could have worked.
            ClientError: The service refused the smallest request, or kept failing.
            BotoCoreError: The service could not be reached.
        """
        invocation = _invocation(context)
        try:
            configured = self._configured()
            triggers = read(payload, invocation)
        except (ConfigurationError, UnknownPayloadError) as error:
            logs.write(
                context.function_name,
                {"Failures": 1},
                level="ERROR",
                outcome="refused",
                requestId=invocation.request_id,
                error=f"{type(error).__name__}: {error}",
                payload=_excerpt(payload),
            )
            raise
        outcomes = [self._one(trigger, configured, invocation, context) for trigger in triggers]
        return outcomes[0] if len(outcomes) == 1 else {"outcomes": outcomes}

    def _configured(self) -> settings.Settings:
        if self._settings is None:
            raise ConfigurationError(self._misconfigured)
        return self._settings

    def _one(
        self,
        trigger: Trigger,
        configured: settings.Settings,
        invocation: Invocation,
        context: Context,
    ) -> dict[str, Any]:
        if not trigger.starts:
            return _recovered(trigger, invocation, context)
        tally = Tally()
        description = None
        if trigger.alarm is not None and trigger.alarm.needs_look_up:
            description = self._descriptions.of(trigger.alarm, invocation, tally.answers)
        made = draft(trigger, configured.own, configured.topics, self._shape, description)
        try:
            arn = self._caller.start(made, context.get_remaining_time_in_millis, tally)
        except Exception as error:
            _tell(trigger, made, tally, invocation, context, error=f"{type(error).__name__}: {error}")
            raise
        _tell(trigger, made, tally, invocation, context, incident=arn)
        return {"outcome": "started", "incidentRecordArn": arn}


def _recovered(trigger: Trigger, invocation: Invocation, context: Context) -> dict[str, Any]:
    """Take note of an alarm that is OK again; what follows a recovery belongs here."""
    logs.write(
        context.function_name,
        {"OkIgnored": 1},
        level="INFO",
        outcome="ok ignored",
        requestId=invocation.request_id,
        kind=trigger.kind,
        subject=trigger.values["alarm_name"],
        arn=trigger.arn,
    )
    return {"outcome": "ok ignored"}


def _tell(
    trigger: Trigger,
    made: Draft,
    tally: Tally,
    invocation: Invocation,
    context: Context,
    *,
    incident: str = "",
    error: str = "",
) -> None:
    counts = {
        "IncidentsStarted": 1 if incident else 0,
        "StepDowns": tally.step_downs,
        "PlanFallbacks": tally.plan_fallbacks,
        "BadTrailers": len(made.ignored),
        "Retries": tally.retries,
        "Failures": 0 if incident else 1,
    }
    is_complete = not (error or tally.answers or made.dropped or made.ignored)
    logs.write(
        context.function_name,
        counts,
        level="ERROR" if error else "INFO" if is_complete else "WARN",
        outcome="started" if incident else "failed",
        requestId=invocation.request_id,
        kind=trigger.kind,
        subject=trigger.values["alarm_name"],
        arn=trigger.arn,
        plan=tally.plan,
        incident=incident,
        sent=STEPS[tally.step],
        token=tally.token,
        answers=tally.answers[:_MOST_LOGGED],
        dropped=made.dropped[:_MOST_LOGGED],
        ignored=made.ignored[:_MOST_LOGGED],
        error=error,
    )


def _invocation(context: Context) -> Invocation:
    parts = context.invoked_function_arn.split(":")
    region, account = (parts[3], parts[4]) if len(parts) > 4 else ("", "")  # noqa: PLR2004 - an ARN
    return Invocation(request_id=context.aws_request_id, account=account, region=region)


def _excerpt(payload: object) -> str:
    try:
        return sendable(json.dumps(payload)[:_LONGEST_LOGGED])
    except (RecursionError, TypeError, ValueError) as error:
        return f"a payload that can not be shown: {type(error).__name__}"
