"""The ledger as one invocation uses it."""

import time
from datetime import datetime, timezone
from typing import Any

from botocore.session import Session

from .calling import ATTEMPT_MILLISECONDS, Client
from .followup import Incidents
from .ledger import Begin, Ledger, Tools
from .problems import Settings, problem_of
from .recovery import recover
from .request import Draft
from .starter import Context, Starter, tell
from .sweeping import sweep
from .table import Table, TableFaultError
from .triggers import Trigger, UnknownPayloadError

_ALARMS_PER_CALL = 100
_LONGEST_COUNT = 7  # seconds, with a table that does not answer
_COUNTED = {
    "started": "IncidentsStarted",
    "appended": "Appends",
    "joined": "StormJoins",
    "duplicate": "Duplicates",
    "recovered": "Recoveries",
    "ok ignored": "OkIgnored",
    "muted": "Muted",
}


class Keeper:
    """The ledger of a starter, and what stands around its start because of it."""

    def __init__(self, starter: Starter, settings: Settings, session: Session, client: Client) -> None:
        self._settings = settings
        self._client = client
        self._table = Table(session, settings["table"])
        self._handle = starter.handle
        self._begin, self._refuse, self._cloudwatch = starter.begin, starter.refuse, starter.cloudwatch
        starter.hears_ok = True
        starter.start = self.start  # type: ignore[method-assign]
        starter.refuse = self.refuse  # type: ignore[method-assign]

    def start(
        self, trigger: Trigger, made: Draft, context: Context, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """See to it that what a trigger tells of has an incident, or that its incident hears of it.

        Raises:
            TableFaultError: An OK could not be written down; it has to come again.
            Exception: Whatever starting an incident raised.
        """

        def begin(drafted: Draft) -> str:
            return self._begin(drafted, context.get_remaining_time_in_millis, counts, facts)

        answers: list[str] = []
        ledger, tools = self._lend(begin, context, counts, answers)
        event, arn = problem_of(trigger, made, self._settings.get("key", {"by": "alarm"})), ""
        try:
            if self._waits(ledger, trigger, context, tools):
                outcome = "muted"
            elif not trigger.starts:
                outcome = recover(ledger, event, made.plan, tools) if event else "ok ignored"
            elif event:
                outcome, arn = ledger.open(event, made, tools)
            else:
                outcome, arn = "started", begin(made)
            counts[_COUNTED[outcome]] = 1
            if "IncidentsStarted" in counts:
                self._count_of_month(ledger, str(facts.get("plan") or made.plan), tools)
        finally:
            facts["answers"] = [*facts["answers"], *answers]
        if not arn:
            return {"outcome": outcome}
        facts["incident"] = arn
        return {"outcome": outcome, "incidentRecordArn": arn}

    def _count_of_month(self, ledger: Ledger, plan: str, tools: Tools) -> None:
        """Count the plan's incidents of this month, of which Incident Manager starts 200; last of all."""
        now = tools.clock()
        if "LedgerFaults" in tools.counts or not tools.has_time(_LONGEST_COUNT):
            return  # what has started must not come again for its number
        try:
            month = datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m")
            tools.counts["IncidentsThisMonth"] = self._table.count(f"month {month} {plan}", now)
        except TableFaultError as fault:
            ledger.fault(fault, tools)

    def _waits(self, ledger: Ledger, trigger: Trigger, context: Context, tools: Tools) -> bool:
        """Let an event whose alarm's actions are held back wait, or skip it, if wanted; else it pages.

        A hub skips what it cannot ask about: alarms of other accounts.
        """
        waits, skips = (bool(self._settings.get(name)) for name in ("respectSuppression", "skipSuppressed"))
        if not (waits or skips):
            return False
        from . import suppression

        if not trigger.starts or not suppression.is_suppressed(trigger):
            return False
        if not waits or not suppression.can_wait(trigger, context.invoked_function_arn):
            return skips
        try:
            suppression.wait(ledger, trigger, tools)
        except Exception as fault:  # then it pages at once
            ledger.fault(fault, tools)
            return False
        return True

    def refuse(self, payload: object, error: UnknownPayloadError, context: Context) -> dict[str, Any]:
        """Look at what is due when the sweeper's rule says so."""
        if payload != {"sweep": {}}:
            return self._refuse(payload, error, context)

        def states(arns: list[str]) -> dict[str, tuple[str, int]]:
            return _states(self._cloudwatch(), arns)

        counts: dict[str, int] = {}
        answers: list[str] = []
        ledger, tools = self._lend(_never, context, counts, answers)

        def unmute(key: str) -> bool:
            from . import suppression

            return suppression.look_at(
                ledger, key, self._cloudwatch(), lambda payload: self._handle(payload, context), tools
            )

        found = sweep(ledger, states, unmute, tools)
        facts = {"answers": answers, "error": answers[-1] if found["failed"] else ""}
        if any(found.values()):
            tell(context, {"Resolved": found["resolved"], **counts}, "swept", facts)
        return {"outcome": "swept", **found}

    def _lend(
        self, begin: Begin, context: Context, counts: dict[str, int], answers: list[str]
    ) -> tuple[Ledger, Tools]:
        def has_time(seconds: float) -> bool:
            left: int = context.get_remaining_time_in_millis()
            return left > seconds * 1000 + ATTEMPT_MILLISECONDS

        ledger = Ledger(self._settings, self._table, Incidents(self._client, has_time))
        return ledger, Tools(begin, has_time, time.time, time.sleep, counts, answers)


def _never(_draft: Draft) -> str:
    raise AssertionError  # a sweep starts nothing


def _states(cloudwatch: Client, arns: list[str]) -> dict[str, tuple[str, int]]:
    """Ask CloudWatch; it knows the alarms of its own account and Region only."""
    names = [arn.split(":", 6)[6] for arn in arns]
    states: dict[str, tuple[str, int]] = {}
    for first in range(0, len(names), _ALARMS_PER_CALL):
        some = names[first : first + _ALARMS_PER_CALL]
        kinds = ["CompositeAlarm", "MetricAlarm"]
        found = cloudwatch.describe_alarms(AlarmNames=some, AlarmTypes=kinds, MaxRecords=_ALARMS_PER_CALL)
        for alarm in (*found["MetricAlarms"], *found["CompositeAlarms"]):
            changed = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
            states[alarm["AlarmArn"]] = (alarm["StateValue"], int(changed.timestamp() * 1000))
    return states
