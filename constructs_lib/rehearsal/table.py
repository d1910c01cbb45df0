"""A report as a table for people."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.style import Style
from rich.table import Table
from rich.text import Text

from constructs_lib.reading.pager_slice import Substitution

from .outcome import (
    FAILING,
    IMPACT_NAMES,
    LEAVING_OUT,
    Outcome,
    RelatedItem,
    Report,
    StartedIncident,
    Status,
    ToldSink,
)
from .standing_in import by_construct
from .verdict import verdict

_LIGHT, _DARK = "bold #ffffff", "bold #000000"
_IMPACT_STYLES = {
    1: f"{_LIGHT} on red3",
    2: f"{_DARK} on dark_orange",
    3: f"{_DARK} on gold1",
    4: f"{_LIGHT} on dodger_blue3",
    5: f"{_DARK} on grey62",
}
_MOST_ITEMS = 8
_MOST_CONSTRUCTS = 12


def show(report: Report, console: Console) -> None:
    """Print a report.

    Args:
        report: what a rehearsal found.
        console: where.
    """
    if report.unread:
        console.print(_unread(report.unread))
    tried = [each for each in report.outcomes if each.status in (Status.STARTED, *FAILING)]
    if tried:
        console.print(_tried_table([*tried, *report.afterwards]))
    untried = [each for each in report.outcomes if each.status in LEAVING_OUT]
    if untried:
        console.print(_list("Not tried", untried, "yellow"))
    unwired = [each for each in report.outcomes if each.status is Status.NOT_WIRED]
    if unwired:
        console.print(_list("Wired to nothing", unwired, "dim"))
    if report.assumed_plans:
        console.print(_assumed(report.assumed_plans))
    if report.substitutions:
        console.print(_stood_in(report.substitutions))
    console.print(_verdict(report))


def _tried_table(outcomes: Sequence[Outcome]) -> Table:
    table = Table(
        box=box.HORIZONTALS, show_edge=False, header_style="bold", border_style="grey42", expand=True
    )
    table.add_column("What fired", overflow="fold", ratio=3)
    table.add_column("Impact", no_wrap=True)
    table.add_column("Plan", style="cyan", overflow="fold")
    table.add_column("What responders see", overflow="fold", ratio=5)
    for outcome in outcomes:
        arrived: list[StartedIncident | ToldSink | None] = [*outcome.incidents, *outcome.told]
        incidents = arrived or [None]
        for position, incident in enumerate(incidents, 1):
            first, last = position == 1, position == len(incidents)
            table.add_row(
                _subject(outcome) if first else "",
                "" if incident is None else _impact(incident),
                "" if incident is None else incident.plan_name,
                Group(*_seen(incident), *(_said(outcome) if last else ())),
            )
        table.add_section()
    return table


def _subject(outcome: Outcome) -> RenderableType:
    failed = outcome.status in FAILING
    mark, style = ("✗ ", "bold red") if failed else ("✓ ", "bold")
    name = Text.assemble((mark, "bold red" if failed else "bold green"), (outcome.subject.path, style))
    fired = f"{outcome.subject.kind} · {outcome.fired}" if outcome.fired else outcome.subject.kind
    return Group(name, Padding(Text(fired, style="dim"), (0, 0, 0, 2)))


def _impact(incident: StartedIncident | ToldSink) -> Text:
    if incident.impact is None:
        return Text("as planned" if isinstance(incident, StartedIncident) else "not said", style="dim")
    label = f" {incident.impact} {IMPACT_NAMES.get(incident.impact, '')} "
    return Text(label, style=_IMPACT_STYLES.get(incident.impact, ""))


def _seen(incident: StartedIncident | ToldSink | None) -> Iterable[RenderableType]:
    if incident is None:
        return
    yield Text(incident.title or "the plan's own title", style="bold" if incident.title else "dim")
    items = incident.related_items
    shown = [_item(item) for item in items[:_MOST_ITEMS]]
    if len(items) > _MOST_ITEMS:
        shown.append(Text(f"and {len(items) - _MOST_ITEMS} more", style="dim"))
    if shown:
        yield Text.assemble((" · ", "dim")).join(shown)


def _item(item: RelatedItem) -> Text:
    if item.value.startswith(("http://", "https://")):
        return Text(item.title, style=Style(color="blue", link=item.value))
    return Text(item.title, style="dim")


def _said(outcome: Outcome) -> Iterable[RenderableType]:
    for problem in outcome.problems:
        yield Text(problem, style="red")
    for note in outcome.notes:
        yield Text(note, style="yellow")


def _list(heading: str, outcomes: Sequence[Outcome], style: str) -> Padding:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim")
    rows.add_column(style=style, overflow="fold")
    rows.add_column(style="dim", overflow="fold")
    for outcome in outcomes:
        rows.add_row(outcome.subject.kind, outcome.subject.path, "; ".join(outcome.problems))
    return Padding(Group(Text(heading, style=f"bold {style}"), Padding(rows, (0, 0, 0, 2))), (1, 1, 0, 1))


def _assumed(plans: Sequence[str]) -> Padding:
    lines = [Text("Response plans assumed to exist, which the app does not make", style="bold dim")]
    lines += [Text(f"  {arn}", style="dim") for arn in plans]
    return Padding(Group(*lines), (1, 1, 0, 1))


def _stood_in(substitutions: Sequence[Substitution]) -> Padding:
    rows = Table.grid(padding=(0, 2))
    rows.add_column(style="dim", overflow="fold")
    rows.add_column(style="dim", overflow="fold")
    rows.add_column(style="dim", overflow="fold")
    found = by_construct(substitutions)
    for each in found[:_MOST_CONSTRUCTS]:
        rows.add_row(each.path, ", ".join(each.properties), ", ".join(each.why))
    lines: list[RenderableType] = [Text("Stood in for", style="bold dim"), Padding(rows, (0, 0, 0, 2))]
    if len(found) > _MOST_CONSTRUCTS:
        more = f"  and {len(found) - _MOST_CONSTRUCTS} more constructs: --json and --html show them all"
        lines.append(Text(more, style="dim"))
    return Padding(Group(*lines), (1, 1, 0, 1))


def _unread(sentences: Sequence[str]) -> Padding:
    return Padding(Group(*(Text(each, style="red") for each in sentences)), (1, 1, 0, 1))


def _verdict(report: Report) -> RenderableType:
    style = "bold green" if report.is_ok and report.is_complete else "yellow" if report.is_ok else "bold red"
    return Group(Rule(style="grey42"), Padding(Text(verdict(report), style=style), (0, 1)))
