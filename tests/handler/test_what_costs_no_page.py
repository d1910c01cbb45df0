"""Faults that would cost a page: of what arrives, of what the service answers, of the configuration."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from incident_starter.limits import problems
from incident_starter.triggers import Invocation, UnknownPayloadError, read

from tests.handler.service import (
    ACCOUNT,
    INCIDENT,
    OTHER_PLAN,
    REGION,
    STARTED,
    FakeContext,
    Service,
    payload,
    refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from incident_starter.starter import Starter

    Outcomes = Callable[[], list[dict[str, Any]]]

NO_SENSE: list[tuple[int, object]] = [
    (200, {}),
    (200, b'{"incidentRecordArn": "arn:aws:ssm-inc'),
    (200, b"<html>a proxy's page</html>"),
    (409, {"__type": "ConflictException", "message": "no", "retryAfter": "soon"}),
]


@pytest.mark.parametrize("answer", NO_SENSE)
def test_an_answer_that_makes_no_sense_is_no_answer(
    answer: object, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [answer, STARTED]
    assert starter.handle(payload("alarm_metric"), FakeContext())["incidentRecordArn"] == INCIDENT
    assert service.requests == [service.requests[0]] * 2
    assert outcomes()[0]["Retries"] == 1


def test_an_answer_that_never_makes_sense_is_raised(starter: Starter, service: Service) -> None:
    service.answers = [(200, {})]
    with pytest.raises(KeyError, match="incidentRecordArn"):
        starter.handle(payload("alarm_metric"), FakeContext(milliseconds=30_000))
    assert len(service.requests) > 15


def test_an_answer_that_makes_no_sense_in_one_region_is_asked_of_the_next(
    starter_with: Callable[..., Starter], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SimpleNamespace(start_incident=lambda **_: {"incidentRecordArn": "arn of the other"})
    monkeypatch.setattr("incident_starter.failover.make_client", lambda *_: other)
    service.answers = [(200, {})]
    answer = starter_with(regions=["us-east-1"]).handle(payload("alarm_metric"), FakeContext())
    assert answer["incidentRecordArn"] == "arn of the other"


@pytest.mark.parametrize(
    ("code", "status"),
    [("SerializationException", 400), ("ValidationError", 400), ("RequestEntityTooLargeException", 413)],
)
def test_a_request_that_is_not_even_read_is_stepped_down(
    code: str, status: int, starter: Starter, service: Service
) -> None:
    service.answers = [(status, {"__type": code, "message": "no"}), STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert "rawData" not in service.requests[1]["triggerDetails"]


def test_a_request_that_is_too_large_for_what_stands_before_the_service_is_stepped_down(
    starter: Starter, service: Service
) -> None:
    service.answers = [(413, b"<html>too large</html>")] * 4 + [STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert service.requests[4].keys() == {"responsePlanArn", "clientToken"}


@pytest.mark.parametrize("own", [None, {"impact": 2}, {"responsePlanArn": "plan"}])
def test_a_starter_without_a_plan_starts_the_one_that_is_named(
    own: object, starter_with: Callable[..., Starter], service: Service
) -> None:
    starter_with(own).handle({"startIncident": {"responsePlanArn": OTHER_PLAN}}, FakeContext())
    assert service.requests[0]["responsePlanArn"] == OTHER_PLAN


def test_a_starter_without_a_plan_raises_what_is_said_of_the_one_that_is_named(
    starter_with: Callable[..., Starter], service: Service
) -> None:
    service.answers = [refusal("AccessDeniedException")]
    with pytest.raises(Exception, match="AccessDeniedException"):
        starter_with({}).handle({"startIncident": {"responsePlanArn": OTHER_PLAN}}, FakeContext())
    assert len(service.requests) == 1


@pytest.mark.parametrize("position", [0, 1])
def test_a_record_that_nobody_can_read_does_not_cost_the_one_beside_it(
    position: int, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    content = payload("topic_metric")
    content["Records"].insert(position, {"Sns": {"Message": "hello"}})
    with pytest.raises(UnknownPayloadError):
        starter.handle(content, FakeContext())
    assert len(service.requests) == 1
    assert sorted(line["outcome"] for line in outcomes()) == ["refused", "started"]


def test_contributors_without_an_id_differ_by_what_is_no_text_as_well() -> None:
    first = payload("contributor_in_data")
    first["alarmData"]["alarmContributor"] = {"attributes": {"shard": 1, "of": ["a"]}}
    others = [copy.deepcopy(first) for _ in range(3)]
    for other, contributor in zip(
        others,
        ({"attributes": {"shard": 2, "of": ["a"]}}, {"attributes": {"shard": 1, "of": ["b"]}}, {"id": 7}),
        strict=True,
    ):
        other["alarmData"]["alarmContributor"] = contributor
    invocation = Invocation("request-1", ACCOUNT, REGION)
    triggers = [read(content, invocation)[0] for content in (first, *others)]
    assert len({trigger.identity for trigger in triggers}) == 4
    assert triggers[0].values["contributor"] == 'shard=1, of=["a"]'


def test_a_member_of_a_kind_that_only_a_newer_model_has_is_left_to_botocore(shape: Any) -> None:
    newer = SimpleNamespace(
        type_name="structure",
        members={"tags": SimpleNamespace(type_name="map", metadata={})},
        required_members=[],
        is_tagged_union=False,
    )
    assert problems({"tags": {"a": "b"}}, newer) == []
    assert problems({"tags": {"a": "b"}}, shape) != []


def test_every_byte_of_a_lost_answer_leaves_one_token(starter: Starter, service: Service) -> None:
    whole = json.dumps(STARTED[1]).encode()
    service.answers = [*((200, whole[:size]) for size in range(0, len(whole), 9)), STARTED]
    starter.handle(payload("hand"), FakeContext(milliseconds=90_000))
    assert len({request["clientToken"] for request in service.requests}) == 1
