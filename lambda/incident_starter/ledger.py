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
from .calling import error_code, is_trouble
from .claims import claimed, linked, restored
from .followup import REFUSALS, Incidents
from .problems import Event, Settings, attach, digest, is_quiet
from .request import Draft
from .storms import STORM
from .table import Entry, Table, TableFaultError

Begin = Callable[[Draft], str]

_RECHECK = 3600  # seconds after which the sweeper asks CloudWatch about an alarm that says nothing
_RETRIED = 21_600  # seconds for which Lambda may keep an event and try again
_SEEN = 20
_OLDER = 3


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
        self._lease: int = settings.get("lease", 90)  # seconds, longer than an invocation may take

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
                    pending["until"] = now + self._lease  # from now on it is ours again
                    if self.table.put(event.key, entry, version, now):
                        return self._finish_own(event.key, pending, tools)
                    self.pause(tools)
                    continue
                if pending and self._is_in_the_way(pending, refused, now):
                    refused.add(self._after_another(event.key, entry, version, tools))
                    continue
                incident = entry.get("incident", "")
                if event.identity in entry.get("seen", ()):
                    return "duplicate", incident
                if incident and incident not in refused and self._is_fresh(event.key, entry, now, made):
                    outcome, told = self._go_on(event, entry, version, made, tools)
                    if outcome == "refused":
                        refused.add(incident)
                    elif outcome != "again":
                        return outcome, told
                    continue
                draft = linked(made, [incident, *entry.get("older", ())] if incident else [])
                joins = self._storm_of(event, draft, tools)
                claim = claimed(event, entry, draft, joins, (now, now + self._lease))
                if self.table.put(event.key, claim, version, now):
                    if incident:
                        tools.counts["Superseded"] = 1
                    return self._finish_own(event.key, claim["pending"], tools)
                self.pause(tools)
        except REFUSALS:  # of Incident Manager
            raise
        except Exception as fault:  # of the table, or a bug: no page waits for its book-keeping
            self.fault(fault, tools)
            return "started", tools.begin(draft)

    def _is_alive(self, pending: Entry, now: float) -> bool:
        """Tell whether the delivery that has this start pending may be at work on it."""
        return bool(now < pending["until"] <= now + self._lease)

    def _is_in_the_way(self, pending: Entry, refused: set[str], now: float) -> bool:
        """Tell whether another delivery's start has to end first; one that was refused has ended."""
        if now - pending["since"] >= _RETRIED:
            return False
        return pending["by"] not in refused or self._is_alive(pending, now)

    def _after_another(self, key: str, entry: Entry, version: int, tools: Tools) -> str:
        """Wait while another delivery starts the incident; when its lease is over, start it for that one.

        Only who has the lease starts it for good: a start that is given up must be under way nowhere.

        Returns:
            Whose start was refused.

        Raises:
            Exception: It may have started, or its own delivery may fare better: to start another
                incident now could make two.
        """
        pending, now = entry["pending"], tools.clock()
        is_alive = self._is_alive(pending, now)
        if is_alive and tools.has_time(1):
            self.pause(tools)
            return ""
        if not is_alive:
            pending["until"] = now + self._lease
            if not self.table.put(key, entry, version, now):
                self.pause(tools)
                return ""
        try:
            self._finish(key, pending, tools)
        except TableFaultError:
            raise
        except Exception as error:
            if not is_alive:
                self._give_up_lease(key, pending, tools)
            # What may have started in spite of it is not started beside; what is refused for good is left.
            if is_alive or (isinstance(error, REFUSALS) and is_trouble(error, error_code(error))):
                raise
            tools.answers.append(f"finishing another's start: {type(error).__name__}: {error}"[:300])
            return str(pending["by"])
        return ""

    def _is_fresh(self, key: str, entry: Entry, now: float, made: Draft) -> bool:
        """Tell whether a problem's incident is one that people are at work on, as far as we know."""
        if entry.get("closed") or entry.get("closing") or now - entry["last"] >= self.append_within:
            return False
        if entry["joined"]:
            return made.impact != 1
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

    def _finish(self, key: str, pending: Entry, tools: Tools) -> tuple[str, str]:
        """Start the incident that an entry has pending, and record it.

        The request is the one that was claimed, so whoever finishes it, it is one incident.
        """
        draft = restored(pending["draft"])
        joins = pending["joins"]
        if joins:
            event = Event(joins, pending["by"], *pending["alarm"])
            arn = storms.join(self, event, draft, tools)
        else:
            arn = tools.begin(draft)
        self._record(key, pending, draft, arn, tools)
        return "joined" if joins else "started", arn

    def _finish_own(self, key: str, pending: Entry, tools: Tools) -> tuple[str, str]:
        """Start this delivery's own incident; when that fails, anybody may try before it comes again."""
        try:
            return self._finish(key, pending, tools)
        except Exception:
            self._give_up_lease(key, pending, tools)
            raise

    def _record(self, key: str, pending: Entry, draft: Draft, arn: str, tools: Tools) -> None:
        """Write down which incident a problem has; whoever finds it pending still will do it again."""
        try:
            while True:
                entry, version = self.table.get(key)
                if entry.get("pending", {}).get("by") != pending["by"]:
                    return  # somebody else has finished it
                now = tools.clock()
                before = "" if entry.get("joined") else entry.get("incident", "")
                older = entry.get("older", [])
                entry = {
                    "alarms": entry["alarms"],
                    "incident": arn,
                    "impact": draft.impact or 0,
                    "last": pending["since"],
                    "seen": [*entry.get("seen", []), pending["by"]][-_SEEN:],
                    "items": [digest(name) for name in (*draft.items, *draft.derived)][-LINKED_IN_ALL:],
                    "older": [*older, before][-_OLDER:] if before and before != arn else older,
                    "joined": pending["joins"],
                }
                self.set_due(entry, now)
                if self.table.put(key, entry, version, now):
                    break
                self.pause(tools)
        except TableFaultError as fault:
            self.fault(fault, tools)
            return
        if is_quiet(entry):
            self._say_that_it_is_over(arn, pending, tools)

    def _say_that_it_is_over(self, arn: str, pending: Entry, tools: Tools) -> None:
        """An OK that has overtaken its ALARM had no incident to tell."""
        try:
            self.incidents.tell(arn, f"over {pending['by']}", tools.clock(), "It is OK again already")
        except REFUSALS as error:
            tools.answers.append(f"recovery: {type(error).__name__}: {error}"[:300])

    def _give_up_lease(self, key: str, pending: Entry, tools: Tools) -> None:
        """Let anybody finish a start that failed; its own event comes again."""
        try:
            entry, version = self.table.get(key)
            if entry.get("pending", {}).get("by") == pending["by"]:
                entry["pending"]["until"] = 0
                self.table.put(key, entry, version, tools.clock())
        except TableFaultError as fault:
            self.fault(fault, tools)

    def _amend(self, key: str, tools: Tools, incident: str, seen: list[str], items: list[str]) -> None:
        """Remember that a delivery was answered, and what was linked."""
        try:
            while True:
                entry, version = self.table.get(key)
                if entry.get("incident") != incident and not entry.get("joined"):
                    return
                entry["incident"] = incident
                entry["seen"] = [*entry.get("seen", []), *seen][-_SEEN:]
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
