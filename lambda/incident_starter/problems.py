"""Which problem an event is news of, and what is attached to one. Pure."""

from hashlib import sha256
from typing import Any, NamedTuple

from . import titles
from .request import Draft
from .table import Entry
from .texts import epoch_millis, mapping, sendable
from .triggers import Trigger

Settings = dict[str, Any]

_LONGEST_KEY = 1800  # bytes, of the 2,048 that a key has room for


class Event(NamedTuple):
    """News of one problem."""

    key: str
    identity: str
    """Equal for each delivery of the same thing that asks for the same impact."""

    alarm: str
    """What is attached: an alarm's ARN, and on a second line its contributor's name."""

    state: str
    at: int
    """When the alarm changed, in milliseconds."""

    subject: str


def problem_of(trigger: Trigger, made: Draft, by: Settings) -> Event | None:
    """Say which problem a trigger is news of; none where each is its own."""
    is_alarm = trigger.configuration is not None
    if trigger.kind in {"hand", "drill"} or by == {"by": "never"}:
        return None
    values, contributor = trigger.values, str(trigger.values.get("contributor") or "")
    if not is_alarm:
        key = " ".join(trigger.identity)
    elif "template" in by:
        key = titles.render(by["template"], values)
    elif by["by"] == "title" and made.title:
        key = f"title {made.title}"
    else:
        key = f"{trigger.arn} {contributor}" if by["by"] == "contributor" else trigger.arn
    state = mapping(mapping(values.get("detail")).get("state"))
    return Event(
        key=_key(f"{made.plan} {key}"),
        identity=digest(*made.identity, str(made.impact)),
        alarm=f"{trigger.arn}\n{contributor}".strip() if is_alarm else " ".join(trigger.identity),
        state=str(values.get("state", "")),
        at=(epoch_millis(state.get("timestamp")) if is_alarm else None) or 0,
        subject=sendable(str(values["alarm_name"]))[:200],
    )


def arn_of(attached: str) -> str:
    """Take the contributor off what is attached."""
    return attached.partition("\n")[0]


def is_quiet(entry: Entry) -> bool:
    """Tell whether everything attached is known to be OK."""
    states = entry.get("alarms", {}).values()
    return bool(states) and all(state == "OK" for state, _ in states)


def attach(entry: Entry, event: Event) -> None:
    """Remember an alarm's state, unless a later one is known: an OK may overtake its ALARM."""
    alarms = entry.setdefault("alarms", {})
    if event.alarm not in alarms or alarms[event.alarm][1] <= event.at:
        alarms[event.alarm] = [event.state or "EVENT", event.at]


def digest(*words: str) -> str:
    """Shorten what only has to be recognised."""
    return sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:24]


def _key(name: str) -> str:
    """Write a key that the table takes; what is cut off makes it another one all the same."""
    short = name.encode(errors="ignore")[:_LONGEST_KEY].decode(errors="ignore")
    return short if short == name else f"{short} {digest(name)}"
