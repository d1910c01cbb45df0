"""Templates of titles and links: `{name}` is looked up, and nothing is ever run."""

import re
from collections.abc import Mapping
from urllib.parse import quote

from .texts import one_line, readable

PLACEHOLDERS = ("alarm_name", "state", "reason", "account", "region", "source", "detail_type", "contributor")
"""The names a title may use; `{detail.any.path}` comes on top."""

_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_DETAIL = re.compile(r"detail(\.[^\s{}.]+)+")
_FALLBACKS = {"reason": "no reason given", "contributor": "no contributor"}


def unknown_placeholders(template: str) -> list[str]:
    """List what `render` would not replace: unknown names and stray braces, as written."""
    return [piece.group() for piece in _PIECES.finditer(template) if _replaced(piece, {}) is None]


def render(template: str, values: Mapping[str, object]) -> str:
    """Fill a template in, on one line; what is no placeholder stays as it was written."""
    if "{" in template or "}" in template:
        template = _PIECES.sub(lambda piece: _replaced(piece, values) or piece.group(), template)
    return one_line(template)


def link(template: str, values: Mapping[str, object]) -> str:
    """Fill a link in, percent-encoded; nothing where a value is missing."""
    for name in set(_PIECES.findall(template)):
        found = _found(name, values)
        if found == "":
            return ""
        if found:
            template = template.replace(f"{{{name}}}", quote(found, ":", errors="replace"))
    return template


def _replaced(piece: re.Match[str], values: Mapping[str, object]) -> str | None:
    name = piece.group(1)
    if name is None:
        return piece.group()[0] if len(piece.group()) > 1 else None
    found = _found(name, values)
    return _FALLBACKS.get(name) or f"unknown {name.replace('_', ' ')}" if found == "" else found


def _found(name: str, values: Mapping[str, object]) -> str | None:
    """Look a name up: nothing for a missing value, None for no placeholder."""
    if name in PLACEHOLDERS:
        found = values.get(name)
    elif _DETAIL.fullmatch(name):
        found = values
        for step in name.split("."):
            if isinstance(found, list) and step.isdecimal() and len(step) < 7:
                found = dict(enumerate(found)).get(int(step))
            else:
                found = found.get(step) if isinstance(found, dict) else None
    else:
        return None
    return readable(found).strip()
