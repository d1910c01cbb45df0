"""A message of a final queue as what it was: an invocation that failed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from constructs_lib._bundle import texts, triggers

from .deployed_starter import DeployedStarter, unqualified

_MILLISECONDS = 13  # digits of them since 1970, until the year 2286


@dataclass(frozen=True)
class Letter:
    """One message.

    Attributes:
        id: of the message.
        payload: what the function is invoked with to try it again.
        subject: what happened, in a few words.
        happened: when.
        alarms: names of the alarms behind it that the function's own account and Region have.
        not_ours: why it cannot be tried again, as a sentence; empty when it can.
    """

    id: str
    payload: object = None
    subject: str = "unknown"
    happened: datetime | None = None
    alarms: tuple[str, ...] = ()
    not_ours: str = ""


def read_letter(message: Mapping[str, Any], starter: DeployedStarter) -> Letter:
    """Read a message: a record of Lambda's on-failure destination, or the payload itself.

    Args:
        message: as SQS gives it.
        starter: who failed.
    """
    identity = str(message["MessageId"])
    sent = _moment(message.get("Attributes", {}).get("SentTimestamp"))
    try:
        body = json.loads(message["Body"])
    except (RecursionError, ValueError):
        return Letter(identity, happened=sent, not_ours="it is no JSON")
    context = texts.mapping(texts.mapping(body).get("requestContext"))
    is_record = "requestPayload" in texts.mapping(body) and bool(context)
    attributes = {
        name: said.get("StringValue") for name, said in message.get("MessageAttributes", {}).items()
    }
    target = texts.text(context.get("functionArn")) or attributes.get("TARGET_ARN") or starter.arn
    if unqualified(target) != starter.unqualified_arn:
        return Letter(identity, happened=sent, not_ours=f"it was meant for {target}")
    request_id = texts.text(context.get("requestId")) or attributes.get("RequestID") or identity
    payload = body["requestPayload"] if is_record else body
    if texts.mapping(payload).keys() == {"drill"}:
        return Letter(identity, _same_drill(payload, request_id), "drill", sent)
    invocation = triggers.Invocation(request_id, starter.account, starter.region)
    try:
        read = triggers.read(payload, invocation)
    except triggers.UnknownPayloadError as error:
        return Letter(identity, payload, happened=sent, not_ours=str(error))
    failed = _moment(texts.epoch_seconds(body.get("timestamp"))) if is_record else None
    return Letter(
        identity,
        _identified(payload, request_id),
        "; ".join(dict.fromkeys(_subject(trigger) for trigger in read)),
        next((_moment(each.millis // 1000) for each in read if each.millis), failed or sent),
        tuple(trigger.values["alarm_name"] for trigger in read if _is_alarm_here(trigger, starter)),
    )


def _identified(payload: Any, request_id: str) -> object:  # noqa: ANN401 - anything that was sent
    """Keep the identity of a request by hand, which without a token is the failed invocation's."""
    by_hand = payload.get("startIncident")
    if payload.keys() == {"startIncident"} and not texts.text(by_hand.get("clientToken")):
        return {"startIncident": {**by_hand, "clientToken": request_id}}
    return payload


def _same_drill(payload: Any, request_id: str) -> object:  # noqa: ANN401 - anything that was sent
    """Keep the identity of a drill: tried again it closes the incident that it has started, if it has."""
    asked = texts.mapping(payload["drill"])
    if texts.text(asked.get("clientToken")) or texts.text(asked.get("time")):
        return payload
    return {"drill": {**asked, "clientToken": request_id}}


def _subject(trigger: triggers.Trigger) -> str:
    name = trigger.values["alarm_name"]
    if trigger.configuration is not None:
        return f"alarm {name} {trigger.values['state']}"
    if trigger.kind == "hand":
        return texts.text(texts.mapping(trigger.partial).get("title")) or name
    return f"event {name} of {trigger.values['source']}"


def _is_alarm_here(trigger: triggers.Trigger, starter: DeployedStarter) -> bool:
    place = (trigger.values["account"], trigger.values["region"])
    return trigger.configuration is not None and place == (starter.account, starter.region)


def _moment(since: object) -> datetime | None:
    """Read seconds since 1970, or the milliseconds that SQS writes as a text."""
    if isinstance(since, str):
        since = int(since) // 1000 if since.isdecimal() and len(since) == _MILLISECONDS else None
    return datetime.fromtimestamp(since, timezone.utc) if isinstance(since, int) else None
