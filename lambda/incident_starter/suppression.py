"""Suppressed alarms on the bus: their events come all the same, and page when the window has ended.

An alarm's own action honours mute rules and composite suppressors; its event carries `muteDetail` and
`actionsSuppressedBy` instead. Such an event waits in the ledger, and the sweeper asks CloudWatch.
"""

from collections.abc import Callable
from typing import Any

from .calling import Client
from .ledger import Ledger, Tools
from .problems import digest
from .sweeping import LOOK_AGAIN, MUTED
from .texts import excerpt, mapping
from .triggers import Trigger

_MOST_FAILURES = 10  # of asking CloudWatch; then it pages


def is_suppressed(trigger: Trigger) -> bool:
    """Tell whether an alarm's event says that its actions are held back."""
    if trigger.kind != "event" or trigger.configuration is None:
        return False
    detail = mapping(trigger.values.get("detail"))
    return bool(detail.get("muteDetail") or mapping(detail.get("state")).get("actionsSuppressedBy"))


def can_wait(trigger: Trigger, invocation_arn: str) -> bool:
    """Tell whether CloudWatch can be asked when that ends: about the own account and Region only."""
    return trigger.arn.split(":")[3:5] == invocation_arn.split(":")[3:5]


def wait(ledger: Ledger, trigger: Trigger, tools: Tools) -> None:
    """Keep an event until its alarm's actions are held back no more; of a contributor and a rule the newest.

    Raises:
        TableFaultError: The table did not answer.
    """
    which = digest(str(trigger.values["contributor"]), excerpt(trigger.partial, 100_000))
    key = f"{MUTED}{which} {trigger.arn}"
    while True:
        now = tools.clock()
        _, version = ledger.table.get(key)
        waiting = {"event": trigger.payload, "startIncident": trigger.partial, "due": now + LOOK_AGAIN}
        if ledger.table.put(key, waiting, version, now):
            return
        ledger.pause(tools)


def look_at(
    ledger: Ledger, key: str, cloudwatch: Client, page: Callable[[dict[str, Any]], object], tools: Tools
) -> bool:
    """Page for an event that has waited, if its alarm is still in that state and held back no more.

    Returns:
        Whether it paged.

    Raises:
        TableFaultError: The table did not answer.
        Exception: Whatever paging raised; the next sweep does it again.
    """
    entry, version = ledger.table.get(key)
    now = tools.clock()
    if not entry.get("due") or entry["due"] > now:
        return False
    event = entry["event"]
    state = mapping(mapping(event.get("detail")).get("state")).get("value")
    try:
        found, is_held_back = _ask(cloudwatch, key.split(":", 6)[6])
    except Exception as error:  # also of a runtime that knows no mute rules yet
        entry["failures"] = entry.get("failures", 0) + 1
        tools.answers.append(f"suppression: {type(error).__name__}: {error}"[:300])
        found, is_held_back = state, entry["failures"] <= _MOST_FAILURES
    if found == state and is_held_back:
        ledger.table.put(key, {**entry, "due": now + LOOK_AGAIN}, version, now)
        return False
    if found == state:
        page(_unmuted(event, entry["startIncident"]))
    ledger.table.put(key, {}, version, now)
    return bool(found == state)


def _ask(cloudwatch: Client, name: str) -> tuple[object, bool]:
    kinds = ["CompositeAlarm", "MetricAlarm"]
    found = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=kinds)
    alarms = [*found["MetricAlarms"], *found["CompositeAlarms"]]
    if not alarms:
        return None, False
    [alarm] = alarms
    muted = cloudwatch.list_alarm_mute_rules(AlarmName=name, Statuses=["ACTIVE"])
    return alarm["StateValue"], bool(muted["AlarmMuteRuleSummaries"] or alarm.get("ActionsSuppressedBy"))


def _unmuted(event: dict[str, Any], partial: object) -> dict[str, Any]:
    """Write the payload as if the alarm had changed now that its window has ended."""
    detail = {name: value for name, value in event["detail"].items() if name != "muteDetail"}
    held_back = ("actionsSuppressedBy", "actionsSuppressedReason")
    detail["state"] = {name: value for name, value in detail["state"].items() if name not in held_back}
    plain = {**event, "detail": detail}
    return plain if partial is None else {"startIncident": partial, "event": plain}
