"""Judges a request by botocore's own service model, limit by limit.

botocore itself checks only required members, types, a numeric minimum and
unions; the service checks everything its model says, and so does this.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape


def violations(value: object, shape: Shape, path: str = "") -> list[str]:
    """Return one sentence for everything in a decoded JSON body that its shape does not allow."""
    if isinstance(shape, StructureShape):
        return _structure(value, shape, path)
    if isinstance(shape, ListShape):
        return _list(value, shape, path)
    if isinstance(shape, MapShape):
        return _map(value, shape, path)
    check = _SCALARS.get(shape.type_name)
    return [f"{path}: {problem}" for problem in check(value, shape)] if check else []


def _structure(value: object, shape: StructureShape, path: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{path or 'body'}: must be an object"]
    prefix = f"{path}." if path else ""
    given = {name for name, member in value.items() if member is not None}
    problems = [f"{prefix}{name}: no such member" for name in value if name not in shape.members]
    problems += [f"{prefix}{name}: is required" for name in shape.required_members if name not in given]
    if shape.is_tagged_union and len(given) != 1:
        problems.append(f"{path}: exactly one of {', '.join(shape.members)} must be set")
    for name in value:
        if name in given and name in shape.members:
            problems += violations(value[name], shape.members[name], f"{prefix}{name}")
    return problems


def _list(value: object, shape: ListShape, path: str) -> list[str]:
    if not isinstance(value, list):
        return [f"{path}: must be a list"]
    problems = [f"{path}: {problem}" for problem in _length(len(value), shape, "items")]
    for index, item in enumerate(value):
        problems += violations(item, shape.member, f"{path}[{index}]")
    return problems


def _map(value: object, shape: MapShape, path: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{path}: must be an object"]
    problems = [f"{path}: {problem}" for problem in _length(len(value), shape, "entries")]
    for key, item in value.items():
        problems += violations(key, shape.key, f"{path} key")
        problems += violations(item, shape.value, f"{path}[{key}]")
    return problems


def _length(length: int, shape: Shape, unit: str) -> list[str]:
    limits = shape.metadata
    if "min" in limits and length < limits["min"]:
        return [f"has {length} {unit}, at least {limits['min']} are needed"]
    if "max" in limits and length > limits["max"]:
        return [f"has {length} {unit}, at most {limits['max']} are allowed"]
    return []


def _string(value: object, shape: Shape) -> list[str]:
    if not isinstance(value, str):
        return ["must be a string"]
    problems = _length(len(value), shape, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.search(pattern, value):
        problems.append(f"does not match {pattern}")
    allowed = shape.enum if isinstance(shape, StringShape) else None
    if allowed and value not in allowed:
        problems.append(f"must be one of {', '.join(allowed)}")
    return problems


def _number(value: object, shape: Shape) -> list[str]:
    whole = shape.type_name in ("integer", "long")
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return [f"must be {'an integer' if whole else 'a number'}"]
    limits = shape.metadata
    if "min" in limits and value < limits["min"]:
        return [f"is {value}, the least allowed is {limits['min']}"]
    if "max" in limits and value > limits["max"]:
        return [f"is {value}, the most allowed is {limits['max']}"]
    return []


def _boolean(value: object, _shape: Shape) -> list[str]:
    return [] if isinstance(value, bool) else ["must be true or false"]


def _timestamp(value: object, _shape: Shape) -> list[str]:
    return [] if isinstance(value, int | float) and not isinstance(value, bool) else ["must be a timestamp"]


_SCALARS: dict[str, Callable[[Any, Shape], list[str]]] = {
    "string": _string,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
}
