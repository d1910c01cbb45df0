"""Trailers: lines of an alarm's description that configure its incident.

::

    Impact | Title | Response plan  ":" ws+ value     any case, tried first
    label ["[TYPE]"] ":" ws+ one http(s) URL or ARN   fills the line, may stand in <>
    anything else                                     prose

One list mark before the key and ``**`` around it are ignored. A bracket without one of the nine
types belongs to the label: a misspelt type must not cost a responder the link.

Every step searches one line from one of its ends: linear, whatever the line holds.
"""

import re
from typing import Any, NamedTuple

from .texts import one_line, shown

TYPES = frozenset(
    "ANALYSIS INCIDENT METRIC PARENT ATTACHMENT OTHER AUTOMATION INVOLVED_RESOURCE TASK".split()  # noqa: SIM905
)
"""The types of a related item; a test compares them with botocore's model."""

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
    """Read a description's trailers.

    The last valid value of a reserved key wins. Items add up; of two with one identifier
    the first stays.
    """
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
        member, read = _RESERVED.get(_plain(key).strip().lower(), ("", _title))
        if member and rest[:1].isspace():
            value = read(rest.strip())
            if isinstance(value, _Bad):
                ignored.append(f"{shown(line)} is ignored: {value}")
            else:
                partial[member] = value
        elif rest and (item := _item(line)):
            identifier = item["identifier"]
            items.setdefault((identifier["type"], *identifier["value"].values()), item)
    if items:
        partial["relatedItems"] = list(items.values())
    return Trailers(partial, ignored)


class _Bad(str):
    """Why a value is bad."""

    __slots__ = ()


def _title(value: str) -> str:
    return value[:_LONGEST]


def _plan(value: str) -> str:
    if _ARN.fullmatch(value) and ":ssm-incidents:" in value and ":response-plan/" in value:
        return value
    return _Bad("a full ARN is needed, as in arn:aws:ssm-incidents::111122223333:response-plan/NAME")


def _impact(value: str) -> int | _Bad:
    number, dash, name = value.partition(" - ")
    named = _IMPACTS.get((name if dash else value).strip().lower().replace("_", " "))
    numbered = {str(impact): impact for impact in _IMPACTS.values()}.get(number.strip())
    impact = (numbered if numbered == named else None) if dash else numbered or named
    names = ", ".join(f"{impact} - {name}" for name, impact in _IMPACTS.items())
    return impact or _Bad(f"an impact is a number, its name or both of {names}")


_RESERVED = {
    "impact": ("impact", _impact),
    "title": ("title", _title),
    "response plan": ("responsePlanArn", _plan),
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
