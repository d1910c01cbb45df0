"""Whatever arrives: the book-keeping never stands between an event and its incident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from incident_starter.problems import problem_of
from incident_starter.request import Layer, draft
from incident_starter.triggers import Invocation, read

from tests.handler.model import SHAPE
from tests.handler.service import ACCOUNT, OWN_PLAN, REGION, aws_event, payload
from tests.ledger.world import PLANS, World

if TYPE_CHECKING:
    from incident_starter.problems import Event, Settings

LONGEST_KEY = 2048  # bytes, of DynamoDB


def event_of(content: object, by: Settings) -> Event:
    [trigger] = read(content, Invocation("request-1", ACCOUNT, REGION))
    made = draft(trigger, Layer({"responsePlanArn": OWN_PLAN}, []), {}, SHAPE, None)
    event = problem_of(trigger, made, by)
    assert event is not None
    return event


def of_contributor(attribute: object) -> Any:
    content = payload("contributor_in_data")
    content["alarmData"]["alarmContributor"] = {"attributes": {"log": attribute}}
    return content


def with_a_surrogate(name: str) -> Any:
    content = payload(name) if name != "event" else aws_event("guard_duty_finding")
    if name == "event":
        content["id"] += "\ud800"
    elif "alarmContributor" in content["alarmData"]:
        content["alarmData"]["alarmContributor"]["attributes"]["Stage"] = "\ud800"
    else:
        content["alarmData"]["alarmName"] = "\ud800 errors"
        content["alarmArn"] += "\ud800"
    return content


@pytest.mark.parametrize("name", ["alarm_metric", "contributor_in_data", "event"])
def test_a_lone_surrogate_starts_an_incident_and_is_told_to_it(world: World, name: str) -> None:
    content = with_a_surrogate(name)
    assert world._run(content)["outcome"] == "started"
    if name != "event":
        content["alarmData"]["state"]["timestamp"] = "2026-03-01T12:00:00.000+0000"
        assert world._run(content)["outcome"] == "appended"
    [incident] = world.incidents.values()
    json.dumps([incident.told, *world.entries], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "words", ["\U0001f525" * 1000, "x" * 3000, "\ud800"], ids=["wide", "long", "surrogate"]
)
def test_a_key_is_one_that_the_table_takes(words: str) -> None:
    content = payload("alarm_metric")
    content["alarmData"]["state"]["reason"] = words
    keys = [
        event_of(content, {"by": "template", "template": "{reason}"}).key,
        event_of(of_contributor(words), {"by": "contributor"}).key,
    ]
    assert all(len(key.encode()) <= LONGEST_KEY for key in keys)


@pytest.mark.parametrize("more", ["x" * 3000, "\ud800"])
def test_problems_that_differ_beyond_a_keys_length_are_two(more: str) -> None:
    keys = [
        event_of(of_contributor(f"{more}{end}"), {"by": "contributor"}).key for end in ("\ud801", "\ud802")
    ]
    assert len(set(keys)) == 2


def test_a_more_urgent_rule_for_the_same_event_is_not_taken_for_a_repetition(world: World) -> None:
    # GIVEN two rules that match one event, and the plan of both
    finding = aws_event("guard_duty_finding")
    all_findings, severe = ({"startIncident": {"impact": impact}, "event": finding} for impact in (4, 1))
    # WHEN the one that is less urgent is delivered first
    assert world._run(all_findings)["outcome"] == "started"
    # THEN the other one pages, and neither pages twice
    assert world._run(severe)["outcome"] == "started"
    assert [incident.impact for incident in world.incidents.values()] == [4, 1]
    assert {world._run(again)["outcome"] for again in (all_findings, severe)} == {"duplicate"}


def test_a_less_urgent_rule_for_the_same_event_is_told_to_its_incident(world: World) -> None:
    finding = aws_event("guard_duty_finding")
    for impact, outcome in ((1, "started"), (4, "appended"), (4, "duplicate")):
        assert world._run({"startIncident": {"impact": impact}, "event": finding})["outcome"] == outcome


SPOILT: list[Any] = [
    {"incident": "arn"},
    {"pending": {"by": "somebody"}},
    {"seen": None},
    {"alarms": [], "incident": "arn", "last": 0, "joined": "", "impact": 3},
]


@pytest.mark.parametrize("entry", SPOILT, ids=[next(iter(entry)) for entry in SPOILT])
def test_an_entry_that_nobody_understands_stops_no_page(world: World, entry: Any) -> None:
    change = world.change("errors", "ALARM")
    alarm = change.payload()["alarmArn"]
    world.entries[f"{PLANS[0]} {alarm}"] = (json.dumps(entry), 1)
    assert world.deliver(change) == "started"
    assert world.lines[-1]["LedgerFaults"] == 1
    assert "ledger: " in world.lines[-1]["answers"][-1]


def test_an_own_start_that_another_version_wrote_down_stops_no_page(world: World) -> None:
    change = world.change("errors", "ALARM")
    world.failures = ["AccessDeniedException"]
    assert world.deliver(change).startswith("failed")
    [(key, (content, version))] = world.entries.items()
    entry = json.loads(content)
    entry["pending"]["draft"].append("a member that this version does not know")
    world.entries[key] = (json.dumps(entry), version)
    assert world.deliver(change) == "started"


def test_what_incident_manager_refuses_is_no_fault_of_the_ledger(world: World) -> None:
    world.failures = ["AccessDeniedException"] * 9
    assert world.deliver(world.change("errors", "ALARM")).startswith("failed")
    assert world.calls.count("start_incident") == 1
    assert "LedgerFaults" not in world.lines[-1]


def test_a_hostile_name_in_a_storm_is_told_to_it(stormy: World) -> None:
    for number in range(4):
        content = stormy.change(f"alarm {number}", "ALARM").payload()
        content["alarmData"]["alarmName"] += "\ud800"
        content["alarmData"]["configuration"]["description"] = ""
        stormy._run(content)
    assert len(stormy.incidents) == 3
    for incident in stormy.incidents.values():
        json.dumps([incident.told, incident.request], ensure_ascii=False).encode()
