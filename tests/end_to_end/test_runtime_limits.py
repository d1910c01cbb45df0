"""Whatever reaches the deployed function becomes an incident or lies in the failure queue, never nowhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.end_to_end.till import ACCOUNT, REGION, SOURCE, own_plan

if TYPE_CHECKING:
    from constructs_lib.local import Incident
    from tests.end_to_end.scene import Scene

ALARM_ARN = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:by-hand"
URL = {"type": "OTHER", "value": {"url": "https://wiki.example.com/smoke"}}

UNKNOWN: dict[str, object] = {
    "null": None,
    "a number": 3,
    "a text": "ALARM",
    "a list": [{"startIncident": {}}],
    "an empty object": {},
    "an alarm without an ARN": {"alarmData": {"state": {"value": "ALARM"}}},
    "an alarm without a state": {"alarmArn": ALARM_ARN, "alarmData": {}},
    "an alarm whose data is a text": {"alarmArn": ALARM_ARN, "alarmData": "ALARM"},
    "an event without a source": {"detail-type": "Smoke"},
    "a text beside a rule's request": {"startIncident": {}, "event": "smoke"},
    "a request that is a text": {"startIncident": "smoke"},
    "a request with a neighbour": {"startIncident": {}, "more": 1},
    "no records": {"Records": []},
    "an empty record": {"Records": [{}]},
    "a request inside a topic's message": {"Records": [{"Sns": {"Message": '{"startIncident": {}}'}}]},
    "half a message": {"Records": [{"Sns": {"Message": '{"AlarmArn": "arn:aws:clou'}}]},
}

UNDERSTOOD: dict[str, object] = {
    "an alarm of wrong types": {
        "alarmArn": ALARM_ARN,
        "time": 5,
        "accountId": [],
        "alarmData": {
            "alarmName": {},
            "state": {"value": "ALARM", "reason": 3, "timestamp": "yesterday"},
            "configuration": {"description": ["Impact: 1"], "metrics": {"a": 1}},
        },
    },
    "an event whose detail is a text": {"source": "x", "detail-type": "y", "detail": "z", "resources": 1},
    "bad pieces": {
        "startIncident": {
            "impact": 9,
            "title": ["smoke"],
            "color": "red",
            "relatedItems": [{"identifier": {"type": "BOGUS", "value": {"url": "x"}}}, 7, None],
            "triggerDetails": {"source": "aws.smoke", "timestamp": "never"},
        }
    },
    "a plan that is no ARN": {"startIncident": {"responsePlanArn": "till"}},
    "lone surrogates": {"startIncident": {"title": "a\ud800b", "clientToken": "\udfff"}},
    "lone surrogates in an event": {
        "source": "\ud800",
        "detail-type": "\udc00",
        "detail": {"\ud801": "\ud802"},
    },
    "an empty request": {"startIncident": {}},
}


def send(till: Scene, payload: bytes) -> None:
    """Invoke the till's function as a service would, and wait for what becomes of it."""
    function = till.outputs("Till")["Function"]
    till.aws.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    till.aws.wait_idle()


def started(till: Scene, payload: object) -> Incident:
    send(till, json.dumps(payload).encode())
    assert till.failed == []
    return till.incident


def by_hand(till: Scene, **request: Any) -> dict[str, Any]:
    return started(till, {"startIncident": request}).request


@pytest.mark.parametrize("payload", UNKNOWN.values(), ids=UNKNOWN)
def test_given_a_payload_of_no_known_kind_when_it_arrives_then_it_is_kept_whole(
    till: Scene, payload: object
) -> None:
    send(till, json.dumps(payload).encode())
    assert till.incidents == []
    [message] = till.messages(till.outputs("Till")["DeadLetters"])
    assert message["requestPayload"] == payload
    assert message["responsePayload"]["errorType"]
    assert till.record["Failures"] == 1


@pytest.mark.parametrize("payload", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_given_a_payload_with_bad_pieces_when_it_arrives_then_an_incident_starts(
    till: Scene, payload: object
) -> None:
    assert started(till, payload).plan_arn == own_plan("Till")
    assert till.request["impact"] == 3
    assert till.record["sent"] == "full"


def test_given_a_megabyte_of_nesting_when_it_arrives_then_an_incident_starts(till: Scene) -> None:
    depth, name = 900, "n" * 1_100
    nested = f'{{"{name}":' * depth + "1" + "}" * depth
    time = "2026-01-31T12:00:00Z"
    send(till, f'{{"source": "x", "detail-type": "y", "time": "{time}", "detail": {nested}}}'.encode())
    assert till.failed == []
    assert till.request["title"] == "Till: y"
    assert len(till.request["triggerDetails"]["rawData"]) == 10_000


def test_given_nesting_that_no_json_parser_takes_when_it_is_sent_then_the_sender_hears_of_it(
    till: Scene,
) -> None:
    # The local AWS refuses it as it arrives; what the real runtime makes of it is tested with the handler.
    with pytest.raises(ClientError, match="maximum recursion depth"):
        send(till, b"[" * 500_000 + b"]" * 500_000)


def test_given_an_event_of_a_quarter_megabyte_when_it_matches_then_its_text_is_cut(till: Scene) -> None:
    till.event(SOURCE, "Bare", {"till": "Till", "text": "ü" * 250_000})
    assert len(till.request["triggerDetails"]["rawData"]) == 10_000
    assert till.failed == []


def put_alarm(till: Scene, name: str, description: str = "") -> None:
    """Make an alarm as someone would who never heard of CDK."""
    function = till.aws.client("lambda").get_function(FunctionName=till.outputs("Till")["Function"])
    till.aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        AlarmDescription=description,
        AlarmActions=[function["Configuration"]["FunctionArn"]],
        Namespace="Till",
        MetricName="Errors",
        Period=60,
        Statistic="Sum",
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


@pytest.mark.parametrize("letter", ["a", "ü", "火", "🔥"])
def test_given_an_alarm_with_the_longest_name_when_it_fires_then_an_incident_starts(
    till: Scene, letter: str
) -> None:
    name = letter * 255
    put_alarm(till, name)
    till.alarm(name, reason="x" * 1023)
    assert till.failed == []
    assert till.request["title"] == f"Till: {letter * 194}"
    assert till.request["triggerDetails"]["triggerArn"].endswith(name)


def test_given_half_a_trailer_when_the_alarm_fires_then_the_other_half_counts(till: Scene) -> None:
    lines = [
        "Smoke.",
        "- Impact: 9",
        "- Title: Half",
        "- Response plan: arn:aws:ssm-inci",
        "- Runbook: https",
    ]
    put_alarm(till, "half", "\n".join(lines))
    till.alarm("half")
    assert (till.request["impact"], till.request["title"]) == (3, "Half")
    assert till.incident.plan_arn == own_plan("Till")
    assert till.record["BadTrailers"] == 2


def test_given_too_much_raw_data_when_started_by_hand_then_it_is_cut(till: Scene) -> None:
    details = {"source": "smoke", "timestamp": 1769860800, "rawData": "ü" * 10_001}
    assert by_hand(till, triggerDetails=details)["triggerDetails"]["rawData"] == "ü" * 10_000


def test_given_too_long_a_title_when_started_by_hand_then_it_is_cut(till: Scene) -> None:
    assert by_hand(till, title="🔥" * 201)["title"] == "🔥" * 200


def test_given_too_many_items_when_started_by_hand_then_forty_are_sent(till: Scene) -> None:
    items = [
        {"identifier": {"type": "OTHER", "value": {"url": f"https://wiki.example.com/{number}"}}}
        for number in range(120)
    ]
    assert by_hand(till, relatedItems=items)["relatedItems"] == items[:40]


def test_given_duplicates_when_started_by_hand_then_each_is_sent_once(till: Scene) -> None:
    items = [{"identifier": URL, "title": title} for title in ("first", "second", "third")]
    sent = by_hand(till, relatedItems=items)["relatedItems"]
    assert [item["title"] for item in sent] == ["first", "Till"]
