"""Queue to function: batches, partial answers, redrive, and an idle that knows of it."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local import LocalAwsError

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

CODE = """
import json

def handler(event, context):
    bodies = [record["body"] for record in event["Records"]]
    if "crash" in bodies:
        raise RuntimeError("told to crash")
    if "strange" in bodies:
        return {"batchItemFailures": [{"itemIdentifier": "nobody"}]}
    failed = [record["messageId"] for record in event["Records"] if record["body"] == "fail"]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}
"""
QUEUE, LAST = (f"arn:aws:sqs:us-east-1:123456789012:{name}" for name in ("fed", "last"))
ROLE = "arn:aws:iam::123456789012:role/reader"


@pytest.fixture
def fed(aws: LocalAws) -> str:
    """Return the URL of a queue that feeds a function, and leads to another queue after three tries."""
    sqs, functions = aws.client("sqs"), aws.client("lambda")
    aws.client("iam").create_role(RoleName="reader", AssumeRolePolicyDocument="{}")
    code = BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("reader.py", CODE)
    functions.create_function(
        FunctionName="reader",
        Runtime="python3.13",
        Role=ROLE,
        Handler="reader.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=10,
    )
    sqs.create_queue(QueueName="last")
    redrive = json.dumps({"deadLetterTargetArn": LAST, "maxReceiveCount": 3})
    attributes = {"RedrivePolicy": redrive, "VisibilityTimeout": "360"}
    url = sqs.create_queue(QueueName="fed", Attributes=attributes)["QueueUrl"]
    functions.create_event_source_mapping(
        EventSourceArn=QUEUE, FunctionName="reader", FunctionResponseTypes=["ReportBatchItemFailures"]
    )
    return str(url)


def send(aws: LocalAws, url: str, *bodies: str) -> None:
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    aws.client("sqs").send_message_batch(QueueUrl=url, Entries=entries)
    aws.wait_idle()


def waiting(aws: LocalAws, name: str) -> list[str]:
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return sorted(message["Body"] for message in found)


def bodies(aws: LocalAws) -> list[list[str]]:
    return [[record["body"] for record in each.payload["Records"]] for each in aws.invocations]


def test_messages_are_handled_and_gone_when_it_is_idle(aws: LocalAws, fed: str) -> None:
    send(aws, fed, "a", "b")
    assert sorted(body for batch in bodies(aws) for body in batch) == ["a", "b"]
    assert (waiting(aws, "fed"), waiting(aws, "last")) == ([], [])
    assert {each.source for each in aws.invocations} == {QUEUE}


def test_what_a_function_names_as_failed_is_tried_three_times_and_moves_on(aws: LocalAws, fed: str) -> None:
    send(aws, fed, "a", "fail")
    tried = [body for batch in bodies(aws) for body in batch]
    assert (tried.count("fail"), tried.count("a")) == (3, 1)
    assert (waiting(aws, "fed"), waiting(aws, "last")) == ([], ["fail"])


def test_a_crash_fails_the_whole_batch(aws: LocalAws, fed: str) -> None:
    send(aws, fed, "crash", "crash")
    assert waiting(aws, "last") == ["crash", "crash"]
    assert any("told to crash" in str(each.error) for each in aws.invocations)


def test_an_answer_that_names_no_message_of_the_batch_fails_the_whole_batch(aws: LocalAws, fed: str) -> None:
    send(aws, fed, "strange")
    assert waiting(aws, "last") == ["strange"]


def test_what_no_redrive_policy_takes_away_does_not_keep_it_from_being_idle(aws: LocalAws, fed: str) -> None:
    aws.client("sqs").set_queue_attributes(QueueUrl=fed, Attributes={"RedrivePolicy": ""})
    send(aws, fed, "fail")
    assert len(bodies(aws)) == 3


def test_a_mapping_that_is_switched_off_keeps_nobody_waiting(aws: LocalAws, fed: str) -> None:
    functions = aws.client("lambda")
    [mapping] = functions.list_event_source_mappings()["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    send(aws, fed, "a")
    assert bodies(aws) == []


def test_an_idle_that_is_not_reached_in_time_is_a_sentence(aws: LocalAws, fed: str) -> None:
    aws.client("sqs").send_message(QueueUrl=fed, MessageBody="fail", DelaySeconds=5)
    with pytest.raises(LocalAwsError, match=r"wait for a function after 0\.3 seconds: 1"):
        aws.wait_idle(timeout=0.3)
