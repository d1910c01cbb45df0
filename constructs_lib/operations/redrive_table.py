"""A redrive for people: a table where rich is installed, lines where it is not."""

from collections.abc import Iterator
from typing import TextIO

from .redrive_report import GONE, TO_DO, End, Fate, Redriven, Report
from .spans import span

_SAID = {
    Fate.REDRIVEN: "redriven",
    Fate.DELETED: "deleted",
    Fate.FAILED: "failed again",
    Fate.NOT_OURS: "left: not ours",
    Fate.SKIPPED: "left",
    Fate.WOULD_REDRIVE: "would be redriven",
    Fate.WOULD_DELETE: "would be deleted",
}
_ENDS = {
    End.LIMIT: "as many were tried as were to be, run it again for the rest",
    End.INTERRUPTED: "it was interrupted, what stays is visible again",
}


def show(report: Report, stream: TextIO) -> None:
    """Print a report.

    Args:
        report: what was done.
        stream: where.
    """
    try:
        import rich  # noqa: F401, PLC0415 - belongs to an extra
    except ImportError:
        stream.writelines(f"{line}\n" for line in _lines(report))
    else:
        _show_table(report, stream)


def _lines(report: Report) -> Iterator[str]:
    for each in report.messages:
        yield f"{_SAID[each.fate]}: {each.subject} ({'; '.join(_facts(report, each))})"
    yield from (f"note: {note}" for note in report.notes)
    yield _verdict(report)


def _facts(report: Report, each: Redriven) -> Iterator[str]:
    if (age := report.age(each)) is not None:
        yield f"{span(age)} ago"
    if each.alarm_state:
        yield f"now {each.alarm_state}"
    yield from each.incidents
    if each.reason:
        yield each.reason
    yield f"message {each.id}"


def _verdict(report: Report) -> str:
    gone = sum(each.fate in GONE for each in report.messages)
    if report.end is not End.EMPTY:
        why = report.problem or _ENDS[report.end]
        return f"✗ {gone} of {len(report.messages)} messages are gone, then it ended: {why}"
    if not report.messages:
        return "✓ The queue is empty"
    if report.dry_run:
        to_do = sum(each.fate in TO_DO for each in report.messages)
        return f"{to_do} of {len(report.messages)} messages would be dealt with; nothing was done"
    if report.is_ok:
        return f"✓ All {gone} messages are gone" if gone > 1 else "✓ The message is gone"
    return f"✗ {len(report.messages) - gone} of {len(report.messages)} messages stay in the queue"


def _show_table(report: Report, stream: TextIO) -> None:
    from rich import box  # noqa: PLC0415 - belongs to an extra
    from rich.console import Console, Group  # noqa: PLC0415
    from rich.padding import Padding  # noqa: PLC0415
    from rich.rule import Rule  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=stream)
    table = Table(
        box=box.HORIZONTALS, show_edge=False, header_style="bold", border_style="grey42", expand=True
    )
    table.add_column("What failed", overflow="fold", ratio=3)
    table.add_column("Age", no_wrap=True)
    table.add_column("Now", no_wrap=True)
    table.add_column("What became of it", overflow="fold", ratio=5)
    for each in report.messages:
        age, style = report.age(each), _style(each.fate)
        details = [Text(arn, style="dim") for arn in each.incidents]
        if each.reason:
            details.append(Text(each.reason, style="red" if style == "bold red" else "yellow"))
        table.add_row(
            Group(Text(each.subject, style="bold"), Padding(Text(each.id, style="dim"), (0, 0, 0, 2))),
            "" if age is None else span(age),
            Text(each.alarm_state, style="green" if each.alarm_state == "OK" else ""),
            Group(Text(_SAID[each.fate], style=style), *details),
        )
        table.add_section()
    if report.messages:
        console.print(table)
    for note in report.notes:
        console.print(Padding(Text(note, style="yellow"), (0, 1)))
    style = "bold green" if report.is_ok else "yellow" if report.dry_run else "bold red"
    console.print(Rule(style="grey42"), Padding(Text(_verdict(report), style=style), (0, 1)))


def _style(fate: Fate) -> str:
    if fate in GONE:
        return "bold green"
    return "bold red" if fate in {Fate.FAILED, Fate.NOT_OURS} else "bold yellow"
