"""Every member of StartIncident's request that a rule or a topic can set, and what follows from an event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.shop import (
    ACCOUNT,
    FOUR_VALUES,
    REGION,
    SOURCE,
    nine_times_four_values,
    plan_arn,
)

if TYPE_CHECKING:
    from tests.end_to_end.scene import Scene

EVERYTHING = {"text": 'Überlauf "quoted" \\ </event> 東京 🔥', "deep": {"er": ["here"]}}


@pytest.mark.parametrize("impact", [1, 2, 3, 4, 5])
def test_given_a_rule_with_an_impact_when_an_event_matches_then_the_incident_has_it(
    shop: Scene, impact: int
) -> None:
    shop.event(SOURCE, f"impact-{impact}", {})
    assert shop.request["impact"] == impact


def test_given_a_rule_that_says_nothing_when_an_event_matches_then_the_starters_defaults_are_sent(
    shop: Scene,
) -> None:
    shop.event(SOURCE, "plain", {})
    assert shop.request["responsePlanArn"] == plan_arn("on-call")
    assert shop.request["impact"] == 3
    assert shop.request["relatedItems"] == [item.to_request() for item in FOUR_VALUES]


def test_given_a_rule_that_says_everything_when_an_event_matches_then_the_incident_has_it_all(
    shop: Scene,
) -> None:
    shop.event(SOURCE, "everything", EVERYTHING)
    request = shop.request
    assert request["responsePlanArn"] == plan_arn("rule")
    assert request["impact"] == 5
    assert request["title"] == f"{SOURCE} says «{EVERYTHING['text']}» in here: everything 🔥"
    sent = request["relatedItems"]
    assert sent[:9] == [item.to_request() for item in nine_times_four_values()]
    assert len({item["identifier"]["type"] for item in sent[:9]}) == 9
    assert len({next(iter(item["identifier"]["value"])) for item in sent[:9]}) == 4
    identifiers = [json.dumps(item["identifier"]) for item in sent]
    assert len(identifiers) == len(set(identifiers))


def test_given_any_event_when_it_matches_then_its_resources_time_and_text_are_in_the_incident(
    shop: Scene,
) -> None:
    bucket = "arn:aws:s3:::orders"
    shop.event(SOURCE, "everything", EVERYTHING, resources=[bucket, "no ARN"], time="2026-01-31T12:00:00Z")
    request = shop.request
    assert {"type": "INVOLVED_RESOURCE", "value": {"arn": bucket}} in [
        item["identifier"] for item in request["relatedItems"]
    ]
    details = request["triggerDetails"]
    assert details["timestamp"] == 1769860800
    assert details["triggerArn"] == bucket
    assert json.loads(details["rawData"])["detail"] == EVERYTHING
    assert shop.failed == []


def test_given_one_event_when_it_is_delivered_twice_then_there_is_one_incident(shop: Scene) -> None:
    event = {"id": "12345678-1234-1234-1234-123456789012", "time": "2026-01-31T12:00:00Z"}
    shop.event(SOURCE, "everything", EVERYTHING, **event)
    shop.event(SOURCE, "everything", EVERYTHING, **event)
    first, second = shop.incidents
    assert (first.deduplicated, second.deduplicated) == (False, True)
    assert first.arn == second.arn
    assert first.request == second.request


def test_given_two_events_that_say_the_same_when_they_match_then_there_are_two_incidents(shop: Scene) -> None:
    for _ in range(2):
        shop.event(SOURCE, "everything", EVERYTHING)
    first, second = shop.incidents
    assert first.arn != second.arn


def test_given_a_topic_with_details_when_an_alarm_notifies_it_then_the_incident_has_them(shop: Scene) -> None:
    shop.alarm("notified", reason="slow")
    request = shop.request
    assert request["responsePlanArn"] == plan_arn("topic")
    assert request["impact"] == 4
    assert request["title"] == "Topic: notified"
    assert [item["title"] for item in request["relatedItems"][:5]] == [
        "By topic",
        "On-call handbook",
        "Orders",
        "Errors",
        "PagerDuty",
    ]
    assert request["triggerDetails"]["triggerArn"].endswith(":alarm:notified")
    assert shop.incident.source == f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms"


def test_given_a_topic_with_details_when_an_alarm_has_its_own_then_the_alarms_win(shop: Scene) -> None:
    shop.alarm("notified-with-trailers")
    assert (shop.request["impact"], shop.request["title"]) == (1, "Trailers win")
    assert shop.request["responsePlanArn"] == plan_arn("topic")


def test_given_a_topic_when_something_else_publishes_then_the_message_lies_in_the_failure_queue(
    shop: Scene,
) -> None:
    shop.aws.client("sns").publish(
        TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:alarms", Message='{"startIncident": {"impact": 1}}'
    )
    shop.aws.wait_idle()
    assert shop.incidents == []
    [failed] = shop.failed
    assert failed.kept_in is not None
    assert "unknown payload" in failed.reason
