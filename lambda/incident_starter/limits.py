"""What StartIncident accepts, read from botocore's service model.

botocore itself checks only required members, types, the smallest number and the union.
The lengths, patterns and names it leaves to the service are data in its model, so they
are read from there and never copied.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from .checks import MAX_RELATED_ITEMS, Check, IsToken, Structure, compiled

__all__ = [
    "MAX_RELATED_ITEMS",
    "IsToken",
    "accepts",
    "input_shape",
    "item_problems",
    "longest",
    "member_problems",
    "members",
    "never",
    "problems",
]

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import ListShape, Shape, StructureShape


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
    return _found(_compiled(shape), partial, "", is_token)


def member_problems(value: object, shape: StructureShape, *path: str, is_token: IsToken = never) -> list[str]:
    """List the problems of one member, for example of ``"relatedItems", "title"``."""
    return _found(_compiled_member(shape, path), value, path[-1], is_token)


def accepts(shape: StructureShape, *path: str) -> Callable[[object], bool]:
    """Return what tells whether a member has no problems, for many quick questions."""
    return _compiled_member(shape, path).fits


def item_problems(item: object, shape: StructureShape) -> list[str]:
    """List the problems of one related item."""
    return _found(_compiled_item(shape), item, "relatedItems[]", never)


def members(shape: StructureShape, *path: str) -> frozenset[str]:
    """Tell which members the object at a path may have."""
    return frozenset(cast("StructureShape", _walk(shape, path)).members)


def longest(shape: StructureShape, *path: str) -> int:
    """Tell how many characters or entries a member may have."""
    return int(_walk(shape, path).metadata["max"])


def _found(check: Check, value: object, where: str, is_token: IsToken) -> list[str]:
    if check.fits(value):
        return []
    found: list[str] = []
    check.check(value, where, found, is_token)
    return found


@lru_cache(maxsize=8)
def _compiled(shape: StructureShape) -> Structure:
    return Structure(shape, partial=True)


@lru_cache(maxsize=64)
def _compiled_member(shape: StructureShape, path: tuple[str, ...]) -> Check:
    return compiled(_walk(shape, path), path[-1])


@lru_cache(maxsize=8)
def _compiled_item(shape: StructureShape) -> Check:
    return compiled(cast("ListShape", shape.members["relatedItems"]).member, "relatedItems")


def _walk(shape: Shape, path: tuple[str, ...]) -> Shape:
    for name in path:
        holder = cast("ListShape", shape).member if shape.type_name == "list" else shape
        shape = cast("StructureShape", holder).members[name]
    return shape
