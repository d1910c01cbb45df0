"""Running commands in turn, so that a noisy machine is noisy for all of them."""

import os
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence


def run(module: str, *arguments: str, environment: Mapping[str, str] | None = None) -> list[float]:
    """Run a module in a process of its own; it prints numbers on its last line."""
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", module, *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    return [float(number) for number in done.stdout.strip().splitlines()[-1].split()]


def ratios(subject: Sequence[float], reference: Sequence[float]) -> str:
    """The median of the ratios taken pair by pair, with their range."""
    pairs = sorted(a / b for a, b in zip(subject, reference, strict=True))
    return f"{statistics.median(pairs):.2f} ({pairs[0]:.2f} to {pairs[-1]:.2f})"
