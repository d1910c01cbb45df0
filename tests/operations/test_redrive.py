"""One run over a queue, under every odd answer."""

from __future__ import annotations

from collections import deque
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from constructs_lib.operations.deployed_starter import Answer
from constructs_lib.operations.redrive import Options, Redrive
from constructs_lib.operations.redrive_report import End, Report, to_json
from tests.operations.fakes import ARN, Alarms, Queue, Starter, message, refusal


def run(queue: Queue, starter: Starter | None = None, **options: Any) -> Report:
    anything: Any = Redrive
    report = anything(starter or Starter(), queue, Options(**options)).run()
    assert isinstance(report, Report)
    return report


def queue_of(*messages: Any, **options: Any) -> Queue:
    return Queue(deque(messages), **options)


def fates(report: Report) -> list[str]:
    return [each.fate.value for each in report.messages]


def alarm(id: str = "m1", state: str = "ALARM", account: str = "111122223333") -> dict[str, Any]:
    payload = {
        "source": "aws.cloudwatch",
        "alarmArn": f"arn:aws:cloudwatch:eu-west-1:{account}:alarm:errors",
        "alarmData": {
            "alarmName": "errors",
            "state": {"value": state, "timestamp": "2026-01-01T00:00:00.000+0000"},
            "configuration": {"metrics": []},
        },
    }
    return message(id, payload)


def test_what_worked_is_deleted_and_nothing_is_given_back() -> None:
    queue = queue_of(message("a"), message("b"))
    report = run(queue)
    assert (report.is_ok, fates(report)) == (True, ["redriven", "redriven"])
    assert (queue.deleted, queue.given_back) == (["receipt-a", "receipt-b"], [])


def test_what_failed_again_is_given_back_when_the_run_ends() -> None:
    queue = queue_of(message("a"), message("b"))
    report = run(queue, Starter([Answer({}, "ClientError: no plan"), Answer({"outcome": "started"})]))
    assert (report.is_ok, fates(report)) == (False, ["failed", "redriven"])
    assert report.messages[0].reason == "ClientError: no plan"
    assert (queue.deleted, queue.given_back) == (["receipt-b"], ["receipt-a"])


def test_a_message_that_comes_again_is_not_tried_again_and_its_new_receipt_counts() -> None:
    again = {**message("a"), "ReceiptHandle": "receipt-a2"}
    queue, starter = queue_of(message("a"), again), Starter([Answer({}, "no")])
    assert fates(run(queue, starter)) == ["failed"]
    assert (len(starter.payloads), queue.given_back) == (1, ["receipt-a2"])


def test_a_deleted_message_that_sqs_delivers_again_is_deleted_again() -> None:
    queue, starter = queue_of(message("a"), message("a")), Starter()
    assert fates(run(queue, starter)) == ["redriven"]
    assert (len(starter.payloads), queue.deleted) == (1, ["receipt-a"] * 2)


def test_a_run_ends_when_only_messages_come_that_were_tried() -> None:
    queue = queue_of(*[message("a")] * 100)
    report = run(queue, Starter([Answer({}, "no")]))
    assert (fates(report), report.end) == (["failed"], End.EMPTY)
    assert len(queue.messages) > 90


def test_a_limit_ends_a_run() -> None:
    queue = queue_of(message("a"), message("b"), message("c"))
    report = run(queue, limit=2)
    assert (len(report.messages), report.end, report.is_ok, len(queue.messages)) == (2, End.LIMIT, False, 1)


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "ExpiredTokenException", "ResourceNotFoundException"]
)
def test_what_every_message_would_meet_ends_the_run(code: str) -> None:
    queue = queue_of(message("a"), message("b"))
    report = run(queue, Starter([refusal(code)]))
    assert (report.end, fates(report), queue.given_back) == (End.REFUSED, ["failed"], ["receipt-a"])
    assert report.problem == f"Invoke: {code}: no"


@pytest.mark.parametrize("error", [refusal("TooManyRequestsException"), ReadTimeoutError(endpoint_url="u")])
def test_what_the_next_message_may_not_meet_costs_one_message(error: Exception) -> None:
    report = run(queue_of(message("a"), message("b")), Starter([error, Answer({"outcome": "started"})]))
    assert (report.end, fates(report)) == (End.EMPTY, ["failed", "redriven"])


def test_a_queue_that_refuses_ends_the_run_and_the_report_tells_what_was_done() -> None:
    queue = queue_of(message("a"), EndpointConnectionError(endpoint_url="https://sqs"))
    report = run(queue)
    assert (report.end, fates(report)) == (End.REFUSED, ["redriven"])
    assert "Could not connect" in report.problem


@pytest.mark.parametrize(("code", "tried"), [("InternalError", 2), ("AccessDenied", 1)])
def test_what_worked_and_cannot_be_deleted_stays_and_is_told_with_its_incident(code: str, tried: int) -> None:
    queue = queue_of(message("a"), message("b"), refuses_to_delete=refusal(code, "DeleteMessage"))
    report = run(queue)
    assert fates(report) == ["failed"] * tried
    assert report.messages[0].incidents
    assert report.messages[0].reason == f"DeleteMessage: {code}: no"
    assert len(queue.given_back) == tried


def test_an_interrupt_gives_back_what_is_held_and_the_report_tells_what_was_done() -> None:
    queue = queue_of(message("a"), message("b"), message("c"))
    report = run(queue, Starter([Answer({}, "no"), KeyboardInterrupt()]))
    assert (report.end, fates(report)) == (End.INTERRUPTED, ["failed"])
    assert queue.given_back == ["receipt-a", "receipt-b"]


def test_a_dry_run_invokes_and_deletes_nothing() -> None:
    queue, starter = queue_of(message("a"), alarm("b"), message("c", "poison")), Starter(alarms=Alarms("OK"))
    report = run(queue, starter, dry_run=True, skip_recovered=True, delete_skipped=True)
    assert fates(report) == ["wouldRedrive", "wouldDelete", "notOurs"]
    assert (starter.payloads, queue.deleted, len(queue.given_back)) == ([], [], 3)


@pytest.mark.parametrize(
    ("state", "fate"),
    [("OK", "skipped"), ("ALARM", "redriven"), ("INSUFFICIENT_DATA", "redriven"), (None, "redriven")],
)
def test_only_an_alarm_known_to_be_ok_has_recovered(state: str | None, fate: str) -> None:
    assert fates(run(queue_of(alarm()), Starter(alarms=Alarms(state)), skip_recovered=True)) == [fate]


def test_an_alarm_whose_state_cannot_be_seen_pages_and_the_report_says_why() -> None:
    alarms = Alarms(error=refusal("AccessDenied", "DescribeAlarms"))
    report = run(queue_of(alarm("a"), alarm("b")), Starter(alarms=alarms), skip_recovered=True)
    assert (fates(report), alarms.asked) == (["redriven"] * 2, ["errors"])
    assert report.notes == ["the states of alarms are not known: DescribeAlarms: AccessDenied: no"]


def test_an_alarm_of_another_account_is_not_asked_about() -> None:
    alarms = Alarms("OK")
    report = run(queue_of(alarm(account="999999999999")), Starter(alarms=alarms), skip_recovered=True)
    assert (fates(report), alarms.asked) == (["redriven"], [])


def test_an_ok_that_failed_is_answered_and_gone() -> None:
    starter = Starter([Answer({"outcome": "ok ignored"})])
    report = run(queue_of(alarm(state="OK")), starter)
    assert (report.is_ok, report.messages[0].subject) == (True, "alarm errors OK")


def test_what_is_too_old_is_left_and_what_has_no_age_is_not() -> None:
    undated = message("b", {"source": "shop", "detail-type": "Sold"})
    report = run(queue_of(alarm("a"), undated), skip_older_than=3600)
    assert fates(report) == ["skipped", "redriven"]
    assert report.messages[0].reason.startswith("it happened ")


def test_the_json_only_ever_gains_members() -> None:
    document = to_json(run(queue_of(message("a"))))
    assert set(document) == {
        "schemaVersion",
        "ok",
        "function",
        "queue",
        "dryRun",
        "counts",
        "end",
        "problem",
        "notes",
        "messages",
    }
    assert set(document["messages"][0]) == {
        "messageId",
        "fate",
        "subject",
        "happened",
        "ageSeconds",
        "alarmState",
        "outcome",
        "reason",
    }
    assert (document["function"], document["counts"]["redriven"]) == (ARN, 1)
