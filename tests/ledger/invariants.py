"""What has to be true of a world at rest, whatever happened in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.ledger.world import Change, World


def broken(world: World) -> list[str]:
    """Return a sentence for each promise that a world with nothing under way has broken."""
    found = [*world.violations]
    found += [sentence for change in _last_alarms(world) if (sentence := _unheard(world, change))]
    found += _swallowed(world)
    if not world.table_was_down:
        found += _doubled(world)
    return found


def _last_alarms(world: World) -> list[Change]:
    """Return the newest change of every alarm, if it is one into ALARM."""
    last = {(change.alarm, change.contributor): change for change in world.changes}
    return [change for change in last.values() if change.state == "ALARM"]


def _unheard(world: World, change: Change) -> str:
    """An alarm in ALARM has an open incident, its storm's, a person's resolve, or the failure queue."""
    homes = world.homes_of(change)
    if change in world.dead or any(home.status == "OPEN" or home.resolved_by == "a person" for home in homes):
        return ""
    return f"change {change.number} of {change.alarm} burns unseen: {[home.arn for home in homes]}"


def _swallowed(world: World) -> list[str]:
    """Impact 1 starts an incident, or is told to one that is as urgent; a storm alone will not do."""
    urgent = [change for change in world.changes if change.impact == 1 and change.state == "ALARM"]
    return [
        f"change {change.number} of impact 1 is only in a storm"
        for change in urgent
        if change.outcome
        and change not in world.dead
        and all(home.is_storm for home in world.homes_of(change))
    ]


def _doubled(world: World) -> list[str]:
    """A problem has one open incident, but for those that a later one links as superseded."""
    superseded = {arn for incident in world.incidents.values() for arn in incident.supersedes}
    lost = {change.number for change in world.dead}
    found = []
    for key in {world.key_of(change) for change in world.changes}:
        numbers = {change.number for change in world.changes if world.key_of(change) == key}
        started = [
            incident.arn
            for incident in world.open_incidents()
            if not incident.is_storm
            and incident.arn not in superseded
            and _first_member(incident.request) in numbers - lost
        ]
        if len(started) > 1:
            found.append(f"{key} has {len(started)} open incidents: {started}")
    return found


def _first_member(request: dict[str, object]) -> int:
    return int(str(request["title"]).rpartition("<")[2].rstrip(">"))
