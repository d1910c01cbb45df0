"""A page for people: nothing is loaded from elsewhere, and it reads in light, in dark and on paper."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.impact import Impact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_LINKED = ("http://", "https://")

_STYLE = """
:root {
  color-scheme: light dark;
  --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --page: #fff;
  --error: #b3261e; --warning: #8a5a00; --link: #0b57d0; --good: #1a7f37
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117;
    --error: #ff8a80; --warning: #e3b341; --link: #79b8ff; --good: #56d364
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
h2 { font-size: 1.1rem; margin: 2rem 0 .25rem }
.failed td:first-child { border-left: .3rem solid var(--error); padding-left: .6rem }
.verdict { font-size: 1.1rem; font-weight: 600 }
.good { color: var(--good) }
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


def document(
    *,
    title: str,
    about: str,
    lead: Iterable[str],
    headings: Sequence[str],
    rows: Iterable[str],
    after: str = "",
) -> str:
    """Write a page with a table that can be searched.

    Args:
        title: what it shows.
        about: what of, as the reader knows it; for the window's title.
        lead: what stands before the table, as HTML.
        headings: of the columns.
        rows: of the table, as HTML.
        after: what stands after the table, as HTML.
    """
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}: {escape(about)}</title>
<style>{_STYLE}</style>
<h1>{escape(title)}</h1>
{"".join(lead)}
<input type="search" placeholder="Filter by any words" aria-label="Filter by any words">
<table>
<thead><tr>{"".join(f"<th>{escape(each)}" for each in headings)}</thead>
<tbody>
{"".join(rows)}</tbody>
</table>
{after}<script>{_SCRIPT}</script>
</html>
"""


class PageError(Exception):
    """A page cannot be written; a sentence for the user."""


def write(file: str, page: str) -> None:
    """Write a page where the user wants it.

    Raises:
        PageError: it cannot be written there.
    """
    try:
        Path(file).write_text(page, encoding="utf-8")
    except OSError as error:
        message = f"{file} cannot be written: {error}"
        raise PageError(message) from None


def badge(impact: int) -> str:
    """Write an impact."""
    return f'<span class="impact i{impact}">{impact} {Impact(impact).label}</span>'


def link(address: str, text: str = "") -> str:
    """Link what is a link; an address of any other kind is text, whatever anybody wrote.

    Args:
        address: where it leads.
        text: what stands there. Default: the address.
    """
    shown = escape(text or address)
    return f'<a href="{escape(address)}">{shown}</a>' if address.lower().startswith(_LINKED) else shown
