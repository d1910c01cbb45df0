"""Starts that are written down before they are made, so that anybody can finish them. Pure."""

from typing import Any

from .limits import MAX_RELATED_ITEMS
from .problems import Event, attach
from .request import Draft, Partial
from .table import Entry


def claimed(event: Event, entry: Entry, draft: Draft, joins: str, lease: tuple[float, float]) -> Entry:
    """Write a start down with its whole request, and for how long it is left to its own delivery.

    What is OK is attached no more: it belonged to the incident before.
    """
    alarms = entry.get("alarms", {})
    kept = {alarm: known for alarm, known in alarms.items() if known[0] != "OK" or alarm == event.alarm}
    claim = {**entry, "alarms": kept}
    for name in ("due", "closing"):
        claim.pop(name, None)
    attach(claim, event)
    claim["pending"] = {
        "by": event.identity,
        "alarm": [event.alarm, event.state, event.at, event.subject],
        "joins": joins,
        "since": lease[0],
        "until": lease[1],
        "draft": list(draft._replace(dropped=[], ignored=[])),
    }
    return claim


def restored(fields: list[Any]) -> Draft:
    """Read a draft as it was written down."""
    draft = Draft(*fields)
    return draft._replace(identity=tuple(draft.identity))


def linked(made: Draft, earlier: list[str]) -> Draft:
    """Link the incidents that a new one supersedes."""
    items: dict[str, Partial] = {
        f"INCIDENT arn {arn}": {
            "identifier": {"type": "INCIDENT", "value": {"arn": arn}},
            "title": "Earlier incident of this problem",
        }
        for arn in earlier
    }
    most = list((items | made.items).items())[:MAX_RELATED_ITEMS]
    derived = dict(list(made.derived.items())[: MAX_RELATED_ITEMS - len(most)])
    return made._replace(items=dict(most), derived=derived)
