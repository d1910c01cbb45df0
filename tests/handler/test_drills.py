"""A drill: an incident of impact 5 that the function closes again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from incident_starter.drill import DrillNotClosedError
from incident_starter.triggers import UnknownPayloadError

from tests.handler.service import INCIDENT, OTHER_PLAN, STARTED, FakeContext, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from incident_starter.starter import Starter

    from tests.handler.service import Service

    Outcomes = Callable[[], list[dict[str, Any]]]

CLOSED: tuple[int, dict[str, Any]] = (204, {})
TIME = "2026-03-01T10:00:00Z"


@pytest.fixture
def drilling(starter_with: Callable[..., Starter], service: Service) -> Starter:
    """A starter with scheduled drills; the service starts an incident and closes it."""
    service.answers = [STARTED, CLOSED]
    return starter_with(drills={})


def drill(starter: Starter, context: FakeContext | None = None, **asked: object) -> dict[str, Any]:
    return starter.handle({"drill": asked}, context or FakeContext())


def test_an_incident_is_started_and_closed(drilling: Starter, service: Service, outcomes: Outcomes) -> None:
    answer = drill(drilling, title="Monday", time=TIME)
    start, close = service.requests
    assert answer == {"outcome": "drilled", "incidentRecordArn": INCIDENT, "closed": True}
    assert (start["title"], start["impact"]) == ("[DRILL] Monday", 5)
    assert start["triggerDetails"]["timestamp"] == 1772359200
    assert (close["arn"], close["status"]) == (INCIDENT, "RESOLVED")
    [line] = outcomes()
    assert (line["outcome"], line["kind"], line["Drills"], line["IncidentsStarted"]) == (
        "drilled",
        "drill",
        1,
        1,
    )
    assert (line["level"], "DrillsLeftOpen" in line) == ("INFO", False)


def test_a_drill_that_says_nothing_asks_a_question(drilling: Starter, service: Service) -> None:
    drill(drilling)
    assert service.requests[0]["title"] == "[DRILL] Does this starter still page?"


def test_a_long_title_is_cut_and_a_bad_one_is_not_used(drilling: Starter, service: Service) -> None:
    drill(drilling, title="x" * 500)
    service.answers = [STARTED, CLOSED]
    drill(drilling, title=7)
    assert len(service.requests[0]["title"]) == 200
    assert service.requests[2]["title"].startswith("[DRILL] ")


def test_what_a_drill_says_of_its_impact_does_not_count_and_its_plan_does(
    drilling: Starter, service: Service, outcomes: Outcomes
) -> None:
    drill(drilling, impact=1, responsePlanArn=OTHER_PLAN, loudness=9)
    assert (service.requests[0]["impact"], service.requests[0]["responsePlanArn"]) == (5, OTHER_PLAN)
    assert outcomes()[0]["dropped"][0].startswith("drill: loudness: unknown")


@pytest.mark.parametrize("name", ["time", "clientToken"])
def test_a_drill_that_is_delivered_twice_is_the_same(drilling: Starter, service: Service, name: str) -> None:
    for request_id in ("first", "second"):
        service.answers = [STARTED, CLOSED]
        drill(drilling, FakeContext(aws_request_id=request_id), **{name: TIME})
    assert service.requests[0]["clientToken"] == service.requests[2]["clientToken"]


def test_without_a_time_the_invocation_is_the_drill(drilling: Starter, service: Service) -> None:
    for request_id in ("first", "second"):
        service.answers = [STARTED, CLOSED]
        drill(drilling, FakeContext(aws_request_id=request_id))
    assert service.requests[0]["clientToken"] != service.requests[2]["clientToken"]


@pytest.mark.parametrize("code", ["ThrottlingException", "InternalServerException", "ConflictException"])
def test_trouble_in_closing_is_answered_with_the_same_call(
    drilling: Starter, service: Service, outcomes: Outcomes, slept: list[float], code: str
) -> None:
    service.answers = [STARTED, refusal(code, resourceIdentifier="x"), CLOSED]
    assert drill(drilling)["closed"] is True
    assert (outcomes()[0]["Retries"], len(slept)) == (1, 1)


def test_trouble_that_stays_is_raised_for_lambda_to_try_again(
    drilling: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [STARTED, refusal("ThrottlingException")]
    with pytest.raises(DrillNotClosedError, match=f"^{INCIDENT} is still open: .*ThrottlingException"):
        drill(drilling, FakeContext(milliseconds=30_000))
    [line] = outcomes()
    assert (line["Failures"], line["DrillsLeftOpen"], line["IncidentsStarted"]) == (1, 1, 1)
    assert "Drills" not in line
    assert len(service.requests) > 3


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ValidationException", "ResourceNotFoundException"]
)
def test_a_refusal_to_close_is_told_and_not_raised(
    drilling: Starter, service: Service, outcomes: Outcomes, code: str
) -> None:
    service.answers = [STARTED, refusal(code)]
    assert drill(drilling) == {"outcome": "drilled", "incidentRecordArn": INCIDENT, "closed": False}
    [line] = outcomes()
    assert (line["level"], line["DrillsLeftOpen"], line["answers"]) == (
        "ERROR",
        1,
        [f"UpdateIncidentRecord: {code}"],
    )
    assert "Drills" not in line
    assert len(service.requests) == 2


def test_a_drill_that_starts_nothing_is_raised(
    drilling: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [refusal("AccessDeniedException")]
    with pytest.raises(Exception, match="AccessDenied"):
        drill(drilling)
    assert {"Drills", "DrillsLeftOpen"} & outcomes()[0].keys() == set()


def test_what_is_no_drill_is_not_closed(drilling: Starter, service: Service) -> None:
    answer = drilling.handle({"startIncident": {"title": "[DRILL] by hand"}}, FakeContext())
    assert answer["outcome"] == "started"
    assert len(service.requests) == 1


@pytest.mark.parametrize("payload", [{"drill": 1}, {"drill": {}, "more": 1}, {"dril": {}}, {"drill": None}])
def test_what_only_looks_like_a_drill_is_unknown(drilling: Starter, payload: object) -> None:
    with pytest.raises(UnknownPayloadError):
        drilling.handle(payload, FakeContext())


def test_a_starter_without_drills_does_not_know_them(starter: Starter) -> None:
    with pytest.raises(UnknownPayloadError):
        drill(starter)


def test_with_a_ledger_a_drill_is_no_problem_to_remember(
    starter_with: Callable[..., Starter], service: Service
) -> None:
    service.answers = [STARTED, CLOSED]
    keeping = starter_with(drills={}, ledger={"table": "ledger"})
    assert drill(keeping)["closed"] is True
    assert len(service.requests) == 2
