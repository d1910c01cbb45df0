"""What StartIncident accepts, read from botocore's service model.

botocore itself checks only required members, types, the smallest number and the union.
The lengths, patterns and names it leaves to the service are data in its model, so they
are read from there and never copied.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
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


def never(_text: str) -> bool:
    """Say that no string is a token, which is true everywhere but at synthesis."""
    return False


@lru_cache(maxsize=1)
def input_shape() -> StructureShape:
    """Load the shape of StartIncident's request from the model that botocore ships.

    Models that a user put into ``~/.aws/models`` are left out on purpose.
    """
    from botocore.loaders import Loader  # noqa: PLC0415 - keeps the import of this module cheap
    from botocore.model import ServiceModel  # noqa: PLC0415 - the same

    loader = Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)
    model = ServiceModel(loader.load_service_model("ssm-incidents", "service-2"), "ssm-incidents")
    return cast("StructureShape", model.operation_model("StartIncident").input_shape)


def problems(partial: object, shape: StructureShape, *, is_token: IsToken = never) -> list[str]:
    """List every reason for which the service would refuse this partial request.

    Args:
        partial: An object with StartIncident's member names; required members of the
            request itself may be missing, those of a nested object may not.
        shape: The shape of the request, from `input_shape` or from a client.
        is_token: Tells which strings are unresolved; those are not checked.

    Returns:
        Sentences that name the member, what it got and what is allowed.
    """
    found: list[str] = []
    _compiled(shape).check(partial, "", found, is_token)
    return found


def member_problems(value: object, shape: StructureShape, *path: str, is_token: IsToken = never) -> list[str]:
    """List the problems of one member, for example of ``"relatedItems", "title"``."""
    found: list[str] = []
    _compiled_member(shape, path).check(value, path[-1], found, is_token)
    return found


def item_problems(item: object, shape: StructureShape) -> list[str]:
    """List the problems of one related item."""
    found: list[str] = []
    _compiled_item(shape).check(item, "relatedItems[]", found, never)
    return found


def members(shape: StructureShape, *path: str) -> frozenset[str]:
    """Tell which members the object at a path may have."""
    return frozenset(cast("StructureShape", _walk(shape, path)).members)


def longest(shape: StructureShape, *path: str) -> int:
    """Tell how many characters or entries a member may have."""
    return int(_walk(shape, path).metadata["max"])


class _Check(Protocol):
    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        """Append a sentence to `found` for each problem of `value`."""


class _Text:
    """A string: length, pattern, names, and the rules the model lacks."""

    def __init__(self, shape: Shape, name: str) -> None:
        metadata = shape.metadata
        self._shortest = int(metadata.get("min", 0))
        self._longest = int(metadata.get("max", 1 << 62))
        self._pattern = re.compile(metadata["pattern"]) if "pattern" in metadata else None
        self._names = tuple(metadata.get("enum", ()))
        self._is_url = name == "url"
        self._is_source = name == "source"

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

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if isinstance(value, str) and is_token(value):
            return
        if not isinstance(value, int) or isinstance(value, bool):
            found.append(f"{where}: got {shown(value)}, a whole number is needed")
        elif not self._smallest <= value <= self._largest:
            found.append(f"{where}: got {shown(value)}, allowed is {self._smallest} to {self._largest}")


class _Boolean:
    """True or false."""

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if not isinstance(value, bool) and not (isinstance(value, str) and is_token(value)):
            found.append(f"{where}: got {shown(value)}, true or false is needed")


class _Timestamp:
    """Seconds since 1970, or a text in ISO 8601."""

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
        self._entry = _compile(shape.member, name)

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if isinstance(value, str) and is_token(value):
            return
        if not isinstance(value, list | tuple):
            found.append(f"{where}: got {shown(value)}, a list is needed")
            return
        if len(value) > self._longest:
            found.append(f"{where}: got {len(value):,} entries, at most {self._longest:,} are allowed")
        for index, entry in enumerate(value):
            self._entry.check(entry, f"{where}[{index}]", found, is_token)


class _Structure:
    """An object with known members, or a union, which has exactly one of them."""

    def __init__(self, shape: StructureShape, *, partial: bool = False) -> None:
        self._name = shape.name
        self._members = {name: _compile(member, name) for name, member in shape.members.items()}
        self._required = () if partial else tuple(shape.required_members)
        self._union = bool(shape.is_tagged_union)

    def check(self, value: object, where: str, found: list[str], is_token: IsToken) -> None:
        if isinstance(value, str) and is_token(value):
            return
        if not isinstance(value, dict):
            place = where or self._name
            found.append(f"{place}: got {shown(value)}, an object is needed")
            return
        for name, member in value.items():
            known = self._members.get(name)
            if known is None:
                allowed = ", ".join(self._members)
                found.append(f"{_joined(where, name)}: unknown, allowed are {allowed}")
            else:
                known.check(member, _joined(where, name), found, is_token)
        found.extend(f"{_joined(where, name)}: is missing" for name in self._required if name not in value)
        if self._union and len(value) != 1:
            found.append(f"{where}: got {len(value)} members, exactly one is needed")


@lru_cache(maxsize=8)
def _compiled(shape: StructureShape) -> _Structure:
    return _Structure(shape, partial=True)


@lru_cache(maxsize=64)
def _compiled_member(shape: StructureShape, path: tuple[str, ...]) -> _Check:
    return _compile(_walk(shape, path), path[-1])


@lru_cache(maxsize=8)
def _compiled_item(shape: StructureShape) -> _Check:
    return _compile(cast("ListShape", shape.members["relatedItems"]).member, "relatedItems")


def _walk(shape: Shape, path: tuple[str, ...]) -> Shape:
    for name in path:
        holder = cast("ListShape", shape).member if shape.type_name == "list" else shape
        shape = cast("StructureShape", holder).members[name]
    return shape


def _compile(shape: Shape, name: str) -> _Check:
    kind = shape.type_name
    if kind == "structure":
        return _Structure(cast("StructureShape", shape))
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
