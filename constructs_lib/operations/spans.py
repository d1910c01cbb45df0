"""Spans of time as people write and read them."""

import re

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(r"(\d{1,9})([dhms])")


def span(seconds: int) -> str:
    """Write seconds with the one or two units that matter, as in 3 h 12 min.

    Args:
        seconds: how many; what lies ahead counts as now.
    """
    seconds = max(seconds, 0)
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{seconds} s"


def seconds_of(text: str) -> int:
    """Read a span such as 90m, 6h or 2d.

    Args:
        text: a whole number and one of d, h, m, s.

    Raises:
        ValueError: it is none.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        message = f"got {text!r}, a whole number with d, h, m or s is needed, as in 6h"
        raise ValueError(message)
    return int(found[1]) * _UNITS[found[2]]
