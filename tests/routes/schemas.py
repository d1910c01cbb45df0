"""The part of JSON Schema that the committed schema uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES: dict[str, type | tuple[type, ...]] = {"array": list, "boolean": bool, "object": dict, "string": str}


def is_valid(value: Any, schema: Any, root: Any) -> bool:
    """Whether a value is what the schema describes."""
    if schema is True or not schema:
        return True
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        if not is_valid(value, target, root):
            return False
    known: dict[str, Callable[[Any], bool]] = {
        "type": lambda limit: isinstance(value, _TYPES[limit]),
        "const": lambda limit: value == limit and not isinstance(value, bool),
        "enum": lambda limit: value in limit and not isinstance(value, bool),
        "minLength": lambda limit: not isinstance(value, str) or len(value) >= limit,
        "maxLength": lambda limit: not isinstance(value, str) or len(value) <= limit,
        "minItems": lambda limit: not isinstance(value, list) or len(value) >= limit,
        "maxItems": lambda limit: not isinstance(value, list) or len(value) <= limit,
        "minProperties": lambda limit: not isinstance(value, dict) or len(value) >= limit,
        "required": lambda limit: not isinstance(value, dict) or all(key in value for key in limit),
        "items": lambda limit: (
            not isinstance(value, list) or all(is_valid(each, limit, root) for each in value)
        ),
        "oneOf": lambda limit: sum(is_valid(value, each, root) for each in limit) == 1,
    }
    said = {"$schema", "$ref", "$defs", "title", "description", "properties", "additionalProperties"}
    unknown = schema.keys() - known.keys() - said
    assert not unknown, unknown
    if not all(check(schema[name]) for name, check in known.items() if name in schema):
        return False
    return not isinstance(value, dict) or _has_valid_members(value, schema, root)


def _has_valid_members(value: dict[str, Any], schema: Any, root: Any) -> bool:
    properties = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    return all(
        is_valid(each, properties[key], root)
        if key in properties
        else rest is not False and is_valid(each, rest, root)
        for key, each in value.items()
    )
