"""A trigger becomes a request, and the smaller requests to step down to. Pure.

The same trigger gives the same request and token. A bad piece costs itself, never the page.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from . import limits, related, titles, trailers
from .limits import Shape
from .texts import encoder, epoch_seconds, excerpt, mapping, sendable, shown
from .triggers import Trigger

Partial = dict[str, Any]

SOURCE = "incident-starter"
STEPS = (
    "full",
    "without derived items and raw data",
    "without items and trigger details",
    "plan and impact",
    "plan",
)
_problem = lru_cache(maxsize=64)(limits.text_problem)  # few: a hostile text may have a megabyte
_encode = encoder(sort_keys=True).encode


class Layer(NamedTuple):
    """What a hand, a rule, an alarm, a topic or the starter says that the service takes."""

    partial: Partial
    dropped: list[str]
    """A sentence for each piece that it would not take."""


class Draft(NamedTuple):
    """A request in its parts."""

    identity: tuple[str, ...]
    plan: str
    own_plan: str
    """The starter's, for when the named one can not be started."""

    impact: int | None
    title: str | None
    items: dict[str, Partial]
    """By identifier, the most specific first."""

    derived: dict[str, Partial]
    details: Partial
    raw_data: str
    dropped: list[str]
    ignored: list[str]
    """A sentence for each bad line of the description."""


def clean(partial: object, origin: str, shape: Shape) -> Layer:
    """Keep what the service takes; the origin stands in the sentences."""
    if not isinstance(partial, dict):
        return Layer({}, [f"{origin}: got {shown(partial)}, an object is needed"])
    kept: Partial = {}
    dropped: list[str] = []
    for name, value in _cut(partial, "title", shape).items():
        if name == "relatedItems" and isinstance(value, list):
            kept[name] = [item for entry in value[:500] if (item := _item(entry, shape, dropped))]
            continue
        sent = _cut(value, "rawData", shape.members[name]) if name == "triggerDetails" else value
        found = limits.problems({name: sent}, shape)
        dropped += found
        if not found:
            kept[name] = sent
    return Layer(kept, [f"{origin}: {sentence}" for sentence in dropped])


def _item(entry: object, shape: Shape, dropped: list[str]) -> Partial | None:
    """Keep an item, or at least what it points at."""
    item: Partial = _cut(entry, "title", shape.members["relatedItems"].member)
    found = limits.problems({"relatedItems": [item]}, shape)
    dropped += found
    if found:
        item = {"identifier": mapping(item).get("identifier")}
        return None if limits.problems({"relatedItems": [item]}, shape) else item
    return item


def _cut(holder: Any, name: str, shape: Shape) -> Any:
    value = mapping(holder).get(name)
    if not isinstance(value, str):
        return holder
    return {**holder, name: sendable(value[: shape.members[name].metadata["max"]])}


def draft(
    trigger: Trigger, own: Layer, topics: Mapping[str, Layer], shape: Shape, description: object
) -> Draft:
    """Merge what the hand, the rule, the alarm, the topic and the starter say."""
    layers: list[Layer] = []
    ignored: list[str] = []
    if trigger.partial is not None:
        layers.append(clean(trigger.partial, trigger.kind, shape))
    if isinstance(description, str):
        ignored, layer = _described(description, shape)
        layers.append(layer)
    layers += [topics[trigger.topic]] if trigger.topic in topics else []
    layers.append(own)
    said = [layer.partial for layer in layers]
    dropped = [sentence for layer in layers for sentence in layer.dropped]
    items = _items(said, trigger.values, shape, dropped)
    details = _details(trigger, said, shape, dropped)
    by_hand = said[0].get("title") if trigger.kind == "hand" else None  # the API's own: no template
    template = next((partial["title"] for partial in said if partial.get("title")), "")
    title = by_hand or titles.render(template, trigger.values)
    return Draft(
        identity=trigger.identity,
        plan=_first(said, "responsePlanArn"),
        own_plan=own.partial.get("responsePlanArn", ""),
        impact=_first(said, "impact"),
        title=title[: shape.members["title"].metadata["max"]] or None,
        items=items,
        derived=_derived(trigger, items, shape, dropped),
        raw_data=details.pop("rawData", ""),
        details=details,
        dropped=dropped,
        ignored=ignored,
    )


def request(made: Draft, plan: str, step: int) -> Partial:
    """Write the request for a plan at one of the `STEPS`; its token hashes every word of it."""
    items = made.items | made.derived if step == 0 else made.items if step == 1 else {}
    details = made.details if step <= 1 else {}
    raw_data = made.raw_data if step == 0 and details else ""
    body: Partial = {
        "responsePlanArn": plan,
        "impact": made.impact if step <= 3 else None,
        "title": made.title if step <= 2 else None,
    }
    told = [[key, item.get("title"), item.get("generatedId")] for key, item in items.items()]
    token = sha256(_encode([made.identity, body, told, details]).encode())
    token.update(raw_data.encode())
    body["relatedItems"] = list(items.values())
    body["triggerDetails"] = {**details, "rawData": raw_data} if raw_data else details
    return {name: value for name, value in body.items() if value} | {"clientToken": token.hexdigest()}


@lru_cache(maxsize=16)
def _described(description: str, shape: Shape) -> tuple[list[str], Layer]:
    """Read a description once: up to a hundred contributors arrive with the same one."""
    read = trailers.parse(description)
    return read.ignored, clean(read.partial, "description", shape)


def _first(said: list[Partial], name: str) -> Any:
    return next((partial[name] for partial in said if name in partial), None)


def _items(
    said: list[Partial], values: Mapping[str, object], shape: Shape, dropped: list[str]
) -> dict[str, Partial]:
    """Add the items up, links filled in, one per identifier, as many as are allowed."""
    found: dict[str, Partial] = {}
    for partial in said:
        for entry in partial.get("relatedItems", ()):
            item, identifier = entry, entry["identifier"]
            [(kind, value)] = identifier["value"].items()
            if kind == "url" and "{" in value:
                link = titles.link(value, values)
                item = {**item, "identifier": {**identifier, "value": {kind: link}}}
                if problems := limits.problems({"relatedItems": [item]}, shape):
                    dropped.append(f"{shown(value)}: {problems[0]}")
                    continue
                value = link
            target = value if isinstance(value, str) else _encode(value)
            found.setdefault(f"{identifier['type']} {kind} {target}", item)
    if len(found) > limits.MAX_RELATED_ITEMS:
        dropped.append(f"relatedItems: {limits.MAX_RELATED_ITEMS} of {len(found)} are sent")
    return dict(list(found.items())[: limits.MAX_RELATED_ITEMS])


def _derived(
    trigger: Trigger, items: dict[str, Partial], shape: Shape, dropped: list[str]
) -> dict[str, Partial]:
    """Write the derived items that can be sent and have room."""
    kept: dict[str, Partial] = {}
    item = shape.members["relatedItems"].member.members
    values, longest = item["identifier"].members["value"].members, item["title"].metadata["max"]
    try:
        for item_type, kind, target, title in related.derived(trigger):
            key = f"{item_type} {kind} {target}"
            if key in items or len(items) + len(kept) >= limits.MAX_RELATED_ITEMS:
                continue
            if problem := _problem(target, values[kind], kind):
                dropped.append(f"derived {kind}: got {problem}")
                continue
            identifier = {"type": item_type, "value": {kind: target}}
            kept.setdefault(key, {"identifier": identifier, "title": title[:longest]})
    except Exception as error:  # a page is never lost to a decoration
        dropped.append(f"derived items: {type(error).__name__}")
    return kept


def _details(trigger: Trigger, said: list[Partial], shape: Shape, dropped: list[str]) -> Partial:
    """Make triggerDetails with rawData; without a time the service takes none."""
    given = _first(said, "triggerDetails")
    if given is not None:
        return {**given, "timestamp": epoch_seconds(given["timestamp"])}
    if trigger.millis is None:
        return {}
    members = shape.members["triggerDetails"].members
    details: Partial = {"source": SOURCE, "timestamp": trigger.millis // 1000}
    if trigger.arn:
        if problem := _problem(trigger.arn, members["triggerArn"], ""):
            dropped.append(f"triggerDetails.triggerArn: got {problem}")
        else:
            details["triggerArn"] = trigger.arn
    details["rawData"] = excerpt(trigger.payload, members["rawData"].metadata["max"])
    return details
