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
from .texts import encoder, entries, excerpt, mapping
from .triggers import Invocation, Trigger, UnknownPayloadError, read

_VARIABLE = "INCIDENT_STARTER"
_encode = encoder().encode


Context = Any  # Lambda's own is nowhere to import from


class ConfigurationError(Exception):
    """No response plan is named."""


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
        topics = mapping(configuration.get("topics")).items()
        self._topics = {arn: clean(topic, f"topic {arn}", self._shape) for arn, topic in topics}
        self.begin: Callable[..., str] = partial(start, client)
        self.draft, self.hears_ok = draft, False
        # Rooms of options are in the bundle when used.
        if regions := entries(configuration.get("regions")):
            from .failover import Regions

            self.begin = Regions(client, session, map(str, regions)).start
        if "tags" in configuration:
            from .tags import Tags

            Tags(self, configuration["tags"])
        if "ledger" in configuration:
            from .keeper import Keeper

            Keeper(self, configuration["ledger"], session, client)
        if configuration.keys() & {"fallback", "sink"}:
            from .sinks import Sinks

            Sinks(self, configuration, session)
        if "drills" in configuration:
            from .drill import Drills

            Drills(self, client)

    def handle(self, payload: Any, context: Context) -> dict[str, Any]:
        """Start what a payload asks for, and tell of it; what `start` and `refuse` raise is raised."""
        _, _, _, region, account, *_ = (*str(context.invoked_function_arn).split(":"), *[""] * 5)
        invocation = Invocation(context.aws_request_id, account, region)
        found, outcomes, failures = mapping(payload), [], []
        records = entries(found.get("Records"))
        for part in [{**found, "Records": [record]} for record in records] or [payload]:
            try:
                outcomes.append(self._part(part, invocation, context))
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return outcomes[0] if len(outcomes) == 1 else {"outcomes": outcomes}

    def _part(self, payload: object, invocation: Invocation, context: Context) -> dict[str, Any]:
        try:
            [trigger] = read(payload, invocation)
        except UnknownPayloadError as error:
            return self.refuse(payload, error, context)
        return self.one(trigger, invocation, context)

    def one(self, trigger: Trigger, invocation: Invocation, context: Context) -> dict[str, Any]:
        """Start what a trigger asks for, and tell of it."""
        subject, arn = trigger.values["alarm_name"][:300], trigger.arn[:300]
        facts = {"kind": trigger.kind, "subject": subject, "arn": arn}
        if not (trigger.starts or self.hears_ok):
            tell(context, {"OkIgnored": 1}, "ok ignored", facts)
            return {"outcome": "ok ignored"}
        facts["answers"] = []
        counts = {"BadTrailers": 0, "StepDowns": 0, "PlanFallbacks": 0, "Retries": 0}
        try:
            description = self._description(trigger, invocation, facts["answers"])
            made = self.draft(trigger, self._own, self._topics, self._shape, description)
            facts.update(dropped=made.dropped[:10], ignored=made.ignored[:10])
            counts["BadTrailers"] = len(made.ignored)
            answer = self.start(trigger, made, context, counts, facts)
        except Exception as error:
            facts["error"] = f"{type(error).__name__}: {error}"
            tell(context, {"Failures": 1, **counts}, "failed", facts)
            raise
        tell(context, counts, answer["outcome"], facts, trigger.millis)
        return answer

    def start(
        self, trigger: Trigger, made: Draft, context: Context, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Start an incident; options stand around this, and look at the trigger."""
        del trigger
        if not made.plan:
            message = f"{_VARIABLE}, set by the construct, names no response plan: {self._own.dropped}"
            raise ConfigurationError(message)
        arn = self.begin(made, context.get_remaining_time_in_millis, counts, facts)
        facts["incident"] = arn
        counts["IncidentsStarted"] = 1
        return {"outcome": "started", "incidentRecordArn": arn}

    def refuse(self, payload: object, error: UnknownPayloadError, context: Context) -> dict[str, Any]:
        """Tell of what nobody can read, and raise it; options stand around this."""
        facts = {"error": f"{type(error).__name__}: {error}", "payload": excerpt(payload, 1000)}
        tell(context, {"Failures": 1}, "refused", facts)
        raise error

    def cloudwatch(self) -> Client:
        """Make CloudWatch's client when it is needed."""
        if self._cloudwatch is None:
            config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2})
            self._cloudwatch = self._session.create_client("cloudwatch", config=config)
        return self._cloudwatch

    def _description(self, trigger: Trigger, invocation: Invocation, answers: list[str]) -> object:
        """Find an alarm's description; a composite alarm's is looked up, in the own account."""
        configuration, values = mapping(trigger.configuration), trigger.values
        description = configuration.get("description")
        is_ours = (values["account"], values["region"]) == invocation[1:]
        if description is not None or not (configuration.get("alarmRule") and is_ours):
            return description
        try:
            names = [values["alarm_name"]]
            found = self.cloudwatch().describe_alarms(AlarmNames=names, AlarmTypes=["CompositeAlarm"])
            return next((alarm.get("AlarmDescription") for alarm in found["CompositeAlarms"]), None)
        except Exception as error:  # told, and no page is lost to a look-up
            answers.append(f"DescribeAlarms: {type(error).__name__}: {error}")
            return None


def tell(
    context: Context,
    counts: Mapping[str, int],
    outcome: str,
    facts: Mapping[str, Any],
    since: int | None = None,
) -> None:
    """Print one line: a metrics record, which has to be the whole line, and what to search for."""
    told = {name: fact for name, fact in facts.items() if fact}
    measured = {name: count for name, count in counts.items() if count}
    moment = time.time_ns() // 1_000_000
    if "IncidentsStarted" in measured:
        told["ResponsePlan"] = str(facts.get("plan")).rpartition("/")[2]
        if since:
            measured["PageDelay"] = max(moment - since, 0)
    is_warning = told.keys() & {"answers", "dropped", "ignored"}
    record = {
        "FunctionName": context.function_name,
        "requestId": context.aws_request_id,
        "level": "ERROR" if "error" in told else "WARN" if is_warning else "INFO",
        "outcome": outcome,
        **measured,
        **told,
    }
    metrics = _metrics(tuple(measured))
    sys.stdout.write(f'{{"_aws":{{"Timestamp":{moment},{metrics},{_encode(record)[1:]}\n')


@lru_cache(maxsize=64)
def _metrics(names: tuple[str, ...]) -> str:
    """Write the part that tells CloudWatch which members are metrics, and by what."""
    units = [{"Name": name, "Unit": "Milliseconds" if name == "PageDelay" else "Count"} for name in names]
    found: list[dict[str, Any]] = [{"Dimensions": [["FunctionName"]], "Metrics": units}]
    if "IncidentsStarted" in names:
        sets = [["FunctionName", name] for name in ("ResponsePlan", "Impact")]
        found.append({"Dimensions": sets, "Metrics": [{"Name": "IncidentsStarted", "Unit": "Count"}]})
    return f'"CloudWatchMetrics":{_encode([{"Namespace": "IncidentStarter", **each} for each in found])}}}'
