"""Errors that say where."""

from collections.abc import Iterator
from contextlib import contextmanager

from constructs import Construct


@contextmanager
def naming(construct: Construct) -> Iterator[None]:
    """Put the construct's path in front of what a check says: jsii loses the traceback."""
    try:
        yield
    except ValueError as error:
        message = f"{construct.node.path}: {error}"
        raise ValueError(message) from error
