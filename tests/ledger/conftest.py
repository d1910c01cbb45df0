"""A world for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ledger.world import World, virtual_time

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    """Return a world whose incidents are resolved after five quiet minutes."""
    made = World(resolveAfter=300)
    with virtual_time(made):
        yield made
    assert made.violations == []


@pytest.fixture
def stormy() -> Iterator[World]:
    """Return one in which a plan has two incidents in five minutes, and then a storm."""
    made = World(resolveAfter=300, storm={"maxIncidents": 2, "per": 300})
    with virtual_time(made):
        yield made
    assert made.violations == []
