"""Trailers: lines of an alarm's description that configure its incident; docs/trailers.md is the grammar.

All of it takes linear time.
"""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from .texts import one_line, shown

TYPES = frozenset(
    "ANALYSIS INCIDENT METRIC PARENT ATTACHMENT OTHER AUTOMATION INVOLVED_RESOURCE TASK".split()  # noqa: SIM905
)
"""A test compares them with botocore's model."""

_IMPACTS = {"critical": 1, "high": 2, "medium": 3, "low": 4, "no impact": 5}
_LONGEST = 200  # of a label, and where a title is cut: both part of the grammar
_LINE_ENDS = re.compile("\r\n|\r|\n")
_MARKS = ("- ", "* ", "+ ", "-\t", "*\t", "+\t")
_ARN = re.compile(r"arn(?::[\w-]+){2}(?::[\w-]*){2}:[^\s<>\x00-\x1f\x7f]+", re.ASCII)
_URL = re.compile(r"(?i:https?)://[^\s/<>\x00-\x1f\x7f][^\s<>\x00-\x1f\x7f]*")


class Trailers(NamedTuple):
    """What a description configures."""

    partial: dict[str, Any]
    """A partial StartIncident request."""

    ignored: list[str]
    """A sentence for each reserved line with a bad value."""


def parse(description: str) -> Trailers:
    """Read a description's trailers."""
    partial: dict[str, Any] = {}
    ignored: list[str] = []
    items: dict[tuple[str, str], dict[str, Any]] = {}
    for raw in _LINE_ENDS.split(description):
        line = raw.strip()
        if line.startswith(_MARKS):
            line = line[2:].lstrip()
        key, _, rest = line.partition(":")
        if key.startswith("**") and rest.startswith("**"):
            key, rest = f"{key}**", rest[2:]
        reserved = _RESERVED.get(_plain(key).strip().lower())
        if reserved and rest[:1].isspace():
            member, read, needed = reserved
            value = read(rest.strip())
            if value is None:
                ignored.append(f"{shown(line)} is ignored: {needed}")
            else:
                partial[member] = value
        elif rest and (item := _item(line)):
            identifier = item["identifier"]
            items.setdefault((identifier["type"], *identifier["value"].values()), item)
    if items:
        partial["relatedItems"] = list(items.values())
    return Trailers(partial, ignored)


def _impact(value: str) -> int | None:
    number, dash, name = value.partition(" - ")
    named = _IMPACTS.get((name if dash else value).strip().lower().replace("_", " "))
    numbered = int(number) if number.strip() in {"1", "2", "3", "4", "5"} else None
    return (numbered if numbered == named else None) if dash else numbered or named


def _plan(value: str) -> str | None:
    is_plan = ":ssm-incidents:" in value and ":response-plan/" in value and _ARN.fullmatch(value)
    return value if is_plan else None


_RESERVED: dict[str, tuple[str, Callable[[str], object], str]] = {
    "impact": ("impact", _impact, "an impact is 1 to 5, its name, or both as in 2 - High"),
    "title": ("title", lambda value: value[:_LONGEST], ""),
    "response plan": ("responsePlanArn", _plan, "a full ARN is needed"),
}


def _plain(key: str) -> str:
    """Take the ``**`` off that stand around a key, or around its label before a type."""
    bold, closed, rest = key[2:].partition("**")
    return bold + rest if closed and key.startswith("**") else key


def _item(line: str) -> dict[str, Any] | None:
    """Read `label [TYPE]: target`; the target is the line's last word."""
    head, *target = line.rsplit(None, 1)
    found = target[0] if target else ""
    if found[:1] == "<" and found[-1] == ">":
        found = found[1:-1]
    if _ARN.fullmatch(found):
        kind, item_type = "arn", "INVOLVED_RESOURCE"
    elif _URL.fullmatch(found):
        kind, item_type = "url", "OTHER"
    else:
        return None
    head = _plain(head)
    label = one_line(head[:-1]) if head.endswith(":") else ""
    text, bracket, named = label.rpartition("[")
    if bracket and named[:-1] in TYPES and named.endswith("]") and text.strip():
        label, item_type = text.strip(), named[:-1]
    if not 1 <= len(label) <= _LONGEST:
        return None
    return {"identifier": {"type": item_type, "value": {kind: found}}, "title": label}
