"""A starter with sinks: what falls back at once, what is raised, what is sent instead of an incident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from incident_starter.calling import make_client
from incident_starter.starter import Starter
from incident_starter.triggers import UnknownPayloadError

from tests.handler.conftest import DEFAULTS
from tests.handler.service import (
    INCIDENT,
    FakeContext,
    Service,
    aws_event,
    names,
    one_session,
    payload,
    refusal,
)
from tests.handler.sinks import OPS_ITEM, TOLD_TOPIC, TOPIC, Sinks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Make = Callable[..., Starter]
    Outcomes = Callable[[], list[dict[str, Any]]]

REFUSALS = [
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
    "ValidationException",
]
PASSING = ["ConflictException", "InternalServerException", "ThrottlingException"]
LOST = ReadTimeoutError(endpoint_url="https://ssm-incidents")


@pytest.fixture
def sinks() -> Iterator[Sinks]:
    made = Sinks()
    made.connect(one_session())
    yield made
    made.disconnect(one_session())


@pytest.fixture
def make(sinks: Sinks, service: Service) -> Make:
    def made(start_incident: object = DEFAULTS, **configuration: object) -> Starter:
        environ = {"INCIDENT_STARTER": json.dumps({"startIncident": start_incident, **configuration})}
        return Starter(environ, service.connect(make_client(one_session())), one_session())

    return made


@pytest.mark.parametrize("code", REFUSALS)
def test_what_is_refused_for_good_falls_back_at_once(
    code: str, make: Make, service: Service, sinks: Sinks, outcomes: Outcomes
) -> None:
    service.answers = [refusal(code)]
    answer = make(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "fallback", "opsItemId": "oi-1", "messageIds": ["m-1"]}
    [item] = sinks.ops_items
    assert item["Severity"] == "2"
    assert sinks.document["reason"].startswith(f"{code}: An error occurred ({code})")
    [line] = outcomes()
    assert (line["Fallbacks"], line["outcome"], line["level"]) == (1, "fallback", "ERROR")
    assert line["error"].startswith(f"{code}: ")
    assert "Failures" not in line


@pytest.mark.parametrize("answer", [*map(refusal, PASSING), LOST], ids=[*PASSING, "lost"])
def test_what_may_pass_is_raised_for_lambda_to_try_again(
    answer: Any, make: Make, service: Service, sinks: Sinks, outcomes: Outcomes
) -> None:
    service.answers = [answer]
    with pytest.raises((ClientError, ReadTimeoutError)):
        make(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert (sinks.ops_items, sinks.messages) == ([], [])
    assert outcomes()[-1]["Failures"] == 1


def test_a_starter_that_succeeds_tells_no_fallback(make: Make, sinks: Sinks) -> None:
    answer = make(fallback=[OPS_ITEM]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "started", "incidentRecordArn": INCIDENT}
    assert sinks.ops_items == []


def test_a_configuration_without_a_plan_falls_back(make: Make, service: Service, sinks: Sinks) -> None:
    answer = make({"impact": 1}, fallback=[TOLD_TOPIC]).handle(payload("alarm_math"), FakeContext())
    assert answer["outcome"] == "fallback"
    assert sinks.document["cause"] == "ConfigurationError"
    assert service.requests == []


@pytest.mark.parametrize("name", names("unknown"))
def test_what_nobody_can_read_is_told_raw(name: str, make: Make, sinks: Sinks, outcomes: Outcomes) -> None:
    answer = make(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(payload(name), FakeContext())
    assert answer["outcome"] == "fallback"
    told = sinks.document
    assert (told["title"], told["cause"], told["payload"]) == (
        "Unreadable event",
        "UnknownPayloadError",
        payload(name),
    )
    assert sinks.ops_items[0]["Title"] == "Unreadable event"
    assert outcomes()[0]["Fallbacks"] == 1


def test_what_the_fallback_was_told_is_not_told_on(make: Make, sinks: Sinks, service: Service) -> None:
    # GIVEN a topic that is told and leads back to the starter
    service.answers = [refusal("AccessDeniedException")]
    starter = make(fallback=[TOLD_TOPIC])
    starter.handle(payload("alarm_metric"), FakeContext())
    message = json.loads(sinks.messages[0]["Message"])["default"]
    back = {"Records": [{"Sns": {"TopicArn": TOPIC, "Message": message}}]}
    # WHEN it comes back THEN the circle ends
    with pytest.raises(UnknownPayloadError):
        starter.handle(back, FakeContext())
    assert len(sinks.messages) == 1


def test_one_sink_that_fails_does_not_keep_the_other_from_being_told(
    make: Make, service: Service, sinks: Sinks, outcomes: Outcomes
) -> None:
    service.answers = [refusal("AccessDeniedException")]
    sinks.fails = {"ssm": ["OpsItemLimitExceededException"]}
    answer = make(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "fallback", "messageIds": ["m-1"]}
    [line] = outcomes()
    assert (line["SinkFailures"], line["Fallbacks"]) == (1, 1)
    assert any("OpsItemLimitExceededException" in told for told in line["answers"])


def test_no_sink_takes_it_and_the_first_error_is_raised(
    make: Make, service: Service, sinks: Sinks, outcomes: Outcomes
) -> None:
    service.answers = [refusal("ResourceNotFoundException")]
    sinks.fails = {"ssm": ["AccessDeniedException"], "sns": ["AuthorizationError"]}
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        make(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    [line] = outcomes()
    assert (line["SinkFailures"], line["Failures"]) == (2, 1)
    assert "Fallbacks" not in line


def test_what_no_sink_takes_and_nobody_can_read_is_raised(make: Make, sinks: Sinks) -> None:
    sinks.fails = {"ssm": ["AccessDeniedException"]}
    with pytest.raises(UnknownPayloadError):
        make(fallback=[OPS_ITEM]).handle([], FakeContext())


def test_an_ops_item_that_is_there_already_is_a_success(make: Make, service: Service, sinks: Sinks) -> None:
    service.answers = [refusal("AccessDeniedException")]
    sinks.fails = {"ssm": ["OpsItemAlreadyExistsException"]}
    answer = make(fallback=[OPS_ITEM]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "fallback", "opsItemId": "oi-0"}


@pytest.mark.parametrize(
    ("service_name", "code"), [("ssm", "OpsItemInvalidParameterException"), ("sns", "InvalidParameter")]
)
def test_a_sink_that_finds_a_decoration_invalid_is_told_without(
    service_name: str, code: str, make: Make, service: Service, sinks: Sinks
) -> None:
    service.answers = [refusal("AccessDeniedException")]
    sinks.fails = {service_name: [code, None]}
    answer = make(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "fallback", "opsItemId": "oi-1", "messageIds": ["m-1"]}
    if service_name == "ssm":
        _, bare = sinks.ops_items
        assert bare.keys() == {"Title", "Description", "Source", "OperationalData"}
        assert bare["OperationalData"].keys() == {"/aws/dedup"}
    else:
        _, plain = sinks.messages
        assert plain["TopicArn"] == TOPIC
        assert plain["Message"].startswith("[High] checkout-errors fails in eu-west-1\nAccessDenied")
        assert "MessageStructure" not in plain


def test_a_sink_stands_in_for_incident_manager(
    make: Make, service: Service, sinks: Sinks, outcomes: Outcomes
) -> None:
    answer = make(sink=[OPS_ITEM, TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "sent", "opsItemId": "oi-1", "messageIds": ["m-1"]}
    assert service.requests == []
    assert sinks.document["outcome"] == "sent"
    [line] = outcomes()
    assert (line["Sent"], line["outcome"], line["level"]) == (1, "sent", "INFO")


def test_a_sink_needs_no_plan(make: Make, sinks: Sinks) -> None:
    assert (
        make({}, sink=[TOLD_TOPIC]).handle(aws_event("code_pipeline_failure"), FakeContext())["outcome"]
        == "sent"
    )
    assert sinks.document["responsePlanArn"] is None


@pytest.mark.parametrize("name", names("alarm_ok") + names("event_alarm_ok"))
def test_ok_is_sent_nowhere(name: str, make: Make, sinks: Sinks) -> None:
    assert make(sink=[OPS_ITEM]).handle(payload(name), FakeContext()) == {"outcome": "ok ignored"}
    assert sinks.ops_items == []


def test_what_a_sink_cannot_read_is_raised(make: Make, sinks: Sinks) -> None:
    with pytest.raises(UnknownPayloadError):
        make(sink=[OPS_ITEM]).handle([], FakeContext())
    assert sinks.ops_items == []


def test_a_sink_that_refuses_is_followed_by_the_fallback(make: Make, sinks: Sinks) -> None:
    sinks.fails = {"ssm": ["AccessDeniedException"]}
    answer = make(sink=[OPS_ITEM], fallback=[TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "fallback", "messageIds": ["m-1"]}
    assert sinks.document["cause"] == "AccessDeniedException"


@pytest.mark.parametrize("code", ["InternalServerError", "ThrottlingException"])
def test_a_sink_in_trouble_is_raised_for_lambda_to_try_again(code: str, make: Make, sinks: Sinks) -> None:
    sinks.fails = {"ssm": [code]}
    with pytest.raises(ClientError, match=code):
        make(sink=[OPS_ITEM], fallback=[TOLD_TOPIC]).handle(payload("alarm_metric"), FakeContext())
    assert sinks.messages == []


def test_of_two_sinks_that_fail_the_one_that_may_pass_is_raised(make: Make, sinks: Sinks) -> None:
    sinks.fails = {"ssm": ["AccessDeniedException"], "sns": ["InternalError"]}
    with pytest.raises(ClientError, match="InternalError"):
        make(sink=[OPS_ITEM, TOLD_TOPIC], fallback=[OPS_ITEM]).handle(payload("alarm_math"), FakeContext())


@pytest.fixture
def table() -> Iterator[mock.Mock]:
    with mock.patch("incident_starter.keeper.Table") as made:
        made.return_value.get.return_value = ({}, 0)
        made.return_value.due.return_value = []
        yield made.return_value


LEDGER = {"table": "ledger", "resolveAfter": 300, "key": {"by": "alarm"}}


def test_a_sweep_of_the_ledger_is_no_event_to_tell_of(make: Make, sinks: Sinks, table: mock.Mock) -> None:
    answer = make(ledger=LEDGER, fallback=[OPS_ITEM]).handle({"sweep": {}}, FakeContext())
    assert answer["outcome"] == "swept"
    assert sinks.ops_items == []


def test_a_start_that_the_ledger_asks_for_falls_back_too(
    make: Make, service: Service, sinks: Sinks, table: mock.Mock
) -> None:
    service.answers = [refusal("ServiceQuotaExceededException")]
    answer = make(ledger=LEDGER, fallback=[OPS_ITEM]).handle(payload("alarm_metric"), FakeContext())
    assert answer == {"outcome": "fallback", "opsItemId": "oi-1"}


def test_a_recovery_that_is_refused_is_raised_and_told_nobody(
    make: Make, service: Service, sinks: Sinks, table: mock.Mock
) -> None:
    table.get.side_effect = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetItem")
    with pytest.raises(ClientError):
        make(ledger=LEDGER, fallback=[OPS_ITEM]).handle(payload("alarm_ok"), FakeContext())
    assert sinks.ops_items == []


def test_a_drill_that_is_refused_falls_back_as_an_event_would(
    make: Make, service: Service, sinks: Sinks
) -> None:
    service.answers = [refusal("ServiceQuotaExceededException")]
    answer = make(drills={}, fallback=[OPS_ITEM]).handle({"drill": {}}, FakeContext())
    assert answer == {"outcome": "fallback", "opsItemId": "oi-1"}
    assert sinks.ops_items[0]["Title"].startswith("[DRILL]")
