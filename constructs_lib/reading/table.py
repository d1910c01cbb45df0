"""Coverage as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from .documents import summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .coverage import Row

_STYLES = {"error": "bold red", "warning": "yellow", "info": "dim"}


def show(rows: Sequence[Row], problems: Sequence[str]) -> None:
    """Print a coverage.

    Args:
        rows: every alarm and rule.
        problems: what could not be read.
    """
    console = Console()
    table = Table(
        box=box.HORIZONTALS, show_edge=False, header_style="bold", border_style="grey42", expand=True
    )
    for heading, ratio in (
        ("Alarm or rule", 3),
        ("Wired", 1),
        ("Plan", 1),
        ("Impact", 1),
        ("What it says", 5),
    ):
        table.add_column(heading, overflow="fold", ratio=ratio)
    for row in rows:
        said = [Text(row.title)] if row.title else []
        said += [Text(row.runbook, style="blue")] if row.runbook else []
        said += [Text(f"{each.code}: {each.sentence}", style=_STYLES[each.severity]) for each in row.findings]
        table.add_row(
            Text.assemble(row.path, "\n", (row.kind, "dim")),
            ", ".join(row.wired) or Text("nothing", style="dim"),
            row.plan.rpartition("/")[2],
            "" if row.impact is None else str(row.impact),
            Text("\n").join(said),
        )
        table.add_section()
    console.print(table)
    for problem in problems:
        console.print(Text(problem, style="red"))
    console.print(Text(summary(rows), style="bold"))
