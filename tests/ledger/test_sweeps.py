"""What cannot be looked at keeps nothing else from being looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.ledger.world import Change, World


def quiet(world: World, name: str) -> Change:
    """Start an incident whose alarm is OK again."""
    change = world.change(name, "ALARM")
    world.deliver(change)
    world.deliver(world.change(name, "OK"))
    return change


def test_entries_that_fail_for_good_do_not_stand_before_those_that_come_later(world: World) -> None:
    # GIVEN more incidents that cannot be read than a sweep looks at
    world.due_at_once = 3
    for number in range(3):
        quiet(world, f"alarm {number}")
    world.pass_time(301)
    world.unreadable = set(world.incidents)
    # WHEN another one is due after them
    late = quiet(world, "late")
    for _ in range(2):
        world.sweep()
        world.pass_time(301)
    world.sweep()
    # THEN it is resolved
    assert {incident.status for incident in world.homes_of(late)} == {"RESOLVED"}
    # AND the others are as soon as they can be read
    world.unreadable = set()
    for _ in range(3):
        world.pass_time(61)
        world.sweep()
    assert world.open_incidents() == []


def test_an_incident_that_somebody_has_deleted_is_over(world: World) -> None:
    quiet(world, "errors")
    world.deleted = set(world.incidents)
    world.pass_time(301)
    assert world.sweep() == {"outcome": "swept", "resolved": 1, "unmuted": 0, "failed": 0}
    world.pass_time(61)
    assert world.sweep() == {"outcome": "swept", "resolved": 0, "unmuted": 0, "failed": 0}


def test_an_alarm_whose_incident_somebody_has_deleted_starts_another(world: World) -> None:
    world.deliver(world.change("errors", "ALARM"))
    world.deleted = set(world.incidents)
    again = world.change("errors", "ALARM")
    assert world.deliver(again) == "started"


def test_a_line_that_says_why_is_written_once_though_the_resolve_fails(world: World) -> None:
    quiet(world, "errors")
    world.pass_time(301)
    world.faults = {"update_incident_record": "denies"}
    world.sweep()
    world.faults = {}
    world.pass_time(61)
    world.sweep()
    [incident] = world.incidents.values()
    assert incident.status == "RESOLVED"
    assert [line for line in incident.told if "Resolved" in line] == [incident.told[-1]]
