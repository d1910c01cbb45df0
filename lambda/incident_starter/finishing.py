"""A start that is written down already: its own delivery finishes it, or another one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import storms
from .appends import LINKED_IN_ALL
from .calling import error_code, is_trouble
from .claims import restored
from .followup import REFUSALS
from .problems import Event, digest, is_quiet
from .table import TableFaultError

if TYPE_CHECKING:
    from .ledger import Ledger, Tools
    from .table import Entry

_RETRIED = 21_600  # seconds for which Lambda may keep an event and try again
SEEN = 20
"""Deliveries that an entry remembers."""

_OLDER = 3


def is_in_the_way(ledger: Ledger, pending: Entry, refused: set[str], now: float) -> bool:
    """Tell whether another delivery's start has to end first; one that was refused has ended."""
    if now - pending["since"] >= _RETRIED:
        return False
    return pending["by"] not in refused or _is_alive(ledger, pending, now)


def after_another(ledger: Ledger, key: str, entry: Entry, version: int, tools: Tools) -> str:
    """Wait while another delivery starts the incident; when its lease is over, start it for that one.

    Only who has the lease starts it for good: a start that is given up must be under way nowhere.

    Returns:
        Whose start was refused.

    Raises:
        Exception: It may have started, or its own delivery may fare better: to start another
            incident now could make two.
    """
    pending, now = entry["pending"], tools.clock()
    is_alive = _is_alive(ledger, pending, now)
    if is_alive and tools.has_time(1):
        ledger.pause(tools)
        return ""
    if not is_alive:
        pending["until"] = now + ledger.lease
        if not ledger.table.put(key, entry, version, now):
            ledger.pause(tools)
            return ""
    try:
        _finish(ledger, key, pending, tools)
    except TableFaultError:
        raise
    except Exception as error:
        if not is_alive:
            _give_up_lease(ledger, key, pending, tools)
        # What may have started in spite of it is not started beside; what is refused for good is left.
        if is_alive or (isinstance(error, REFUSALS) and is_trouble(error, error_code(error))):
            raise
        tools.answers.append(f"finishing another's start: {type(error).__name__}: {error}"[:300])
        return str(pending["by"])
    return ""


def finish_own(ledger: Ledger, key: str, pending: Entry, tools: Tools) -> tuple[str, str]:
    """Start this delivery's own incident; when that fails, anybody may try before it comes again."""
    try:
        return _finish(ledger, key, pending, tools)
    except Exception:
        _give_up_lease(ledger, key, pending, tools)
        raise


def _finish(ledger: Ledger, key: str, pending: Entry, tools: Tools) -> tuple[str, str]:
    """Start the incident that an entry has pending, and record it.

    The request is the one that was claimed, so whoever finishes it, it is one incident.
    """
    draft = restored(pending["draft"])
    joins = pending["joins"]
    if joins:
        event = Event(joins, pending["by"], *pending["alarm"])
        arn = storms.join(ledger, event, draft, tools)
    else:
        arn = tools.begin(draft)
    _record(ledger, key, pending, arn, tools)
    return "joined" if joins else "started", arn


def _record(ledger: Ledger, key: str, pending: Entry, arn: str, tools: Tools) -> None:
    """Write down which incident a problem has; whoever finds it pending still will do it again."""
    draft = restored(pending["draft"])
    try:
        while True:
            entry, version = ledger.table.get(key)
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
                "seen": [*entry.get("seen", []), pending["by"]][-SEEN:],
                "items": [digest(name) for name in (*draft.items, *draft.derived)][-LINKED_IN_ALL:],
                "older": [*older, before][-_OLDER:] if before and before != arn else older,
                "joined": pending["joins"],
            }
            ledger.set_due(entry, now)
            if ledger.table.put(key, entry, version, now):
                break
            ledger.pause(tools)
    except TableFaultError as fault:
        ledger.fault(fault, tools)
        return
    if is_quiet(entry):
        _say_that_it_is_over(ledger, arn, pending, tools)


def _say_that_it_is_over(ledger: Ledger, arn: str, pending: Entry, tools: Tools) -> None:
    """An OK that has overtaken its ALARM had no incident to tell."""
    try:
        ledger.incidents.tell(arn, f"over {pending['by']}", tools.clock(), "It is OK again already")
    except REFUSALS as error:
        tools.answers.append(f"recovery: {type(error).__name__}: {error}"[:300])


def _give_up_lease(ledger: Ledger, key: str, pending: Entry, tools: Tools) -> None:
    """Let anybody finish a start that failed; its own event comes again."""
    try:
        entry, version = ledger.table.get(key)
        if entry.get("pending", {}).get("by") == pending["by"]:
            entry["pending"]["until"] = 0
            ledger.table.put(key, entry, version, tools.clock())
    except TableFaultError as fault:
        ledger.fault(fault, tools)


def _is_alive(ledger: Ledger, pending: Entry, now: float) -> bool:
    """Tell whether the delivery that has this start pending may be at work on it."""
    return bool(now < pending["until"] <= now + ledger.lease)
