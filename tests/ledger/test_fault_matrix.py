"""Each service of the ledger failing in each way, until Lambda gives up: the table is docs/faults.md."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ledger.invariants import broken
from tests.ledger.world import Change, World, virtual_time

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parents[2] / "docs" / "faults.md"
SERVICES = {
    "StartIncident": "start_incident",
    "CreateTimelineEvent": "create_timeline_event",
    "GetIncidentRecord": "get_incident_record",
    "UpdateRelatedItems": "update_related_items",
    "DynamoDB, reading": "get",
    "DynamoDB, writing": "put",
    "DynamoDB, counting": "count",
}
FAULTS = (
    "throttles",
    "fails (5xx)",
    "gives no answer",
    "closes the connection",
    "its reply is lost",
    "denies",
)


def new_alarm(world: World) -> Change:
    return world.change("errors", "ALARM")


def alarm_of_an_open_incident(world: World) -> Change:
    world.deliver(world.change("errors", "ALARM"))
    return world.change("errors", "ALARM", contributor="a second one")


def ok_of_an_open_incident(world: World) -> Change:
    world.deliver(world.change("errors", "ALARM"))
    return world.change("errors", "OK")


NEWS: dict[str, Callable[[World], Change]] = {
    "a new ALARM": new_alarm,
    "an ALARM of an open incident": alarm_of_an_open_incident,
    "an OK": ok_of_an_open_incident,
}


def outcome(news: Callable[[World], Change], operation: str, fault: str) -> str:
    """What becomes of it while the operation fails; afterwards every promise must hold."""
    world = World(resolveAfter=300)
    with virtual_time(world):
        change = news(world)
        started = len(world.incidents)
        world.faults = {operation: fault}
        world.table_was_down = operation in {"get", "put", "count"}
        world.deliver_all()
        world.faults = {}
        assert broken(world) == []
        if change in world.dead:
            return "failure queue"
        if change.outcome == "started" and started:
            return "started anew"
        return change.outcome


def rendered() -> str:
    lines = [f"| | while it ... | {' | '.join(NEWS)} |", "|---|---|" + "---|" * len(NEWS)]
    for service, operation in SERVICES.items():
        for fault in FAULTS:
            cells = [outcome(news, operation, fault) for news in NEWS.values()]
            lines.append(f"| {service} | {fault} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_matrix_in_the_docs_is_what_happens() -> None:
    assert rendered() in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("operation", SERVICES.values(), ids=SERVICES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_new_alarm_is_lost_by_no_fault(operation: str, fault: str) -> None:
    allowed = {"started", "failure queue"} if operation == "start_incident" else {"started"}
    assert outcome(new_alarm, operation, fault) in allowed


if __name__ == "__main__":
    print(rendered())  # noqa: T201 - for who writes the docs
