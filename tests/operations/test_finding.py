"""Finding the function and its queue, and what the operator hears when that does not work."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody

from constructs_lib import cli
from constructs_lib.operations.deployed_starter import DeployedStarter, find_starter
from constructs_lib.operations.errors import OperationError
from tests.operations.fakes import ARN, refusal

NOT_FOUND = refusal("ResourceNotFoundException", "GetFunctionEventInvokeConfig")
DENIED = refusal("AccessDenied", "GetQueueUrl")


@dataclass
class Aws:
    """Lambda and SQS, as far as finding goes."""

    handler: str = "incident_starter.handler.handler"
    failure: Exception | None = None
    destination: str | None = "arn:aws:sqs:eu-west-1:111122223333:dead"
    answer: Any = None
    function_error: str | None = None
    asked: list[str] = field(default_factory=list)

    def get_function_configuration(self, FunctionName: str) -> dict[str, Any]:  # noqa: N803
        self.asked.append(FunctionName)
        if self.failure:
            raise self.failure
        return {"FunctionArn": ARN, "Handler": self.handler, "Timeout": 60}

    def get_function_event_invoke_config(self, **asked: str) -> dict[str, Any]:
        assert asked == {"FunctionName": ARN, "Qualifier": "$LATEST"}
        if self.destination is None:
            raise NOT_FOUND
        return {"DestinationConfig": {"OnFailure": {"Destination": self.destination}}}

    def get_queue_url(self, **_: str) -> dict[str, Any]:
        raise DENIED

    def invoke(self, **_: object) -> dict[str, Any]:
        body = json.dumps(self.answer).encode() if not isinstance(self.answer, bytes) else self.answer
        said = {"Payload": StreamingBody(io.BytesIO(body), len(body))}
        return said | ({"FunctionError": self.function_error} if self.function_error else {})

    class exceptions:  # noqa: N801 - boto3's word
        ResourceNotFoundException = type(refusal("x"))


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Aws:
    """Stand in for boto3's session."""
    found = Aws()

    class Session:
        def __init__(self, region_name: str | None, **_: object) -> None:
            self.region_name = region_name

        def client(self, *_: object, **__: object) -> Aws:
            return found

    monkeypatch.setattr(boto3, "Session", Session)
    return found


def sentence(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["redrive", "--function", ARN, *arguments]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    return output.err


def test_a_function_that_is_no_starter_is_refused(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.handler = "shop.handler"
    assert (
        sentence(capsys)
        == f"incident-starter: the function {ARN} is no starter: its handler is shop.handler\n"
    )


def test_a_function_that_cannot_be_looked_at_is_told(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.failure = refusal("AccessDeniedException", "GetFunctionConfiguration")
    assert "cannot be looked at: GetFunctionConfiguration: AccessDeniedException: no" in sentence(capsys)


def test_a_region_that_is_not_the_functions_is_refused(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--region us-east-1 is not the Region of arn:" in sentence(capsys, "--region", "us-east-1")


def test_without_a_region_the_operator_is_asked_for_one(aws: Aws) -> None:
    with pytest.raises(OperationError, match="no Region: give --region, or the function's ARN"):
        find_starter("incidents", region=None, profile=None)


@pytest.mark.parametrize(
    ("destination", "where"),
    [(None, "go nowhere"), ("arn:aws:sns:eu-west-1:111122223333:t", "which is no queue")],
)
def test_without_a_queue_the_operator_is_asked_for_one(
    aws: Aws, capsys: pytest.CaptureFixture[str], destination: str | None, where: str
) -> None:
    aws.destination = destination
    told = sentence(capsys)
    assert where in told
    assert "give the queue with --queue-url" in told


def test_a_queue_that_cannot_be_looked_at_is_told(aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    assert "the failure queue of arn:" in sentence(capsys)


@pytest.mark.parametrize(
    ("answer", "function_error", "error"),
    [
        ({"outcome": "started"}, None, ""),
        ({"outcomes": []}, None, ""),
        ({"hello": 1}, None, "the function answered something else than a starter does"),
        ([], None, "the function answered something else than a starter does"),
        (b"", None, "the function answered something else than a starter does"),
        ({"errorType": "ClientError", "errorMessage": "no\nplan"}, "Unhandled", "ClientError: no plan"),
        ({"errorMessage": "2026 Task timed out"}, "Unhandled", "2026 Task timed out"),
        (b"<html>", "Unhandled", "the function failed without saying why"),
    ],
)
def test_an_answer_is_an_outcome_or_a_sentence(
    aws: Aws, answer: object, function_error: str | None, error: str
) -> None:
    aws.answer, aws.function_error = answer, function_error
    starter = find_starter(ARN, region=None, profile=None)
    assert isinstance(starter, DeployedStarter)
    assert starter.invoke({}).error == error


@pytest.mark.parametrize(
    "arguments",
    [
        ["--delete-skipped"],
        ["--limit", "0"],
        ["--limit", "x"],
        ["--skip-older-than", "6"],
        ["--skip-older-than"],
    ],
)
def test_wrong_usage_is_2(aws: Aws, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["redrive", "--function", ARN, *arguments])
    assert (caught.value.code, aws.asked) == (2, [])


@pytest.mark.parametrize(("given", "qualifier"), [(ARN, "$LATEST"), (f"{ARN}:live", "live")])
def test_an_alias_has_a_queue_of_its_own(given: str, qualifier: str) -> None:
    session: Any = None
    assert DeployedStarter("incidents", given, 60, session).qualifier == qualifier
