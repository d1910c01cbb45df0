"""The call: what is sent again, what is stepped down, what is raised; docs/errors.md is the table.

After a timeout, a 5xx or throttling botocore sends the same request again. No attempt but the
first begins without the time to end.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from botocore.session import Session

from .request import STEPS, Draft, request

CONNECT_SECONDS = 2
READ_SECONDS = 5
ATTEMPTS = 3
LONGEST_WAIT = 5.0  # seconds, after a conflict

_ATTEMPT_MILLISECONDS = (CONNECT_SECONDS + READ_SECONDS + 1) * 1000
_PLAN_REFUSED = {"AccessDeniedException", "ResourceNotFoundException", "ValidationException"}


Client = Any  # botocore makes its methods at run time


class OutOfTimeError(Exception):
    """The invocation has no time for another attempt; Lambda invokes the function again."""


class _Models(Loader):
    """Models without the search for 400 services, a tenth of the start."""

    def list_available_services(self, _type_name: str) -> list[str]:
        """List what is used."""
        return ["ssm-incidents", "cloudwatch"]


def make_session() -> Session:
    """Make a session of two services."""
    session = Session()
    session.register_component("data_loader", _Models())
    return session


def make_client(session: Session) -> Client:
    """Make the client; its retries end long before the function does."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    return session.create_client("ssm-incidents", config=config)


class Caller:
    """Starts incidents with one client, one at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._sent = 0
        self._remaining: Callable[[], int] = int
        client.meta.events.register("before-send.ssm-incidents.StartIncident", self._before_send)

    def start(
        self, made: Draft, remaining: Callable[[], int], counts: dict[str, int], facts: dict[str, Any]
    ) -> str:
        """Start the incident, with less and less of a request that is refused as invalid.

        Returns its ARN; adds to the metrics and to what is logged on the way.

        Raises:
            ClientError: The service refused, or failed on every attempt.
            BotoCoreError: It could not be reached, or did not answer in time.
            OutOfTimeError: There was no time left for another attempt.
        """
        self._sent, self._remaining = 0, remaining
        plan, step, waited, bodies = made.plan, 0, False, 1
        body = request(made, plan, step)
        while True:
            facts.update(plan=plan, sent=STEPS[step], token=body["clientToken"])
            try:
                return str(self._client.start_incident(**body)["incidentRecordArn"])
            except (ClientError, ParamValidationError) as error:
                answer = getattr(error, "response", {"Error": {"Code": "ValidationException"}})
                code = answer["Error"]["Code"]
                facts["answers"].append(f"{STEPS[step]}: {code}")
                if code == "ConflictException" and not waited:
                    waited = True
                    time.sleep(_wait(answer.get("retryAfter")))
                    continue
                for plan, step in _smaller(made, facts["plan"], step, code):  # noqa: B020
                    smaller = request(made, plan, step)
                    if smaller["clientToken"] != body["clientToken"]:
                        break
                else:
                    raise
                counts["StepDowns" if plan == facts["plan"] else "PlanFallbacks"] += 1
                body, bodies = smaller, bodies + 1
            finally:
                counts["Retries"] = max(0, self._sent - bodies)

    def _before_send(self, **_: object) -> None:
        """Refuse to begin another attempt that the invocation would not live to finish."""
        left = self._remaining()
        if self._sent and left < _ATTEMPT_MILLISECONDS:
            message = f"{left} ms are left, another attempt may take {_ATTEMPT_MILLISECONDS} ms"
            raise OutOfTimeError(message)
        self._sent += 1


def _smaller(made: Draft, plan: str, step: int, code: str) -> Iterator[tuple[str, int]]:
    """Yield what may follow a refusal: smaller requests, then the starter's own plan."""
    is_invalid = code == "ValidationException"
    if is_invalid:
        yield from ((plan, later) for later in range(step + 1, len(STEPS)))
    if code in _PLAN_REFUSED and plan != made.own_plan:
        yield made.own_plan, 0 if is_invalid else step


def _wait(until: object) -> float:
    """Tell how many seconds a conflict wants us to wait, within reason."""
    seconds = until.timestamp() - time.time() if isinstance(until, datetime) else 1.0
    return min(max(seconds, 0.2), LONGEST_WAIT)
