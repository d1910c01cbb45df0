"""Each answer of the service, and what follows from it: the rows of docs/errors.md."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ConnectTimeoutError, ReadTimeoutError
from incident_starter.calling import LONGEST_WAIT

from tests.handler.service import (
    INCIDENT,
    OTHER_PLAN,
    OWN_PLAN,
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

URL = "https://ssm-incidents.eu-west-1.amazonaws.com"
INVALID = refusal("ValidationException")
LOST: list[Exception] = [
    ReadTimeoutError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    ConnectionClosedError(endpoint_url=URL),
]


def with_other_plan() -> dict[str, Any]:
    return {"startIncident": {"impact": 1, "responsePlanArn": OTHER_PLAN}}


def test_a_started_incidents_arn_goes_back_to_the_caller(starter: Starter, outcomes: Outcomes) -> None:
    assert starter.handle(payload("hand"), FakeContext()) == {
        "outcome": "started",
        "incidentRecordArn": INCIDENT,
    }
    [line] = outcomes()
    assert line["IncidentsStarted"] == 1
    assert line["level"] == "INFO"


def test_an_invalid_request_is_stepped_down_until_only_the_plan_is_left(
    starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [INVALID] * 4 + [STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert [len(request) for request in service.requests] == [6, 6, 4, 3, 2]
    assert "rawData" not in service.requests[1]["triggerDetails"]
    assert len({request["clientToken"] for request in service.requests}) == 5
    [line] = outcomes()
    assert line["StepDowns"] == 4
    assert line["sent"] == "plan"
    assert line["level"] == "WARN"


def test_a_step_that_changes_nothing_is_skipped(
    starter_with: Callable[..., Starter], service: Service
) -> None:
    service.answers = [INVALID]
    with pytest.raises(ClientError, match="ValidationException"):
        starter_with({"responsePlanArn": OWN_PLAN}).handle({"startIncident": {}}, FakeContext())
    assert len(service.requests) == 1


def test_a_request_that_stays_invalid_is_raised(
    starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [INVALID]
    with pytest.raises(ClientError, match="ValidationException"):
        starter.handle(payload("alarm_metric"), FakeContext())
    assert len(service.requests) == 5
    [line] = outcomes()
    assert (line["Failures"], line["outcome"], line["level"]) == (1, "failed", "ERROR")


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ResourceNotFoundException", "ServiceQuotaExceededException"]
)
def test_a_named_plan_that_can_not_be_started_falls_back_to_the_starters_own(
    code: str, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [refusal(code), STARTED]
    starter.handle(with_other_plan(), FakeContext())
    assert [request["responsePlanArn"] for request in service.requests] == [OTHER_PLAN, OWN_PLAN]
    assert service.requests[0]["clientToken"] != service.requests[1]["clientToken"]
    assert service.requests[1]["impact"] == 1
    [line] = outcomes()
    assert line["PlanFallbacks"] == 1
    assert line["plan"] == OWN_PLAN


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_the_starters_own_plan_that_can_not_be_started_is_raised(
    code: str, starter: Starter, service: Service
) -> None:
    service.answers = [refusal(code)]
    with pytest.raises(ClientError, match=code):
        starter.handle(payload("alarm_metric"), FakeContext())
    assert len(service.requests) == 1


def test_a_named_plan_that_is_invalid_to_the_last_falls_back_too(starter: Starter, service: Service) -> None:
    service.answers = [INVALID, INVALID, INVALID, STARTED]
    starter.handle(with_other_plan(), FakeContext())
    plans = [request["responsePlanArn"] for request in service.requests]
    assert plans == [OTHER_PLAN] * 3 + [OWN_PLAN]
    assert "title" in service.requests[-1]


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_a_passing_error_is_answered_with_the_same_request(
    code: str, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    answer = refusal(code, quotaCode="L-1", serviceCode="ssm-incidents")
    service.answers = [answer, answer, STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert service.requests == [service.requests[0]] * 3
    assert outcomes()[0]["Retries"] == 2


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException"])
def test_a_passing_error_that_stays_is_raised_for_lambda_to_try_again(
    code: str, starter: Starter, service: Service
) -> None:
    service.answers = [refusal(code, quotaCode="L-1", serviceCode="ssm-incidents")]
    with pytest.raises(ClientError, match=code):
        starter.handle(payload("alarm_metric"), FakeContext(milliseconds=30_000))
    assert len(service.requests) > 15
    assert service.requests == [service.requests[0]] * len(service.requests)


@pytest.mark.parametrize("lost", LOST)
def test_a_lost_answer_is_answered_with_the_same_request(
    lost: Exception, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [lost, STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert service.requests == [service.requests[0]] * 2
    assert outcomes()[0]["Retries"] == 1


@pytest.mark.parametrize("lost", LOST)
def test_answers_that_stay_lost_are_raised(
    lost: Exception, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [lost]
    with pytest.raises(type(lost)):
        starter.handle(payload("alarm_metric"), FakeContext(milliseconds=30_000))
    assert len(service.requests) > 15
    assert outcomes()[0]["Failures"] == 1


@pytest.mark.parametrize(
    ("after", "waited"),
    [(None, (1, 1)), (2.5, (1, 2.5)), (60, (LONGEST_WAIT, LONGEST_WAIT)), (-60, (0, 0.5))],
)
def test_a_conflict_is_sent_once_more_after_its_time(
    after: float | None,
    waited: tuple[float, float],
    starter: Starter,
    service: Service,
    slept: list[float],
) -> None:
    members = {} if after is None else {"retryAfter": time.time() + after}
    service.answers = [refusal("ConflictException", **members), STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert service.requests == [service.requests[0]] * 2
    [seconds] = slept
    assert waited[0] <= seconds <= waited[1]


def test_a_conflict_that_stays_is_raised(starter: Starter, service: Service) -> None:
    service.answers = [refusal("ConflictException")]
    with pytest.raises(ClientError, match="ConflictException"):
        starter.handle(payload("alarm_metric"), FakeContext())
    assert len(service.requests) == 2


@pytest.mark.parametrize("code", ["ServiceQuotaExceededException", "ExpiredTokenException", "SomethingNew"])
def test_any_other_error_is_raised_at_once(code: str, starter: Starter, service: Service) -> None:
    service.answers = [refusal(code)]
    with pytest.raises(ClientError, match=code):
        starter.handle(payload("alarm_metric"), FakeContext())
    assert len(service.requests) == 1


def test_errors_that_follow_each_other_are_each_answered(starter: Starter, service: Service) -> None:
    service.answers = [
        refusal("ThrottlingException", quotaCode="L-1", serviceCode="ssm-incidents"),
        INVALID,
        refusal("ConflictException"),
        refusal("ResourceNotFoundException"),
        STARTED,
    ]
    starter.handle(with_other_plan(), FakeContext())
    plans = [request["responsePlanArn"] for request in service.requests]
    assert plans == [OTHER_PLAN] * 4 + [OWN_PLAN]


@pytest.mark.parametrize("answer", [INVALID, refusal("InternalServerException")])
def test_no_attempt_but_the_first_begins_without_time_to_end(
    answer: tuple[int, dict[str, Any]], starter: Starter, service: Service
) -> None:
    service.answers = [answer]
    with pytest.raises(ClientError, match=answer[1]["__type"]):
        starter.handle(payload("alarm_metric"), FakeContext(milliseconds=7_999))
    assert len(service.requests) == 1


def test_pauses_between_attempts_grow_and_differ(
    starter: Starter, service: Service, slept: list[float]
) -> None:
    service.answers = [refusal("ThrottlingException"), *[refusal("ThrottlingException")] * 30, STARTED]
    starter.handle(payload("alarm_metric"), FakeContext(milliseconds=120_000))
    assert len(slept) == 31
    assert all(0.2 <= seconds <= LONGEST_WAIT for seconds in slept)
    assert max(slept[:2]) <= 1.0 < max(slept)
    assert len(set(slept)) > 25


def test_a_long_outage_does_not_wear_the_retries_out(
    starter: Starter, service: Service, slept: list[float]
) -> None:
    # botocore's own retries have a quota for each process, which a warm function would use up
    for _ in range(60):
        service.answers = [refusal("InternalServerException")]
        with pytest.raises(ClientError):
            starter.handle(payload("alarm_metric"), FakeContext(milliseconds=20_000))
    service.requests.clear()
    service.answers = [refusal("InternalServerException"), STARTED]
    starter.handle(payload("alarm_metric"), FakeContext())
    assert len(service.requests) == 2


def test_the_client_does_not_listen_to_the_environments_retries(
    monkeypatch: pytest.MonkeyPatch, starter_with: Callable[..., Starter], service: Service
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    monkeypatch.setenv("AWS_RETRY_MODE", "legacy")
    service.answers = [refusal("InternalServerException")]
    with pytest.raises(ClientError):
        starter_with().handle(payload("alarm_metric"), FakeContext(milliseconds=5_000))
    assert len(service.requests) == 1


def test_a_request_that_botocore_itself_refuses_is_stepped_down(
    starter: Starter, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incident_starter.request.SOURCE", 7)
    starter.handle(payload("alarm_metric"), FakeContext())
    [request] = service.requests
    assert "triggerDetails" not in request
