"""A stand-in for the service's end of the wire: botocore's own client sends, these answers come back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from botocore.awsrequest import AWSResponse
from botocore.session import Session

from constructs_lib.catalogue.event_samples import sample_event, sample_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

EVENTS = Path(__file__).parents[1] / "events"
ACCOUNT = "111122223333"
REGION = "eu-west-1"
OWN_PLAN = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/own"
OTHER_PLAN = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/other"
INCIDENT = f"arn:aws:ssm-incidents::{ACCOUNT}:incident-record/own/1"

STARTED: tuple[int, dict[str, Any]] = (200, {"incidentRecordArn": INCIDENT})
STATUS = {
    "AccessDeniedException": 403,
    "ConflictException": 409,
    "InternalServerException": 500,
    "ResourceNotFoundException": 404,
    "ServiceQuotaExceededException": 402,
    "ThrottlingException": 429,
    "ValidationException": 400,
}


def payload(name: str) -> Any:
    """Load one of the event files; an event that one only names is a sample of the catalogue."""
    content = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    if isinstance(content, dict) and content.get("event") in [*sample_names()]:
        content["event"] = aws_event(content["event"])
    return content


def aws_event(name: str) -> dict[str, Any]:
    """Load a sample of the catalogue."""
    return sample_event(name, account=ACCOUNT, region=REGION)


def names(prefix: str) -> list[str]:
    """List the event files of one kind."""
    return sorted(path.stem for path in EVENTS.glob(f"{prefix}*.json"))


def refusal(code: str, **members: object) -> tuple[int, dict[str, Any]]:
    """Write the service's answer to a request that it refuses."""
    return STATUS.get(code, 400), {"__type": code, "message": "no", **members}


@lru_cache(maxsize=1)
def one_session() -> Session:
    """Make a session that knows nothing of this machine; its models are loaded once."""
    session = Session()
    session.set_credentials("test", "test")
    session.set_config_variable("region", REGION)
    return session


class Raw:
    """The body of an answer."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        return [self._content]


@dataclass
class Service:
    """Answers one request after the other; the last answer is given for good."""

    answers: list[Any] = field(default_factory=lambda: [STARTED])
    requests: list[dict[str, Any]] = field(default_factory=list)
    on_request: Callable[[], object] = int

    def connect(self, client: Any) -> Any:
        """Stand between a client and the network."""
        client.meta.events.register_last("before-send.ssm-incidents", cast("Any", self._answer))
        return client

    def _answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self.requests.append(json.loads(cast("bytes", request.body)))
        self.on_request()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, body = answer
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        code = {} if isinstance(body, bytes) else {"x-amzn-errortype": body.get("__type", "")}
        headers = {"content-type": "application/json", **code}
        raw = cast("Any", Raw(content))
        return AWSResponse(request.url, status, cast("Any", headers), raw)


@dataclass
class FakeContext:
    """A context with as much time as a test wants; every attempt takes a second of it."""

    aws_request_id: str = "8f507cfc-example"
    function_name: str = "starter"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:starter"
    milliseconds: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        """Tell the time that is left."""
        self.milliseconds -= 1_000
        return self.milliseconds + 1_000
