"""docs/events.md lists every event, as the catalogue has it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from constructs_lib import IncidentEvents
from tests.catalogue.test_events import NAMES, plain

DOCS = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")


def row(name: str) -> str:
    event = plain(name)
    narrowed = ", ".join(
        f"`{argument}`" for argument in inspect.signature(getattr(IncidentEvents, name)).parameters
    )
    types = "<br>".join(event.detail_types)
    return (
        f"| `{name}` | {types} | {event.impact.value} {event.impact.label} | `{event.title}` | {narrowed} |"
    )


def test_the_table_has_every_event_and_nothing_else() -> None:
    assert re.findall(r"^\| `.*\|$", DOCS, re.MULTILINE) == [row(name) for name in NAMES]


def test_what_an_event_needs_and_where_it_is_delivered_is_told() -> None:
    for event in map(plain, NAMES):
        assert not event.needs or event.needs in DOCS
        assert all(region in DOCS for region in event.regions)


if __name__ == "__main__":
    print(*map(row, NAMES), sep="\n")  # noqa: T201 - what the page is made of
