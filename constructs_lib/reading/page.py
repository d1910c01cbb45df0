"""Coverage as one page: nothing is loaded from elsewhere, and it reads in light, in dark and on paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from constructs_lib.impact import Impact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .coverage import Finding, Row

_LINKED = ("http://", "https://")

_STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --page: #fff;
  --error: #b3261e; --warning: #8a5a00; --link: #0b57d0
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117;
    --error: #ff8a80; --warning: #e3b341; --link: #79b8ff
  }
}
body {
  font: 15px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 75rem; margin: 2rem auto; padding: 0 1rem
}
h1 { font-size: 1.5rem; margin: 0 0 .25rem }
p, small, .soft { color: var(--soft) }
input {
  font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .75rem; margin: 1rem 0;
  border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit
}
table { border-collapse: collapse; width: 100% }
th {
  text-align: left; font-size: .8rem; color: var(--soft);
  position: sticky; top: 0; background: var(--page)
}
th, td {
  padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; overflow-wrap: anywhere
}
td:nth-child(1) { width: 30% }
td:nth-child(3) { min-width: 6rem }
a { color: var(--link) }
.impact { white-space: nowrap; font-weight: 600; padding: .1rem .5rem; border-radius: .3rem; color: #fff }
.i1 { background: #a40e26 }
.i2 { background: #b34700 }
.i3 { background: #7d6000 }
.i4 { background: #0a5bb5 }
.i5 { background: #57606a }
.error { color: var(--error) }
.warning { color: var(--warning) }
.info { color: var(--soft) }
ul { margin: .25rem 0 0; padding: 0; list-style: none }
@media print { input { display: none } th { position: static } tr { break-inside: avoid } }
"""
_SCRIPT = """
const rows = [...document.querySelectorAll("tbody tr")];
document.querySelector("input").addEventListener("input", event => {
  const words = event.target.value.toLowerCase().split(/\\s+/);
  for (const row of rows) row.hidden = !words.every(word => row.textContent.toLowerCase().includes(word));
});
"""


def page(rows: Sequence[Row], problems: Sequence[str], app: str) -> str:
    """Write a coverage as HTML.

    Args:
        rows: every alarm and rule.
        problems: what could not be read.
        app: what was read, as the reader of the page knows it.
    """
    paging = sum(row.pages for row in rows)
    unread = "".join(f'<li class="error">{escape(problem)}</li>' for problem in problems)
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What pages whom: {escape(app)}</title>
<style>{_STYLE}</style>
<h1>What pages whom</h1>
<p>{escape(app)}: {paging} of {len(rows)} alarms and rules page somebody.</p>
<ul>{unread}</ul>
<input type="search" placeholder="Filter by any words" aria-label="Filter by any words">
<table>
<thead><tr><th>Alarm or rule<th>Impact<th>Plan<th>What responders see, and what to look at</thead>
<tbody>
{"".join(map(_row, rows))}</tbody>
</table>
<script>{_SCRIPT}</script>
</html>
"""


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
    return f'<span class="impact i{row.impact}">{row.impact} {Impact(row.impact).label}</span>'


def _runbook(row: Row) -> str:
    """Link what is a link; an address of any other kind is text, whatever an alarm's description says."""
    if not row.runbook:
        return ""
    shown = escape(row.runbook)
    is_link = row.runbook.lower().startswith(_LINKED)
    return f'<li><a href="{shown}">{shown}</a></li>' if is_link else f"<li>{shown}</li>"


def _finding(finding: Finding) -> str:
    return f'<li class="{finding.severity}">{finding.code}: {escape(finding.sentence)}</li>'
