"""The function may die at any point of any path; the next attempt makes it good."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.ledger.invariants import broken
from tests.ledger.world import World, virtual_time

if TYPE_CHECKING:
    from tests.ledger.world import Change

Path = Callable[[World], "Change | None"]


def start(world: World) -> Change:
    return world.change("errors", "ALARM")


def append(world: World) -> Change:
    world.change("errors", "ALARM")
    world.deliver_all()
    return world.change("errors", "ALARM")


def supersede(world: World) -> Change:
    world.change("errors", "ALARM", impact=3)
    world.deliver_all()
    return world.change("errors", "ALARM", impact=2)


def append_to_what_a_person_resolved(world: World) -> Change:
    change = append(world)
    world.resolve_by_hand(*world.incidents.values())
    return change


def begin_a_storm(world: World) -> Change:
    for number in range(2):
        world.change(f"alarm {number}", "ALARM")
    world.deliver_all()
    return world.change("errors", "ALARM")


def join_a_storm(world: World) -> Change:
    world.deliver(begin_a_storm(world))
    return world.change("more errors", "ALARM")


def go_on_in_a_storm(world: World) -> Change:
    world.deliver(join_a_storm(world))
    return world.change("more errors", "ALARM")


def recover(world: World) -> Change:
    world.change("errors", "ALARM")
    world.deliver_all()
    return world.change("errors", "OK")


def recover_in_a_storm(world: World) -> Change:
    world.deliver(join_a_storm(world))
    return world.change("more errors", "OK")


def resolve(world: World) -> None:
    world.deliver(recover(world))
    world.pass_time(301)


PATHS: list[Path] = [
    start,
    append,
    supersede,
    append_to_what_a_person_resolved,
    begin_a_storm,
    join_a_storm,
    go_on_in_a_storm,
    recover,
    recover_in_a_storm,
    resolve,
]


def a_world() -> World:
    return World(resolveAfter=300, storm={"maxIncidents": 2, "per": 300})


def run(world: World, change: Change | None) -> None:
    if change is None:
        world.sweep()
    else:
        world.deliver(change)


def calls_of(path: Path) -> list[str]:
    world = a_world()
    with virtual_time(world):
        change = path(world)
        world.calls.clear()
        run(world, change)
    return list(world.calls)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
@pytest.mark.parametrize("meanwhile", ["nothing", "it alarms again", "it is ok", "it comes twice"])
def test_a_crash_after_any_call_loses_and_doubles_nothing(path: Path, meanwhile: str) -> None:
    calls = calls_of(path)
    assert len(calls) >= 3
    for step in range(1, len(calls) + 1):
        world = a_world()
        with virtual_time(world):
            change = path(world)
            world.crash_at = step
            run(world, change)
            alarm: Any = change.alarm if change else "errors"
            if meanwhile == "it alarms again":
                world.deliver(world.change(alarm, "ALARM"))
            elif meanwhile == "it is ok":
                world.deliver(world.change(alarm, "OK"))
            elif meanwhile == "it comes twice" and change:
                world.deliver(change, again=True)
            world.deliver_all()
            world.pass_time(60)
            world.sweep()
            assert broken(world) == [], f"after {calls[step - 1]}"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_a_crash_at_every_attempt_ends_in_the_failure_queue(path: Path) -> None:
    world = a_world()
    with virtual_time(world):
        change = path(world)
        if change is None:
            return
        while change in world.waiting:
            world.crash_at = 2
            world.deliver(change)
            world.pass_time(60)
        assert change in world.dead
        world.deliver(world.change(change.alarm, "ALARM"))
        assert broken(world) == []
