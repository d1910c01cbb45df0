"""Prints what wiring and starting cost; `python -m benchmarks [ROUNDS]`."""

import re
import sys

from rich.console import Console
from rich.table import Table

from . import coverage, function, rehearsing, routes, synthesis, wiring


def main(rounds: int) -> None:
    """Measure, and show each figure beside its limit, with a star where it is over it."""
    table = Table(
        "what", "measured", "limit", title=f"Medians of {rounds} paired rounds (smallest to largest)"
    )
    stars = 0
    # The function first: a process counts the memory of its parent, and wiring loads aws-cdk-lib here.
    for room in (function, coverage, rehearsing, wiring, synthesis, routes):
        for what, measured, limit in room.rows(rounds):
            star = is_over(measured, limit)
            stars += star
            table.add_row(what, f"{measured} *" if star else measured, limit)
            sys.stderr.write(f"{what}: {measured}\n")  # who stops it has not waited for nothing
    console = Console(width=120)
    console.print(table)
    console.print(f"* {stars} over the limit" if stars else "All within their limits.")


def is_over(measured: str, limit: str) -> bool:
    """Whether a figure is over its limit; a limit without ``<=`` is exact."""
    if not limit:
        return False
    figure, bound = map(_number, (measured, limit))
    return figure > bound if limit.startswith("<=") else figure != bound


def _number(text: str) -> float:
    """The first number of a text."""
    [found, *_] = re.findall(r"\d[\d,.]*", text)
    return float(found.replace(",", ""))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
