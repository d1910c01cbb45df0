"""Small readings of values that nobody has checked yet: never raise, never guess."""

from __future__ import annotations

import re
from datetime import datetime, timezone

_SHOWN = 60
_LARGEST_SHOWN = 10**18
_KINDS = {dict: "an object", list: "a list", tuple: "a list", type(None): "null"}
_LATEST = 253402300799  # the last second of the year 9999
_UNPRINTABLE = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|([+-]\d\d):?(\d\d))?", re.ASCII)


def shown(value: object) -> str:
    """Show a value in a sentence: short, and safe for any depth or size."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 3] + "...")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) <= _LARGEST_SHOWN else "a huge number"
    if isinstance(value, float):
        return repr(value)
    return _KINDS.get(type(value)) or f"a {type(value).__name__}"


def is_utf8(text: str) -> bool:
    """Tell whether a text can be sent at all: a lone surrogate can not."""
    return text.isascii() or _SURROGATES.search(text) is None


def sendable(text: str) -> str:
    """Replace lone surrogates, which no request can carry."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Put a text on one line, without control characters and lone surrogates."""
    if text.isascii() and text.isprintable():
        return text.strip(" ")
    return _UNPRINTABLE.sub(" ", sendable(text)).strip(" ")


def epoch_seconds(value: object) -> int | None:
    """Read a time as whole seconds since 1970, or None where it is no time.

    Accepts numbers, datetimes and ISO 8601 texts as AWS writes them, `+0000` included.
    A text without an offset counts as UTC, never as the machine's own time.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return int(value) if 0 <= value <= _LATEST else None
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
    elif isinstance(value, str) and (match := _TIME.fullmatch(value)):
        day, clock, hours, minutes = match.groups()
        offset = f"{hours}:{minutes}" if hours else "+00:00"
        try:
            moment = datetime.fromisoformat(f"{day}T{clock}{offset}")
        except ValueError:
            return None
    else:
        return None
    try:
        seconds = int(moment.timestamp())
    except (OverflowError, ValueError):
        return None
    return seconds if 0 <= seconds <= _LATEST else None
