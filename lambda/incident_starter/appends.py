"""Appending: an open incident is told that its problem goes on, and links what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from .calling import error_code
from .followup import REFUSALS, is_throttled
from .problems import Event, digest
from .storms import STORM

if TYPE_CHECKING:
    from .followup import Incidents
    from .ledger import Tools
    from .request import Draft
    from .table import Entry

LINKED_IN_ALL = 45
"""The service's quota is 50, and it adds its own."""

_LINKED_AT_ONCE = 10
_LINKED_OF_A_STORM = 2  # of each that joins it
_FULL = {"ServiceQuotaExceededException", "ValidationException"}  # a thousand timeline events


def append(incidents: Incidents, event: Event, entry: Entry, made: Draft, tools: Tools) -> list[str] | None:
    """Write the timeline and link what is new; none where the incident takes nothing any more.

    Raises:
        ClientError: Throttled to the end; the event comes again, and one incident more would
            only be throttled as well.
    """
    incident, is_storm = entry["incident"], event.key.startswith(STORM)
    line = f"{event.subject} is in {event.state}" if event.state else f"{event.subject} happened"
    try:
        try:
            incidents.tell(incident, event.identity, tools.clock(), f"{line}. {made.title or ''}".strip())
        except ClientError as error:
            # A timeline that is full has told its readers; whether they are there is asked next.
            if error_code(error) not in _FULL:
                raise
            tools.answers.append(f"append: {error}"[:300])
        record = incidents.record(incident)
        if not record.is_open:
            return None
        if _is_more_urgent(made.impact, entry["impact"], record.impact):
            if not is_storm:
                return None
            incidents.raise_impact(incident, made.impact or record.impact)
    except REFUSALS as error:
        if is_throttled(error):
            raise
        tools.answers.append(f"append: {type(error).__name__}: {error}"[:300])
        tools.counts["FollowUpFaults"] = tools.counts.get("FollowUpFaults", 0) + 1
        return None
    most = _LINKED_OF_A_STORM if is_storm else _LINKED_AT_ONCE
    return _link_new(incidents, entry, made, most, tools)


def _link_new(incidents: Incidents, entry: Entry, made: Draft, most: int, tools: Tools) -> list[str]:
    """Link what the incident lacks; a link that cannot be made costs itself."""
    known: list[str] = entry.get("items", [])
    linked: list[str] = []
    for name, item in [*made.derived.items(), *made.items.items()]:
        short = digest(name)
        is_full = len(linked) >= most or len(known) + len(linked) >= LINKED_IN_ALL
        if short in known or is_full or not tools.has_time(2):
            continue
        try:
            incidents.link(entry["incident"], item)
            linked.append(short)
        except REFUSALS as error:
            tools.answers.append(f"link: {type(error).__name__}: {error}"[:300])
            break
    return linked


def _is_more_urgent(new: int | None, asked: int, actual: int) -> bool:
    """Compare a new impact with what was asked for and with what people have made of it since.

    One that is left to the plan may be anything.
    """
    if new is None:
        return asked != 0 and actual != 1
    return new < actual and (not asked or new < asked)
