"""Shapes of botocore's model, compiled once into checks.

Each check answers twice: `fits` says quickly whether a value can be sent, which is all that a
page needs; `check` says in sentences why not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, cast

from .texts import epoch_seconds, is_utf8, shown

if TYPE_CHECKING:
    from botocore.model import ListShape, Shape, StructureShape

IsToken = Callable[[str], bool]

MAX_RELATED_ITEMS = 40
"""The quota is 50 per incident, the service adds its own: ours stay below."""

_LONGEST_NAME = 60
_URL_SCHEMES = ("http://", "https://")
_RESERVED_SOURCE = "aws."


class Check(Protocol):
    """One compiled shape."""

    def fits(self, value: object) -> bool:
        """Tell whether `check` would find nothing."""

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        """Append a sentence to `found` for each problem of `value`."""


class _Text:
    """A string: length, pattern, names, and the rules the model lacks."""

    def __init__(self, shape: Shape, name: str) -> None:
        metadata = shape.metadata
        self._shortest = int(metadata.get("min", 0))
        self._longest = int(metadata.get("max", 1 << 62))
        self._pattern = re.compile(metadata["pattern"]) if "pattern" in metadata else None
        self._match = self._pattern.fullmatch if self._pattern else None
        self._names = tuple(metadata.get("enum", ()))
        self._is_url = name == "url"
        self._is_source = name == "source"

    def fits(self, value: object) -> bool:
        return (
            isinstance(value, str)
            and self._shortest <= len(value) <= self._longest
            and (self._match is None or self._match(value) is not None)
            and (not self._names or value in self._names)
            and (not self._is_url or value.startswith(_URL_SCHEMES) or not self._content_problem(value))
            and (not self._is_source or not value.startswith(_RESERVED_SOURCE))
            and (value.isascii() or is_utf8(value))
        )

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if not isinstance(value, str):
            found.append(f"{where}: got {shown(value)}, a text is needed")
        elif not is_token(value):
            problem = self._length_problem(value) or self._content_problem(value)
            if problem:
                found.append(f"{where}: got {problem}")

    def _length_problem(self, text: str) -> str:
        size = len(text)
        if size > self._longest:
            return f"{size:,} characters, at most {self._longest:,} are allowed"
        if size < self._shortest:
            return f"{size:,} characters, at least {self._shortest:,} are needed"
        return ""

    def _content_problem(self, text: str) -> str:
        if self._names and text not in self._names:
            return f"{shown(text)}, allowed are {', '.join(self._names)}"
        if self._pattern is not None and self._pattern.fullmatch(text) is None:
            return f"{shown(text)}, it must match {self._pattern.pattern}"
        if self._is_url and not text[:8].lower().startswith(_URL_SCHEMES):
            return f"{shown(text)}, it must begin with http:// or https://"
        if self._is_source and text.startswith(_RESERVED_SOURCE):
            return f"{shown(text)}, the service keeps 'aws.' for itself"
        return "" if is_utf8(text) else "a lone surrogate, which cannot be sent as UTF-8"


class _Integer:
    """A whole number and its bounds."""

    def __init__(self, shape: Shape) -> None:
        self._smallest = shape.metadata.get("min", -math.inf)
        self._largest = shape.metadata.get("max", math.inf)

    def fits(self, value: object) -> bool:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self._smallest <= value <= self._largest
        )

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if isinstance(value, str) and is_token(value):
            return
        if not isinstance(value, int) or isinstance(value, bool):
            found.append(f"{where}: got {shown(value)}, a whole number is needed")
        elif not self._smallest <= value <= self._largest:
            found.append(f"{where}: got {shown(value)}, allowed is {self._smallest} to {self._largest}")


class _Boolean:
    """True or false."""

    def fits(self, value: object) -> bool:
        return isinstance(value, bool)

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if not isinstance(value, bool) and not (isinstance(value, str) and is_token(value)):
            found.append(f"{where}: got {shown(value)}, true or false is needed")


class _Timestamp:
    """Seconds since 1970, or a text in ISO 8601."""

    def fits(self, value: object) -> bool:
        return epoch_seconds(value) is not None

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if isinstance(value, str) and is_token(value):
            return
        if epoch_seconds(value) is None:
            found.append(f"{where}: got {shown(value)}, a time as in 2026-01-31T12:00:00Z is needed")


class _List:
    """A list, each entry of one shape."""

    def __init__(self, shape: ListShape, name: str) -> None:
        ours = MAX_RELATED_ITEMS if name == "relatedItems" else 1 << 62
        self._longest = min(int(shape.metadata.get("max", 1 << 62)), ours)
        self.entry = compiled(shape.member, name)

    def fits(self, value: object) -> bool:
        return (
            isinstance(value, list | tuple)
            and len(value) <= self._longest
            and all(map(self.entry.fits, value))
        )

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if isinstance(value, str) and is_token(value):
            return
        if not isinstance(value, list | tuple):
            found.append(f"{where}: got {shown(value)}, a list is needed")
            return
        if len(value) > self._longest:
            found.append(f"{where}: got {len(value):,} entries, at most {self._longest:,} are allowed")
        for index, entry in enumerate(value):
            self.entry.check(entry, f"{where}[{index}]", found, is_token)


class Structure:
    """An object with known members, or a union, which has exactly one of them."""

    def __init__(self, shape: StructureShape, *, partial: bool = False) -> None:
        self._name = shape.name
        self.members = {name: compiled(member, name) for name, member in shape.members.items()}
        self._required = () if partial else tuple(shape.required_members)
        self._union = bool(shape.is_tagged_union)

    def fits(self, value: object) -> bool:
        """Tell whether `check` would find nothing."""
        if not isinstance(value, dict):
            return False
        for name, member in value.items():
            known = self.members.get(name)
            if known is None or not known.fits(member):
                return False
        for name in self._required:
            if name not in value:
                return False
        return not self._union or len(value) == 1

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        """Append a sentence to `found` for each problem of `value`."""
        if isinstance(value, str) and is_token(value):
            return
        if not isinstance(value, dict):
            place = where or self._name
            found.append(f"{place}: got {shown(value)}, an object is needed")
            return
        for name, member in value.items():
            known = self.members.get(name)
            if known is None:
                allowed = ", ".join(self.members)
                found.append(f"{_joined(where, name)}: unknown, allowed are {allowed}")
            else:
                known.check(member, _joined(where, name), found, is_token)
        found.extend(f"{_joined(where, name)}: is missing" for name in self._required if name not in value)
        if self._union and len(value) != 1:
            found.append(f"{where}: got {len(value)} members, exactly one is needed")


def compiled(shape: Shape, name: str) -> Check:
    """Compile a shape, known to its holder by a name."""
    kind = shape.type_name
    if kind == "structure":
        return Structure(cast("StructureShape", shape))
    if kind == "list":
        return _List(cast("ListShape", shape), name)
    if kind == "integer":
        return _Integer(shape)
    if kind == "boolean":
        return _Boolean()
    if kind == "timestamp":
        return _Timestamp()
    return _Text(shape, name)


def _joined(where: str, name: object) -> str:
    if not isinstance(name, str) or len(name) > _LONGEST_NAME:
        name = shown(name)
    return f"{where}.{name}" if where else f"{name}"
