"""The second function: what Lambda puts into the queue is told to the fallback, or stays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st
from incident_starter.calling import make_client
from incident_starter.undelivered import Undelivered

from tests.handler.conftest import DEFAULTS
from tests.handler.service import (
    ACCOUNT,
    REGION,
    FakeContext,
    aws_event,
    names,
    one_session,
    payload,
    refusal,
)
from tests.handler.sinks import OPS_ITEM, TOLD_TOPIC, TOPIC, Sinks
from tests.handler.test_hostile import anything, spoilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from incident_starter.starter import Starter

    from tests.handler.service import Service

    Make = Callable[..., Undelivered]
    Outcomes = Callable[[], list[dict[str, Any]]]

FIRST = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:starter:$LATEST"
TIMED_OUT = {
    "errorType": "Sandbox.Timedout",
    "errorMessage": "RequestId: 1 Error: Task timed out after 60.00 seconds",
}
_MOST_TIME = 900_000


@dataclass
class Second(FakeContext):
    """The second function's own context."""

    function_name: str = "second"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:second"


@pytest.fixture
def sinks() -> Iterator[Sinks]:
    made = Sinks()
    made.connect(one_session())
    yield made
    made.disconnect(one_session())


def undelivered(start_incident: object = DEFAULTS, **configuration: object) -> Undelivered:
    environ = {"INCIDENT_FALLBACK": json.dumps({"startIncident": start_incident, **configuration})}
    return Undelivered(environ, make_client(one_session()), one_session())


def record(content: object, answer: object = TIMED_OUT, **about: Any) -> dict[str, Any]:
    """What Lambda tells an on-failure destination."""
    context = {
        "requestId": "request-1",
        "functionArn": FIRST,
        "condition": "RetriesExhausted",
        "approximateInvokeCount": 3,
        **about,
    }
    return {"version": "1.0", "requestContext": context, "requestPayload": content, "responsePayload": answer}


def batch(*bodies: object) -> dict[str, Any]:
    return {
        "Records": [
            {"messageId": f"message-{number}", "body": body if isinstance(body, str) else json.dumps(body)}
            for number, body in enumerate(bodies)
        ]
    }


def stay(*numbers: int) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": f"message-{number}"} for number in numbers]}


def test_what_is_left_over_is_told_with_what_its_alarms_tags_say(sinks: Sinks) -> None:
    content = payload("alarm_metric")
    content["alarmData"]["alarmTags"] = {"pager-title": "No fish today"}
    del content["alarmData"]["configuration"]["description"]
    tags = {"keys": {"title": "pager-title"}}
    undelivered(fallback=[OPS_ITEM, TOLD_TOPIC], tags=tags).handle(batch(record(content)), Second())
    assert sinks.document["title"] == "No fish today"


def test_what_a_crash_left_over_is_told_with_its_last_error(sinks: Sinks, outcomes: Outcomes) -> None:
    told = undelivered(fallback=[OPS_ITEM, TOLD_TOPIC]).handle(
        batch(record(payload("alarm_metric"))), Second()
    )
    assert told == stay()
    document = sinks.document
    assert document["title"] == "checkout-errors fails in eu-west-1"
    assert document["cause"] == "Sandbox.Timedout"
    assert document["reason"] == (
        "RetriesExhausted after 3 attempts: Sandbox.Timedout: "
        "RequestId: 1 Error: Task timed out after 60.00 seconds"
    )
    assert document["payload"] == payload("alarm_metric")
    [line] = outcomes()
    assert (line["outcome"], line["Fallbacks"], line["requestId"]) == ("fallback", 1, "request-1")


def test_what_it_counts_is_the_first_functions(sinks: Sinks, outcomes: Outcomes) -> None:
    undelivered(fallback=[OPS_ITEM]).handle(batch(record(payload("alarm_metric"))), Second())
    assert [line["FunctionName"] for line in outcomes()] == ["starter"]


def test_an_event_that_grew_too_old_has_no_answer(sinks: Sinks) -> None:
    old = record(payload("alarm_metric"), None, condition="EventAgeExceeded", approximateInvokeCount=1)
    assert undelivered(fallback=[TOLD_TOPIC]).handle(batch(old), Second()) == stay()
    assert sinks.document["reason"] == "EventAgeExceeded after 1 attempt"
    assert sinks.document["cause"] == "EventAgeExceeded"


def test_both_functions_make_one_ops_item(sinks: Sinks, service: Service, starter_with: Any) -> None:
    # GIVEN a first function that told the fallback and was cut off before it could say so
    service.answers = [refusal("AccessDeniedException")]
    starter: Starter = starter_with(fallback=[OPS_ITEM])
    starter.handle(payload("alarm_composite"), FakeContext())
    # WHEN the second one tells it again THEN OpsCenter knows them for the same
    undelivered(fallback=[OPS_ITEM]).handle(batch(record(payload("alarm_composite"))), Second())
    first, second = (
        {key: each["OperationalData"][key] for key in ("/aws/dedup", "/aws/resources")}
        for each in sinks.ops_items
    )
    assert first == second


def test_a_request_by_hand_is_known_by_its_invocation(
    sinks: Sinks, service: Service, starter_with: Any
) -> None:
    service.answers = [refusal("AccessDeniedException")]
    starter_with(fallback=[OPS_ITEM]).handle(payload("hand_bare"), FakeContext("request-1"))
    undelivered(fallback=[OPS_ITEM]).handle(batch(record(payload("hand_bare"))), Second("another"))
    first, second = (each["OperationalData"]["/aws/dedup"] for each in sinks.ops_items)
    assert first == second


@pytest.mark.parametrize("name", names("unknown"))
def test_what_nobody_can_read_is_told_raw(name: str, sinks: Sinks, outcomes: Outcomes) -> None:
    assert undelivered(fallback=[TOLD_TOPIC]).handle(batch(record(payload(name))), Second()) == stay()
    assert (sinks.document["title"], sinks.document["payload"]) == ("Unreadable event", payload(name))
    assert outcomes()[0]["Fallbacks"] == 1


@pytest.mark.parametrize("body", ["no JSON", "[" * 100_000, json.dumps({"requestPayload": 1}), "null", ""])
def test_a_message_that_lambda_did_not_write_is_told_raw(body: str, sinks: Sinks) -> None:
    assert undelivered(fallback=[TOLD_TOPIC]).handle(batch(body), Second()) == stay()
    assert sinks.document["title"] == "Unreadable event"


def test_a_bug_costs_the_details_and_not_the_page(sinks: Sinks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incident_starter.starter.draft", lambda *_: 1 / 0)
    assert (
        undelivered(fallback=[TOLD_TOPIC]).handle(batch(record(payload("alarm_metric"))), Second()) == stay()
    )
    assert (sinks.document["title"], sinks.document["payload"]) == (
        "Unreadable event",
        payload("alarm_metric"),
    )


def test_what_no_sink_takes_stays_and_the_rest_does_not(sinks: Sinks, outcomes: Outcomes) -> None:
    sinks.fails = {"ssm": ["AccessDeniedException", None]}
    batched = batch(*(record(payload(name)) for name in ("alarm_metric", "alarm_math")))
    assert undelivered(fallback=[OPS_ITEM]).handle(batched, Second()) == stay(0)
    failed, done = outcomes()
    assert (failed["Failures"], failed["SinkFailures"], failed["outcome"]) == (1, 1, "failed")
    assert "AccessDeniedException" in failed["error"]
    assert done["Fallbacks"] == 1


def test_what_there_is_no_time_for_stays(sinks: Sinks) -> None:
    told = undelivered(fallback=[OPS_ITEM, TOLD_TOPIC])
    batched = batch(*[record(payload("alarm_metric"))] * 2)
    assert told.handle(batched, Second(milliseconds=30_000)) == stay(1)
    assert len(sinks.messages) == 1


def test_an_ok_is_told_nobody(sinks: Sinks, outcomes: Outcomes) -> None:
    assert undelivered(fallback=[OPS_ITEM]).handle(batch(record(payload("alarm_ok"))), Second()) == stay()
    assert sinks.ops_items == []
    assert outcomes()[0]["OkIgnored"] == 1


@pytest.mark.parametrize(
    "content", [payload("alarm_ok"), {"sweep": {}}, {"drill": {}}], ids=["ok", "sweep", "drill"]
)
def test_what_only_the_first_function_wants_to_know_stays(content: object, sinks: Sinks) -> None:
    told = undelivered(fallback=[OPS_ITEM], ledger={"table": "t"}, drills={}, regions=["us-east-1"])
    assert told.handle(batch(record(content)), Second()) == stay(0)
    assert sinks.ops_items == []


def test_what_the_fallback_was_told_is_not_told_on(sinks: Sinks) -> None:
    told = undelivered(fallback=[TOLD_TOPIC])
    told.handle(batch(record(payload("alarm_metric"))), Second())
    message = json.loads(sinks.messages[0]["Message"])["default"]
    back = record({"Records": [{"Sns": {"TopicArn": TOPIC, "Message": message}}]})
    assert told.handle(batch(back), Second()) == stay(0)
    assert len(sinks.messages) == 1


def test_without_a_plan_the_fallback_is_told_all_the_same(sinks: Sinks) -> None:
    told = undelivered({}, fallback=[TOLD_TOPIC], sink=[OPS_ITEM])
    assert told.handle(batch(record(aws_event("guard_duty_finding"))), Second()) == stay()
    assert (sinks.document["responsePlanArn"], sinks.ops_items) == (None, [])


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(spoilt(), anything),
    anything,
    st.dictionaries(st.sampled_from(["condition", "functionArn", "requestId"]), anything),
)
def test_whatever_lambda_writes_nothing_is_lost(
    content: object, answer: object, about: dict[str, Any]
) -> None:
    sinks = Sinks()
    sinks.connect(one_session())
    try:
        told = undelivered(fallback=[OPS_ITEM]).handle(
            batch(record(content, answer, **about)), Second(milliseconds=_MOST_TIME)
        )
    finally:
        sinks.disconnect(one_session())
    assert told == stay()
    assert len(sinks.ops_items) == 1 or _says_ok(content)


def _says_ok(content: Any) -> bool:
    return '"OK"' in json.dumps(content) or '\\"OK\\"' in json.dumps(content)


def test_a_bug_on_the_way_to_a_message_is_told_and_keeps_it(
    sinks: Sinks, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    del sinks
    monkeypatch.setattr("incident_starter.undelivered._read", lambda _: 1 / 0)
    answer = undelivered(fallback=[OPS_ITEM]).handle(batch(record({})), Second())
    assert len(answer["batchItemFailures"]) == 1
    [line] = outcomes()
    assert (line["Failures"], line["error"]) == (1, "ZeroDivisionError: division by zero")
