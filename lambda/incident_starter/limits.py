"""What StartIncident accepts: botocore does not check it all, but its model tells."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from .texts import epoch_seconds, sendable, shown

IsToken = Callable[[str], bool]
Shape = Any  # botocore's own types are loose as well

MAX_RELATED_ITEMS = 40
"""The quota is 50 per incident and the service adds its own."""

_NO_LIMIT = 1 << 62


def problems(partial: object, shape: Shape, *, is_token: IsToken = lambda _: False) -> list[str]:
    """List every reason for which the service would refuse this partial request.

    Its own required members may be missing. Strings of which `is_token` is true are not checked.
    """
    return list(_found(partial, shape, "", "", is_token))


def text_problem(value: object, shape: Shape, name: str) -> str:  # noqa: PLR0911
    """Say what is wrong with a text, or nothing."""
    if not isinstance(value, str):
        return f"{shown(value)}, a text is needed"
    metadata, size = shape.metadata, len(value)
    if size > metadata.get("max", _NO_LIMIT):
        return f"{size:,} characters, at most {metadata['max']:,} are allowed"
    if size < metadata.get("min", 0):
        return f"{size:,} characters, at least {metadata['min']:,} are needed"
    if "enum" in metadata and value not in metadata["enum"]:
        return f"{shown(value)}, allowed are {', '.join(metadata['enum'])}"
    if "pattern" in metadata and not re.fullmatch(metadata["pattern"], value):
        return f"{shown(value)}, it must match {metadata['pattern']}"
    if name == "url" and not value[:8].lower().startswith(("http://", "https://")):
        return f"{shown(value)}, it must begin with http:// or https://"
    if name == "source" and value.startswith("aws."):
        return f"{shown(value)}, the service keeps 'aws.' for itself"
    return "" if value == sendable(value) else "a lone surrogate, which cannot be sent as UTF-8"


def _found(value: object, shape: Shape, where: str, name: str, is_token: IsToken) -> Iterator[str]:
    if isinstance(value, str) and is_token(value):
        return
    kind = shape.type_name
    if kind == "structure":
        yield from _in_structure(value, shape, where, is_token)
    elif kind == "list":
        if not isinstance(value, list | tuple):
            yield f"{where}: got {shown(value)}, a list is needed"
            return
        most = min(shape.metadata.get("max", _NO_LIMIT), MAX_RELATED_ITEMS)
        if len(value) > most:
            yield f"{where}: got {len(value):,} entries, at most {most:,} are allowed"
        for index, entry in enumerate(value):
            yield from _found(entry, shape.member, f"{where}[{index}]", name, is_token)
    elif problem := text_problem(value, shape, name) if kind == "string" else _problem(value, shape):
        yield f"{where}: got {problem}"


def _in_structure(value: object, shape: Shape, where: str, is_token: IsToken) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where or shape.name}: got {shown(value)}, an object is needed"
        return
    prefix = where and f"{where}."
    members = shape.members
    for name, inner in value.items():
        if name in members:
            yield from _found(inner, members[name], prefix + name, name, is_token)
        else:
            yield f"{prefix}{str(name)[:60]}: unknown, allowed are {', '.join(members)}"
    for name in shape.required_members if where else ():
        if name not in value:
            yield f"{prefix}{name}: is missing"
    if shape.is_tagged_union and len(value) != 1:
        yield f"{where}: got {len(value)} members, exactly one is needed"


def _problem(value: object, shape: Shape) -> str:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", 0)
    is_right, needed = {
        "boolean": (isinstance(value, bool), "true or false is needed"),
        "integer": (type(value) is int and least <= value <= most, f"allowed is {least} to {most}"),
        "timestamp": (epoch_seconds(value) is not None, "a time as in 2026-01-31T12:00:00Z is needed"),
    }.get(shape.type_name, (True, ""))
    return "" if is_right else f"{shown(value)}, {needed}"
