"""How the emulator's CloudFormation makes, changes and deletes what is no more than a record here."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks

if TYPE_CHECKING:
    from collections.abc import Callable

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
Handler = dict[str, Any]


def nothing_to_delete(_physical_id: str) -> None:
    """Leave what no other resource can tell from none."""


def written(
    put: Callable[[str, Properties], Created], delete: Callable[[str], object] = nothing_to_delete
) -> Handler:
    """Make a handler that writes a record, and writes it again when it changes.

    Args:
        put: Writes it, under the name that CloudFormation makes up, or under one of its properties.
        delete: Deletes it by its physical id. A record with a new one is a replacement: the emulator
            deletes the old record, once the whole update has worked.
    """

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        physical_name = hooks.module("services.cloudformation.provisioners")._physical_name
        return put(physical_name(stack_name, logical_id, max_len=255), properties)

    def update(
        _physical_id: str, _old: Properties, new: Properties, stack_name: str, logical_id: str
    ) -> Created:
        return create(logical_id, new, stack_name)

    return {
        "create": create,
        "update": update,
        "update_with_logical_id": True,
        "delete": lambda physical_id, _properties: delete(physical_id),
    }
