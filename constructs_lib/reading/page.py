"""Coverage as a page for people."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from constructs_lib.html_page import badge, document, link

from .documents import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .coverage import Row
    from .findings import Finding


def page(rows: Sequence[Row], problems: Sequence[str], app: str) -> str:
    """Write a coverage as HTML.

    Args:
        rows: every alarm and rule.
        problems: what could not be read.
        app: what was read, as the reader of the page knows it.
    """
    unread = "".join(f'<li class="error">{escape(problem)}</li>' for problem in problems)
    return document(
        title="What pages whom",
        about=app,
        lead=[
            f"<p>{escape(app)}: {summary(rows)}.</p>",
            f"<ul>{unread}</ul>",
        ],
        headings=["Alarm or rule", "Impact", "Plan", "What responders see, and what to look at"],
        rows=map(_row, rows),
    )


def _row(row: Row) -> str:
    wired = ", ".join(row.wired) or "wired to nothing"
    said = (
        escape(row.title)
        if row.title
        else '<span class="soft">the plan\'s own title</span>'
        if row.pages
        else ""
    )
    return (
        f"<tr><td>{escape(row.path)}<br><small>{escape(row.kind)} · {escape(wired)}</small>"
        f"<td>{_impact(row)}<td>{escape(row.plan.rpartition('/')[2])}"
        f"<td>{said}<ul>{_runbook(row)}{''.join(map(_finding, row.findings))}</ul>\n"
    )


def _impact(row: Row) -> str:
    if row.impact is None:
        return '<span class="soft">as planned</span>' if row.pages else ""
    return badge(row.impact)


def _runbook(row: Row) -> str:
    return f"<li>{link(row.runbook)}</li>" if row.runbook else ""


def _finding(finding: Finding) -> str:
    return f'<li class="{finding.severity}">{finding.code}: {escape(finding.sentence)}</li>'
