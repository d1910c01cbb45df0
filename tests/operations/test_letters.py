"""What lies in a final queue, read as what it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.operations.letters import Letter, read_letter
from constructs_lib.operations.spans import seconds_of, span
from tests.handler.service import names, payload
from tests.operations.fakes import ARN, Starter, message

OTHER = "arn:aws:lambda:eu-west-1:111122223333:function:other"


def read(found: dict[str, Any]) -> Letter:
    anything: Any = read_letter
    letter = anything(found, Starter())
    assert isinstance(letter, Letter)
    return letter


def record(content: object, **context: object) -> dict[str, Any]:
    return {
        "timestamp": "2026-03-01T10:00:00.123Z",
        "requestContext": {"requestId": "r1", "functionArn": f"{ARN}:$LATEST", **context},
        "requestPayload": content,
    }


@pytest.mark.parametrize(
    "name", [name for prefix in ("alarm", "event", "topic", "hand") for name in names(prefix)]
)
def test_every_payload_of_the_starter_is_read_and_kept_as_it_was(name: str) -> None:
    letter = read(message(body=record(payload(name))))
    assert letter.not_ours == ""
    assert letter.subject != "unknown"
    assert letter.happened is not None
    if not name.startswith("hand"):
        assert json.dumps(letter.payload) == json.dumps(payload(name))


@pytest.mark.parametrize("name", names("unknown"))
def test_a_payload_that_no_starter_knows_is_not_ours(name: str) -> None:
    assert read(message(body=record(payload(name)))).not_ours


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 100_000, "null", "7", '"x"', "[]", "{}", '{"requestPayload": 1}']
)
def test_what_is_no_record_at_all_is_not_ours(body: str) -> None:
    assert read(message(body=body)).not_ours


def test_a_record_of_another_function_is_not_ours() -> None:
    letter = read(message(body=record({"startIncident": {}}, functionArn=f"{OTHER}:1")))
    assert letter.not_ours == f"it was meant for {OTHER}:1"


def test_what_a_rule_could_not_deliver_to_another_function_is_not_ours() -> None:
    attributes = {"TARGET_ARN": {"StringValue": OTHER, "DataType": "String"}}
    found = message(body={"source": "shop", "detail-type": "Sold"}, MessageAttributes=attributes)
    assert read(found).not_ours == f"it was meant for {OTHER}"


def test_any_version_of_the_function_is_the_function() -> None:
    assert read(message(body=record({"startIncident": {}}, functionArn=f"{ARN}:live"))).not_ours == ""


def test_a_request_by_hand_without_a_token_gets_the_failed_invocations_id() -> None:
    letter = read(message(body=record({"startIncident": {"title": "Smoke"}})))
    assert letter.payload == {"startIncident": {"title": "Smoke", "clientToken": "r1"}}
    assert letter.subject == "Smoke"


def test_a_request_by_hand_with_a_token_keeps_it() -> None:
    content = {"startIncident": {"clientToken": "mine"}}
    assert read(message(body=record(content))).payload == content


@pytest.mark.parametrize(
    ("attributes", "token"), [({"RequestID": {"StringValue": "r2", "DataType": "String"}}, "r2"), ({}, "m1")]
)
def test_a_bare_request_by_hand_has_an_identity_that_stays(attributes: dict[str, Any], token: str) -> None:
    letter = read(message(body={"startIncident": {}}, MessageAttributes=attributes))
    assert letter.payload == {"startIncident": {"clientToken": token}}


def test_the_time_is_the_events_then_the_records_then_the_queues() -> None:
    event = {"source": "shop", "detail-type": "Sold", "time": "2026-01-01T00:00:00Z"}
    sent = {"SentTimestamp": "1772359200000"}
    del_time = {name: event[name] for name in ("source", "detail-type")}
    moments = [
        read(message(body=record(event), Attributes=sent)).happened,
        read(message(body=record(del_time), Attributes=sent)).happened,
        read(message(body=del_time, Attributes=sent)).happened,
    ]
    assert [str(moment) for moment in moments] == [
        "2026-01-01 00:00:00+00:00",
        "2026-03-01 10:00:00+00:00",
        "2026-03-01 10:00:00+00:00",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (59, "59 s"), (61, "1 min"), (11_520, "3 h 12 min"), (190_800, "2 d 5 h")],
)
def test_a_span_is_written_with_what_matters(seconds: int, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(("text", "seconds"), [("90m", 5400), ("6h", 21_600), ("2d", 172_800), ("5s", 5)])
def test_a_span_is_read(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "6", "h", "-1h", "1.5h", "1w", "1 h"])
def test_what_is_no_span_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number with d, h, m or s is needed, as in 6h"):
        seconds_of(text)
