"""The sweeper: resolves what has been quiet for long enough, asks about what has been silent too long."""

from collections.abc import Callable

from .ledger import Ledger, Tools
from .problems import arn_of, is_quiet
from .table import Entry, TableFaultError

LOOK_AGAIN = 60  # seconds
MUTED = "muted "
"""How the key of an event begins that waits for its alarm's actions."""

States = Callable[[list[str]], dict[str, tuple[str, int]]]
"""Looks alarms up by ARN: their states, and since when in milliseconds."""


def sweep(ledger: Ledger, states: States, unmute: Callable[[str], bool], tools: Tools) -> dict[str, int]:
    """Look at every entry that is due.

    Returns:
        How many problems were resolved, how many events paged whose alarm was muted before, and how
        many entries could not be looked at.
    """
    done = {"resolved": 0, "unmuted": 0, "failed": 0}
    try:
        keys = ledger.table.due(tools.clock())
    except TableFaultError as fault:  # raised it would be repeated and end among lost events
        ledger.fault(fault, tools)
        return {**done, "failed": 1}
    for key in keys:
        if not tools.has_time(5):
            break
        try:
            if key.startswith(MUTED):
                done["unmuted"] += unmute(key)
            else:
                done["resolved"] += _look_at(ledger, key, states, tools)
        except Exception as error:
            done["failed"] += 1
            tools.answers.append(f"sweep: {type(error).__name__}: {error}"[:300])
            _postpone(ledger, key, tools)
    return done


def _postpone(ledger: Ledger, key: str, tools: Tools) -> None:
    """Let what failed stand behind what is due by now, or a page might wait behind it for good."""
    try:
        entry, version = ledger.table.get(key)
        if entry.get("due"):
            now = tools.clock()
            ledger.table.put(key, {**entry, "due": now + LOOK_AGAIN}, version, now)
    except Exception as error:
        ledger.fault(error, tools)


def _look_at(ledger: Ledger, key: str, states: States, tools: Tools) -> bool:
    """Resolve an entry's incidents, unless it turns out that something attached is not OK."""
    entry, version = ledger.table.get(key)
    now = tools.clock()
    if not entry.get("due") or entry["due"] > now:
        return False
    if not entry.get("closing"):
        was_quiet = is_quiet(entry)
        # An OK or ALARM that never arrived would leave an incident open, or resolve one that burns.
        _ask_cloudwatch(entry, states)
        if entry.get("pending") or entry.get("closed") or not entry.get("incident"):
            del entry["due"]
        elif not was_quiet or not is_quiet(entry):
            ledger.set_due(entry, now)
        else:
            entry["closing"] = True
        if not ledger.table.put(key, entry, version, now) or not entry.get("closing"):
            return False
    for incident in (*entry.get("older", ()), entry["incident"]):
        if ledger.incidents.record(incident).is_open:
            text = f"Resolved: every alarm has stayed OK for {ledger.resolve_after} seconds"
            ledger.incidents.tell(incident, f"resolved {entry['last']}", now, text)
            ledger.incidents.resolve(incident)
    _close(ledger, key, tools)
    return True


def _close(ledger: Ledger, key: str, tools: Tools) -> None:
    entry, version = ledger.table.get(key)
    if not entry.pop("closing", None):
        return  # news has come meanwhile, and started an incident of its own
    entry.pop("due", None)
    entry["closed"] = True
    ledger.table.put(key, entry, version, tools.clock())


def _ask_cloudwatch(entry: Entry, states: States) -> None:
    """Correct what the entry knows by what CloudWatch says now; of contributors it says when all are OK."""
    alarms = entry.get("alarms", {})
    found = states(sorted({arn_of(name) for name in alarms if ":alarm:" in name}))
    for name, (_, known_since) in alarms.items():
        state, since = found.get(arn_of(name), ("", 0))
        if since > known_since and (state == "OK" or name == arn_of(name)):
            alarms[name] = [state, since]
