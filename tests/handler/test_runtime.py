"""The handler as Lambda runs it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.handler.conftest import DEFAULTS
from tests.handler.runtime_api import Endpoint, running
from tests.handler.service import INCIDENT, payload, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runtime") / "log"


@pytest.fixture(scope="module")
def function(log: Path) -> Iterator[Endpoint]:
    with running({"startIncident": DEFAULTS}, log) as endpoint:
        yield endpoint


@pytest.fixture(autouse=True)
def clean(function: Endpoint) -> None:
    function.requests.clear()
    function.answers.clear()


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_an_alarm_starts_an_incident(function: Endpoint, log: Path) -> None:
    result = function.invoke(payload("alarm_metric"))
    assert result.value == {"outcome": "started", "incidentRecordArn": INCIDENT}
    [sent] = function.requests
    assert sent["impact"] == 2
    assert sent["triggerDetails"]["timestamp"] == 1772359200
    metrics = [line for line in lines(log) if "_aws" in line]
    assert metrics[-1]["IncidentsStarted"] == 1
    assert metrics[-1]["FunctionName"] == "starter"


def test_the_same_payload_in_another_invocation_is_the_same_request(function: Endpoint) -> None:
    function.invoke(payload("event_wrapped"), "request-1")
    function.invoke(payload("event_wrapped"), "request-2")
    first, second = function.requests
    assert first == second


def test_an_answer_lost_on_the_way_is_asked_for_again(function: Endpoint) -> None:
    function.answers = ["lost"]
    assert function.invoke(payload("alarm_metric")).value["incidentRecordArn"] == INCIDENT
    first, second = function.requests
    assert first == second


def test_an_invalid_request_is_stepped_down(function: Endpoint) -> None:
    function.answers = [refusal("ValidationException")]
    function.invoke(payload("alarm_metric"))
    assert [len(request["relatedItems"]) for request in function.requests] == [5, 1]


def test_an_error_reaches_lambda_by_its_name(function: Endpoint) -> None:
    function.answers = [refusal("ConflictException")] * 2
    assert function.invoke(payload("alarm_metric")).error_type == "ConflictException"


def test_an_unknown_payload_reaches_lambda_as_an_error(function: Endpoint, log: Path) -> None:
    result = function.invoke(payload("unknown_scheduler"))
    assert result.error_type == "UnknownPayloadError"
    assert function.requests == []
    refused = [line for line in lines(log) if line.get("outcome") == "refused"]
    assert refused[-1]["payload"] == '{"detail":{"x":1}}'


def test_ok_starts_nothing(function: Endpoint) -> None:
    assert function.invoke(payload("alarm_ok")).value == {"outcome": "ok ignored"}
    assert function.requests == []


def test_a_bad_configuration_reaches_lambda_as_a_sentence(tmp_path: Path) -> None:
    with running({}, tmp_path / "log") as endpoint:
        result = endpoint.invoke(payload("alarm_metric"))
    assert result.error_type == "ConfigurationError"
    assert "names no response plan" in result.value["errorMessage"]
