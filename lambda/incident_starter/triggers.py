"""Any payload becomes a `Trigger`: what happened, and what its wiring said. Pure.

* An alarm's own call has `alarmData`. Its OK starts nothing.
* An event has `detail-type` and `source`, bare or under `event` beside a rule's `startIncident`.
  A state change of an alarm or a contributor is read as an alarm, trailers included; the rule,
  being the more specific wiring, stands over them. Any other event starts an incident.
* A topic's record carries an alarm's message and nothing else, never a request by hand.
* By hand is `{"startIncident": {...}}` at the top level with nothing beside it.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .texts import entries, epoch_seconds, mapping, shown, text

_CLOUDWATCH = "aws.cloudwatch"
_ALARM_EVENTS = {"CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"}
Payload = Mapping[str, Any]


class UnknownPayloadError(Exception):
    """The payload is none that this Lambda knows; it goes to the failure queue whole."""


class Invocation(NamedTuple):
    """What is known of the call of the function itself."""

    request_id: str
    account: str
    region: str


class Trigger(NamedTuple):
    """One thing that happened."""

    kind: str
    """`alarm`, `event`, `topic` or `hand`."""

    identity: tuple[str, ...]
    """Equal for each delivery of the same thing, different for everything else."""

    values: Payload
    """What a title's placeholders stand for."""

    payload: object
    """What goes into rawData."""

    partial: object = None
    """The partial request of a rule or hand; nobody has checked it."""

    arn: str = ""
    timestamp: int | None = None
    configuration: Payload | None = None
    """An alarm's; None when it is no alarm that changed its state."""

    attributes: Payload = {}  # noqa: RUF012 - never written to
    """A contributor's."""

    resources: list[Any] = []  # noqa: RUF012 - never written to
    topic: str = ""

    @property
    def starts(self) -> bool:
        """Tell whether this is news to page about; only an alarm's OK is not."""
        return self.configuration is None or self.values["state"] != "OK"


def read(payload: object, invocation: Invocation) -> list[Trigger]:
    """Read a payload; only a topic's may hold more than one trigger.

    Raises:
        UnknownPayloadError: It is none of the above, or an alarm without ARN or state.
    """
    if isinstance(payload, dict):
        event = payload.get("event", payload)
        if "alarmData" in payload:
            return [_alarm("alarm", text(payload.get("alarmArn")), payload["alarmData"], payload, invocation)]
        if _is_event(event) and (event is payload or payload.keys() == {"startIncident", "event"}):
            return [_event(event, payload.get("startIncident"), invocation)]
        if payload.keys() == {"startIncident"} and isinstance(payload["startIncident"], dict):
            return [_hand(payload["startIncident"], invocation)]
        if records := entries(payload.get("Records")):
            return [_record(record, invocation) for record in records]
    raise _unknown(payload)


def _alarm(kind: str, arn: str, found: object, payload: Payload, invocation: Invocation) -> Trigger:
    data = mapping(found)
    state, configuration = mapping(data.get("state")), mapping(data.get("configuration"))
    contributor = mapping(data.get("alarmContributor") or payload.get("alarmContributor"))
    attributes = mapping(contributor.get("attributes"))
    value, changed, time = text(state.get("value")), text(state.get("timestamp")), text(payload.get("time"))
    if not arn or not value:
        message = f"an alarm without its {'state' if arn else 'ARN'}: {_members(payload)}"
        raise UnknownPayloadError(message)
    _, _, _, region, account, _, name, *_ = (*arn.split(":", 6), *[""] * 6)
    contributor_id = text(contributor.get("id"))
    # Fired again into the same state, after a mute or suppression window, is news of its own.
    again = time if mapping(data.get("previousState")).get("value") == value else ""
    return Trigger(
        kind=kind,
        identity=("alarm", arn, contributor_id, value, changed or time or invocation.request_id, again),
        values={
            "alarm_name": text(data.get("alarmName")) or name,
            "state": value,
            "reason": state.get("reason"),
            "account": account,
            "region": region,
            "source": _CLOUDWATCH,
            "contributor": ", ".join(f"{key}={attributes[key]}" for key in attributes) or contributor_id,
            "detail": data,
        },
        payload=payload,
        arn=arn,
        timestamp=epoch_seconds(changed) or epoch_seconds(time),
        configuration=configuration,
        attributes=attributes,
    )


def _event(event: Payload, partial: object, invocation: Invocation) -> Trigger:
    detail, resources = mapping(event.get("detail")), entries(event.get("resources"))
    account, region, source = text(event.get("account")), text(event.get("region")), event["source"]
    arn = text(resources[0]) if resources else ""
    identity = ("event", account, region, source, text(event.get("id")) or invocation.request_id)
    if source == _CLOUDWATCH and event["detail-type"] in _ALARM_EVENTS:
        alarm = _alarm("event", arn, detail, event, invocation)
        values = {**alarm.values, "detail_type": event["detail-type"]}
        return alarm._replace(identity=identity, values=values, partial=partial)
    return Trigger(
        kind="event",
        identity=identity,
        values={
            "alarm_name": event["detail-type"],
            "account": account,
            "region": region,
            "source": source,
            "detail_type": event["detail-type"],
            "detail": detail,
        },
        payload=event,
        partial=partial,
        arn=arn,
        timestamp=epoch_seconds(event.get("time")),
        resources=resources,
    )


def _record(record: object, invocation: Invocation) -> Trigger:
    """Bring an alarm's message into the form of its own call, and read that."""
    sns = mapping(mapping(record).get("Sns"))
    try:
        message = json.loads(text(sns.get("Message")))
    except (RecursionError, ValueError):
        message = None
    if not isinstance(message, dict) or "NewStateValue" not in message:
        raise _unknown(message or record)
    configuration = {"metrics": list(_metrics(mapping(message.get("Trigger"))))}
    if isinstance(message.get("AlarmDescription"), str):
        configuration["description"] = message["AlarmDescription"]
    if "AlarmRule" in message:
        configuration["alarmRule"] = message["AlarmRule"]
    data = {
        "alarmName": message.get("AlarmName"),
        "state": {
            "value": message["NewStateValue"],
            "reason": message.get("NewStateReason"),
            "timestamp": message.get("StateChangeTime"),
        },
        "previousState": {"value": message.get("OldStateValue")},
        "configuration": configuration,
        "alarmContributor": {
            "id": message.get("AlarmContributorId"),
            "attributes": message.get("AlarmContributorAttributes"),
        },
    }
    around = {"time": sns.get("Timestamp")}
    alarm = _alarm("topic", text(message.get("AlarmArn")), data, around, invocation)
    return alarm._replace(payload=message, topic=text(sns.get("TopicArn")))


def _metrics(trigger: Payload) -> Any:  # noqa: ANN401 - an iterator of payloads
    queries = entries(trigger.get("Metrics")) or [{"MetricStat": {"Metric": trigger}}]
    for query in map(mapping, queries):
        metric = mapping(mapping(query.get("MetricStat")).get("Metric"))
        dimensions = map(mapping, entries(metric.get("Dimensions")))
        yield {
            "accountId": query.get("AccountId"),
            "metricStat": {
                "metric": {
                    "namespace": metric.get("Namespace"),
                    "name": metric.get("MetricName"),
                    "dimensions": {text(found.get("name")): found.get("value") for found in dimensions},
                }
            },
        }


def _hand(partial: Payload, invocation: Invocation) -> Trigger:
    token = text(partial.get("clientToken"))
    return Trigger(
        kind="hand",
        identity=("hand", token) if token else ("hand", "", invocation.request_id),
        values={
            "alarm_name": "Incident started by hand",
            "account": invocation.account,
            "region": invocation.region,
        },
        payload=None,
        partial=partial,
    )


def _is_event(payload: object) -> bool:
    found = mapping(payload)
    return isinstance(found.get("detail-type"), str) and isinstance(found.get("source"), str)


def _unknown(payload: object) -> UnknownPayloadError:
    return UnknownPayloadError(
        f"unknown payload: {_members(payload)}; known are an alarm's call (alarmData), an event "
        "(detail-type and source), an event beside a rule's startIncident, an alarm's SNS record, "
        'and by hand {"startIncident": {...}} with nothing beside it'
    )


def _members(payload: object) -> str:
    names = ", ".join(map(shown, list(mapping(payload))[:10]))
    return f"got an object with {names}" if names else f"got {shown(payload)}"
