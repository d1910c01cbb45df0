"""One problem has one incident: what each delivery becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.ledger.world import World


def outcomes(world: World) -> list[str]:
    world.deliver_all()
    return [change.outcome for change in world.changes]


def test_a_problem_that_goes_on_is_appended(world: World) -> None:
    world.change("errors", "ALARM")
    world.change("errors", "OK")
    world.change("errors", "ALARM")
    assert outcomes(world) == ["started", "recovered", "appended"]
    (incident,) = world.incidents.values()
    assert incident.told == ["errors is OK", "errors is in ALARM. <2>"]


def test_a_delivery_that_comes_twice_starts_nothing(world: World) -> None:
    change = world.change("errors", "ALARM")
    world.deliver(change)
    assert world.deliver(change, again=True) == "duplicate"
    assert len(world.incidents) == 1


def test_a_forgotten_incident_does_not_swallow_the_next_outage(world: World) -> None:
    world.change("errors", "ALARM")
    world.deliver_all()
    world.pass_time(3600)
    world.change("errors", "ALARM")
    assert outcomes(world) == ["started", "started"]
    first, second = world.incidents.values()
    assert second.supersedes == {first.arn}


def test_a_more_urgent_alarm_starts_anew_linked_to_the_old_one(world: World) -> None:
    world.change("errors", "ALARM", impact=3)
    world.change("errors", "ALARM", impact=2)
    assert outcomes(world) == ["started", "started"]
    first, second = world.incidents.values()
    assert second.supersedes == {first.arn}


def test_a_person_who_resolved_it_is_respected_until_it_alarms_again(world: World) -> None:
    world.change("errors", "ALARM")
    world.deliver_all()
    (incident,) = world.incidents.values()
    world.resolve_by_hand(incident)
    world.change("errors", "OK")
    world.deliver_all()
    assert incident.told == []
    world.change("errors", "ALARM")
    assert outcomes(world) == ["started", "ok ignored", "started"]


@pytest.mark.parametrize(
    ("code", "times"),
    [("AccessDeniedException", 1), ("ResourceNotFoundException", 1), ("InternalServerException", 8)],
)
def test_an_incident_that_takes_nothing_is_superseded(world: World, code: str, times: int) -> None:
    world.change("errors", "ALARM")
    world.deliver_all()
    world.change("errors", "ALARM")
    world.failures = [code] * times
    assert outcomes(world) == ["started", "started"]


@pytest.mark.parametrize("code", ["ServiceQuotaExceededException", "ValidationException"])
def test_a_full_timeline_does_not_start_an_incident_each_time(world: World, code: str) -> None:
    world.over_quota = code
    world.change("errors", "ALARM")
    world.deliver_all()
    (incident,) = world.incidents.values()
    incident.told = ["flapping"] * 1000
    world.change("errors", "ALARM")
    assert outcomes(world) == ["started", "appended"]


def test_throttling_to_the_end_is_tried_again_by_lambda_and_starts_nothing(world: World) -> None:
    world.change("errors", "ALARM")
    world.deliver_all()
    again = world.change("errors", "ALARM")
    world.failures = ["ThrottlingException"] * 8
    assert world.deliver(again).startswith("failed")
    assert world.deliver(again) == "appended"
    assert len(world.incidents) == 1


def test_contributors_of_one_alarm_share_its_incident(world: World) -> None:
    for host in "abc":
        world.change("errors", "ALARM", contributor=host)
    assert outcomes(world) == ["started", "appended", "appended"]
    world.change("errors", "OK", contributor="a")
    world.deliver_all()
    world.pass_time(400)
    world.sweep()
    (incident,) = world.incidents.values()
    assert incident.status == "OPEN"
    for host in "bc":
        world.change("errors", "OK", contributor=host)
    world.deliver_all()
    world.pass_time(301)
    assert world.sweep() == {"outcome": "swept", "resolved": 1, "unmuted": 0, "failed": 0}
    assert incident.status == "RESOLVED"


def test_quiet_for_long_enough_is_resolved(world: World) -> None:
    world.change("errors", "ALARM")
    world.change("errors", "OK")
    world.deliver_all()
    (incident,) = world.incidents.values()
    world.pass_time(299)
    world.sweep()
    assert incident.status == "OPEN"
    world.pass_time(2)
    world.sweep()
    assert incident.status == "RESOLVED"
    assert incident.told[-1] == "Resolved: every alarm has stayed OK for 300 seconds"


def test_an_ok_that_overtakes_its_alarm_is_kept_for_it(world: World) -> None:
    world.change("errors", "ALARM")
    world.change("errors", "OK")
    world.deliver(world.waiting[1])
    world.deliver(world.waiting[0])
    (incident,) = world.incidents.values()
    assert incident.told == ["It is OK again already"]
    world.pass_time(301)
    world.sweep()
    assert incident.status == "RESOLVED"


def test_an_ok_six_hours_late_says_nothing_of_a_later_alarm(world: World) -> None:
    world.change("errors", "ALARM")
    late = world.change("errors", "OK")
    world.deliver(world.waiting[0])
    world.pass_time(6 * 3600)
    again = world.change("errors", "ALARM")
    world.deliver(again)
    assert world.deliver(late) == "ok ignored"
    world.pass_time(301)
    world.sweep()
    assert world.homes_of(again)[0].status == "OPEN"


def test_an_ok_that_comes_twice_is_told_once_more_at_most(world: World) -> None:
    world.change("errors", "ALARM")
    world.deliver_all()
    ok = world.change("errors", "OK")
    world.deliver(ok)
    assert world.deliver(ok, again=True) == "recovered"  # with the same client token: one timeline event


def test_an_ok_of_nothing_of_ours_is_ignored(world: World) -> None:
    world.change("errors", "OK")
    assert outcomes(world) == ["ok ignored"]
    assert world.incidents == {}


def test_a_lost_ok_is_found_out(world: World) -> None:
    world.change("errors", "ALARM")
    world.deliver_all()
    world.change("errors", "OK")
    world.waiting.clear()
    world.pass_time(3601)
    world.sweep()
    world.pass_time(301)
    world.sweep()
    (incident,) = world.incidents.values()
    assert incident.status == "RESOLVED"


def test_a_lost_alarm_keeps_its_incident_open(world: World) -> None:
    world.change("errors", "ALARM")
    world.change("errors", "OK")
    world.deliver_all()
    world.change("errors", "ALARM")
    world.waiting.clear()
    world.pass_time(301)
    world.sweep()
    (incident,) = world.incidents.values()
    assert incident.status == "OPEN"


def test_a_table_that_is_down_stops_no_page(world: World) -> None:
    world.table_is_down = True
    world.change("errors", "ALARM")
    assert outcomes(world) == ["started"]
    assert world.lines[-1]["LedgerFaults"] == 1


def test_what_a_hand_starts_is_in_no_ledger(world: World) -> None:
    assert world._run({"startIncident": {"title": "By hand"}})["outcome"] == "started"
    assert world.entries == {}
