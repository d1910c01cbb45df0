"""Prints what wiring and starting cost; `python -m benchmarks [ROUNDS]`."""

import sys

from rich.console import Console
from rich.table import Table

from . import function, synthesis, wiring


def main(rounds: int) -> None:
    """Measure, and show each figure beside its limit."""
    table = Table(
        "what", "measured", "limit", title=f"Medians of {rounds} paired rounds (smallest to largest)"
    )
    # The function first: a process counts the memory of its parent, and wiring loads aws-cdk-lib here.
    for room in (function, wiring, synthesis):
        for row in room.rows(rounds):
            table.add_row(*row)
    Console(width=120).print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
