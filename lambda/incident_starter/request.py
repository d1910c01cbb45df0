"""A trigger becomes a request, and the smaller requests to step down to. Pure.

Nothing here reads a clock or a random number: the same trigger gives the same request and
the same token, however often it is delivered.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from . import items, limits, related, titles, trailers
from .layers import Layer, Partial, clean
from .texts import epoch_seconds, sendable, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from botocore.model import StructureShape

    from .triggers import Trigger

SOURCE = "incident-starter"
"""`triggerDetails.source`; the service keeps names that begin with `aws.` for itself."""

STEPS = (
    "full",
    "without derived items and raw data",
    "without items and trigger details",
    "plan and impact",
    "plan",
)
"""What is left of a request at each step down."""

# A payload that holds itself is refused by its depth: the search for circles costs a quarter.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), check_circular=False).encode
_readable = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Draft(NamedTuple):
    """A request in its parts."""

    identity: tuple[str, ...]
    plan: str
    own_plan: str
    """The starter's own plan, for when the named one can not be started."""

    impact: int | None
    title: str
    items: dict[str, Partial]
    """What was wired or given, by identifier, the most specific first."""

    derived: dict[str, Partial]
    """What follows from the trigger itself, by identifier."""

    details: Partial
    raw_data: str
    dropped: list[str]
    """A sentence for each piece that was left out."""

    ignored: list[str]
    """A sentence for each bad line of the description."""


class _Rules(NamedTuple):
    """What is asked of the model for each request."""

    title: int
    raw_data: int
    url: int
    accepts_arn: Callable[[object], bool]


def draft(
    trigger: Trigger,
    own: Layer,
    topics: Mapping[str, Layer],
    shape: StructureShape,
    description: str | None = None,
) -> Draft:
    """Merge what the starter, the alarm, the rule and the hand say, and cut it to size.

    Args:
        trigger: What happened.
        own: The starter's own defaults.
        topics: What topics add to them, by ARN.
        shape: The shape of StartIncident's request.
        description: An alarm's description that had to be looked up.
    """
    rules = _rules(shape)
    ignored, layers = _layers(trigger, own, topics, shape, description)
    dropped = [sentence for layer in layers for sentence in layer.dropped]
    partials = [layer.partial for layer in layers]
    given = items.given(partials, dropped)
    details = _details(trigger, partials, rules, dropped)
    raw_data = details.pop("rawData", "")
    return Draft(
        identity=trigger.identity,
        plan=_first(partials, "responsePlanArn"),
        own_plan=own.partial["responsePlanArn"],
        impact=_first(partials, "impact"),
        title=_title(trigger, partials)[: rules.title],
        items=given,
        derived=items.derived(related.derived(trigger, rules.url), given, shape, dropped),
        details=details,
        raw_data=raw_data,
        dropped=dropped,
        ignored=ignored,
    )


def request(made: Draft, plan: str, step: int) -> Partial:
    """Write the request for a plan at one of the `STEPS`, its token included."""
    body: Partial = {"responsePlanArn": plan}
    full, with_items, with_title, with_impact = (step <= last for last in range(4))
    if with_impact and made.impact is not None:
        body["impact"] = made.impact
    if with_title and made.title:
        body["title"] = made.title
    sent: dict[str, Partial] = {}
    raw_data = made.raw_data if full else ""
    if with_items:
        sent = made.items | made.derived if full else made.items
        if sent:
            body["relatedItems"] = list(sent.values())
        if made.details:
            raw = {"rawData": raw_data} if raw_data else {}
            body["triggerDetails"] = made.details | raw
    body["clientToken"] = _token(made, body, sent, raw_data)
    return body


def _token(made: Draft, body: Partial, sent: dict[str, Partial], raw_data: str) -> str:
    """Hash the identity and every word of the request.

    Items stand by their identifiers and raw data by itself, each of them told once: the
    canonical form is half as long as the request and tells as much.
    """
    told = {
        "identity": made.identity,
        "plan": body["responsePlanArn"],
        "impact": body.get("impact"),
        "title": body.get("title"),
        "items": [[key, item.get("title"), item.get("generatedId")] for key, item in sent.items()],
        "details": made.details if "triggerDetails" in body else None,
    }
    digest = sha256(_canonical(told).encode())
    digest.update(raw_data.encode())
    return digest.hexdigest()


def _layers(
    trigger: Trigger,
    own: Layer,
    topics: Mapping[str, Layer],
    shape: StructureShape,
    description: str | None,
) -> tuple[list[str], list[Layer]]:
    """Order what was said, the most specific first."""
    layers = []
    ignored: list[str] = []
    if trigger.partial is not None:
        layers.append(clean(trigger.partial, trigger.kind, shape))
    if trigger.alarm is not None:
        text = trigger.alarm.description if description is None else description
        if text:
            ignored, layer = _described(text, shape)
            layers.append(layer)
    topic = topics.get(trigger.topic)
    if topic is not None:
        layers.append(topic)
    layers.append(own)
    return ignored, layers


@lru_cache(maxsize=128)
def _described(description: str, shape: StructureShape) -> tuple[list[str], Layer]:
    """Read a description once: up to a hundred contributors arrive with the same one."""
    read = trailers.parse(description)
    return read.ignored, clean(read.partial, "description", shape)


def _first(partials: list[Partial], name: str) -> Any:  # noqa: ANN401 - of the member's type
    for partial in partials:
        if name in partial:
            return partial[name]
    return None


def _title(trigger: Trigger, partials: list[Partial]) -> str:
    """Fill the first title in that says anything; one given by hand is no template."""
    for partial in partials:
        template = partial.get("title")
        if template:
            by_hand = partial is partials[0] and trigger.kind == "hand" and len(partials) > 1
            title = sendable(template) if by_hand else titles.render(template, trigger.values)
            if title:
                return title
    return ""


def _details(trigger: Trigger, partials: list[Partial], rules: _Rules, dropped: list[str]) -> Partial:
    """Make triggerDetails; without a time the service takes none."""
    details: Partial = {"source": SOURCE, "timestamp": trigger.timestamp}
    if trigger.arn:
        if rules.accepts_arn(trigger.arn):
            details["triggerArn"] = trigger.arn
        else:
            dropped.append(f"triggerDetails.triggerArn: {shown(trigger.arn)} can not be sent")
    for partial in reversed(partials):
        if "triggerDetails" in partial:
            details.update(partial["triggerDetails"])
            details["timestamp"] = epoch_seconds(details["timestamp"])
    if details["timestamp"] is None:
        if "triggerDetails" in partials[0]:
            dropped.append("triggerDetails: a timestamp is missing")
        return {}
    if "rawData" not in details:
        details["rawData"] = _raw_data(trigger.payload, rules.raw_data, dropped)
    return details


def _raw_data(payload: object, longest: int, dropped: list[str]) -> str:
    if payload is None:
        return ""
    try:
        return sendable(_readable(payload)[:longest])
    except (RecursionError, TypeError, ValueError) as error:
        dropped.append(f"triggerDetails.rawData: {type(error).__name__}")
        return ""


@lru_cache(maxsize=8)
def _rules(shape: StructureShape) -> _Rules:
    return _Rules(
        title=limits.longest(shape, "title"),
        raw_data=limits.longest(shape, "triggerDetails", "rawData"),
        url=limits.longest(shape, "relatedItems", "identifier", "value", "url"),
        accepts_arn=limits.accepts(shape, "triggerDetails", "triggerArn"),
    )
