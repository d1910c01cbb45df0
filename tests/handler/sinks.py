"""Stand-ins for the sinks' ends of the wire, and a starter over them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSResponse

from tests.handler.service import ACCOUNT, REGION, Raw

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.session import Session

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:on-call"
OPS_ITEM: dict[str, Any] = {"opsItem": {}}
TOLD_TOPIC: dict[str, Any] = {"topic": TOPIC}
_TARGETS = {"ssm": "OpsItem", "sns": "topic"}


@dataclass
class Sinks:
    """Takes everything, unless a service is told to fail; the last answer of a service is given for good."""

    fails: dict[str, list[Any]] = field(default_factory=dict)
    ops_items: list[dict[str, Any]] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)

    def connect(self, session: Session) -> Session:
        """Stand between a session's clients and the network."""
        session.register("before-send.ssm", cast("Any", self._on_ssm), unique_id="ssm")
        session.register("before-send.sns", cast("Any", self._on_sns), unique_id="sns")
        return session

    def disconnect(self, session: Session) -> None:
        for service in _TARGETS:
            session.unregister(f"before-send.{service}", unique_id=service)

    @property
    def document(self) -> dict[str, Any]:
        """What the only message says to programs."""
        [message] = self.messages
        told: dict[str, Any] = json.loads(json.loads(message["Message"])["default"])
        return told

    def _failure(self, service: str) -> Any:
        waiting = self.fails.get(service, [])
        failure = waiting.pop(0) if len(waiting) > 1 else (waiting or [None])[0]
        if isinstance(failure, Exception):
            raise failure
        return failure

    def _on_ssm(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self.ops_items.append(json.loads(cast("bytes", request.body)))
        code = self._failure("ssm")
        body = (
            {"OpsItemId": "oi-1"} if code is None else {"__type": code, "Message": "no", "OpsItemId": "oi-0"}
        )
        return _answer(request, _status(code), json.dumps(body), "application/x-amz-json-1.1")

    def _on_sns(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        body = request.body
        text = body.decode() if isinstance(body, bytes) else str(body)
        self.messages.append(dict(parse_qsl(text)))
        code = self._failure("sns")
        xml = (
            "<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"
            if code is None
            else f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        )
        return _answer(request, _status(code), xml, "text/xml")


def _status(code: str | None) -> int:
    passing = {"InternalServerError": 500, "InternalError": 500, "Throttled": 429}
    return 200 if code is None else passing.get(code, 400)


def _answer(request: AWSPreparedRequest, status: int, body: str, kind: str) -> AWSResponse:
    raw = cast("Any", Raw(body.encode()))
    return AWSResponse(request.url, status, cast("Any", {"content-type": kind}), raw)
