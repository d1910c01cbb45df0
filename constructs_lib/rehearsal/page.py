"""A report as a page for people: to put on a wall, or to attach to a release."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timezone
from html import escape

from constructs_lib.html_page import badge, document, link

from .outcome import FAILING, LEAVING_OUT, Outcome, Report, StartedIncident, Status, ToldSink
from .standing_in import by_construct
from .verdict import verdict


def page(report: Report, app: str) -> str:
    """Write a report as HTML.

    Args:
        report: what a rehearsal found.
        app: what was rehearsed, as the reader of the page knows it.
    """
    failing = [each for each in report.outcomes if each.status in FAILING]
    started = [each for each in report.outcomes if each.status is Status.STARTED]
    tone = "good" if report.is_ok and report.is_complete else "warning" if report.is_ok else "error"
    day = f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"
    return document(
        title="Rehearsed: what pages whom",
        about=app,
        lead=[
            f"<p>{escape(app)}, {day}, in a local AWS</p>",
            f'<p class="verdict {tone}">{escape(verdict(report))}</p>',
            _sentences("error", report.unread),
        ],
        headings=["What fired", "Impact", "Plan", "What responders see"],
        rows=[_row(each) for each in (*failing, *started, *report.afterwards)],
        after="".join(_after(report)),
    )


def _row(outcome: Outcome) -> str:
    arrived: Sequence[StartedIncident | ToldSink] = [*outcome.incidents, *outcome.told]
    failed = outcome.status in FAILING
    fired = f"{outcome.subject.kind} · {outcome.fired}" if outcome.fired else outcome.subject.kind
    said = "".join(map(_seen, arrived))
    return (
        f'<tr class="{"failed" if failed else ""}">'
        f"<td>{'✗' if failed else '✓'} {escape(outcome.subject.path)}<br><small>{escape(fired)}</small>"
        f"<td>{'<br>'.join(map(_impact, arrived))}"
        f"<td>{'<br>'.join(escape(each.plan_name) for each in arrived)}"
        f"<td>{said}{_sentences('error', outcome.problems)}{_sentences('soft', outcome.notes)}\n"
    )


def _impact(arrived: StartedIncident | ToldSink) -> str:
    return '<span class="soft">as planned</span>' if arrived.impact is None else badge(arrived.impact)


def _seen(arrived: StartedIncident | ToldSink) -> str:
    title = escape(arrived.title) if arrived.title else '<span class="soft">the plan\'s own title</span>'
    items = " · ".join(link(each.value, each.title) for each in arrived.related_items)
    return f"<div>{title}<br><small>{items}</small></div>"


def _after(report: Report) -> Iterator[str]:
    untried = [each for each in report.outcomes if each.status in LEAVING_OUT]
    unwired = [each for each in report.outcomes if each.status is Status.NOT_WIRED]
    yield _section("Not tried", [(each.subject.path, "; ".join(each.problems)) for each in untried])
    yield _section("Wired to nothing", [(each.subject.path, each.subject.kind) for each in unwired])
    plans = [(arn, "not part of this app") for arn in report.assumed_plans]
    yield _section("Response plans assumed to exist", plans)
    stood_in = [
        (each.path, f"{', '.join(each.properties)}: {', '.join(each.why)}")
        for each in by_construct(report.substitutions)
    ]
    yield _section("Stood in for", stood_in)


def _section(heading: str, rows: Sequence[tuple[str, str]]) -> str:
    if not rows:
        return ""
    lines = "".join(f"<tr><td>{escape(name)}<td>{escape(what)}\n" for name, what in rows)
    return f"<h2>{escape(heading)}: {len(rows)}</h2>\n<table><tbody>\n{lines}</tbody></table>\n"


def _sentences(tone: str, sentences: Sequence[str]) -> str:
    lines = "".join(f'<li class="{tone}">{escape(each)}</li>' for each in sentences)
    return f"<ul>{lines}</ul>" if lines else ""
