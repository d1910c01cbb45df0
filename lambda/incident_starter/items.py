"""Related items: added up, one per identifier, as many as an incident may have."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from . import limits
from .texts import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from botocore.model import StructureShape

    from .layers import Partial
    from .related import Derived

_canonical = json.JSONEncoder(sort_keys=True).encode


class _Rules(NamedTuple):
    longest_title: int
    accepts: dict[str, Callable[[object], bool]]
    """What tells whether a derived item can be sent, by the kind of its value."""


def given(partials: list[Partial], dropped: list[str]) -> dict[str, Partial]:
    """Add the items of all layers up, one per identifier, as many as are allowed."""
    found: dict[str, Partial] = {}
    for partial in partials:
        for item in partial.get("relatedItems", ()):
            identifier = item["identifier"]
            [(kind, value)] = identifier["value"].items()
            target = value if isinstance(value, str) else _canonical(value)
            found.setdefault(f"{identifier['type']} {kind} {target}", item)
    spare = len(found) - limits.MAX_RELATED_ITEMS
    if spare > 0:
        dropped.append(f"relatedItems: the last {spare} of {len(found)} are left out")
        return dict(list(found.items())[: limits.MAX_RELATED_ITEMS])
    return found


def derived(
    found: Iterator[Derived], items: dict[str, Partial], shape: StructureShape, dropped: list[str]
) -> dict[str, Partial]:
    """Write the derived items that can be sent and that nobody has given already."""
    kept: dict[str, Partial] = {}
    room = limits.MAX_RELATED_ITEMS - len(items)
    rules = _rules(shape)
    try:
        for item_type, kind, target, title in found:
            key = f"{item_type} {kind} {target}"
            if len(kept) == room:
                dropped.append("derived items: there is no room for all of them")
                break
            if key in items or key in kept:
                continue
            if rules.accepts[kind](target):
                identifier = {"type": item_type, "value": {kind: target}}
                kept[key] = {"identifier": identifier, "title": title[: rules.longest_title]}
            else:
                dropped.append(f"derived items: {shown(target)} can not be sent")
    except Exception as error:  # noqa: BLE001 - a page is never lost to a decoration
        dropped.append(f"derived items: {type(error).__name__}")
    return kept


@lru_cache(maxsize=8)
def _rules(shape: StructureShape) -> _Rules:
    value = ("relatedItems", "identifier", "value")
    return _Rules(
        longest_title=limits.longest(shape, "relatedItems", "title"),
        accepts={kind: limits.accepts(shape, *value, kind) for kind in ("arn", "url")},
    )
