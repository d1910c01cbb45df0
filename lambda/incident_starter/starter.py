"""From a payload to an incident: read, merge, call, tell."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from botocore.config import Config
from botocore.session import Session

from .calling import Client, start
from .request import Draft, clean, draft
from .texts import entries, excerpt, mapping, sendable
from .triggers import Invocation, Trigger, UnknownPayloadError, read

_VARIABLE = "INCIDENT_STARTER"
_LONGEST = 300  # characters of a name in the log
_WARNINGS = {"answers", "dropped", "ignored"}
_COUNTED = {
    "started": "IncidentsStarted",
    "appended": "Appends",
    "joined": "StormJoins",
    "duplicate": "Duplicates",
    "recovered": "Recoveries",
    "ok ignored": "OkIgnored",
}
_encode = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode


Context = Any  # Lambda's own is nowhere to import from


class ConfigurationError(Exception):
    """The function's environment variable does not say which plan to start."""


class Starter:
    """Everything that outlives one invocation."""

    def __init__(self, environ: Mapping[str, str], client: Client, session: Session) -> None:
        self._shape = client.meta.service_model.operation_model("StartIncident").input_shape
        self._session = session
        self._cloudwatch: Any = None
        try:
            configuration = mapping(json.loads(environ.get(_VARIABLE, "")))
        except (RecursionError, ValueError):
            configuration = {}
        self._own = clean(configuration.get("startIncident"), "starter", self._shape)
        topics = mapping(configuration.get("topics"))
        self._start: Callable[..., str] = partial(start, client)
        if regions := entries(configuration.get("regions")):
            from .failover import Regions  # noqa: PLC0415 - only then is it in the bundle

            self._start = Regions(client, session, map(str, regions)).start
        self._topics = {arn: clean(topic, f"topic {arn}", self._shape) for arn, topic in topics.items()}
        self._keeper: Any = None
        if "ledger" in configuration:
            from .keeper import Keeper  # noqa: PLC0415 - a starter without a ledger does without

            self._keeper = Keeper(configuration["ledger"], session, client)

    def handle(self, payload: object, context: Context) -> dict[str, Any]:
        """Start what a payload asks for.

        Returns:
            The outcome, with the incident's ARN when one was started.

        Raises:
            UnknownPayloadError: The payload is of no known kind.
            ConfigurationError: No response plan is named. Raised here and not at import:
                so the event reaches the failure queue.
            Exception: Whatever `Caller.start` raises.
        """
        _, _, _, region, account, *_ = (*str(context.invoked_function_arn).split(":"), *[""] * 5)
        invocation = Invocation(context.aws_request_id, account, region)
        try:
            if "responsePlanArn" not in self._own.partial:
                message = f"{_VARIABLE}, set by the construct, names no response plan: {self._own.dropped}"
                raise ConfigurationError(message)  # noqa: TRY301 - told like the other one
            if self._keeper and payload == {"sweep": {}}:
                return self._sweep(context)
            triggers = read(payload, invocation)
        except (ConfigurationError, UnknownPayloadError) as error:
            facts = {"error": f"{type(error).__name__}: {error}", "payload": excerpt(payload, 1000)}
            _tell(context, {"Failures": 1}, "refused", facts)
            raise
        outcomes, failures = [], []
        for trigger in triggers:
            try:
                outcomes.append(self._one(trigger, invocation, context))
            except Exception as error:  # noqa: BLE001, PERF203 - raised when all had their turn
                failures.append(error)
        if failures:
            raise failures[0]
        return outcomes[0] if len(outcomes) == 1 else {"outcomes": outcomes}

    def _one(self, trigger: Trigger, invocation: Invocation, context: Context) -> dict[str, Any]:
        subject, arn = trigger.values["alarm_name"][:_LONGEST], trigger.arn[:_LONGEST]
        facts = {"kind": trigger.kind, "subject": subject, "arn": arn}
        if not (trigger.starts or self._keeper):
            _tell(context, {"OkIgnored": 1}, "ok ignored", facts)
            return {"outcome": "ok ignored"}
        facts["answers"] = []
        counts = {"BadTrailers": 0, "StepDowns": 0, "PlanFallbacks": 0, "Retries": 0}
        remaining = context.get_remaining_time_in_millis
        try:
            description = self._description(trigger, invocation, facts["answers"])
            made = draft(trigger, self._own, self._topics, self._shape, description)
            facts.update(dropped=made.dropped[:10], ignored=made.ignored[:10])
            counts["BadTrailers"] = len(made.ignored)

            def begin(drafted: Draft) -> str:
                return self._start(drafted, remaining, counts, facts)

            if self._keeper:
                known: list[str] = []
                outcome, arn = self._keeper.keep(trigger, made, begin, remaining, counts, known)
                facts["answers"] = [*facts["answers"], *known]
            else:
                outcome, arn = "started", begin(made)
        except Exception as error:
            facts["error"] = f"{type(error).__name__}: {error}"
            _tell(context, {"Failures": 1, **counts}, "failed", facts)
            raise
        facts["incident"] = arn
        _tell(context, {_COUNTED[outcome]: 1, **counts}, outcome, facts)
        return {"outcome": outcome, **({"incidentRecordArn": arn} if arn else {})}

    def _sweep(self, context: Context) -> dict[str, Any]:
        counts: dict[str, int] = {}
        answers: list[str] = []
        found = self._keeper.sweep(self._alarms, context.get_remaining_time_in_millis, counts, answers)
        facts = {"answers": answers, "error": f"{answers[-1]}" if found["failed"] else ""}
        if any(found.values()):
            _tell(context, {"Resolved": found["resolved"], **counts}, "swept", facts)
        return {"outcome": "swept", **found}

    def _alarms(self) -> Client:
        if self._cloudwatch is None:
            config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2})
            self._cloudwatch = self._session.create_client("cloudwatch", config=config)
        return self._cloudwatch

    def _description(self, trigger: Trigger, invocation: Invocation, answers: list[str]) -> object:
        """Find an alarm's description: a composite alarm's payload may come without it.

        The look-up is short and in the own account: a page does not wait for it.
        """
        configuration, name = mapping(trigger.configuration), trigger.values["alarm_name"]
        place = (trigger.values["account"], trigger.values["region"])
        is_ours = place == (invocation.account, invocation.region) and name == sendable(name)
        if configuration.get("description") is not None or "alarmRule" not in configuration or not is_ours:
            return configuration.get("description")
        try:
            found = self._alarms().describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
            return next((alarm.get("AlarmDescription") for alarm in found["CompositeAlarms"]), None)
        except Exception as error:  # noqa: BLE001 - told, and no page is lost to a look-up
            answers.append(f"DescribeAlarms: {type(error).__name__}: {error}")
            return None


def _tell(context: Context, counts: Mapping[str, int], outcome: str, facts: dict[str, Any]) -> None:
    """Print one line: a metrics record for CloudWatch and what to search for.

    Printed and not logged, because a metrics record has to be the whole line.
    """
    told = {name: fact for name, fact in facts.items() if fact}
    level = "ERROR" if "error" in told else "WARN" if told.keys() & _WARNINGS else "INFO"
    counted = {name: count for name, count in counts.items() if count}
    record = {
        "FunctionName": context.function_name,
        "requestId": context.aws_request_id,
        "level": level,
        "outcome": outcome,
        **counted,
        **told,
    }
    moment = time.time_ns() // 1_000_000
    sys.stdout.write(f'{{"_aws":{{"Timestamp":{moment},{_directive(tuple(counted))},{_encode(record)[1:]}\n')


@lru_cache(maxsize=64)
def _directive(names: tuple[str, ...]) -> str:
    """Write the part that tells CloudWatch which members are metrics."""
    metrics = [{"Name": name, "Unit": "Count"} for name in names]
    record = {"Namespace": "IncidentStarter", "Dimensions": [["FunctionName"]], "Metrics": metrics}
    return f'"CloudWatchMetrics":[{_encode(record)}]}}'
