"""Running Python once in the synthesis of an app or Stage, when everybody else is done with the alarms.

CDK asks for the roots of each dependency after all aspects and before it resolves references between
stacks. That is late enough to see the alarms and tags that aspects make, early enough to refer to a starter
of another stack, and one callback where an aspect in Python costs one for each construct.
"""

from collections.abc import Callable

from aws_cdk import Stage
from constructs import Construct, Dependable, IConstruct

_ID = "cdk-incident-starter.routes"
_kept: list["_Late"] = []
"""jsii holds no object of Python that Node calls back."""


class _Late(Dependable):
    """The roots of a dependency, none, which run something when they are asked for."""

    def __init__(self, run: Callable[[], None]) -> None:
        super().__init__()
        self._run = run

    @property
    def dependency_roots(self) -> list[IConstruct]:
        """Run it, each time that somebody asks."""
        self._run()
        return []


def run_late(stage: Stage, run: Callable[[], None]) -> None:
    """Run something in the synthesis of an app or Stage, after all aspects; it may run more than once."""
    leaf, late = Construct(stage, _ID), _Late(run)
    _kept.append(late)
    Dependable.implement(leaf, late)
    leaf.node.add_dependency(leaf)
