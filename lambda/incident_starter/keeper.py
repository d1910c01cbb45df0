"""The ledger as one invocation uses it."""

import time
from collections.abc import Callable
from typing import Any

from botocore.session import Session

from .calling import ATTEMPT_MILLISECONDS, Client
from .followup import Incidents
from .ledger import Begin, Ledger, Settings, Tools
from .recovery import recover
from .request import Draft
from .sweeping import sweep
from .table import Table
from .triggers import Trigger

Remaining = Callable[[], int]
_ALARMS_PER_CALL = 100


class Keeper:
    """Everything about the ledger that outlives one invocation."""

    def __init__(self, settings: Settings, session: Session, client: Client, table: Any = None) -> None:  # noqa: ANN401 - tests bring their own
        self._settings = settings
        self._client = client
        self._table = table or Table(session, settings["table"])

    def keep(  # noqa: PLR0917 - what an invocation has
        self,
        trigger: Trigger,
        made: Draft,
        begin: Begin,
        remaining: Remaining,
        counts: dict[str, int],
        answers: list[str],
    ) -> tuple[str, str]:
        """See to it that what a trigger tells of is kept: started, appended, recovered; and the ARN.

        Raises:
            TableFaultError: An OK could not be written down; it has to come again.
            Exception: Whatever starting an incident raised.
        """
        ledger, tools = self._lend(begin, remaining, counts, answers)
        event = ledger.event(trigger, made)
        if not trigger.starts:
            return (recover(ledger, event, made.plan, tools) if event else "ok ignored"), ""
        return ledger.open(event, made, tools) if event else ("started", begin(made))

    def sweep(
        self, cloudwatch: Callable[[], Any], remaining: Remaining, counts: dict[str, int], answers: list[str]
    ) -> dict[str, int]:
        """Look at everything that is due."""

        def states(arns: list[str]) -> dict[str, tuple[str, int]]:
            return _states(cloudwatch(), arns)

        ledger, tools = self._lend(_never, remaining, counts, answers)
        return sweep(ledger, states, tools)

    def _lend(
        self, begin: Begin, remaining: Remaining, counts: dict[str, int], answers: list[str]
    ) -> tuple[Ledger, Tools]:
        def has_time(seconds: float) -> bool:
            return remaining() > seconds * 1000 + ATTEMPT_MILLISECONDS

        ledger = Ledger(self._settings, self._table, Incidents(self._client, has_time))
        return ledger, Tools(begin, has_time, time.time, time.sleep, counts, answers)


def _never(_draft: Draft) -> str:
    raise AssertionError  # a sweep starts nothing


def _states(cloudwatch: Any, arns: list[str]) -> dict[str, tuple[str, int]]:  # noqa: ANN401 - botocore's client
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
