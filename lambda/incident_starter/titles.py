"""Titles are templates: `{name}` stands for a fact of the alarm or event, `{{` for a brace.

There is no attribute access and no code in them: a name is looked up, nothing else.
"""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from .texts import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "alarm_name": "the alarm's name; for another event its detail-type",
        "state": "the alarm's new state: ALARM or INSUFFICIENT_DATA",
        "reason": "why the alarm changed its state",
        "account": "the account of the alarm or event",
        "region": "its Region, for example eu-west-1",
        "source": "the event's source; aws.cloudwatch for an alarm",
        "detail_type": "the event's detail-type",
        "contributor": "which series of a multi-series alarm it was",
    }
)
"""The names a title may use, and what they stand for; `{detail.any.path}` comes on top."""

_DETAIL = "detail"
_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_INDEX = re.compile(r"[0-9]{1,6}")
_STEP = re.compile(r"[^\s{}.]+")
_FALLBACKS = {"reason": "no reason given", "contributor": "no contributor"}
_LONGEST_NUMBER = 10**30


def unknown_placeholders(template: str) -> list[str]:
    """List what `render` would not replace: unknown names and stray braces, as written."""
    return [
        piece.group()
        for piece in _PIECES.finditer(template)
        if piece.group() not in {"{{", "}}"} and not _is_known(piece.group(1))
    ]


def render(template: str, values: Mapping[str, object]) -> str:
    """Fill a template in, on one line.

    Args:
        template: A text with placeholders.
        values: A value for each name, and the event's detail under ``detail``.

    Returns:
        The title. A missing value reads "unknown account"; what is no placeholder stays as
        it was written, because a half-readable title beats none at three in the morning.
    """

    def replaced(piece: re.Match[str]) -> str:
        text = piece.group()
        if text in {"{{", "}}"}:
            return text[0]
        name = piece.group(1)
        return _value(name, values) if _is_known(name) else text

    if "{" not in template and "}" not in template:
        return one_line(template)
    return one_line(_PIECES.sub(replaced, template))


def _is_known(name: str | None) -> bool:
    if name is None:
        return False
    if name in PLACEHOLDERS:
        return True
    first, *steps = name.split(".")
    return first == _DETAIL and bool(steps) and all(map(_STEP.fullmatch, steps))


def _value(name: str, values: Mapping[str, object]) -> str:
    found = values.get(name)
    if name not in PLACEHOLDERS:
        found = _at(values.get(_DETAIL), name.split(".")[1:])
    return _text(found) or _FALLBACKS.get(name) or f"unknown {name.replace('_', ' ')}"


def _at(found: object, steps: list[str]) -> object:
    for step in steps:
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and _INDEX.fullmatch(step):
            found = found[int(step)] if int(step) < len(found) else None
        else:
            return None
    return found


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, int) and not -_LONGEST_NUMBER < value < _LONGEST_NUMBER:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (RecursionError, TypeError, ValueError):
        return ""
