"""Histories that broke a promise once."""

from __future__ import annotations

import pytest

from tests.ledger.invariants import broken
from tests.ledger.world import World, virtual_time


def test_a_problem_that_leaves_a_storm_links_what_it_had_before_it() -> None:
    world = World(storm={"maxIncidents": 1, "per": 300})
    with virtual_time(world):
        for alarm, impact in (("errors", None), ("latency", None), ("errors", 2), ("errors", 1)):
            world.change(alarm, "ALARM", impact=impact)
            world.deliver_all()
        assert broken(world) == []


def test_a_start_that_was_never_written_down_is_finished_hours_later() -> None:
    world = World()
    with virtual_time(world):
        crashed = world.change("errors", "ALARM")
        world.crash_at = 5
        world.deliver(crashed)
        assert len(world.incidents) == 1
        world.pass_time(3700)
        world.deliver(world.change("errors", "ALARM"))
        assert broken(world) == []


def test_a_delivery_that_waits_in_vain_starts_nothing_beside_a_living_one() -> None:
    world = World()
    with virtual_time(world):
        first, second = world.change("errors", "ALARM"), world.change("errors", "ALARM")
        world.failures = ["ThrottlingException"] * 2
        world.interrupt_at = (4, lambda: world.deliver(second))
        world.deliver(first)
        world.deliver_all()
        assert broken(world) == []


def test_a_start_that_is_tried_again_is_its_own_deliverys_again() -> None:
    world = World()
    with virtual_time(world):
        first, second = world.change("errors", "ALARM"), world.change("errors", "ALARM")
        world.failures = ["ConflictException"] * 2
        world.deliver(first)  # gives its start up to anybody
        world.failures = ["ConflictException"] * 2
        world.interrupt_at = (2, lambda: world.deliver(second))
        world.deliver(first)
        world.deliver_all()
        assert broken(world) == []


def test_a_start_that_may_have_happened_has_no_other_beside_it() -> None:
    world = World()
    with virtual_time(world):
        first, second = world.change("errors", "ALARM"), world.change("errors", "ALARM")
        world.failures = ["lost", *["InternalServerException"] * 30]
        world.deliver(first)
        world.failures = ["InternalServerException"] * 30
        world.deliver(second)
        world.failures = []
        world.deliver_all()
        assert broken(world) == []


@pytest.mark.parametrize("code", ["AccessDeniedException", "ConflictException"])
def test_what_neither_an_incident_nor_another_start_takes_comes_to_an_end(code: str) -> None:
    world = World()
    with virtual_time(world):
        # GIVEN an incident that a person has resolved, and a start that was refused
        world.change("errors", "ALARM")
        world.deliver_all()
        world.resolve_by_hand(*world.incidents.values())
        world.failures = [code] * 100
        world.change("errors", "ALARM")
        world.deliver_all()
        # WHEN it alarms again
        world.change("errors", "ALARM")
        world.deliver_all()
        # THEN each attempt ends, and the events are kept
        assert world.violations == []
        assert len(world.dead) == 2


@pytest.mark.parametrize("step", range(1, 8))
def test_a_start_that_one_delivery_finishes_is_not_given_up_by_another(step: int) -> None:
    world = World()
    with virtual_time(world):
        # GIVEN an incident that a person has resolved, and a start that was refused
        world.deliver(world.change("errors", "ALARM"))
        world.resolve_by_hand(*world.incidents.values())
        world.failures = ["ConflictException"] * 40
        world.deliver(world.change("errors", "ALARM"))
        # WHEN one delivery is about to finish it, and another one is refused the same
        world.failures = ["ConflictException"] * 2
        one, other = world.change("errors", "ALARM"), world.change("errors", "ALARM")
        world.interrupt_at = (step, lambda: world.deliver(other))
        world.deliver(one)
        # THEN there are not two
        world.interrupt_at = None
        world.failures = []
        world.deliver_all()
        assert broken(world) == []
