"""Every member of StartIncident's request that an alarm can set, from its description to the incident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.shop import ACCOUNT, FOUR_VALUES, REGION, WIKI, nine_links, plan_arn

if TYPE_CHECKING:
    from tests.end_to_end.scene import Scene

UNICODE_ALARM = "Kassenstörung 🔥 «東京»"


def alarm_arn(name: str) -> str:
    return f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"


def titles(request: dict[str, Any]) -> list[str]:
    return [item["title"] for item in request["relatedItems"]]


def test_given_an_alarm_that_says_nothing_when_it_fires_then_the_starters_defaults_are_sent(
    shop: Scene,
) -> None:
    shop.alarm("plain", reason="too old")
    request = shop.request
    assert request["responsePlanArn"] == plan_arn("on-call")
    assert request["impact"] == 3
    assert request["title"] == f"plain is ALARM in {ACCOUNT} {REGION}: too old"
    assert request["relatedItems"][:4] == [item.to_request() for item in FOUR_VALUES]
    assert request["relatedItems"][3]["identifier"]["value"] == {
        "pagerDutyIncidentDetail": {"id": "PD123", "autoResolve": True, "secretId": "pager-duty-key"}
    }


def test_given_any_alarm_when_it_fires_then_what_is_known_of_it_is_added(shop: Scene) -> None:
    shop.alarm("plain", reason="too old", reason_data={"version": "1.0"})
    request = shop.request
    derived = {item["title"]: item["identifier"] for item in request["relatedItems"][4:]}
    assert derived["Alarm plain"] == {"type": "INVOLVED_RESOURCE", "value": {"arn": alarm_arn("plain")}}
    assert derived["Alarm in the console"]["value"]["url"].endswith("#alarmsV2:alarm/plain")
    [metric] = [each["value"]["url"] for each in derived.values() if each["type"] == "METRIC"]
    assert "#metricsV2:graph=" in metric
    assert "ApproximateAgeOfOldestMessage" in metric
    assert {"type": "INVOLVED_RESOURCE", "value": {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders"}} in (
        derived.values()
    )
    details = request["triggerDetails"]
    assert details["source"] == "incident-starter"
    assert details["triggerArn"] == alarm_arn("plain")
    raw = json.loads(details["rawData"])
    assert raw["alarmData"]["state"]["reason"] == "too old"
    assert abs(details["timestamp"] - shop.records[0]["_aws"]["Timestamp"] / 1000) < 60


@pytest.mark.parametrize("impact", [1, 2, 3, 4, 5])
def test_given_an_alarm_with_an_impact_when_it_fires_then_the_incident_has_it(
    shop: Scene, impact: int
) -> None:
    shop.alarm(f"impact-{impact}")
    assert shop.request["impact"] == impact


def test_given_an_alarm_with_items_of_all_nine_types_when_it_fires_then_the_incident_has_them_first(
    shop: Scene,
) -> None:
    shop.alarm("nine")
    sent = shop.request["relatedItems"]
    assert sent[:9] == [item.to_request() for item in nine_links()]
    assert sent[9:13] == [item.to_request() for item in FOUR_VALUES]


def test_given_unicode_everywhere_and_a_plan_beside_the_alarm_when_it_fires_then_nothing_is_lost(
    shop: Scene,
) -> None:
    shop.alarm(UNICODE_ALARM, reason="Schwelle überschritten … 閾値")
    request = shop.request
    assert request["responsePlanArn"] == plan_arn("shop")
    assert request["impact"] == 2
    assert request["title"] == "Kasse «東京» steht 🔥: Schwelle überschritten … 閾値"
    assert request["relatedItems"][0] == {
        "identifier": {"type": "OTHER", "value": {"url": f"{WIKI}/kasse?v=2#störung"}},
        "title": "Störungshilfe 東京",
    }
    assert f"Alarm {UNICODE_ALARM}" in titles(request)
    assert request["triggerDetails"]["triggerArn"] == alarm_arn(UNICODE_ALARM)
    assert "Umsätze fehlen … déjà vu." in request["triggerDetails"]["rawData"]


def test_given_a_math_alarm_when_it_fires_then_its_metrics_are_linked(shop: Scene) -> None:
    shop.alarm("math")
    assert shop.request["title"] == "Math: expr_1"
    identifiers = [each["identifier"] for each in shop.request["relatedItems"]]
    pages = [str(each["value"].get("url")) for each in identifiers if each["type"] == "METRIC"]
    for metric in ("errors", "all"):
        assert any(f"~'Shop~'{metric}" in page for page in pages)


def test_given_a_composite_alarm_sent_without_description_when_it_fires_then_its_trailers_are_looked_up(
    shop: Scene,
) -> None:
    shop.alarm("composite")
    sent = json.loads(shop.request["triggerDetails"]["rawData"])
    assert "description" not in sent["alarmData"]["configuration"]
    assert shop.request["impact"] == 1
    assert shop.request["title"] == "Down"
    assert titles(shop.request)[0] == "Item 0"


def test_given_a_composite_alarm_sent_with_description_when_it_arrives_then_that_one_counts(
    shop: Scene,
) -> None:
    shop.alarm("composite")
    [payload] = [each.payload for each in shop.invocations]
    payload["alarmData"]["configuration"]["description"] = "- Impact: 4\n- Title: As sent"
    payload["alarmData"]["state"]["timestamp"] = "2026-01-31T12:00:00.000+0000"
    shop.begin()
    shop.aws.invoke("incidents", payload)
    assert shop.request["impact"] == 4
    assert shop.request["title"] == "As sent"


def test_given_an_alarm_of_the_lower_level_with_written_details_when_it_fires_then_they_count(
    shop: Scene,
) -> None:
    shop.alarm("L1 of Zürich")
    assert shop.request["impact"] == 4
    assert shop.request["title"] == f"L1 of {REGION}"
    assert shop.request["relatedItems"][:2] == [item.to_request() for item in nine_links()[1:3]]


def test_given_insufficient_data_is_wired_when_the_data_stops_then_an_incident_starts(shop: Scene) -> None:
    shop.alarm("heartbeat", "OK")
    shop.begin()
    shop.alarm("heartbeat", "INSUFFICIENT_DATA")
    assert shop.request["title"] == "heartbeat is silent"


def test_given_ok_is_wired_when_the_alarm_recovers_then_it_is_counted_and_starts_nothing(shop: Scene) -> None:
    shop.alarm("heartbeat", "OK")
    assert shop.incidents == []
    assert shop.record["OkIgnored"] == 1
    assert shop.failed == []


def test_given_one_change_of_state_when_it_is_delivered_twice_then_there_is_one_incident(shop: Scene) -> None:
    shop.alarm("plain")
    [delivered] = shop.invocations
    again = shop.aws.invoke("incidents", delivered.payload)
    first, second = shop.incidents
    assert second.deduplicated
    assert first.request == second.request
    assert again["incidentRecordArn"] == first.arn


def test_given_an_alarm_that_fires_again_when_time_has_passed_then_there_is_another_incident(
    shop: Scene,
) -> None:
    shop.alarm("plain")
    first = shop.incident
    shop.alarm("plain")
    assert not shop.incident.deduplicated
    assert shop.incident.arn != first.arn
    assert shop.request["clientToken"] != first.request["clientToken"]
