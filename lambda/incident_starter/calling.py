"""The call: what is sent again, what is stepped down, what is raised.

docs/errors.md is the table; each of its rows is a test.

One attempt ends after `CONNECT_SECONDS + READ_SECONDS`; botocore makes up to `ATTEMPTS` of
them after a timeout, a 5xx or throttling, with the same request and so the same token. No
attempt but the first begins when the invocation has no time left for it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from .errors import OutOfTimeError
from .request import STEPS, Draft, request

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.client import ClientMeta
    from botocore.session import Session

    from .layers import Partial

CONNECT_SECONDS = 2
READ_SECONDS = 5
ATTEMPTS = 3
LONGEST_WAIT = 5.0
"""Seconds to wait, at most, when a conflict says when to come back."""

_SHORTEST_WAIT = 0.2
_USUAL_WAIT = 1.0
_ATTEMPT_MILLISECONDS = (CONNECT_SECONDS + READ_SECONDS + 1) * 1000
_PLAN_REFUSED = frozenset(
    ("AccessDeniedException", "AccessDenied", "ResourceNotFoundException", "ValidationException")
)


@dataclass
class Tally:
    """What one call took, whether it ends well or not."""

    plan: str = ""
    step: int = 0
    token: str = ""
    step_downs: int = 0
    plan_fallbacks: int = 0
    retries: int = 0
    answers: list[str] = field(default_factory=list)
    """What the service said on the way, one sentence per refusal."""


class IncidentsClient(Protocol):
    """What is used of botocore's client for ssm-incidents."""

    @property
    def meta(self) -> ClientMeta:
        """The client's model and events."""

    def start_incident(self, **request: object) -> dict[str, Any]:
        """Start an incident."""


def make_client(session: Session) -> IncidentsClient:
    """Make the client with timeouts and retries that end long before the function does."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    return cast("IncidentsClient", session.create_client("ssm-incidents", config=config))


class Caller:
    """Starts incidents with one client, one at a time."""

    def __init__(self, client: IncidentsClient) -> None:
        self._client = client
        self._remaining: Callable[[], int] = int
        self._tally = Tally()
        self._is_first = True
        self._is_repeated = False
        client.meta.events.register("before-send.ssm-incidents.StartIncident", self._before_send)

    def start(self, made: Draft, remaining: Callable[[], int], tally: Tally) -> str:
        """Start the incident, with less and less of a request that is refused as invalid.

        Args:
            made: The request in its parts.
            remaining: Tells the milliseconds that are left.
            tally: Written to as the call goes on.

        Returns:
            The incident record's ARN.

        Raises:
            ClientError: The service refused, or failed on every attempt.
            BotoCoreError: The service could not be reached, or did not answer in time.
            OutOfTimeError: There was no time left for another attempt.
        """
        self._remaining, self._tally, self._is_first = remaining, tally, True
        waited = False
        tally.plan = made.plan
        body = request(made, tally.plan, tally.step)
        while True:
            tally.token = body["clientToken"]
            self._is_repeated = False
            try:
                return str(self._client.start_incident(**body)["incidentRecordArn"])
            except (ClientError, ParamValidationError) as error:
                code = _code(error)
                tally.answers.append(f"{STEPS[tally.step]}: {code}")
                if code == "ConflictException" and not waited:
                    waited = True
                    tally.retries += 1
                    time.sleep(_wait(error))
                elif smaller := _following(code, made, tally, body):
                    body = smaller
                else:
                    raise
            except BotoCoreError as error:
                tally.answers.append(f"{STEPS[tally.step]}: {type(error).__name__}")
                raise

    def _before_send(self, **_: object) -> None:
        """Refuse to begin an attempt that the invocation would not live to finish."""
        if self._is_repeated:
            self._tally.retries += 1
        self._is_repeated = True
        if self._is_first:
            self._is_first = False
            return
        left = self._remaining()
        if left < _ATTEMPT_MILLISECONDS:
            message = (
                f"{left} ms are left and another attempt may take {_ATTEMPT_MILLISECONDS} ms, "
                f"after {'; '.join(self._tally.answers) or 'attempts without an answer'}"
            )
            raise OutOfTimeError(message)


def _following(code: str, made: Draft, tally: Tally, refused: Partial) -> Partial | None:
    """Choose the next request after a refusal; None when there is none."""
    if code == "ValidationException":
        for step in range(tally.step + 1, len(STEPS)):
            body = request(made, tally.plan, step)
            if body["clientToken"] != refused["clientToken"]:
                tally.step = step
                tally.step_downs += 1
                return body
    if tally.plan == made.own_plan or code not in _PLAN_REFUSED:
        return None
    if code == "ValidationException":
        tally.step = 0
    tally.plan = made.own_plan
    tally.plan_fallbacks += 1
    return request(made, tally.plan, tally.step)


def _code(error: ClientError | ParamValidationError) -> str:
    """Tell an error by its code: not every one that arrives is in the model."""
    if isinstance(error, ClientError):
        return error.response.get("Error", {}).get("Code", "")
    return "ValidationException"


def _wait(error: ClientError | ParamValidationError) -> float:
    """Tell how long a conflict wants us to wait, in seconds and within reason."""
    until = getattr(error, "response", {}).get("retryAfter")
    if not isinstance(until, datetime):
        return _USUAL_WAIT
    return min(max(until.timestamp() - time.time(), _SHORTEST_WAIT), LONGEST_WAIT)
