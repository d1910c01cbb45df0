"""Triggers become requests."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from hypothesis import example, given, settings, strategies as st
from incident_starter import limits
from incident_starter.request import SOURCE, STEPS, Draft, Layer, clean, draft, request
from incident_starter.triggers import Invocation, read

from tests.handler.conftest import DEFAULTS
from tests.handler.model import SHAPE
from tests.handler.service import ACCOUNT, OTHER_PLAN, OWN_PLAN, REGION, aws_event, payload

INVOCATION = Invocation("request-1", ACCOUNT, REGION)


TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"


def drafted(content: object, own: dict[str, Any] = DEFAULTS, topic: dict[str, Any] | None = None) -> Draft:
    [trigger] = read(content, INVOCATION)
    topics = {} if topic is None else {TOPIC: Layer(topic, [])}
    description = (trigger.configuration or {}).get("description")
    return draft(trigger, Layer(own, []), topics, SHAPE, description)


def requested(
    content: object, own: dict[str, Any] = DEFAULTS, topic: dict[str, Any] | None = None
) -> dict[str, Any]:
    made = drafted(content, own, topic)
    return request(made, made.plan, 0)


def described(description: str) -> dict[str, Any]:
    content: dict[str, Any] = payload("alarm_metric")
    content["alarmData"]["configuration"]["description"] = description
    return content


def urls(body: dict[str, Any]) -> list[str]:
    values = [item["identifier"]["value"] for item in body["relatedItems"]]
    return [value["url"] for value in values if "url" in value and "console" not in value["url"]]


def link(url: str, **more: object) -> dict[str, Any]:
    return {"identifier": {"type": "OTHER", "value": {"url": url}}, **more}


def test_the_starters_defaults_apply_where_nothing_else_speaks() -> None:
    body = requested(payload("alarm_math"))
    assert body["responsePlanArn"] == OWN_PLAN
    assert body["impact"] == 3
    assert body["title"] == f"error-rate in {ACCOUNT}"


def test_an_alarms_trailers_stand_over_the_starters_defaults() -> None:
    body = requested(payload("alarm_metric"))
    assert body["impact"] == 2
    assert body["title"] == "checkout-errors fails in eu-west-1"
    assert urls(body) == ["https://wiki.example.com/checkout?v=2"]


def test_a_rule_stands_over_the_trailers_of_the_alarm_whose_event_it_forwards() -> None:
    body = requested(payload("event_alarm_wrapped"))
    assert body["impact"] == 4
    assert body["title"] == "checkout-errors fails in eu-west-1"


def test_a_topic_stands_over_the_starter_and_under_the_trailers() -> None:
    topic = {"impact": 1, "title": "From a topic"}
    body = requested(payload("topic_metric"), topic=topic)
    assert (body["impact"], body["title"]) == (2, "From a topic")


def test_a_rules_title_reads_the_events_detail() -> None:
    body = requested(payload("event_wrapped"))
    assert body["title"] == "GuardDuty: SSH brute force attack on i-0a1b2c3d4e5f60718"


def test_a_default_title_is_readable_for_an_event_that_is_no_alarm() -> None:
    assert requested(aws_event("code_pipeline_failure"))["title"] == (
        f"CodePipeline Pipeline Execution State Change in {ACCOUNT}"
    )


def test_every_member_given_by_hand_is_sent() -> None:
    given = payload("hand")["startIncident"]
    body = requested(payload("hand"))
    given["triggerDetails"]["timestamp"] = 1772359200
    assert {**body, "clientToken": "drill-7"} == given


def test_by_hand_with_nothing_said_the_starter_speaks() -> None:
    body = requested(payload("hand_bare"))
    assert body.keys() == {"responsePlanArn", "impact", "title", "clientToken"}
    assert body["title"] == f"Incident started by hand in {ACCOUNT}"


def test_items_add_up_the_most_specific_first_and_one_per_identifier() -> None:
    own = {
        **DEFAULTS,
        "relatedItems": [link("https://own"), link("https://a", title="later")],
    }
    body = requested(described("A: https://a\nB: https://b"), own)
    assert urls(body) == ["https://a", "https://b", "https://own"]
    assert body["relatedItems"][0]["title"] == "A"


def test_what_someone_wired_is_not_derived_again() -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:checkout"
    body = requested(described(f"The function: {arn}"))
    titles = [i["title"] for i in body["relatedItems"] if i["identifier"]["value"].get("arn") == arn]
    assert titles == ["The function"]


@pytest.mark.parametrize("count", [39, 40, 120])
def test_at_most_forty_items_are_sent(count: int) -> None:
    given = [link(f"https://x/{number}") for number in range(count)]
    made = drafted({"startIncident": {"relatedItems": given}})
    body = request(made, made.plan, 0)
    assert body["relatedItems"] == given[:40]
    assert bool(made.dropped) is (count > 40)
    content = described("\n".join(f"L{number}: https://x/{number}" for number in range(count)))
    assert len(requested(content)["relatedItems"]) == 40


def test_a_title_is_cut_at_200_characters_after_it_is_filled_in() -> None:
    content = payload("alarm_longest_name")
    assert requested(content)["title"] == content["alarmData"]["alarmName"][:200]
    by_hand = {"startIncident": {"title": "\U0001f525" * 201}}
    assert requested(by_hand)["title"] == "\U0001f525" * 200


def test_a_title_by_hand_is_no_template_and_an_empty_one_says_nothing() -> None:
    assert requested({"startIncident": {"title": "{state} {{}}"}})["title"] == "{state} {{}}"
    assert requested({"startIncident": {"title": ""}})["title"].startswith("Incident started by hand")
    assert "title" not in requested({"startIncident": {}}, {"responsePlanArn": OWN_PLAN})


def test_raw_data_is_the_payload_cut_at_10000_characters() -> None:
    content = aws_event("guard_duty_finding")
    raw = requested(content)["triggerDetails"]["rawData"]
    assert raw.startswith('{"version":"0","id":')
    content["detail"]["more"] = "x" * 10_001
    assert len(requested(content)["triggerDetails"]["rawData"]) == 10_000


def test_trigger_details_name_their_source_the_alarm_and_its_time() -> None:
    details = requested(payload("alarm_metric"))["triggerDetails"]
    assert details["source"] == SOURCE == "incident-starter"
    assert details["triggerArn"] == "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:checkout-errors"
    assert details["timestamp"] == 1772359200


def test_without_a_time_there_are_no_trigger_details() -> None:
    content = aws_event("guard_duty_finding")
    content["time"] = "yesterday"
    assert "triggerDetails" not in requested(content)


def test_the_same_payload_gives_the_same_request_and_token() -> None:
    for name in ("alarm_metric", "event_wrapped", "topic_math", "hand"):
        assert requested(payload(name)) == requested(payload(name))


def test_one_token_never_carries_two_requests() -> None:
    content = payload("hand")
    made = drafted(content)
    changes: list[dict[str, Any]] = [
        {"impact": 1},
        {"title": "other"},
        {"responsePlanArn": OWN_PLAN},
        {"relatedItems": []},
        {"triggerDetails": {**content["startIncident"]["triggerDetails"], "rawData": "other"}},
        {"triggerDetails": {**content["startIncident"]["triggerDetails"], "timestamp": 1}},
        {"clientToken": "drill-8"},
    ]
    others = [requested({"startIncident": content["startIncident"] | change}) for change in changes]
    steps = [request(made, made.plan, step) for step in range(len(STEPS))]
    tokens = [body["clientToken"] for body in (*steps, *others)]
    assert len(set(tokens)) == len(tokens)


def test_a_token_follows_each_part_of_an_item() -> None:
    def token(item: dict[str, Any]) -> str:
        given = {"clientToken": "t", "relatedItems": [item]}
        return str(requested({"startIncident": given})["clientToken"])

    pager = {"pagerDutyIncidentDetail": {"id": "1", "autoResolve": True}}
    items = [
        link("https://x"),
        link("https://y"),
        link("https://x", title="t"),
        link("https://x", generatedId="related-item/OTHER/" + "0" * 32),
        {"identifier": {"type": "TASK", "value": {"url": "https://x"}}},
        {"identifier": {"type": "TASK", "value": {"metricDefinition": "https://x"}}},
        {"identifier": {"type": "TASK", "value": pager}},
    ]
    assert len({token(item) for item in items}) == len(items)


def test_each_step_down_sends_less_of_the_same() -> None:
    made = drafted(payload("alarm_metric"))
    full, plain, short, shorter, least = (request(made, made.plan, step) for step in range(5))
    assert len(full["relatedItems"]) == 5
    assert "rawData" in full["triggerDetails"]
    assert len(plain["relatedItems"]) == 1
    assert plain["triggerDetails"].keys() == {"source", "timestamp", "triggerArn"}
    assert short.keys() == {"responsePlanArn", "impact", "title", "clientToken"}
    assert shorter.keys() == {"responsePlanArn", "impact", "clientToken"}
    assert least.keys() == {"responsePlanArn", "clientToken"}


BAD_PIECES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"impact": 9}, {"impact": 3}),
    ({"impact": "1"}, {"impact": 3}),
    ({"responsePlanArn": "plan"}, {"responsePlanArn": OWN_PLAN}),
    ({"title": 7, "responsePlanArn": OTHER_PLAN}, {"responsePlanArn": OTHER_PLAN}),
    ({"titel": "x", "impact": 1}, {"impact": 1}),
    ({"relatedItems": {}, "impact": 1}, {"impact": 1}),
    ({"relatedItems": [7, {}, link("ftp://x"), link("https://x")]}, {"relatedItems": [link("https://x")]}),
    (
        {"relatedItems": [link("https://x", title="t" * 201)]},
        {"relatedItems": [link("https://x", title="t" * 200)]},
    ),
    (
        {"relatedItems": [link("https://x", title=7, generatedId="x", more=1)]},
        {"relatedItems": [link("https://x")]},
    ),
    (
        {"relatedItems": [link("https://" + "x" * 1000), link("https://y")]},
        {"relatedItems": [link("https://y")]},
    ),
    (
        {"triggerDetails": {"timestamp": "1970-01-01T00:00:00", "source": "x", "rawData": "r" * 10_001}},
        {"triggerDetails": {"timestamp": 0, "source": "x", "rawData": "r" * 10_000}},
    ),
    ({"triggerDetails": {"timestamp": 0, "source": "aws.x"}, "impact": 1}, {"impact": 1}),
    ({"title": "\ud800", "impact": 1}, {"title": "\ufffd", "impact": 1}),
]


@pytest.mark.parametrize(("given", "sent"), BAD_PIECES)
def test_a_bad_piece_costs_itself_and_a_line_in_the_log(given: dict[str, Any], sent: dict[str, Any]) -> None:
    made = drafted({"startIncident": given})
    body = request(made, made.plan, 0)
    assert {name: body[name] for name in sent} == sent
    assert limits.problems(body, SHAPE) == []


def test_what_was_dropped_is_said() -> None:
    made = drafted({"startIncident": {"impact": 9, "titel": "x", "relatedItems": [link("ftp://x")]}})
    assert [sentence.partition(", ")[0] for sentence in made.dropped] == [
        "hand: impact: got 9",
        "hand: titel: unknown",
        "hand: relatedItems[0].identifier.value.url: got 'ftp://x'",
    ]


def test_a_bad_impact_of_a_rule_leaves_the_alarms(shape: Any) -> None:
    content = payload("event_alarm_wrapped")
    content["startIncident"] = {"impact": 9}
    made = drafted(content)
    assert made.impact == 2
    assert made.dropped == ["event: impact: got 9, allowed is 1 to 5"]
    assert clean("x", "rule", shape) == ({}, ["rule: got 'x', an object is needed"])


def test_nothing_of_a_payload_is_written_to() -> None:
    for name in ("alarm_metric", "event_wrapped", "hand"):
        content = payload(name)
        before = copy.deepcopy(content)
        requested(content)
        assert content == before


def links_of(content: Any, *urls: str) -> list[str]:
    """The links of an incident that are not derived, as a rule names them."""
    items = [{"identifier": {"type": "OTHER", "value": {"url": url}}} for url in urls]
    body = requested({"startIncident": {"relatedItems": items}, "event": content})
    found = [item["identifier"]["value"].get("url") for item in body.get("relatedItems", [])]
    return [url for url in found if url]


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://x/{detail.id}", "https://x/16afba5c5c43e07c9e3e5e2e544e95df"),
        ("https://{region}.x/?a={account}&b={account}", f"https://{REGION}.x/?a={ACCOUNT}&b={ACCOUNT}"),
        ("https://x/#{detail.arn}", "https://x/#arn:aws:guardduty:"),
        ("https://x/{detail.severity}/{source}", "https://x/8/aws.guardduty"),
        ("https://x/{nobody}/{}/{{", "https://x/{nobody}/{}/{{"),
    ],
)
def test_a_link_is_filled_in_from_the_event(url: str, link: str) -> None:
    [found] = links_of(aws_event("guard_duty_finding"), url)
    assert found.startswith(link)


@settings(deadline=None)
@example("a/b?c=d&e#f%g {region} \"'<>\\")
@example("\ud800")
@example("@evil.example.com/")
@given(st.text())
def test_what_an_event_says_cannot_change_where_a_link_leads(value: str) -> None:
    content = aws_event("guard_duty_finding")
    content["detail"]["title"] = value
    for found in links_of(content, "https://wiki.example.com/{detail.title}"):
        assert re.fullmatch(r"https://wiki\.example\.com/[A-Za-z0-9%_.~:-]+", found)


def test_a_link_in_an_alarms_description_is_filled_in_as_well() -> None:
    body = requested(described("Runbook: https://wiki.example.com/{alarm_name}?state={state}"))
    assert urls(body)[0] == "https://wiki.example.com/checkout-errors?state=ALARM"


def test_a_link_without_its_value_is_left_out_and_told() -> None:
    content = aws_event("guard_duty_finding")
    assert links_of(content, "https://x/{detail.nobody}", "https://y") == ["https://y"]
    [trigger] = read(content, INVOCATION)
    item = {"identifier": {"type": "OTHER", "value": {"url": "https://x/{detail.nobody}"}}}
    own = Layer({"responsePlanArn": OWN_PLAN, "relatedItems": [item]}, [])
    made = draft(trigger, own, {}, SHAPE, None)
    assert made.items == {}
    [sentence] = made.dropped
    assert sentence.startswith("'https://x/{detail.nobody}': relatedItems[0].identifier.value.url: got ''")


def test_a_link_that_grows_too_long_is_left_out() -> None:
    content = aws_event("guard_duty_finding")
    content["detail"]["title"] = "x" * 1001
    assert links_of(content, "https://x/{detail.title}") == []


def test_two_links_that_become_one_are_one() -> None:
    content = aws_event("guard_duty_finding")
    assert links_of(content, "https://x/{account}", f"https://x/{ACCOUNT}") == [f"https://x/{ACCOUNT}"]
