"""Recovery: an OK is told to the incident that is ours and open; `sweeping` resolves it later."""

from .followup import REFUSALS, is_throttled
from .ledger import Ledger, Tools
from .problems import Event, arn_of
from .storms import STORM
from .table import Entry


def recover(ledger: Ledger, event: Event, plan: str, tools: Tools) -> str:
    """Take note of an alarm's OK; say what was done.

    An OK that is older than what is known of its alarm says nothing any more. One that is younger
    than an ALARM which has not come yet is kept for it.

    Raises:
        TableFaultError: The table did not answer; the OK has to come again.
        ClientError: The incident could not be told for now.
    """
    outcome = _recover(ledger, event, tools)
    if ledger.storm and not event.key.startswith(STORM):
        of_storm = _recover(ledger, event._replace(key=f"{STORM}{plan}"), tools)
        outcome = of_storm if outcome == "ok ignored" else outcome
    return outcome


def _recover(ledger: Ledger, event: Event, tools: Tools) -> str:
    while True:
        entry, version = ledger.table.get(event.key)
        alarms, now = entry.setdefault("alarms", {}), tools.clock()
        # An alarm's own OK goes for all of its contributors.
        attached = [name for name in alarms if name == event.alarm or arn_of(name) == event.alarm]
        bad = [name for name in attached if alarms[name][0] != "OK" and alarms[name][1] <= event.at]
        is_repeated = any(alarms[name] == ["OK", event.at] for name in attached)
        if (attached or event.key.startswith(STORM)) and not bad and not is_repeated:
            return "ok ignored"
        for name in bad or attached or [event.alarm]:
            alarms[name] = ["OK", max(event.at, alarms.get(name, ["", 0])[1])]
        is_open = bool(entry.get("incident")) and not entry.get("closed")
        if is_open and bad and "pending" not in entry:
            ledger.set_due(entry, now)
        if ledger.table.put(event.key, entry, version, now):
            break
        ledger.pause(tools)
    if not is_open or entry.get("joined"):
        return "ok ignored"
    return _told(ledger, event, entry, tools)


def _told(ledger: Ledger, event: Event, entry: Entry, tools: Tools) -> str:
    incident = entry["incident"]
    try:
        if not ledger.incidents.record(incident).is_open:
            return "ok ignored"
        ledger.incidents.tell(incident, event.identity, tools.clock(), f"{event.subject} is OK")
    except REFUSALS as error:
        if is_throttled(error):
            raise
        tools.answers.append(f"recovery: {type(error).__name__}: {error}"[:300])
        tools.counts["FollowUpFaults"] = 1
    return "recovered"
