"""Partial requests, stripped of every piece that the service would refuse.

A bad piece costs itself and a line in the log, never the page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import limits
from .texts import sendable, shown

if TYPE_CHECKING:
    from botocore.model import StructureShape

Partial = dict[str, Any]

_MOST_ITEMS = 500
"""Items looked at in one partial request: it can only send 40."""


class Layer(NamedTuple):
    """What one place says about an incident: the starter, a topic, an alarm, a rule, a hand."""

    partial: Partial
    dropped: list[str]


def clean(partial: object, origin: str, shape: StructureShape) -> Layer:
    """Keep what the service takes.

    Args:
        partial: Anything.
        origin: Whose it is, for the sentences about what was dropped.
        shape: The shape of StartIncident's request.
    """
    if partial is None:
        return Layer({}, [])
    if not isinstance(partial, dict):
        return Layer({}, [f"{origin}: got {shown(partial)}, an object is needed"])
    if not limits.problems(partial, shape):
        return Layer(partial, [])
    dropped: list[str] = []
    kept: Partial = {}
    for name, value in partial.items():
        if name == "relatedItems" and isinstance(value, list):
            kept[name] = _items(value, shape, dropped)
        elif name == "triggerDetails" and isinstance(value, dict):
            kept[name] = _details(value, shape, dropped)
        elif name == "title" and isinstance(value, str):
            kept[name] = sendable(value)  # a template: its end is cut when it is filled in
        elif found := limits.problems({name: value}, shape):
            dropped += found
        else:
            kept[name] = value
    return Layer(kept, [f"{origin}: {sentence}" for sentence in dropped])


def _items(items: list[Any], shape: StructureShape, dropped: list[str]) -> list[Any]:
    kept = []
    longest = limits.longest(shape, "relatedItems", "title")
    for item in items[:_MOST_ITEMS]:
        sent = _cut(item, "title", longest)
        found = limits.item_problems(sent, shape)
        if found and isinstance(sent, dict):
            bare = {"identifier": sent.get("identifier")}
            sent = bare | _good_members(sent, ("title", "generatedId"), bare, shape)
        dropped += found
        if not found or not limits.item_problems(sent, shape):
            kept.append(sent)
    return kept


def _good_members(item: Partial, names: tuple[str, ...], bare: Partial, shape: StructureShape) -> Partial:
    return {
        name: item[name]
        for name in names
        if name in item and not limits.item_problems({**bare, name: item[name]}, shape)
    }


def _details(details: Partial, shape: StructureShape, dropped: list[str]) -> Partial:
    kept: Partial = {}
    trimmed = _cut(details, "rawData", limits.longest(shape, "triggerDetails", "rawData"))
    for name, value in trimmed.items():
        if name not in limits.members(shape, "triggerDetails"):
            dropped.append(f"triggerDetails.{shown(name)}: unknown")
        elif found := limits.member_problems(value, shape, "triggerDetails", name):
            dropped += found
        else:
            kept[name] = value
    return kept


def _cut(holder: Any, name: str, longest: int) -> Any:  # noqa: ANN401 - nobody has checked it
    """Cut one text of an object and make it sendable; anything else passes as it is."""
    value = holder.get(name) if isinstance(holder, dict) else None
    return {**holder, name: sendable(value[:longest])} if isinstance(value, str) else holder
