"""Storms: beyond so many incidents of a plan in so much time, the rest join one. Impact 1 never does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .followup import REFUSALS

if TYPE_CHECKING:
    from .ledger import Ledger, Tools
    from .problems import Event
    from .request import Draft

STORM = "storm "
"""How the key of a plan's storm begins."""

_COUNT = "count "


def storm_of(ledger: Ledger, identity: str, draft: Draft, tools: Tools) -> str:
    """Count a start, and give the key of the storm that it has to join instead, if there is one.

    Raises:
        TableFaultError: The table did not answer.
    """
    settings = ledger.storm or {}
    while True:
        entry, version = ledger.table.get(f"{_COUNT}{draft.plan}")
        now = tools.clock()
        if now - entry.get("since", 0) >= settings["per"]:
            entry = {"since": now, "started": []}
        if identity in entry["started"]:
            return ""
        if len(entry["started"]) >= settings["maxIncidents"]:
            return "" if impact_of(ledger, draft, tools) == 1 else f"{STORM}{draft.plan}"
        entry["started"].append(identity)
        if ledger.table.put(f"{_COUNT}{draft.plan}", entry, version, now):
            return ""
        ledger.pause(tools)


def join(ledger: Ledger, event: Event, draft: Draft, tools: Tools) -> str:
    """Tell the storm's incident of one more problem, or start it; give its ARN."""
    settings = ledger.storm or {}
    limit = f"more than {settings.get('maxIncidents')} incidents in {settings.get('per')} seconds"
    first = draft.title or event.subject
    storm = draft._replace(
        identity=("storm", *draft.identity), title=f"Storm, {limit}, beginning with: {first}"[:200]
    )
    outcome, incident = ledger.open(event, storm, tools)
    if outcome == "started":
        tools.counts["IncidentsStarted"] = 1
    return incident


def impact_of(ledger: Ledger, draft: Draft, tools: Tools) -> int:
    """Tell a draft's impact; the plan's own counts as the highest where it cannot be read."""
    if draft.impact is not None:
        return draft.impact
    try:
        return ledger.incidents.plan_impact(draft.plan)
    except REFUSALS as error:
        tools.answers.append(f"impact of the plan: {type(error).__name__}: {error}"[:300])
        return 1
