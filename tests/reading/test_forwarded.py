"""Alarms that page through another account's bus, and those that would page twice."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from constructs_lib._event_patterns import is_matched
from tests.reading.writing import FUNCTION, PLAN, STARTER, alarm, assembly, covered, rule
from tests.written_assembly import write_assembly

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.reading.coverage import Row

BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/incidents"
NOWHERE = BUS.replace("incidents", "unknown")
MEMBER = "444455556666"
NATIVE = "arn:aws:ssm-incidents::444455556666:response-plan/own"
STATES: dict[str, Any] = {"state": {"value": ["ALARM", "OK"]}}
SAID = "Too many.\n\n- Impact: 1 - Critical\n- Runbook: https://wiki.example.com/search"
HUB = {
    **STARTER,
    "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "incidents"}},
    "Alarms": rule(
        EventBusName={"Ref": "Bus"},
        EventPattern={"source": ["aws.cloudwatch"], "detail-type": ["CloudWatch Alarm State Change"]},
    ),
}


def forwarder(bus: str = BUS, **detail: Any) -> dict[str, Any]:
    pattern = {
        "source": ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        "account": [{"Ref": "AWS::AccountId"}],
        "detail": {**STATES, **detail},
    }
    return rule(EventPattern=pattern, Targets=[{"Arn": bus, "Id": "T", "RoleArn": "arn:aws:iam::1:role/r"}])


def member_rows(directory: Path, **resources: Any) -> dict[str, Row]:
    """Cover a hub, and a member in another account."""
    templates = {"Hub": {"Resources": HUB}, "Member": {"Resources": resources}}
    environments = {"Hub": "aws://111122223333/eu-west-1", "Member": f"aws://{MEMBER}/eu-west-1"}
    path = write_assembly(directory, templates, environments=environments)
    return {row.path: row for row in covered(path)}


def codes(row: Row) -> list[str]:
    return [finding.code for finding in row.findings if finding.code != "no-runbook"]


def test_an_alarm_without_actions_pages_through_the_hub_as_its_description_says(tmp_path: Path) -> None:
    found = member_rows(tmp_path, Sends=forwarder(), It=alarm(AlarmActions=[], AlarmDescription=SAID))[
        "Member/It"
    ]
    assert (found.wired, found.plan, found.impact) == (("hub",), PLAN, 1)
    assert (found.runbook, codes(found)) == ("https://wiki.example.com/search", [])


def test_the_tags_that_an_alarm_sends_along_are_read_by_the_hub(tmp_path: Path) -> None:
    told = {
        "startIncident": {"responsePlanArn": PLAN},
        "tags": {"keys": {"impact": "pager", "title": "title"}},
    }
    hub = copy.deepcopy(HUB)
    hub["Starter"]["Properties"]["Environment"]["Variables"]["INCIDENT_STARTER"] = json.dumps(told)
    tagged = alarm(
        AlarmActions=[],
        ActionConfiguration={"AlarmTagsPropagation": {"Enabled": True}},
        Tags=[{"Key": "pager", "Value": "2 - High"}, {"Key": "title", "Value": ""}],
    )
    path = assembly(tmp_path, Hub={"Resources": {**hub, "Sends": forwarder(), "It": tagged}})
    [found] = [row for row in covered(path) if row.path == "Hub/It"]
    assert (found.wired, found.impact, codes(found)) == (("hub",), 2, ["bad-trailer"])


def test_what_the_rule_on_the_bus_says_beats_the_description(tmp_path: Path) -> None:
    template = '{"startIncident": {"impact": 4}, "event": <aws.events.event.json>}'
    target = {"Arn": FUNCTION, "Id": "T", "InputTransformer": {"InputTemplate": template}}
    resources = {**HUB, "Alarms": rule(**{**HUB["Alarms"]["Properties"], "Targets": [target]})}
    path = assembly(
        tmp_path,
        Hub={
            "Resources": {
                **resources,
                "Sends": forwarder(),
                "It": alarm(AlarmActions=[], AlarmDescription=SAID),
            }
        },
    )
    [found] = [row for row in covered(path) if row.path == "Hub/It"]
    assert (found.impact, found.runbook) == (4, "https://wiki.example.com/search")


@pytest.mark.parametrize(
    ("names", "is_sent"),
    [
        ([{"prefix": "prod-"}], True),
        ([{"prefix": "test-"}], False),
        ([{"anything-but": {"prefix": ["prod-", "own-"]}}], False),
        ([{"anything-but": {"prefix": "own-"}}], True),
    ],
)
def test_an_alarm_is_sent_if_its_name_matches(tmp_path: Path, names: list[Any], *, is_sent: bool) -> None:
    found = member_rows(
        tmp_path, Sends=forwarder(alarmName=names), It=alarm(AlarmName="prod-errors", AlarmActions=[])
    )["Member/It"]
    assert found.pages is is_sent
    assert codes(found) == ([] if is_sent else ["not-wired"])


@pytest.mark.parametrize(
    ("changed", "what"),
    [({"State": "DISABLED"}, "disabled"), ({"EventPattern": {"source": ["aws.ec2"]}}, "other events")],
)
def test_a_forwarder_that_sends_nothing_silences_its_alarms(
    tmp_path: Path, changed: dict[str, Any], what: str
) -> None:
    sends = forwarder()
    sends["Properties"] |= changed
    found = member_rows(tmp_path, Sends=sends, It=alarm(AlarmActions=[]))["Member/It"]
    assert not found.pages, what


def test_a_bus_that_the_app_does_not_have_may_page(tmp_path: Path) -> None:
    found = member_rows(tmp_path, Sends=forwarder(NOWHERE), It=alarm(AlarmActions=[]))["Member/It"]
    assert (found.wired, found.plan, codes(found)) == (("hub",), "", [])


def test_an_event_comes_though_actions_are_disabled(tmp_path: Path) -> None:
    found = member_rows(tmp_path, Sends=forwarder(), It=alarm(AlarmActions=[], ActionsEnabled=False))
    assert (found["Member/It"].plan, codes(found["Member/It"])) == (PLAN, [])


@pytest.mark.parametrize("bus", [BUS, NOWHERE], ids=["hub of the app", "hub of another app"])
@pytest.mark.parametrize("action", [NATIVE, "starter"])
def test_an_alarm_that_pages_by_its_action_and_through_a_hub_is_found(
    tmp_path: Path, bus: str, action: str
) -> None:
    own = {"Fn::GetAtt": ["Starter", "Arn"]} if action == "starter" else action
    found = member_rows(tmp_path, **STARTER, Sends=forwarder(bus), It=alarm(AlarmActions=[own]))["Member/It"]
    assert codes(found) == ["wired-twice"]
    assert bus in found.findings[0].sentence


def test_the_hubs_own_starter_tells_the_two_apart(tmp_path: Path) -> None:
    found = member_rows(tmp_path, Sends=forwarder(), It=alarm(AlarmActions=[FUNCTION]))["Member/It"]
    assert codes(found) == []
    assert found.wired == ("starter", "hub")


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["shop"]}, True),
        ({"source": ["other"]}, False),
        ({"detail": {"state": ["ON"]}}, True),
        ({"detail": {"state": {"value": ["ON"]}}}, False),
        ({"detail": {"missing": [{"exists": False}]}}, True),
        ({"$or": [{"source": ["other"]}, {"detail": {"state": ["ON"]}}]}, True),
        ({"$or": [{"source": ["other"]}, {"source": ["third"]}]}, False),
        ({"source": ["shop"], "detail": {"count": [{"numeric": [">", 5]}]}}, False),
        ({"source": "shop"}, False),
    ],
)
def test_a_pattern_matches_as_eventbridge_says(pattern: dict[str, Any], *, expected: bool) -> None:
    assert is_matched({"source": "shop", "detail": {"state": "ON", "count": 5}}, pattern) is expected


@given(
    pattern=st.dictionaries(
        st.sampled_from(["source", "detail", "$or"]),
        st.recursive(
            st.none() | st.text() | st.lists(st.text() | st.none()),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
    ),
    event=st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner)),
)
def test_whatever_stands_in_a_pattern_matches_or_does_not(pattern: dict[str, Any], event: object) -> None:
    assert is_matched(event, pattern) in (True, False)
