"""Any payload becomes a `Trigger`: what happened, and what its wiring said. Pure.

An alarm's change of state that comes as an event is read as the alarm; its rule stands over its trailers.
A topic's record carries an alarm's message, never a request by hand.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from .texts import entries, epoch_millis, mapping, readable, shown, text

_CLOUDWATCH = "aws.cloudwatch"
_ALARM_EVENTS = {"CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"}
Payload = Mapping[str, Any]


class UnknownPayloadError(Exception):
    """The payload is of no known kind; it goes to the failure queue."""


class Invocation(NamedTuple):
    """The call of the function itself."""

    request_id: str
    account: str
    region: str


class Trigger(NamedTuple):
    """One thing that happened."""

    kind: str
    """`alarm`, `event`, `topic`, `hand` or `drill`."""

    identity: tuple[str, ...]
    """Equal for each delivery of the same thing."""

    values: Payload
    """What a title's placeholders stand for."""

    payload: object
    """What goes into rawData."""

    partial: object = None
    """A rule's or hand's request; nobody has checked it."""

    arn: str = ""
    millis: int | None = None
    """When it happened, since 1970."""

    configuration: Payload | None = None
    """An alarm's that changed its state."""

    attributes: Payload = {}
    """A contributor's."""

    resources: list[Any] = []
    topic: str = ""

    @property
    def starts(self) -> bool:
        """Tell whether this is news to page about; only an alarm's OK is not."""
        return self.configuration is None or self.values["state"] != "OK"


def read(payload: object, invocation: Invocation) -> list[Trigger]:
    """Read a payload; only a topic's may hold more than one trigger.

    Raises:
        UnknownPayloadError: It is of no known kind, or an alarm without ARN or state.
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
        message = f"an alarm without its {'state' if arn else 'ARN'}"
        raise UnknownPayloadError(message)
    _, _, _, region, account, _, name, *_ = (*arn.split(":", 6), *[""] * 6)
    named = ", ".join(f"{key}={readable(attributes[key])}" for key in attributes)
    contributor_id = readable(contributor.get("id")) or named
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
            "contributor": named or contributor_id,
            "detail": data,
        },
        payload=payload,
        arn=arn,
        millis=epoch_millis(again or changed) or epoch_millis(time),
        configuration=configuration,
        attributes=attributes,
    )


def _event(event: Payload, partial: object, invocation: Invocation) -> Trigger:
    detail, resources = mapping(event.get("detail")), entries(event.get("resources"))
    account, region, source = text(event.get("account")), text(event.get("region")), event["source"]
    arn = text(resources[0]) if resources else ""
    identity = ("event", account, region, source, text(event.get("id")) or invocation.request_id)
    values = {
        "alarm_name": event["detail-type"],
        "account": account,
        "region": region,
        "source": source,
        "detail_type": event["detail-type"],
        "detail": detail,
    }
    if source == _CLOUDWATCH and event["detail-type"] in _ALARM_EVENTS:
        alarm = _alarm("event", arn, detail, event, invocation)
        told = identity if partial else alarm.identity  # the action says the same
        return alarm._replace(identity=told, values={**values, **alarm.values}, partial=partial)
    time = epoch_millis(event.get("time"))
    return Trigger("event", identity, values, event, partial, arn, time, resources=resources)


def _record(record: object, invocation: Invocation) -> Trigger:
    """Read an alarm's message in the form of its own call."""
    sns = mapping(mapping(record).get("Sns"))
    try:
        message = json.loads(text(sns.get("Message")))
    except (RecursionError, ValueError):
        message = None
    if not isinstance(message, dict) or "NewStateValue" not in message:
        raise _unknown(message or record)
    said = message.get
    data = {
        "alarmName": said("AlarmName"),
        "state": {
            "value": said("NewStateValue"),
            "reason": said("NewStateReason"),
            "timestamp": said("StateChangeTime"),
        },
        "previousState": {"value": said("OldStateValue")},
        "configuration": {
            "description": said("AlarmDescription"),
            "metrics": list(_metrics(mapping(said("Trigger")))),
            "alarmRule": said("AlarmRule"),
        },
        "alarmContributor": {
            "id": said("AlarmContributorId"),
            "attributes": said("AlarmContributorAttributes"),
        },
    }
    alarm = _alarm("topic", text(said("AlarmArn")), data, {"time": sns.get("Timestamp")}, invocation)
    return alarm._replace(payload=message, topic=text(sns.get("TopicArn")))


def _metrics(trigger: Payload) -> Any:
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
    # Who repeats a failed invocation gives its request id as the token, and so starts nothing twice.
    identity = ("hand", text(partial.get("clientToken")) or invocation.request_id)
    place = {"account": invocation.account, "region": invocation.region}
    return Trigger("hand", identity, {"alarm_name": "Incident started by hand", **place}, None, partial)


def _is_event(payload: object) -> bool:
    found = mapping(payload)
    return isinstance(found.get("detail-type"), str) and isinstance(found.get("source"), str)


def _unknown(payload: object) -> UnknownPayloadError:
    return UnknownPayloadError(
        f"unknown payload: got {shown(payload)}; known are an alarm's call (alarmData), an event, an event "
        "beside a rule's startIncident, an alarm's SNS record, and {\"startIncident\": {...}} alone"
    )
