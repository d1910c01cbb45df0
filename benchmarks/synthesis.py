"""What wiring costs at synthesis: counts, bytes, and wall time beside aws-cdk's own action."""

import statistics
from collections.abc import Iterator

from .pairs import ratios, run

ALARMS = 400
_LIMITS = {"plain": 1.05, "overrides": 1.40, "description": 1.10}


def rows(rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    seconds: dict[str, list[float]] = {}
    bytes_of: dict[str, float] = {}
    for variant in ("native", *_LIMITS):
        run("benchmarks.synth_app", variant, "20", "1")  # fills the caches
    for _ in range(rounds):
        for variant in ("native", *_LIMITS):
            wall, written = run("benchmarks.synth_app", variant, str(ALARMS), "1")
            seconds.setdefault(variant, []).append(wall)
            bytes_of[variant] = written
    yield f"{ALARMS} alarms, SsmIncidentAction and an idle function", f"{_median(seconds['native'])} s", ""
    for variant, limit in _LIMITS.items():
        name = f"{ALARMS} alarms, {variant}, x SsmIncidentAction"
        yield name, ratios(seconds[variant], seconds["native"]), f"<= {limit:.2f}"
    yield "template bytes per alarm, SsmIncidentAction", f"{bytes_of['native'] / ALARMS:.0f}", ""
    yield "template bytes per alarm, plain", f"{bytes_of['plain'] / ALARMS:.0f}", "<= 500"
    yield from _growth(rounds)


def _growth(rounds: int) -> Iterator[tuple[str, str, str]]:
    """The cost of one alarm more must not grow with their number."""
    few, many = [], []
    for _ in range(max(1, rounds // 2)):
        base = run("benchmarks.synth_app", "plain", "20", "1")[0]
        few.append((run("benchmarks.synth_app", "plain", "400", "2")[0] - base) / 380)
        many.append((run("benchmarks.synth_app", "plain", "4000", "20")[0] - base) / 3980)
    yield "per alarm, 4,000 in 20 stacks, x 400 in 2", ratios(many, few), "<= 1.10"


def _median(values: list[float]) -> str:
    return f"{statistics.median(values):.2f}"
