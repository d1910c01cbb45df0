"""What a sink is told about one event. Pure: the same event gives the same report, but for its reason."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, NamedTuple

from .related import derived
from .request import Draft
from .texts import entries, mapping, one_line, text
from .triggers import Trigger

SOURCE = "incident-starter"
UNREADABLE = "Unreadable event"
IMPACTS = {1: "Critical", 2: "High", 3: "Medium", 4: "Low", 5: "No impact"}
_LONGEST_REASON = 1000
_LONGEST_ARN = 1000


class Reason(NamedTuple):
    """Why a sink is told."""

    outcome: str
    """`fallback`, or `sent` where the sink stands in for Incident Manager."""

    cause: str
    """A name to filter by, such as an error's."""

    sentence: str


class Report(NamedTuple):
    """All there is to tell."""

    reason: Reason
    key: str
    """Equal for each delivery of the same thing, whatever function makes the report."""

    title: str
    impact: int | None
    plan: str
    items: list[dict[str, Any]]
    details: dict[str, Any]
    """StartIncident's triggerDetails without rawData."""

    arns: list[str]
    """Of the alarm or the event's resources, and of what the alarm measures."""

    payload: object


def reason_of(error: Exception, outcome: str = "fallback") -> Reason:
    """Say why, from an error."""
    response = mapping(getattr(error, "response", None))
    code = text(mapping(response.get("Error")).get("Code"))
    return Reason(outcome, code or type(error).__name__, sentence(f"{type(error).__name__}: {error}"))


def sentence(content: str) -> str:
    """Put a reason on one line."""
    return one_line(content)[:_LONGEST_REASON] or "no reason given"


def report(trigger: Trigger, made: Draft, reason: Reason) -> Report:
    """Report a trigger with what its wiring says about it."""
    by_hand = {"startIncident": trigger.partial}
    return Report(
        reason=reason,
        key=_key(made.identity),
        title=one_line(made.title or "") or one_line(trigger.values["alarm_name"]) or "An incident",
        impact=made.impact,
        plan=made.plan or "",
        items=list((made.items | made.derived).values()),
        details=made.details,
        arns=list(dict.fromkeys(_arns(trigger))),
        payload=by_hand if trigger.payload is None else trigger.payload,
    )


def unreadable(payload: object, request_id: str, reason: Reason) -> Report:
    """Report what is no known kind of event: all that is known is the payload."""
    return Report(reason, _key(("unreadable", request_id)), UNREADABLE, None, "", [], {}, [], payload)


def is_errand(payload: object) -> bool:
    """Tell whether one of the starter's own rules sent it: nothing happened that anyone should hear of."""
    return len(mapping(payload)) == 1 and next(iter(mapping(payload))) in {"drill", "sweep"}


def is_own(payload: object) -> bool:
    """Tell whether a topic brings back what a starter told it: to tell it on would never end."""
    for record in entries(mapping(payload).get("Records")):
        message = text(mapping(mapping(record).get("Sns")).get("Message"))
        try:
            told = mapping(json.loads(message))
        except (RecursionError, ValueError):
            continue
        if told.get("source") == SOURCE and "dedupString" in told:
            return True
    return False


def _arns(trigger: Trigger) -> Iterator[str]:
    """Find ARNs in the event alone, so that each report of it names the same ones."""
    for item in derived(trigger):
        arn = item.target
        if (
            item.kind == "arn"
            and arn.startswith("arn:")
            and len(arn) <= _LONGEST_ARN
            and arn == one_line(arn)
        ):
            yield arn


def _key(identity: tuple[str, ...]) -> str:
    return sha256(json.dumps(identity).encode()).hexdigest()
