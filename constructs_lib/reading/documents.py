"""Coverage and changes as JSON and as Markdown; docs/coverage.md describes both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .coverage import Row
from .findings import CODES, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .changes import Change

SCHEMA_VERSION = 1
_MEMBERS = ("kind", "path", "stack", "plan", "impact", "title", "runbook", "definition")


class NoCoverageError(Exception):
    """A document is none that `coverage_document` made."""


def coverage_document(rows: Sequence[Row], problems: Sequence[str]) -> dict[str, Any]:
    """Return the documented JSON object of a coverage; it only ever gains members.

    Args:
        rows: every alarm and rule.
        problems: what could not be read.
    """
    return {
        "schemaVersion": SCHEMA_VERSION,
        "problems": [*problems],
        "counts": {"rows": len(rows), "paging": sum(row.pages for row in rows)},
        "rows": [
            {
                **{name: getattr(row, name) for name in _MEMBERS},
                "wired": [*row.wired],
                "elsewhere": row.elsewhere,
                "findings": [
                    {"code": each.code, "severity": each.severity, "sentence": each.sentence}
                    for each in row.findings
                ],
            }
            for row in rows
        ],
    }


def rows_of(document: object) -> list[Row]:
    """Read a document that `coverage_document` made.

    Raises:
        NoCoverageError: it is none, or one of a newer version.
    """
    if not isinstance(document, dict) or not isinstance(document.get("rows"), list):
        message = 'no coverage: it has no "rows"; write one with incident-starter coverage --json'
        raise NoCoverageError(message)
    if document.get("schemaVersion") != SCHEMA_VERSION:
        message = f"got schemaVersion {document.get('schemaVersion')}, this version reads {SCHEMA_VERSION}"
        raise NoCoverageError(message)
    try:
        return [
            Row(
                **{name: row[name] for name in _MEMBERS},
                wired=tuple(row["wired"]),
                elsewhere=bool(row.get("elsewhere", "hub" in row["wired"])),  # older versions wrote none
                findings=tuple(
                    Finding(each["code"], each["sentence"])
                    for each in row["findings"]
                    if each["code"] in CODES
                ),
            )
            for row in document["rows"]
        ]
    except (KeyError, TypeError) as error:
        message = f"no coverage: one of its rows is not whole ({error})"
        raise NoCoverageError(message) from None


def summary(rows: Sequence[Row]) -> str:
    """Say how many page."""
    paging = sum(row.pages for row in rows)
    elsewhere = sum(row.elsewhere and not row.pages for row in rows)
    also = f", {elsewhere} more may through another app" if elsewhere else ""
    return f"{paging} of {len(rows)} alarms and rules page somebody{also}"


def changes_document(found: Sequence[Change], problems: Sequence[str]) -> dict[str, Any]:
    """Return the documented JSON object of a pager diff.

    Args:
        found: the changes.
        problems: what could not be read.
    """
    members = ("code", "severity", "kind", "path", "before", "after")
    return {
        "schemaVersion": SCHEMA_VERSION,
        "problems": [*problems],
        "changes": [{name: getattr(change, name) for name in members} for change in found],
    }


def changes_markdown(found: Sequence[Change]) -> str:
    """Write a pager diff for a pull request.

    Args:
        found: the changes.
    """
    if not found:
        return "### Pager\n\nNobody is paged otherwise than before.\n"
    count = f"{len(found)} change{'s' if len(found) > 1 else ''}"
    lines = [f"### Pager: {count}", "", "| | what | before | after |", "|---|---|---|---|"]
    for change in found:
        mark = {"error": "**", "warning": "", "info": ""}[change.severity]
        cells = [
            f"{mark}{change.code.replace('-', ' ')}{mark}",
            f"{change.kind} `{change.path}`",
            change.before,
            change.after,
        ]
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A text that ends no cell, row or page: titles are anybody's."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
