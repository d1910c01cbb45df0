"""The pager diff: what a change of an app does to who is paged for what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .coverage import Row

CHANGES = {
    "silenced": "error",
    "impact-changed": "warning",
    "plan-changed": "warning",
    "runbook-lost": "warning",
    "newly-paging": "info",
    "renamed": "info",
    "runbook-changed": "info",
    "title-changed": "info",
}
"""Every change and its severity, the worst first; docs/coverage.md explains them."""


@dataclass(frozen=True)
class Change:
    """One change of one alarm or rule.

    Attributes:
        code: one of `CHANGES`.
        kind: what it is.
        path: where it is now, or was.
        before: what was, as people read it; empty where there was nothing.
        after: what is now.
    """

    code: str
    kind: str
    path: str
    before: str
    after: str

    @property
    def severity(self) -> str:
        """``error``, ``warning`` or ``info``."""
        return CHANGES[self.code]


def changes(base: Sequence[Row], head: Sequence[Row]) -> list[Change]:
    """Compare two coverages, the worst change first.

    Alarms and rules are the same by their path, or, where a path is gone and another is new, by what
    they watch, if that tells them from all others.

    Args:
        base: before.
        head: after.
    """
    found = [change for before, after in _pairs(base, head) for change in _between(before, after)]
    order = [*CHANGES]
    return sorted(found, key=lambda change: (order.index(change.code), change.path))


def _pairs(base: Sequence[Row], head: Sequence[Row]) -> Iterator[tuple[Row | None, Row | None]]:
    before, after = {row.path: row for row in base}, {row.path: row for row in head}
    gone = [row for row in base if row.path not in after]
    new = [row for row in head if row.path not in before]
    for row in base:
        if row.path in after:
            yield row, after[row.path]
    for row in gone:
        mine = [each for each in new if _watches_the_same(row, each)]
        if len(mine) == 1 and sum(_watches_the_same(each, mine[0]) for each in gone) == 1:
            new.remove(mine[0])
            yield row, mine[0]
        else:
            yield row, None
    for row in new:
        yield None, row


def _watches_the_same(first: Row, second: Row) -> bool:
    return (first.kind, first.definition) == (second.kind, second.definition)


def _between(before: Row | None, after: Row | None) -> Iterator[Change]:
    row = after or before
    assert row is not None  # noqa: S101 - one of them is there

    def change(code: str, was: str, now: str) -> Change:
        return Change(code, row.kind, row.path, was, now)

    if before is not None and after is not None and before.path != after.path:
        yield change("renamed", before.path, after.path)
    if before is not None and _told(before) and not _is_still_told(before, after):
        yield change("silenced", _paged(before), "" if after is None else _paged(after))
    elif after is not None and _told(after) and not _is_still_told(after, before):
        yield change("newly-paging", "", _paged(after))
    elif before is not None and after is not None and after.pages:
        if before.impact != after.impact:
            yield change("impact-changed", _impact(before), _impact(after))
        if before.plan != after.plan:
            yield change("plan-changed", _plan(before), _plan(after))
        if before.title != after.title:
            yield change("title-changed", before.title, after.title)
        if before.runbook != after.runbook:
            code = "runbook-changed" if after.runbook else "runbook-lost"
            yield change(code, before.runbook, after.runbook)


def _told(row: Row) -> bool:
    return row.pages or row.elsewhere


def _is_still_told(row: Row, other: Row | None) -> bool:
    """Whether the other side pages as well; what another app does is worth less than what is known."""
    return other is not None and (other.pages or (other.elsewhere and not row.pages))


def _paged(row: Row) -> str:
    if row.pages:
        return f"{_plan(row)}, {_impact(row)}"
    return "what another app does" if row.elsewhere else "pages nobody"


def _plan(row: Row) -> str:
    return row.plan.rpartition("/")[2]


def _impact(row: Row) -> str:
    return "the plan's impact" if row.impact is None else f"impact {row.impact}"
