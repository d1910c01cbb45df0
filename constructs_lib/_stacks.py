"""Where a stack is deployed: asked of Node once, and not for each construct that wants to know."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from aws_cdk import Stack


class Place(NamedTuple):
    """A stack's partition, account and Region; each may be a token."""

    partition: str
    account: str
    region: str


@cache
def place_of(stack: Stack) -> Place:
    """Where the stack is deployed."""
    return Place(stack.partition, stack.account, stack.region)
