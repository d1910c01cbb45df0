"""Readings of values that nobody has checked: they never raise."""

import json
import re
from datetime import datetime
from functools import partial
from typing import Any

# Marks of direction could make a title read as something else.
_UNPRINTABLE = re.compile("[\x00-\x20\x7f-\xa0\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
encoder = partial(json.JSONEncoder, check_circular=False, separators=(",", ":"))
_write = encoder(ensure_ascii=False).encode
_LATEST = 253402300799  # the last second of the year 9999


def text(value: object) -> str:
    """Return a text, else an empty one."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, Any]:
    """Return an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[Any]:
    """Return a list, else an empty one."""
    return value if isinstance(value, list) else []


def shown(value: object) -> str:
    """Show a value in a sentence, short whatever its depth or size."""
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else f"{value[:57]}...")
    if value is None or isinstance(value, bool):
        return _write(value)
    if isinstance(value, int | float) and -1e18 < value < 1e18:
        return str(value)
    if isinstance(value, dict | list | tuple):
        return "an object" if isinstance(value, dict) else "a list"
    return "a huge number"


def sendable(content: str) -> str:
    """Replace lone surrogates, which no request can carry."""
    return content if content.isascii() else _SURROGATE.sub("\ufffd", content)


def one_line(content: str) -> str:
    """Put a text on one line that can be sent."""
    if content.isascii() and content.isprintable():
        return content.strip(" ")
    return _UNPRINTABLE.sub(" ", sendable(content)).strip(" ")


def excerpt(payload: object, longest: int) -> str:
    """Write the beginning of a payload as JSON, nothing where it is too deep."""
    try:
        return sendable(_write(payload)[:longest])
    except (RecursionError, TypeError, ValueError):
        return ""


def readable(value: object) -> str:
    """Return a text, nothing for null, else the beginning of its JSON."""
    return value if isinstance(value, str) else "" if value is None else excerpt(value, 1000)


def epoch_millis(value: object) -> int | None:
    """Read seconds since 1970, or ISO 8601 as AWS writes it, as milliseconds; UTC without an offset."""
    fraction = "000"
    if isinstance(value, str) and (match := _TIME.fullmatch(value)):
        moment, digits, offset = match.groups()
        fraction = f"{digits or ''}000"[:3]
        offset = "+00:00" if offset in {None, "Z"} else f"{offset[:3]}:{offset[-2:]}"
        try:
            value = datetime.fromisoformat(moment + offset).timestamp()
        except (OverflowError, ValueError):
            return None
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LATEST:
        return int(value * 1000) + int(fraction)
    return None


def epoch_seconds(value: object) -> int | None:
    """Read whole seconds since 1970 from the same."""
    millis = epoch_millis(value)
    return None if millis is None else millis // 1000
