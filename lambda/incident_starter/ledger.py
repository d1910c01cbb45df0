"""The ledger of open incidents: one problem has one incident, whoever crashes. docs/ledger.md says why.

An entry is what is known of one problem (its `key`):

* `incident` and its `impact`; `seen`: the deliveries that it has answered
* `last`: when it was last heard that the problem goes on
* `alarms`: the last known state of everything attached, and since when
* `items`: what its incident links already; `older`: incidents that it has superseded
* `pending`: a start under way, with all that is needed to finish it, and a lease on doing so
* `joined`: the storm that it is a part of; `due`: when the sweeper looks at it
* `closing` and `closed`: the sweeper resolves its incident, or somebody has

Every change is written over the version that was read, so that of two invocations one reads again.
"""

import random
from collections.abc import Callable
from typing import NamedTuple

from . import storms
from .appends import LINKED_IN_ALL, append
from .claims import claimed, linked, restored
from .finishing import SEEN, after_another, finish_own, is_in_the_way
from .followup import REFUSALS, Incidents
from .problems import Event, Settings, attach, is_quiet
from .request import Draft
from .storms import STORM
from .table import Entry, Table, TableFaultError

Begin = Callable[[Draft], str]

_RECHECK = 3600  # seconds after which the sweeper asks CloudWatch about an alarm that says nothing


class Tools(NamedTuple):
    """What one invocation lends the ledger."""

    begin: Begin
    """Starts the incident of a draft."""

    has_time: Callable[[float], bool]
    """Whether as many seconds are left, and those that a start takes."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    counts: dict[str, int]
    answers: list[str]


class Ledger:
    """What is open, and what is to be done about it."""

    def __init__(self, settings: Settings, table: Table, incidents: Incidents) -> None:
        self.table = table
        self.incidents = incidents
        self.append_within: int = settings.get("appendWithin", 3600)
        self.resolve_after: int | None = settings.get("resolveAfter")
        self.storm: Settings | None = settings.get("storm")
        self.lease: int = settings.get("lease", 90)  # seconds, longer than an invocation may take

    def open(self, event: Event, made: Draft, tools: Tools) -> tuple[str, str]:  # noqa: C901 - in this order
        """See to it that a problem has an incident; say what was done, and its ARN.

        Raises:
            Exception: Whatever starting the incident raised; nothing of the table's, and no bug's.
        """
        draft = made
        refused: set[str] = set()  # the incidents, and the starts of other deliveries, that did not take it
        try:
            while True:
                entry, version = self.table.get(event.key)
                now = tools.clock()
                pending = entry.get("pending")
                if pending and pending["by"] == event.identity:
                    draft = restored(pending["draft"])
                    pending["until"] = now + self.lease  # from now on it is ours again
                    if self.table.put(event.key, entry, version, now):
                        return finish_own(self, event.key, pending, tools)
                    self.pause(tools)
                    continue
                if pending and is_in_the_way(self, pending, refused, now):
                    refused.add(after_another(self, event.key, entry, version, tools))
                    continue
                incident = entry.get("incident", "")
                if event.identity in entry.get("seen", ()):
                    return "duplicate", incident
                if incident and incident not in refused and self._is_fresh(event.key, entry, made, tools):
                    outcome, told = self._go_on(event, entry, version, made, tools)
                    if outcome == "refused":
                        refused.add(incident)
                    elif outcome != "again":
                        return outcome, told
                    continue
                draft = linked(made, [incident, *entry.get("older", ())] if incident else [])
                joins = self._storm_of(event, draft, tools)
                claim = claimed(event, entry, draft, joins, (now, now + self.lease))
                if self.table.put(event.key, claim, version, now):
                    if incident:
                        tools.counts["Superseded"] = 1
                    return finish_own(self, event.key, claim["pending"], tools)
                self.pause(tools)
        except REFUSALS:  # of Incident Manager
            raise
        except Exception as fault:  # of the table, or a bug: no page waits for its book-keeping
            self.fault(fault, tools)
            return "started", tools.begin(draft)

    def _is_fresh(self, key: str, entry: Entry, made: Draft, tools: Tools) -> bool:
        """Tell whether a problem's incident is one that people are at work on, as far as we know."""
        is_over = entry.get("closed") or entry.get("closing")
        if is_over or tools.clock() - entry["last"] >= self.append_within:
            return False
        if entry["joined"]:
            return storms.impact_of(self, made, tools) != 1
        return key.startswith(STORM) or (made.impact or 5) >= entry["impact"]

    def _storm_of(self, event: Event, draft: Draft, tools: Tools) -> str:
        if self.storm is None or event.key.startswith(STORM):
            return ""
        return storms.storm_of(self, event.identity, draft, tools)

    def _go_on(self, event: Event, entry: Entry, version: int, made: Draft, tools: Tools) -> tuple[str, str]:
        """Tell an open incident that its problem goes on: told, refused, or somebody was faster.

        The entry first, so that nothing resolves the incident meanwhile, and the incident's state
        last: what was told before somebody resolved it was told.
        """
        incident, now = entry["incident"], tools.clock()
        attach(entry, event)
        entry["last"] = now
        entry.pop("due", None)
        self.set_due(entry, now)
        if not self.table.put(event.key, entry, version, now):
            self.pause(tools)
            return "again", ""
        if entry["joined"]:
            incident = storms.join(self, event._replace(key=entry["joined"]), made, tools)
            self._amend(event.key, tools, incident, [event.identity], [])
            return "joined", incident
        links = append(self.incidents, event, entry, made, tools)
        if links is None:
            return "refused", incident
        self._amend(event.key, tools, incident, [event.identity], links)
        return "appended", incident

    def _amend(self, key: str, tools: Tools, incident: str, seen: list[str], items: list[str]) -> None:
        """Remember that a delivery was answered, and what was linked."""
        try:
            while True:
                entry, version = self.table.get(key)
                if entry.get("incident") != incident and not entry.get("joined"):
                    return
                entry["incident"] = incident
                entry["seen"] = [*entry.get("seen", []), *seen][-SEEN:]
                entry["items"] = [*entry.get("items", []), *items][-LINKED_IN_ALL:]
                if self.table.put(key, entry, version, tools.clock()):
                    return
                self.pause(tools)
        except TableFaultError as fault:
            self.fault(fault, tools)

    def set_due(self, entry: Entry, now: float) -> None:
        """Have the sweeper look at an entry: when it has been quiet for long enough, or for too long."""
        entry.pop("due", None)
        alarms = entry.get("alarms", {})
        if (
            self.resolve_after is None
            or entry.get("joined")
            or not any(":alarm:" in alarm for alarm in alarms)
        ):
            return
        entry["due"] = now + (self.resolve_after if is_quiet(entry) else _RECHECK)

    def fault(self, fault: Exception, tools: Tools) -> None:
        """Count and tell that the table, or what it holds, is in trouble."""
        tools.counts["LedgerFaults"] = tools.counts.get("LedgerFaults", 0) + 1
        tools.answers.append(f"ledger: {type(fault).__name__}: {fault}"[:300])

    def pause(self, tools: Tools) -> None:
        """Wait a little for whoever was faster.

        Raises:
            TableFaultError: There is no time left for it.
        """
        seconds = random.uniform(0.05, 0.5)
        if not tools.has_time(seconds):
            message = "the entry is busy and the time is over"
            raise TableFaultError(message)
        tools.sleep(seconds)
