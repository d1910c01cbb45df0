"""A starter with sinks: they stand in for Incident Manager, or take what it refuses."""

from collections.abc import Mapping
from typing import Any

from botocore.session import Session

from . import report as reports
from .delivery import Delivery, is_refusal
from .report import Reason, Report, reason_of
from .request import Draft
from .starter import ConfigurationError, Context, Starter, tell
from .triggers import Trigger, UnknownPayloadError

_SENT = Reason("sent", "sink", "the starter's sink stands in for Incident Manager")


class Sinks:
    """A starter's sinks, and what stands around its start and refusal because of them."""

    def __init__(self, starter: Starter, configuration: Mapping[str, Any], session: Session) -> None:
        self._start, self._refuse = starter.start, starter.refuse
        self._sink, self._fallback = (
            Delivery(configuration[name], session) if configuration.get(name) else None
            for name in ("sink", "fallback")
        )
        starter.start = self.start  # type: ignore[method-assign]
        starter.refuse = self.refuse  # type: ignore[method-assign]

    def start(
        self, trigger: Trigger, made: Draft, context: Context, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Start an incident, or tell the sinks; what is refused for good falls back at once.

        Raises:
            Exception: What may pass, or what not even the fallback took.
        """
        try:
            if self._sink is None:
                return self._start(trigger, made, context, counts, facts)
            told = self._sink.deliver(reports.report(trigger, made, _SENT), counts, facts)
        except Exception as error:
            if not (trigger.starts and (is_refusal(error) or isinstance(error, ConfigurationError))):
                raise
            return self._fall_back(reports.report(trigger, made, reason_of(error)), error, counts, facts)
        counts["Sent"] = 1
        return {"outcome": "sent", **told}

    def refuse(self, payload: object, error: UnknownPayloadError, context: Context) -> dict[str, Any]:
        """Tell the fallback of what nobody can read, unless it comes from there.

        Raises:
            UnknownPayloadError: There is no fallback, or it did not take it.
        """
        if self._fallback is None or reports.is_errand(payload) or reports.is_own(payload):
            return self._refuse(payload, error, context)
        counts: dict[str, int] = {}
        facts: dict[str, Any] = {}
        told = reports.unreadable(payload, context.aws_request_id, reason_of(error))
        try:
            answer = self._fall_back(told, error, counts, facts)
        except UnknownPayloadError:
            return self._refuse(payload, error, context)
        tell(context, counts, answer["outcome"], facts)
        return answer

    def _fall_back(
        self, report: Report, error: Exception, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Tell the fallback.

        Raises:
            Exception: The given error; there is no fallback, or it did not take the report.
        """
        if self._fallback is None:
            raise error
        try:
            told = self._fallback.deliver(report, counts, facts)
        except Exception:
            raise error from None
        facts["error"] = report.reason.sentence
        counts["Fallbacks"] = 1
        return {"outcome": report.reason.outcome, **told}
