"""Whatever happened, and whatever was said about it: what the sinks are sent is what they take."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given, settings, strategies as st
from incident_starter import message, ops_item
from incident_starter.report import Reason, Report, reason_of, report, unreadable
from incident_starter.request import Layer, draft
from incident_starter.triggers import Invocation, UnknownPayloadError, read

from constructs_lib.catalogue.event_samples import sample_names
from constructs_lib.local.model_check import violations
from tests.handler.model import SHAPE
from tests.handler.service import OWN_PLAN, aws_event, names, payload
from tests.handler.sinks import TOPIC
from tests.handler.test_hostile import anything, descriptions, partials, spoilt, texts

if TYPE_CHECKING:
    from collections.abc import Iterable

INVOCATION = Invocation("request-1", "111122223333", "eu-west-1")
REASON = Reason("fallback", "ThrottlingException", "ThrottlingException: Rate exceeded")
OWN = Layer({"responsePlanArn": OWN_PLAN, "impact": 3, "title": "{alarm_name} {reason}"}, [])
FORBIDDEN_KEYS = re.compile(r"/?(amazon|aws|amzn|ssm)", re.IGNORECASE)


def _input(service: str, operation: str) -> Any:
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    return model.operation_model(operation).input_shape


CREATE, PUBLISH = _input("ssm", "CreateOpsItem"), _input("sns", "Publish")


def told_of(content: object, *, reason: Reason = REASON, own: Layer = OWN) -> Report:
    """Report a payload as a starter would."""
    try:
        [trigger] = read(content, INVOCATION)[:1]
    except UnknownPayloadError as error:
        return unreadable(content, "request-1", reason_of(error))
    description = (trigger.configuration or {}).get("description")
    return report(trigger, draft(trigger, own, {}, SHAPE, description), reason)


def ops_items(told: Report, **options: str) -> list[dict[str, Any]]:
    return list(ops_item.requests(told, options, CREATE))


def value(request: dict[str, Any], key: str) -> Any:
    return json.loads(request["OperationalData"][key]["Value"])


def assert_is_taken(told: Report) -> None:
    for request in ops_items(told, category="Availability"):
        assert violations(request, CREATE) == []
        for key, data in request["OperationalData"].items():
            assert len(data["Value"].encode()) <= 20_000
            assert key in {"/aws/dedup", "/aws/resources"} or not FORBIDDEN_KEYS.match(key)
        assert not re.search("aws|amazon|amzn", request["Source"])
    for request in message.requests(told, TOPIC):
        assert ParamValidator().validate(request, PUBLISH).generate_report() == ""
        assert 0 < size(request) <= 256 * 1024
        subject = request.get("Subject", "fine")
        assert subject.isascii()
        assert subject.isprintable()
        assert 0 < len(subject) < 100
        for attribute in request.get("MessageAttributes", {}).values():
            assert attribute["StringValue"]
    first = json.loads(next(message.requests(told, TOPIC))["Message"])
    assert first.keys() == {"default", "email", "sms"}
    assert len(first["sms"].encode()) <= 140
    assert json.loads(first["default"])["title"] == told.title


def size(request: dict[str, Any]) -> int:
    attributes = json.dumps(request.get("MessageAttributes", {}))
    return len(request["Message"].encode()) + len(attributes.encode())


@settings(deadline=None)
@given(st.one_of(spoilt(), anything), st.builds(Reason, st.just("fallback"), texts, texts.filter(str.strip)))
def test_any_payload_becomes_requests_that_are_taken(content: object, reason: Reason) -> None:
    assert_is_taken(told_of(content, reason=reason))


@settings(deadline=None)
@given(partials, descriptions)
def test_whatever_is_said_about_an_event_is_taken(partial: object, description: str) -> None:
    content = payload("event_wrapped")
    assert_is_taken(told_of({**content, "startIncident": partial}))
    alarm = payload("alarm_metric")
    alarm["alarmData"]["configuration"]["description"] = description
    assert_is_taken(told_of(alarm))


def huge_items() -> Iterable[dict[str, Any]]:
    for number in range(40):
        value = {"metricDefinition": f"{number}" + '"' * 3900}
        yield {"identifier": {"type": "METRIC", "value": value}, "title": "ü" * 200}


@pytest.mark.parametrize(
    "content",
    [
        {"startIncident": {"title": "🔥" * 200, "relatedItems": list(huge_items())}},
        {"source": "shop", "detail-type": "x", "id": "1", "detail": {"text": '"\\' * 200_000}},
        {"source": "shop", "detail-type": "x", "id": "1", "detail": {"text": "ü" * 400_000}},
        {"source": "shop", "detail-type": "x", "id": "1", "resources": ["arn:aws:s3:::b"] * 5000},
        {"source": "shop", "detail-type": "\x00" * 5000, "id": "\ud800", "detail": {"n": float("nan")}},
        "x" * 1_000_000,
        [[[[1] * 100_000]]],
    ],
    ids=["items", "quotes", "umlauts", "resources", "control", "text", "list"],
)
def test_the_largest_and_oddest_are_taken(content: object) -> None:
    assert_is_taken(told_of(content))


def test_nesting_without_end_is_taken() -> None:
    content: Any = {"source": "shop", "detail-type": "x", "id": "1", "detail": {}}
    inner = content["detail"]
    for _ in range(100_000):
        inner["a"] = {}
        inner = inner["a"]
    assert_is_taken(told_of(content))


@pytest.mark.parametrize(
    "content",
    [
        *[payload(name) for kind in ("alarm", "event", "topic", "hand") for name in names(kind)],
        *map(aws_event, sample_names()),
    ],
)
def test_every_known_event_is_told_whole(content: Any) -> None:
    told = told_of(content)
    assert_is_taken(told)
    document = json.loads(json.loads(next(message.requests(told, TOPIC))["Message"])["default"])
    assert document["payload"] == told.payload
    assert document["responsePlanArn"] == told.plan
    assert document["dedupString"] == value(ops_items(told)[0], "/aws/dedup")["dedupString"]


def test_an_ops_item_says_why_and_what_and_links_it() -> None:
    [full, _] = ops_items(told_of(payload("alarm_metric")), category="Availability", source="shop")
    assert full["Title"] == "checkout-errors fails in eu-west-1"
    assert (full["Severity"], full["Priority"], full["Category"], full["Source"]) == (
        "2",
        2,
        "Availability",
        "shop",
    )
    assert full["Description"].startswith(
        "**Reason**: ThrottlingException: Rate exceeded  \n"
        "**Impact**: 2 - High  \n"
        f"**Response plan**: {OWN_PLAN}  \n"
        "**Time**: 2026-03-01T10:00:00Z  \n"
        "**Trigger**: arn:aws:cloudwatch:eu-west-1:111122223333:alarm:checkout-errors  \n"
    )
    assert "- [Runbook](https://wiki.example.com/checkout?v=2)" in full["Description"]
    resources = [each["arn"] for each in value(full, "/aws/resources")]
    assert resources[0] == "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:checkout-errors"
    data = full["OperationalData"]
    assert data["incident-starter/cause"] == {"Type": "SearchableString", "Value": "ThrottlingException"}
    assert data["incident-starter/responsePlanArn"]["Value"] == OWN_PLAN
    assert json.loads(data["incident-starter/payload"]["Value"]) == payload("alarm_metric")


@pytest.mark.parametrize(
    ("impact", "severity", "priority"),
    [(1, "1", 1), (2, "2", 2), (3, "3", 3), (4, "4", 4), (5, "4", 5), (None, "2", 2)],
)
def test_severity_and_priority_follow_from_the_impact(
    impact: int | None, severity: str, priority: int
) -> None:
    own = Layer({"responsePlanArn": OWN_PLAN} | ({"impact": impact} if impact else {}), [])
    full = ops_items(told_of(aws_event("code_pipeline_failure"), own=own))[0]
    assert (full["Severity"], full["Priority"]) == (severity, priority)


def test_a_message_reads_well_everywhere() -> None:
    request = next(message.requests(told_of(payload("alarm_metric")), TOPIC))
    assert request["Subject"] == "[High] checkout-errors fails in eu-west-1"
    assert request["MessageAttributes"] == {
        "outcome": {"DataType": "String", "StringValue": "fallback"},
        "reason": {"DataType": "String", "StringValue": "ThrottlingException"},
        "impact": {"DataType": "Number", "StringValue": "2"},
    }
    written = json.loads(request["Message"])
    assert written["sms"] == "[High] checkout-errors fails in eu-west-1"
    assert written["email"].splitlines()[:3] == [
        "checkout-errors fails in eu-west-1",
        "",
        "Reason: ThrottlingException: Rate exceeded",
    ]
    assert "Runbook: https://wiki.example.com/checkout?v=2" in written["email"]


def test_two_reports_of_one_event_differ_in_their_reason_only() -> None:
    first, second = (told_of(payload("alarm_metric"), reason=REASON._replace(sentence=why)) for why in "ab")
    assert first._replace(reason=second.reason) == second
    assert value(ops_items(first)[0], "/aws/dedup") == value(ops_items(second)[0], "/aws/dedup")
    assert value(ops_items(first)[0], "/aws/resources") == value(ops_items(second)[0], "/aws/resources")


def test_news_of_one_alarm_at_two_times_are_two_things() -> None:
    later = payload("alarm_metric")
    later["alarmData"]["state"]["timestamp"] = "2026-03-02T10:00:00.402+0000"
    assert told_of(payload("alarm_metric")).key != told_of(later).key
