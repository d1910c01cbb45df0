"""Payloads become triggers."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from incident_starter.triggers import Invocation, Trigger, UnknownPayloadError, read

from tests.handler.service import ACCOUNT, REGION, aws_event, names, payload

INVOCATION = Invocation("request-1", ACCOUNT, REGION)
KNOWN = [name for prefix in ("alarm", "contributor", "event", "topic", "hand") for name in names(prefix)]


def one(content: object) -> Trigger:
    [trigger] = read(content, INVOCATION)
    return trigger


@pytest.mark.parametrize("name", KNOWN)
def test_every_known_payload_becomes_one_trigger_of_its_kind(name: str) -> None:
    kind = name.partition("_")[0].replace("contributor", "alarm")
    assert one(payload(name)).kind == kind


@pytest.mark.parametrize("name", KNOWN)
def test_only_an_alarms_ok_starts_nothing(name: str) -> None:
    assert one(payload(name)).starts is not name.endswith("_ok")


@pytest.mark.parametrize("name", names("unknown"))
def test_an_unknown_payload_raises_a_sentence(name: str) -> None:
    with pytest.raises(UnknownPayloadError, match=r"unknown payload: got|an alarm without its"):
        read(payload(name), INVOCATION)


@pytest.mark.parametrize(
    "content", ["x", 7, True, {}, {"Records": []}, {"Records": [7]}, {"startIncident": 1}]
)
def test_what_is_no_payload_at_all_raises_a_sentence(content: object) -> None:
    with pytest.raises(UnknownPayloadError, match="unknown payload: got"):
        read(content, INVOCATION)


def test_a_configuration_change_is_an_ordinary_event_without_trailers() -> None:
    trigger = one(payload("event_alarm_configuration"))
    assert trigger.configuration is None
    assert trigger.starts


@pytest.mark.parametrize("name", ["contributor_in_data", "contributor_at_top", "event_contributor"])
def test_a_contributor_is_found_wherever_it_stands(name: str) -> None:
    trigger = one(payload(name))
    assert trigger.attributes == {"FunctionName": "checkout", "Stage": "live"}
    assert trigger.values["contributor"] == "FunctionName=checkout, Stage=live"


def test_two_contributors_are_two_incidents() -> None:
    first = payload("contributor_at_top")
    second = copy.deepcopy(first)
    second["alarmContributor"]["id"] = "other"
    assert one(first).identity != one(second).identity


def test_a_topics_region_is_read_from_the_arn_and_not_from_its_display_name() -> None:
    trigger = one(payload("topic_metric"))
    assert (trigger.values["region"], trigger.values["account"]) == (REGION, ACCOUNT)


def test_every_record_of_a_topic_is_read() -> None:
    content = payload("topic_metric")
    content["Records"] *= 2
    assert len(read(content, INVOCATION)) == 2


def test_the_same_delivery_has_the_same_identity_in_another_invocation() -> None:
    other = Invocation("request-2", ACCOUNT, REGION)
    for name in set(KNOWN) - {"hand_bare"}:
        content = payload(name)
        assert read(content, INVOCATION)[0].identity == read(content, other)[0].identity


def test_by_hand_without_a_token_the_invocation_is_the_identity() -> None:
    other = Invocation("request-2", ACCOUNT, REGION)
    content = payload("hand_bare")
    assert read(content, INVOCATION)[0].identity != read(content, other)[0].identity


def test_by_hand_the_failed_invocations_id_as_token_is_the_same_identity() -> None:
    again = read({"startIncident": {"clientToken": "request-1"}}, Invocation("request-2", ACCOUNT, REGION))
    assert one(payload("hand_bare")).identity == again[0].identity


def test_an_alarm_fired_again_after_a_suppression_is_another_incident() -> None:
    first = payload("alarm_refired")
    again = {**first, "time": "2026-03-01T11:00:00.000+0000"}
    assert one(first).identity != one(again).identity


def test_a_change_delivered_twice_at_different_times_is_one_incident() -> None:
    first = payload("alarm_metric")
    again = {**first, "time": "2026-03-01T11:00:00.000+0000"}
    assert one(first).identity == one(again).identity


def test_an_alarms_action_and_its_event_are_one_delivery() -> None:
    event = payload("event_alarm")
    action = {
        "source": "aws.cloudwatch",
        "alarmArn": event["resources"][0],
        "accountId": event["account"],
        "time": "2026-03-01T11:00:00.000+0000",
        "region": event["region"],
        "alarmData": event["detail"],
    }
    assert one(action).identity == one(event).identity


def test_an_event_whose_rule_says_more_than_the_alarm_is_a_delivery_of_its_own() -> None:
    event = payload("event_alarm")
    urgent = {"startIncident": {"impact": 1}, "event": event}
    assert one(urgent).identity != one(event).identity


def test_without_any_time_or_id_the_invocation_tells_things_apart() -> None:
    alarm = payload("alarm_metric")
    del alarm["time"], alarm["alarmData"]["state"]["timestamp"]
    event = aws_event("guard_duty_finding")
    del event["id"]
    other = Invocation("request-2", ACCOUNT, REGION)
    for content in (alarm, event):
        assert read(content, INVOCATION)[0].identity != read(content, other)[0].identity


def _message(**members: object) -> dict[str, Any]:
    content: dict[str, Any] = payload("topic_metric")
    sns = content["Records"][0]["Sns"]
    sns["Message"] = json.dumps({**json.loads(sns["Message"]), **members})
    return content


def test_a_topics_alarm_fired_again_is_another_incident() -> None:
    first = _message(OldStateValue="ALARM")
    again = copy.deepcopy(first)
    again["Records"][0]["Sns"]["Timestamp"] = "2026-03-01T11:00:00.000Z"
    assert one(first).identity != one(again).identity


def test_a_contributor_in_a_topic_is_read() -> None:
    trigger = one(_message(AlarmContributorId="c1", AlarmContributorAttributes={"Stage": "live"}))
    assert trigger.identity[2] == "c1"
    assert trigger.values["contributor"] == "Stage=live"
