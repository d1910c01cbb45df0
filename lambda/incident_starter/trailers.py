"""Trailers: the lines of an alarm's description that configure its incident.

The description is split at CRLF, CR and LF, and every line stands alone::

    Impact | Title | Response plan  ":" ws+ value     any case, tried first
    label ["[TYPE]"] ":" ws+ one http(s) URL or ARN   fills the line, may stand in <>
    anything else                                     prose

One list mark before the key and ``**`` around it are ignored. A bracket that holds none of
the nine types belongs to the label: `Dashboard [EU]: https://...` is a fine label, and a
misspelt type must not cost a responder the link.

Every step is a search from one end of one line: linear in the text, whatever it holds.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .texts import one_line, shown

TYPES = frozenset(
    (
        "ANALYSIS",
        "INCIDENT",
        "METRIC",
        "PARENT",
        "ATTACHMENT",
        "OTHER",
        "AUTOMATION",
        "INVOLVED_RESOURCE",
        "TASK",
    )
)
"""The types of a related item; a test compares them with botocore's model."""

IMPACT_NAMES = {1: "Critical", 2: "High", 3: "Medium", 4: "Low", 5: "No impact"}

LONGEST = 200
"""A label's greatest length, and where a title is cut: both part of this grammar."""

_LINE_ENDS = re.compile("\r\n|\r|\n")
_LIST_MARKS = ("- ", "* ", "+ ", "-\t", "*\t", "+\t")
_ARN = re.compile(r"arn(?::[\w-]+){2}(?::[\w-]*){2}:[^\s<>\x00-\x1f\x7f]+", re.ASCII)
_URL = re.compile(r"https?://[^\s/<>\x00-\x1f\x7f][^\s<>\x00-\x1f\x7f]*", re.IGNORECASE)
_PLAN = re.compile(r"arn:aws(-[a-z]+)*:ssm-incidents:[a-z0-9-]*:[0-9]{12}:response-plan/[a-zA-Z0-9_-]+")
_NUMBERS = {name.lower(): number for number, name in IMPACT_NAMES.items()}
_DIGITS = {str(number): number for number in IMPACT_NAMES}


class Trailers(NamedTuple):
    """What a description configures."""

    partial: dict[str, Any]
    """A partial StartIncident request."""

    ignored: list[str]
    """A sentence for each reserved line with a bad value."""


def parse(description: str) -> Trailers:
    """Read the trailers of an alarm's description.

    The last valid value of a reserved key wins. Items add up in the order of their lines;
    of two with one identifier the first stays.
    """
    partial: dict[str, Any] = {}
    ignored: list[str] = []
    items: dict[tuple[str, str], dict[str, Any]] = {}
    if ":" not in description:
        return Trailers(partial, ignored)
    for raw in _LINE_ENDS.split(description):
        if ":" not in raw:
            continue
        line = _without_list_mark(raw.strip())
        reserved = _reserved(line)
        if reserved is not None:
            name, value = reserved
            problem = _RESERVED[name](value, partial)
            if problem:
                ignored.append(f"{shown(line)} is ignored: {problem}")
            continue
        item = _item(line)
        if item is not None:
            identifier = item["identifier"]
            [text] = identifier["value"].values()
            items.setdefault((identifier["type"], text), item)
    if items:
        partial["relatedItems"] = list(items.values())
    return Trailers(partial, ignored)


def _without_list_mark(line: str) -> str:
    return line[2:].lstrip() if line.startswith(_LIST_MARKS) else line


def _reserved(line: str) -> tuple[str, str] | None:
    """Split `Key: value` when the key is one of ours and a value is there."""
    key, _, rest = line.partition(":")
    if key.startswith("**"):
        if key.endswith("**"):
            key = key[2:-2]
        elif rest.startswith("**"):
            key, rest = key[2:], rest[2:]
    key = key.strip().lower()
    if key not in _RESERVED or not rest[:1].isspace():
        return None
    return key, rest.strip()


def _set_impact(value: str, partial: dict[str, Any]) -> str:
    number_text, dash, name_text = value.partition(" - ")
    name = (name_text if dash else value).strip().lower().replace("_", " ")
    named = _NUMBERS.get(name)
    numbered = _DIGITS.get(number_text.strip())
    if dash and numbered and named and numbered != named:
        return f"{numbered} is {IMPACT_NAMES[numbered]}, not {IMPACT_NAMES[named]}"
    impact = (numbered if named else None) if dash else (numbered or named)
    if impact is None:
        return f"an impact is one of 1 to 5 or {', '.join(IMPACT_NAMES.values())}"
    partial["impact"] = impact
    return ""


def _set_title(value: str, partial: dict[str, Any]) -> str:
    partial["title"] = value[:LONGEST]
    return ""


def _set_plan(value: str, partial: dict[str, Any]) -> str:
    if _PLAN.fullmatch(value) is None:
        return "a full ARN is needed, as in arn:aws:ssm-incidents::111122223333:response-plan/NAME"
    partial["responsePlanArn"] = value
    return ""


_RESERVED = {"impact": _set_impact, "title": _set_title, "response plan": _set_plan}


def _item(line: str) -> dict[str, Any] | None:
    """Read `label [TYPE]: target`; the target is the line's last word."""
    words = line.rsplit(None, 1)
    if len(words) != 2:  # noqa: PLR2004 - a head and a target
        return None
    head, target = words
    if target[0] == "<" and target[-1] == ">":
        target = target[1:-1]
    if _ARN.fullmatch(target):
        kind, item_type = "arn", "INVOLVED_RESOURCE"
    elif _URL.fullmatch(target):
        kind, item_type = "url", "OTHER"
    else:
        return None
    label = one_line(_key(head.rstrip()))
    if label.endswith("]"):
        text, bracket, named = label[:-1].rpartition("[")
        if bracket and named in TYPES and text.strip():
            label, item_type = text.strip(), named
    if not 1 <= len(label) <= LONGEST:
        return None
    return {"identifier": {"type": item_type, "value": {kind: target}}, "title": label}


def _key(head: str) -> str:
    """Take the colon and a pair of ``**`` off; an empty key when there is no colon."""
    if head.startswith("**"):
        if head.endswith(":**"):
            return head[2:-3]
        bold, mark, rest = head[2:].partition("**")
        if mark and rest.endswith(":"):
            return bold + rest[:-1]
    return head[:-1] if head.endswith(":") else ""
