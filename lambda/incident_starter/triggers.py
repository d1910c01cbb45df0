"""Any payload becomes a `Trigger`: what happened, and what its wiring said. Pure.

What counts as what:

* An alarm's own call has `alarmData`; its state OK starts nothing.
* An event has `detail-type` and `source`, bare or under `event` beside the rule's
  `startIncident`. A state change of an alarm or contributor is read as an alarm: its
  description carries trailers, the rule's partial request stands over them (the rule is
  the more specific wiring), OK starts nothing. Any other event starts an incident, alarm
  configuration changes included: whoever wires those wants to hear of them.
* A topic's record carries an alarm's message and nothing else; never a request by hand.
* By hand is `{"startIncident": {...}}` at the top level and nothing beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .alarms import Alarm, entries, from_data, from_message, load, mapping, text
from .errors import UnknownPayloadError
from .texts import epoch_seconds, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

OK = "OK"
_CLOUDWATCH = "aws.cloudwatch"
_ALARM_EVENTS = frozenset(("CloudWatch Alarm State Change", "CloudWatch Alarm Contributor State Change"))
_HAND = {"startIncident"}
_WRAPPED = {"startIncident", "event"}


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

    values: Mapping[str, object]
    """What a title's placeholders stand for."""

    payload: object
    """What goes into rawData; nothing when started by hand."""

    arn: str = ""
    timestamp: int | None = None
    alarm: Alarm | None = None
    partial: object = None
    """The partial request of the rule or hand; nobody has checked it."""

    topic: str = ""
    resources: list[Any] = []  # noqa: RUF012 - never written to

    @property
    def starts(self) -> bool:
        """Tell whether this is news to page about; only an alarm's OK is not."""
        return self.alarm is None or self.alarm.state != OK


def read(payload: object, invocation: Invocation) -> list[Trigger]:
    """Read a payload; only a topic's may hold more than one trigger.

    Raises:
        UnknownPayloadError: The payload is none of those above, or lacks what tells it
            from every other one: an alarm its ARN or state.
    """
    if isinstance(payload, dict):
        if "alarmData" in payload:
            return [_alarm(payload, invocation)]
        if _is_event(payload):
            return [_event(payload, None, invocation)]
        if payload.keys() == _WRAPPED and _is_event(payload["event"]):
            return [_event(payload["event"], payload["startIncident"], invocation)]
        if payload.keys() == _HAND and isinstance(payload["startIncident"], dict):
            return [_hand(payload["startIncident"], invocation)]
        records = payload.get("Records")
        if isinstance(records, list) and records:
            return [_record(record, invocation) for record in records]
    raise _unknown(payload)


def _alarm(payload: Mapping[str, Any], invocation: Invocation) -> Trigger:
    alarm = from_data(text(payload.get("alarmArn")), mapping(payload["alarmData"]), payload)
    time = text(payload.get("time"))
    _require(alarm, payload)
    return Trigger(
        kind="alarm",
        identity=_alarm_identity(alarm, time, invocation),
        values=_alarm_values(alarm, mapping(payload["alarmData"])),
        payload=payload,
        arn=alarm.arn,
        timestamp=_first_time(alarm.timestamp, time),
        alarm=alarm,
    )


def _event(event: Mapping[str, Any], partial: object, invocation: Invocation) -> Trigger:
    detail_type, source = event["detail-type"], event["source"]
    detail, resources = mapping(event.get("detail")), entries(event.get("resources"))
    account, region = text(event.get("account")), text(event.get("region"))
    first = text(resources[0]) if resources else ""
    event_id = text(event.get("id"))
    identity = ("event", account, region, source, event_id or invocation.request_id)
    alarm = None
    values: Mapping[str, object]
    if source == _CLOUDWATCH and detail_type in _ALARM_EVENTS:
        alarm = from_data(first, detail, event)
        _require(alarm, event)
        values = {**_alarm_values(alarm, detail), "detail_type": detail_type}
    else:
        values = {
            "alarm_name": detail_type,
            "account": account,
            "region": region,
            "source": source,
            "detail_type": detail_type,
            "detail": detail,
        }
    return Trigger(
        kind="event",
        identity=identity,
        values=values,
        payload=event,
        arn=first,
        timestamp=_first_time(alarm.timestamp if alarm else None, event.get("time")),
        alarm=alarm,
        partial=partial,
        resources=resources,
    )


def _record(record: object, invocation: Invocation) -> Trigger:
    sns = mapping(mapping(record).get("Sns"))
    message = load(sns.get("Message"))
    if not isinstance(message, dict) or "NewStateValue" not in message:
        raise _unknown(message if sns else record)
    alarm = from_message(message)
    _require(alarm, message)
    published = text(sns.get("Timestamp"))
    return Trigger(
        kind="topic",
        identity=_alarm_identity(alarm, published, invocation),
        values=_alarm_values(alarm, message),
        payload=message,
        arn=alarm.arn,
        timestamp=_first_time(alarm.timestamp, published),
        alarm=alarm,
        topic=text(sns.get("TopicArn")),
    )


def _hand(partial: Mapping[str, Any], invocation: Invocation) -> Trigger:
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


def _alarm_identity(alarm: Alarm, time: str, invocation: Invocation) -> tuple[str, ...]:
    """Tell one change of state from every other; a change to the same state has its own time.

    Where no time tells them apart, the invocation does: a duplicate beats a lost page.
    """
    refired = time if alarm.previous == alarm.state else ""
    unique = alarm.timestamp or time or invocation.request_id
    return ("alarm", alarm.arn, alarm.contributor_id, alarm.state, unique, refired)


def _alarm_values(alarm: Alarm, detail: Mapping[str, Any]) -> Mapping[str, object]:
    return {
        "alarm_name": alarm.name,
        "state": alarm.state,
        "reason": alarm.reason,
        "account": alarm.account,
        "region": alarm.region,
        "source": _CLOUDWATCH,
        "contributor": alarm.contributor,
        "detail": detail,
    }


def _first_time(*candidates: object) -> int | None:
    for candidate in candidates:
        seconds = epoch_seconds(candidate)
        if seconds is not None:
            return seconds
    return None


def _is_event(payload: object) -> bool:
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("detail-type"), str)
        and isinstance(payload.get("source"), str)
    )


def _require(alarm: Alarm, payload: object) -> None:
    if not alarm.arn or not alarm.state:
        missing = "its state" if alarm.arn else "its ARN"
        message = f"an alarm without {missing}: {_members(payload)}"
        raise UnknownPayloadError(message)


def _unknown(payload: object) -> UnknownPayloadError:
    return UnknownPayloadError(
        f"unknown payload: {_members(payload)}; known are an alarm's call (alarmData), an event "
        "(detail-type and source), an event beside a rule's startIncident, an alarm's SNS record, "
        'and by hand {"startIncident": {...}} with nothing beside it'
    )


def _members(payload: object) -> str:
    if not isinstance(payload, dict):
        return f"got {shown(payload)}"
    names = ", ".join(shown(name) for name in list(payload)[:10])
    return f"got an object with {names or 'no members'}"
