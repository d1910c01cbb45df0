"""A starter and its queue without AWS: what they answer is the test's, what they were asked is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.operations.deployed_starter import Answer

if TYPE_CHECKING:
    from collections import deque

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:incidents"
STARTED = Answer({"outcome": "started", "incidentRecordArn": "arn:aws:ssm-incidents::1:incident-record/p/1"})


def refusal(code: str, operation: str = "Invoke") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def message(id: str = "m1", body: object = None, **more: Any) -> dict[str, Any]:
    """A message as SQS gives it; its body is an event that failed, unless a test says otherwise."""
    if body is None:
        event = {"id": id, "source": "shop", "detail-type": "Sold", "detail": {}}
        body = {
            "requestContext": {"requestId": "r1", "functionArn": f"{ARN}:$LATEST"},
            "requestPayload": event,
        }
    text = body if isinstance(body, str) else json.dumps(body)
    return {"MessageId": id, "ReceiptHandle": f"receipt-{id}", "Body": text, **more}


@dataclass
class Alarms:
    """CloudWatch, with the state of every alarm or an error."""

    state: str | None = None
    error: Exception | None = None
    asked: list[str] = field(default_factory=list)

    def describe_alarms(self, AlarmNames: list[str], AlarmTypes: list[str]) -> dict[str, Any]:  # noqa: N803
        self.asked += AlarmNames
        if self.error:
            raise self.error
        assert "CompositeAlarm" in AlarmTypes
        return {"MetricAlarms": [{"StateValue": self.state}] if self.state else [], "LogAlarms": []}

    @property
    def meta(self) -> Any:
        class Shape:
            enum = ("CompositeAlarm", "MetricAlarm")

        class Model:
            service_model = type("Service", (), {"shape_for": staticmethod(lambda _name: Shape)})

        return Model


@dataclass
class Starter:
    """Answers one invocation after the other; the last answer is given for good."""

    answers: list[Any] = field(default_factory=lambda: [STARTED])
    alarms: Alarms = field(default_factory=Alarms)
    payloads: list[Any] = field(default_factory=list)
    arn: str = ARN
    unqualified_arn: str = ARN
    account: str = "111122223333"
    region: str = "eu-west-1"

    def client(self, service: str) -> Alarms:
        assert service == "cloudwatch"
        return self.alarms

    def invoke(self, payload: object) -> Answer:
        self.payloads.append(payload)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, BaseException):
            raise answer
        assert isinstance(answer, Answer)
        return answer


@dataclass
class Queue:
    """Gives its messages in their order, the same one twice if it stands there twice."""

    messages: deque[Any]
    note: str = ""
    url: str = "https://sqs/final"
    refuses_to_delete: Exception | None = None
    deleted: list[str] = field(default_factory=list)
    given_back: list[str] = field(default_factory=list)

    def receive(self) -> Any:
        found = self.messages.popleft() if self.messages else None
        if isinstance(found, BaseException):
            raise found
        return found

    def delete(self, receipt: str) -> None:
        if self.refuses_to_delete:
            raise self.refuses_to_delete
        self.deleted.append(receipt)

    def give_back(self, receipt: str) -> None:
        self.given_back.append(receipt)
