"""What stands in for what only AWS knows, summed up for people."""

from collections.abc import Iterable
from typing import NamedTuple

from constructs_lib.reading.pager_slice import Substitution


class StoodInFor(NamedTuple):
    """The substitutions of one construct.

    Attributes:
        path: the construct's.
        properties: which of its properties.
        why: what they stand for, or why they are left out; each once.
    """

    path: str
    properties: tuple[str, ...]
    why: tuple[str, ...]


def by_construct(substitutions: Iterable[Substitution]) -> list[StoodInFor]:
    """Sum substitutions up, in their order.

    Args:
        substitutions: of a rehearsal.
    """
    found: dict[str, list[Substitution]] = {}
    for each in substitutions:
        found.setdefault(each.path, []).append(each)
    return [
        StoodInFor(
            path,
            tuple(dict.fromkeys(each.property for each in ofit)),
            tuple(dict.fromkeys(each.why for each in ofit)),
        )
        for path, ofit in found.items()
    ]
