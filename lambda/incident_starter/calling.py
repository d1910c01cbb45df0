"""The call of StartIncident; docs/errors.md is the table of its answers."""

import random
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
LONGEST_WAIT = 5.0  # seconds, before the same request is sent again

ATTEMPT_MILLISECONDS = (CONNECT_SECONDS + READ_SECONDS + 1) * 1000
_PLAN_REFUSED = {
    "AccessDeniedException",
    "ResourceNotFoundException",
    "ServiceQuotaExceededException",
}
_INVALID = ("Validation", "Serialization", "RequestEntityTooLarge", "413")  # or not even read

Client = Any


class _Models(Loader):
    """Models without the search for 400 services, a tenth of the start."""

    def list_available_services(self, _type_name: str) -> list[str]:
        """List what is used."""
        return ["cloudwatch", "dynamodb", "sns", "ssm", "ssm-incidents"]


def make_session() -> Session:
    """Make a session of the services that are used."""
    session = Session()
    session.register_component("data_loader", _Models())
    return session


def make_client(session: Session, region: str | None = None) -> Client:
    """Make a Region's client; it tries once: botocore's retries end while the function has time left."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return session.create_client("ssm-incidents", region, config=config)


def start(
    client: Client, made: Draft, remaining: Callable[[], int], counts: dict[str, int], facts: dict[str, Any]
) -> str:
    """Start the incident: again while the service is troubled, with less while it is refused.

    Returns its ARN; raises what was answered last when no other attempt has time to end.
    """
    plan, step, waited = made.plan, 0, False
    body = request(made, plan, step)
    while True:
        facts.update(plan=plan, sent=STEPS[step], token=body["clientToken"])
        facts["Impact"] = str(body.get("impact", "plan"))
        try:
            return str(client.start_incident(**body)["incidentRecordArn"])
        except Exception as error:
            code, pause = error_code(error), 0.0
            facts["answers"] = [*facts["answers"], f"{STEPS[step]}: {code}"][-10:]
            if is_trouble(error, code):
                pause = random.uniform(0.2, min(LONGEST_WAIT, 0.5 * 2 ** counts["Retries"]))
            elif code == "ConflictException" and not waited:
                waited, pause = True, _wait(error)
            if remaining() < pause * 1000 + ATTEMPT_MILLISECONDS:
                raise
            if pause:
                counts["Retries"] += 1
                time.sleep(pause)
                continue
            for plan, step in _smaller(made, facts["plan"], step, code):  # noqa: B020
                smaller = request(made, plan, step)
                if smaller["clientToken"] != body["clientToken"]:
                    break
            else:
                raise
            counts["StepDowns" if plan == facts["plan"] else "PlanFallbacks"] += 1
            body = smaller


def error_code(error: Exception) -> str:
    """Name an error as the service's model does."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return "ValidationException" if isinstance(error, ParamValidationError) else type(error).__name__


def is_trouble(error: Exception, code: str) -> bool:
    """Tell whether the same request may fare better: throttling, a 5xx, no answer that makes sense."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return "Throttl" in code or status == 429 or status >= 500
    return code != "ValidationException"


def _smaller(made: Draft, plan: str, step: int, code: str) -> Iterator[tuple[str, int]]:
    """Yield what may follow a refusal: smaller requests, then the starter's own plan."""
    is_invalid = code.startswith(_INVALID)
    if is_invalid:
        yield from ((plan, later) for later in range(step + 1, len(STEPS)))
    if (is_invalid or code in _PLAN_REFUSED) and made.own_plan not in {plan, ""}:
        yield made.own_plan, 0 if is_invalid else step


def _wait(error: Exception) -> float:
    """Tell how many seconds a conflict wants us to wait, within reason."""
    until = getattr(error, "response", {}).get("retryAfter")
    seconds = until.timestamp() - time.time() if isinstance(until, datetime) else 1.0
    return min(max(seconds, 0.2), LONGEST_WAIT)
