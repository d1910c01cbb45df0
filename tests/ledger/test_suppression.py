"""On the bus a muted alarm's event comes all the same: it waits, and pages when the window has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.ledger.world import PLANS, World, virtual_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.ledger.world import Change

MUTED = {"muteDetail": {"mutedBy": "maintenance"}}


@pytest.fixture
def muted() -> Iterator[World]:
    world = World(respectSuppression=True)
    world.mute_rules = ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:maintenance"]
    with virtual_time(world):
        yield world


def send(world: World, change: Change, **detail: Any) -> str:
    world.waiting.clear()
    return str(world._run(change.event(**detail))["outcome"])


def sweep_after(world: World, seconds: float) -> dict[str, Any] | None:
    world.pass_time(seconds)
    return world.sweep()


def test_a_muted_alarm_pages_when_its_window_has_ended(muted: World) -> None:
    change = muted.change("errors", "ALARM")
    assert send(muted, change, **MUTED) == "muted"
    for _ in range(5):
        assert sweep_after(muted, 61) == {"outcome": "swept", "resolved": 0, "unmuted": 0, "failed": 0}
    assert muted.incidents == {}
    muted.mute_rules = []
    assert sweep_after(muted, 61) == {"outcome": "swept", "resolved": 0, "unmuted": 1, "failed": 0}
    assert len(muted.homes_of(change)) == 1
    assert sweep_after(muted, 61) == {"outcome": "swept", "resolved": 0, "unmuted": 0, "failed": 0}


def test_a_suppressed_composite_pages_when_its_suppressor_lets_go(muted: World) -> None:
    muted.mute_rules, muted.suppressor = [], "Alarm"
    change = muted.change("errors", "ALARM")
    state = {**change.event()["detail"]["state"], "actionsSuppressedBy": "Alarm"}
    assert send(muted, change, state=state) == "muted"
    sweep_after(muted, 61)
    assert muted.incidents == {}
    muted.suppressor = ""
    sweep_after(muted, 61)
    assert len(muted.homes_of(change)) == 1


def test_what_has_recovered_in_its_window_pages_nobody(muted: World) -> None:
    send(muted, muted.change("errors", "ALARM"), **MUTED)
    muted.change("errors", "OK")
    muted.mute_rules = []
    sweep_after(muted, 61)
    assert muted.incidents == {}


def test_cloudwatch_that_cannot_be_asked_delays_a_page_for_minutes_only(muted: World) -> None:
    change = muted.change("errors", "ALARM")
    send(muted, change, **MUTED)
    muted.cloudwatch_is_down = True
    for _ in range(11):
        sweep_after(muted, 61)
    assert len(muted.homes_of(change)) == 1


def test_a_page_that_fails_is_tried_by_the_next_sweep(muted: World) -> None:
    change = muted.change("errors", "ALARM")
    send(muted, change, **MUTED)
    muted.mute_rules = []
    muted.failures = ["AccessDeniedException"] * 5
    assert sweep_after(muted, 61) == {"outcome": "swept", "resolved": 0, "unmuted": 0, "failed": 1}
    muted.failures = []
    sweep_after(muted, 61)
    assert len(muted.homes_of(change)) == 1


def test_a_table_that_is_down_pages_at_once(muted: World) -> None:
    muted.table_is_down = True
    change = muted.change("errors", "ALARM")
    assert send(muted, change, **MUTED) == "started"


def test_an_alarm_of_another_account_pages_at_once(muted: World) -> None:
    change = muted.change("errors", "ALARM")
    muted.waiting.clear()
    event = change.event(**MUTED)
    event["resources"] = [event["resources"][0].replace("123456789012", "111122223333")]
    assert muted._run(event)["outcome"] == "started"


def test_an_alarms_own_action_is_never_held_back(muted: World) -> None:
    change = muted.change("errors", "ALARM")
    assert muted.deliver(change) == "started"


def test_without_the_option_events_page_at_once() -> None:
    world = World()
    with virtual_time(world):
        assert send(world, world.change("errors", "ALARM"), **MUTED) == "started"


THEIRS = "arn:aws:cloudwatch:eu-west-1:444455556666:alarm:errors"


@pytest.fixture
def hub() -> Iterator[World]:
    world = World(skipSuppressed=True)
    with virtual_time(world):
        yield world


def send_theirs(world: World, change: Change, **detail: Any) -> str:
    """Let another account's alarm come by the bus."""
    world.waiting.clear()
    event = {**change.event(**detail), "account": "444455556666", "resources": [THEIRS]}
    return str(world._run(event)["outcome"])


@pytest.mark.parametrize(
    "held_back", [MUTED, {"state": {"actionsSuppressedBy": "Alarm"}}], ids=["muted", "suppressed"]
)
def test_a_hub_skips_an_alarm_of_another_account_whose_actions_are_held_back(
    hub: World, held_back: dict[str, Any]
) -> None:
    change = hub.change("errors", "ALARM")
    if "state" in held_back:
        held_back = {"state": {**change.event()["detail"]["state"], **held_back["state"]}}
    assert send_theirs(hub, change, **held_back) == "muted"
    assert sweep_after(hub, 61) == {"outcome": "swept", "resolved": 0, "unmuted": 0, "failed": 0}
    assert hub.incidents == {}


def test_a_hub_pages_for_what_nothing_holds_back(hub: World) -> None:
    assert send_theirs(hub, hub.change("errors", "ALARM")) == "started"


def test_a_hub_tells_a_recovery_though_it_is_held_back(hub: World) -> None:
    assert send_theirs(hub, hub.change("errors", "ALARM")) == "started"
    assert send_theirs(hub, hub.change("errors", "OK"), **MUTED) == "recovered"


def test_a_starter_that_neither_waits_nor_skips_pages_for_another_accounts_muted_alarm() -> None:
    with virtual_time(world := World()):
        assert send_theirs(world, world.change("errors", "ALARM"), **MUTED) == "started"


def test_a_hub_that_respects_suppression_lets_its_own_alarms_wait_and_skips_others() -> None:
    world = World(skipSuppressed=True, respectSuppression=True)
    world.mute_rules = ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:maintenance"]
    with virtual_time(world):
        assert send_theirs(world, world.change("errors", "ALARM"), **MUTED) == "muted"
        assert send(world, world.change("errors", "ALARM"), **MUTED) == "muted"
        world.mute_rules = []
        swept = sweep_after(world, 61)
    assert swept is not None
    assert swept["unmuted"] == 1


def test_a_client_that_cannot_ask_for_mute_rules_delays_a_page_for_minutes_only(muted: World) -> None:
    # GIVEN a runtime whose botocore does not know mute rules yet
    del muted.starter.cloudwatch().list_alarm_mute_rules
    change = muted.change("errors", "ALARM")
    send(muted, change, **MUTED)
    for _ in range(11):
        sweep_after(muted, 61)
    assert len(muted.homes_of(change)) == 1


@pytest.mark.parametrize("plan", [None, PLANS[1]])
def test_two_rules_of_a_muted_alarm_both_page_when_its_window_has_ended(
    muted: World, plan: str | None
) -> None:
    change = muted.change("errors", "ALARM", impact=None)
    event = change.event(**MUTED)
    for asked in ({"impact": 1}, {"impact": 4, **({"responsePlanArn": plan} if plan else {})}):
        muted._run({"startIncident": asked, "event": event})
    muted.mute_rules = []
    sweep_after(muted, 61)
    assert min(incident.impact for incident in muted.incidents.values()) == 1
    assert len(muted.incidents) == (2 if plan else 1)


def test_each_contributor_of_a_muted_alarm_pages_when_its_window_has_ended() -> None:
    world = World(respectSuppression=True, key={"by": "contributor"})
    with virtual_time(world):
        world.mute_rules = ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm-mute-rule:maintenance"]
        changes = [world.change("backlog", "ALARM", contributor=name) for name in "ab"]
        assert [send(world, change, **MUTED) for change in changes] == ["muted"] * 2
        world.mute_rules = []
        sweep_after(world, 61)
        assert [len(world.homes_of(change)) for change in changes] == [1, 1]


def test_of_a_muted_alarm_that_fires_again_the_newest_pages(muted: World) -> None:
    for _ in range(2):
        change = muted.change("errors", "ALARM")
        send(muted, change, **MUTED)
    muted.mute_rules = []
    sweep_after(muted, 61)
    [incident] = muted.incidents.values()
    assert incident.members == {change.number}
