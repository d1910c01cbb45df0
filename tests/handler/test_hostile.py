"""Whatever arrives: a documented exception, or a request that botocore's model takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.validate import ParamValidator
from hypothesis import given, settings, strategies as st
from incident_starter import limits, trailers
from incident_starter.request import STEPS, Layer, draft, request
from incident_starter.triggers import Invocation, UnknownPayloadError, read

from tests.handler.model import SHAPE
from tests.handler.service import OTHER_PLAN, OWN_PLAN, FakeContext, Service, aws_event, names, payload

if TYPE_CHECKING:
    from incident_starter.starter import Starter

INVOCATION = Invocation("request-1", "111122223333", "eu-west-1")
OWN = Layer({"responsePlanArn": OWN_PLAN, "impact": 3, "title": "{alarm_name} {detail.a.0} {reason}"}, [])
KNOWN = [name for kind in ("alarm", "contributor", "event", "topic", "hand") for name in names(kind)]

texts = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=40) | st.sampled_from(
    ["ALARM", "OK", OTHER_PLAN, "https://x", "2026-03-01T10:00:00.402+0000", "x" * 300, "{detail.a}", "OTHER"]
)
numbers = st.integers() | st.floats() | st.sampled_from([1, 5, -1, 10**400])
leaves = st.none() | st.booleans() | numbers | texts
keys = texts | st.sampled_from(
    ["identifier", "type", "value", "url", "arn", "title", "timestamp", "source", "id", "metric", "detail"]
)
anything = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
members = st.sampled_from(
    ["impact", "title", "relatedItems", "triggerDetails", "responsePlanArn", "clientToken", "more"]
)
values = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("arn", "url", "metricDefinition", "pagerDutyIncidentDetail"), anything)
)
identifiers = st.fixed_dictionaries(
    {"type": st.sampled_from(["OTHER", "METRIC"]) | anything, "value": values}
)
items = st.fixed_dictionaries({"identifier": identifiers | anything}, optional={"title": anything})
partials = st.dictionaries(members, anything, max_size=5) | st.fixed_dictionaries(
    {"relatedItems": st.lists(items, max_size=5)}
)
marks = st.sampled_from([":", " ", " - ", "- ", "**", "<", ">", "[", "]", "\n", "\r\n", "\r", "\t", "\u2028"])
words = st.sampled_from(
    ["Impact", "Title", "Response plan", "Runbook", "High", "1", "9", "[TASK]", "{state}"]
) | st.sampled_from([OTHER_PLAN, "https://x", "arn:aws:s3:::b"])
descriptions = st.lists(marks | words | texts, max_size=30).map("".join)


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the path of every value inside a payload."""
    found = [path]
    if isinstance(content, dict | list):
        for key, value in content.items() if isinstance(content, dict) else enumerate(content):
            found += places(value, (*path, key))
    return found


def put(content: Any, path: tuple[Any, ...], value: object) -> Any:
    if not path:
        return value
    holder = content
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return content


@st.composite
def spoilt(pick: st.DrawFn) -> object:
    """Take a known payload and put anything in place of one or two of its values."""
    content = payload(pick(st.sampled_from(KNOWN)))
    for _ in range(pick(st.integers(1, 2))):
        path = pick(st.sampled_from(places(content)))
        content = put(content, path, pick(anything))
    return content


def check(content: object) -> None:
    """Demand a documented exception, or requests that can be sent at each step."""
    try:
        triggers = read(content, INVOCATION)
    except UnknownPayloadError:
        return
    for trigger in triggers:
        description = (trigger.configuration or {}).get("description")
        made = draft(trigger, OWN, {}, SHAPE, description)
        for step in range(len(STEPS)):
            body = request(made, made.plan, step)
            assert limits.problems(body, SHAPE) == []
            assert not ParamValidator().validate(body, SHAPE).has_errors()
            json.dumps(body, ensure_ascii=False).encode()


@settings(max_examples=100, deadline=None)
@given(anything)
def test_any_json(content: object) -> None:
    check(content)


@settings(max_examples=200, deadline=None)
@given(spoilt())
def test_a_known_payload_with_anything_in_it(content: object) -> None:
    check(content)


@settings(max_examples=200, deadline=None)
@given(partials)
def test_anything_by_hand_or_from_a_rule(partial: dict[str, Any]) -> None:
    check({"startIncident": partial})
    check({"startIncident": partial, "event": payload("event_alarm")})


@settings(max_examples=200, deadline=None)
@given(descriptions)
def test_any_description(description: str) -> None:
    read_twice = [trailers.parse(description) for _ in range(2)]
    assert read_twice[0] == read_twice[1]
    assert read_twice[0].partial.keys() <= {"impact", "title", "responsePlanArn", "relatedItems"}
    content = payload("alarm_metric")
    content["alarmData"]["configuration"]["description"] = description
    check(content)


def deep(kind: type, levels: int = 100_000) -> Any:
    content: Any = "bottom"
    for _ in range(levels):
        content = [content] if kind is list else {"a": content}
    return content


@pytest.mark.parametrize("kind", [list, dict])
def test_nesting_without_end_costs_only_the_raw_data(kind: type, starter: Starter, service: Service) -> None:
    content = aws_event("guard_duty_finding")
    content["detail"] = {"title": "deep", "a": deep(kind)}
    starter.handle(content, FakeContext())
    assert "rawData" not in service.requests[0]["triggerDetails"]
    wrapped = {
        "startIncident": {"impact": 1, "relatedItems": deep(kind)},
        "event": aws_event("guard_duty_finding"),
    }
    starter.handle(wrapped, FakeContext())
    assert service.requests[1]["impact"] == 1
    with pytest.raises(UnknownPayloadError):
        starter.handle(deep(kind), FakeContext())


def test_a_megabyte_starts_an_incident(starter: Starter, service: Service) -> None:
    content = payload("alarm_metric")
    content["alarmData"]["configuration"]["description"] = "Runbook: https://x\n" * 50_000
    content["alarmData"]["configuration"]["metrics"] *= 2_000
    starter.handle(content, FakeContext())
    assert len(service.requests[0]["relatedItems"]) == 5
    assert len(service.requests[0]["triggerDetails"]["rawData"]) == 10_000


def test_a_lone_surrogate_does_not_reach_the_wire(starter: Starter, service: Service) -> None:
    content = payload("alarm_metric")
    content["alarmData"]["alarmName"] = "\ud800 errors"
    content["alarmData"]["configuration"]["description"] = "\udfff: https://x\nTitle: {alarm_name}"
    content["alarmArn"] += "\ud800"
    starter.handle(content, FakeContext())
    [sent] = service.requests
    assert sent["title"] == "\ufffd errors"
    assert "\\ud8" not in json.dumps(sent)
    assert "triggerArn" not in sent["triggerDetails"]
