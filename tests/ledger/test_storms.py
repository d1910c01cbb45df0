"""A storm is one incident; impact 1 is never a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.ledger.world import PLANS

if TYPE_CHECKING:
    from tests.ledger.world import World


def test_beyond_the_limit_all_join_one_incident(stormy: World) -> None:
    for number in range(6):
        stormy.change(f"alarm {number}", "ALARM", impact=3)
    stormy.deliver_all()
    assert [change.outcome for change in stormy.changes] == ["started", "started", *["joined"] * 4]
    storm = list(stormy.incidents.values())[-1]
    assert len(stormy.incidents) == 3
    assert storm.request["title"] == "Storm, more than 2 incidents in 300 seconds, beginning with: <2>"
    assert storm.members == {2, 3, 4, 5}
    assert [link["identifier"]["value"]["arn"][-7:] for link in storm.links[::2]] == [
        "alarm 3",
        "alarm 4",
        "alarm 5",
    ]


def test_impact_1_is_never_swallowed(stormy: World) -> None:
    for number in range(4):
        stormy.change(f"alarm {number}", "ALARM", impact=3)
    stormy.change("worst", "ALARM", impact=1)
    stormy.deliver_all()
    assert stormy.changes[-1].outcome == "started"


def test_a_plan_of_impact_1_is_never_swallowed_either(stormy: World) -> None:
    stormy.plan_impact = 1
    for number in range(4):
        stormy.change(f"alarm {number}", "ALARM", impact=None)
    stormy.deliver_all()
    assert {change.outcome for change in stormy.changes} == {"started"}


def test_a_storm_is_as_urgent_as_its_most_urgent_part(stormy: World) -> None:
    for number, impact in enumerate([4, 4, 4, 2, 5]):
        stormy.change(f"alarm {number}", "ALARM", impact=impact)
    stormy.deliver_all()
    storm = list(stormy.incidents.values())[-1]
    assert (len(stormy.incidents), storm.impact) == (3, 2)


def test_what_joined_a_storm_goes_on_in_it(stormy: World) -> None:
    for number in range(3):
        stormy.change(f"alarm {number}", "ALARM")
    stormy.deliver_all()
    stormy.pass_time(1000)
    again = stormy.change("alarm 2", "ALARM")
    stormy.deliver_all()
    assert again.outcome == "joined"
    assert len(stormy.incidents) == 3


def test_a_storm_is_resolved_when_all_of_it_is_ok(stormy: World) -> None:
    for number in range(5):
        stormy.change(f"alarm {number}", "ALARM")
    for number in range(4):
        stormy.change(f"alarm {number}", "OK")
    stormy.deliver_all()
    storm = list(stormy.incidents.values())[-1]
    stormy.pass_time(400)
    stormy.sweep()
    assert [each.status for each in stormy.incidents.values()] == ["RESOLVED", "RESOLVED", "OPEN"]
    stormy.change("alarm 4", "OK")
    stormy.deliver_all()
    stormy.pass_time(400)
    stormy.sweep()
    assert storm.status == "RESOLVED"


def test_plans_have_storms_of_their_own(stormy: World) -> None:
    for number in range(4):
        stormy.change(f"alarm {number}", "ALARM", plan=PLANS[number % 2])
    stormy.deliver_all()
    assert {change.outcome for change in stormy.changes} == {"started"}


def test_what_joined_a_storm_leaves_it_when_its_plan_makes_it_impact_1(stormy: World) -> None:
    stormy.plan_impact = 1
    for number in range(3):
        stormy.change(f"alarm {number}", "ALARM", impact=3)
    stormy.deliver_all()
    again = stormy.change("alarm 2", "ALARM", impact=None)
    stormy.deliver_all()
    assert again.outcome == "started"
