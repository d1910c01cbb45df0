"""The second function of a starter with a fallback.

Lambda puts what the first one could not handle, or did not live to handle, into a queue, with its
last error. This one reads the event as the first one would, and tells the fallback. What it
cannot deliver stays in its queue and goes from there to the last one, whole.

See https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, NoReturn

from botocore.session import Session

from . import report as reports
from .calling import Client
from .delivery import Delivery
from .report import Reason, Report
from .request import Draft
from .starter import Context, Starter, tell
from .texts import entries, mapping, text
from .triggers import Trigger, UnknownPayloadError

VARIABLE = "INCIDENT_FALLBACK"
"""What this function is told by: all that the first one is told, under a name of its own."""

_FIRST = "INCIDENT_STARTER"
_UNKNOWN = Reason("fallback", "unknown", "a message of the queue that Lambda has not put there")


class NotDeliveredError(Exception):
    """No sink took a report; the message stays in the queue."""


_TOLD = (NotDeliveredError, UnknownPayloadError)


class _Failed(NamedTuple):
    """An invocation of the first function: what is counted is counted as that one's."""

    aws_request_id: str
    function_name: str
    invoked_function_arn: str
    get_remaining_time_in_millis: Callable[[], int]


class Undelivered:
    """Everything that outlives one invocation."""

    def __init__(self, environ: Mapping[str, str], client: Client, session: Session) -> None:
        configuration = mapping(json.loads(environ[VARIABLE]))
        self._fallback = Delivery(configuration.get("fallback"), session)
        self._has_ledger = "ledger" in configuration
        self._reason = _UNKNOWN
        reading = {
            name: configuration[name] for name in ("startIncident", "tags", "topics") if name in configuration
        }
        self._starter = Starter({_FIRST: json.dumps(reading)}, client, session)
        self._starter.start = self._start  # type: ignore[method-assign]
        self._starter.refuse = self._refuse  # type: ignore[method-assign]

    def handle(self, event: object, context: Context) -> dict[str, Any]:
        """Tell the fallback of each message.

        Returns:
            The ids of those that stay in the queue.
        """
        failed = []
        for message in map(mapping, entries(mapping(event).get("Records"))):
            try:
                self._one(message, context)
            except Exception as error:
                if not isinstance(error, _TOLD):
                    facts = {"error": f"{type(error).__name__}: {error}"}
                    tell(context, {"Failures": 1}, "failed", facts)
                failed.append({"itemIdentifier": message["messageId"]})
        return {"batchItemFailures": failed}

    def _one(self, message: Mapping[str, Any], context: Context) -> None:
        """Tell of one message.

        Raises:
            Exception: It was not delivered.
        """
        payload, self._reason, about = _read(text(message.get("body")))
        arn = text(about.get("functionArn"))
        name = (*arn.split(":"), *[""] * 7)[6] or context.function_name
        request_id = text(about.get("requestId")) or text(message.get("messageId"))
        failed = _Failed(request_id, name, arn, context.get_remaining_time_in_millis)
        try:
            if reports.is_errand(payload):
                _stays(failed, "a sweep or drill is for the first function")
            answer = self._starter.handle(payload, failed)
            if self._has_ledger and answer.get("outcome") == "ok ignored":
                _stays(failed, "a recovery is for the ledger")
        except _TOLD:
            raise
        except Exception:
            self._tell_raw(payload, failed)

    def _start(
        self, trigger: Trigger, made: Draft, context: Context, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Tell the fallback instead of starting an incident."""
        return self._deliver(reports.report(trigger, made, self._reason), context, counts, facts)

    def _refuse(self, payload: object, error: UnknownPayloadError, context: Context) -> dict[str, Any]:
        """Tell the fallback of what nobody can read, unless it comes from there.

        Raises:
            UnknownPayloadError: It does.
        """
        if reports.is_own(payload):
            tell(context, {"Failures": 1}, "refused", {"error": "what the fallback was told came back"})
            raise error
        return self._tell_raw(payload, context)

    def _tell_raw(self, payload: object, context: Context) -> dict[str, Any]:
        """Tell the payload alone.

        Raises:
            NotDeliveredError: No sink took it.
        """
        counts: dict[str, int] = {}
        facts: dict[str, Any] = {}
        told = reports.unreadable(payload, context.aws_request_id, self._reason)
        try:
            answer = self._deliver(told, context, counts, facts)
        except NotDeliveredError as error:
            tell(context, {"Failures": 1, **counts}, "failed", {**facts, "error": str(error)})
            raise
        tell(context, counts, answer["outcome"], facts)
        return answer

    def _deliver(
        self, report: Report, context: Context, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Tell the sinks, if there is the time for all of them.

        Raises:
            NotDeliveredError: There is none, or no sink took the report.
        """
        if context.get_remaining_time_in_millis() < self._fallback.seconds * 1000:
            message = "too little time is left, the next invocation has more"
            raise NotDeliveredError(message)
        try:
            told = self._fallback.deliver(report, counts, facts)
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            raise NotDeliveredError(message) from error
        facts["error"] = report.reason.sentence
        counts["Fallbacks"] = 1
        return {"outcome": report.reason.outcome, **told}


def _stays(context: Context, why: str) -> NoReturn:
    tell(context, {"Failures": 1}, "refused", {"error": f"{why}, not for the fallback: it is kept"})
    raise NotDeliveredError(why)


def _read(body: str) -> tuple[object, Reason, dict[str, Any]]:
    """Read what Lambda tells an on-failure destination: the event, why it failed, of which invocation."""
    try:
        record = json.loads(body)
    except (RecursionError, ValueError):
        return body, _UNKNOWN, {}
    about = mapping(mapping(record).get("requestContext"))
    if not about or "requestPayload" not in record:
        return record, _UNKNOWN, {}
    answer, condition = mapping(record.get("responsePayload")), text(about.get("condition"))
    cause = text(answer.get("errorType")) or condition or "unknown"
    said = [text(answer.get(name)) for name in ("errorType", "errorMessage")]
    times = about.get("approximateInvokeCount")
    attempts = f" after {times} attempt{'s' if times != 1 else ''}" if isinstance(times, int) else ""
    words = ": ".join([f"{condition or 'failed'}{attempts}", *filter(None, said)])
    return record["requestPayload"], Reason("fallback", cause, reports.sentence(words)), about
