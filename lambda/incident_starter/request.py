"""A trigger becomes a request, and the smaller requests to step down to. Pure.

Nothing here reads a clock or a random number: the same trigger gives the same request and
the same token, however often it is delivered.
"""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from . import limits, related, titles, trailers
from .layers import Layer, Partial, clean
from .texts import epoch_seconds, sendable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_readable = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Draft(NamedTuple):
    """A request in its parts."""

    identity: tuple[str, ...]
    plan: str
    own_plan: str
    """The starter's own plan, for when the named one can not be started."""

    impact: int | None
    title: str
    items: list[Any]
    derived: list[Any]
    details: Partial
    raw_data: str
    dropped: list[str]
    """A sentence for each piece that was left out."""

    ignored: list[str]
    """A sentence for each bad line of the description."""


class _Sizes(NamedTuple):
    title: int
    item_title: int
    raw_data: int


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
    sizes = _sizes(shape)
    said, layers = _layers(trigger, own, topics, shape, description)
    dropped = [sentence for layer in layers for sentence in layer.dropped]
    partials = [layer.partial for layer in layers]
    items = _unique((item for partial in partials for item in partial.get("relatedItems", ())), {})
    derived = _derived(trigger, items, sizes.item_title, shape, dropped)
    room = limits.MAX_RELATED_ITEMS
    spare = len(items) + len(derived) - room
    if spare > 0:
        dropped.append(f"relatedItems: the last {spare} of {spare + room} are left out")
    return Draft(
        identity=trigger.identity,
        plan=_first(partials, "responsePlanArn"),
        own_plan=own.partial["responsePlanArn"],
        impact=_first(partials, "impact"),
        title=_title(trigger, partials)[: sizes.title],
        items=list(items.values())[:room],
        derived=derived[: max(0, room - len(items))],
        **_details(trigger, partials, sizes, shape, dropped),
        dropped=dropped,
        ignored=said,
    )


def request(made: Draft, plan: str, step: int) -> Partial:
    """Write the request for a plan at one of the `STEPS`, its token included."""
    body: Partial = {"responsePlanArn": plan}
    full, with_items, with_title, with_impact = (step <= last for last in range(4))
    if with_impact and made.impact is not None:
        body["impact"] = made.impact
    if with_title and made.title:
        body["title"] = made.title
    if with_items:
        items = made.items + made.derived if full else made.items
        if items:
            body["relatedItems"] = items
        if made.details:
            raw = {"rawData": made.raw_data} if full and made.raw_data else {}
            body["triggerDetails"] = made.details | raw
    body["clientToken"] = sha256(_canonical([made.identity, body]).encode()).hexdigest()
    return body


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
            read = trailers.parse(text)
            ignored = read.ignored
            if read.partial:
                layers.append(clean(read.partial, "description", shape))
    topic = topics.get(trigger.topic)
    if topic is not None:
        layers.append(topic)
    layers.append(own)
    return ignored, layers


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


def _unique(items: Iterable[Partial], seen: dict[str, Partial]) -> dict[str, Partial]:
    """Keep the first item of each identifier that is not seen yet."""
    found: dict[str, Partial] = {}
    for item in items:
        identifier = item["identifier"]
        [value] = identifier["value"].values()
        key = f"{identifier['type']} {value if isinstance(value, str) else _canonical(value)}"
        if key not in seen:
            found.setdefault(key, item)
    return found


def _derived(
    trigger: Trigger,
    items: dict[str, Partial],
    longest: int,
    shape: StructureShape,
    dropped: list[str],
) -> list[Partial]:
    kept = []
    try:
        for item in _unique(related.derived(trigger), items).values():
            if len(item["title"]) > longest:
                item["title"] = item["title"][:longest]
            found = limits.item_problems(item, shape)
            if found:
                dropped += [f"derived: {sentence}" for sentence in found]
            else:
                kept.append(item)
    except Exception as error:  # noqa: BLE001 - a page is never lost to a decoration
        dropped.append(f"derived items: {type(error).__name__}")
    return kept


def _details(
    trigger: Trigger,
    partials: list[Partial],
    sizes: _Sizes,
    shape: StructureShape,
    dropped: list[str],
) -> dict[str, Any]:
    """Make triggerDetails and rawData; without a time the service takes no details."""
    details: Partial = {"source": SOURCE}
    if trigger.timestamp is not None:
        details["timestamp"] = trigger.timestamp
    if trigger.arn:
        found = limits.member_problems(trigger.arn, shape, "triggerDetails", "triggerArn")
        dropped += found
        if not found:
            details["triggerArn"] = trigger.arn
    for partial in reversed(partials):
        details.update(partial.get("triggerDetails", ()))
    details["timestamp"] = epoch_seconds(details.get("timestamp"))
    raw_data = details.pop("rawData", None) or _raw_data(trigger.payload, sizes.raw_data, dropped)
    if details["timestamp"] is None:
        return {"details": {}, "raw_data": ""}
    return {"details": details, "raw_data": raw_data}


def _raw_data(payload: object, longest: int, dropped: list[str]) -> str:
    if payload is None:
        return ""
    try:
        return sendable(_readable(payload)[:longest])
    except (RecursionError, TypeError, ValueError) as error:
        dropped.append(f"triggerDetails.rawData: {type(error).__name__}")
        return ""


@lru_cache(maxsize=8)
def _sizes(shape: StructureShape) -> _Sizes:
    return _Sizes(
        title=limits.longest(shape, "title"),
        item_title=limits.longest(shape, "relatedItems", "title"),
        raw_data=limits.longest(shape, "triggerDetails", "rawData"),
    )
