"""What wiring costs at synthesis: counts, bytes, and wall time beside aws-cdk's own action."""

import statistics
from collections.abc import Iterator

from .pairs import ratios, run

ALARMS = 400
_PAIRS_PER_ROUND = 2
_LIMITS = {"plain": "<= 1.05", "overrides": "<= 1.40", "description": "<= 1.10", "ledger": ""}


def rows(rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    native: dict[str, list[float]] = {variant: [] for variant in _LIMITS}
    seconds: dict[str, list[float]] = {variant: [] for variant in _LIMITS}
    bytes_of: dict[str, float] = {}
    for variant in ("native", *_LIMITS):
        bytes_of[variant] = _synthesized(variant)[1]  # fills the caches as well
    for _ in range(rounds * _PAIRS_PER_ROUND):
        for variant in _LIMITS:
            # A machine's speed drifts from second to second: each run is paired with its neighbour.
            native[variant].append(_synthesized("native")[0])
            seconds[variant].append(_synthesized(variant)[0])
    every = statistics.median(wall for walls in native.values() for wall in walls)
    yield f"{ALARMS} alarms, SsmIncidentAction and an idle function", f"{every:.2f} s", ""
    for variant, limit in _LIMITS.items():
        name = f"{ALARMS} alarms, {variant}, x SsmIncidentAction"
        yield name, ratios(seconds[variant], native[variant]), limit
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


def _synthesized(variant: str) -> list[float]:
    """Wall seconds, and the template's bytes."""
    return run("benchmarks.synth_app", variant, str(ALARMS), "1")
