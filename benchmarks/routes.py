"""What routes cost at synthesis, beside the same app without them."""

from collections.abc import Iterator

from .pairs import ratios, run

_ALARMS, _CONSTRUCTS = 400, 4000
_LIMIT = "<= 1.10"


def rows(rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    variants = ("plain", "details", "paths")
    bare: dict[str, list[float]] = {variant: [] for variant in variants}
    seconds: dict[str, list[float]] = {variant: [] for variant in variants}
    _seconds("details")  # fills the caches
    for _ in range(rounds):
        for variant in variants:
            # A machine's speed drifts from second to second: each run is paired with its neighbour.
            bare[variant].append(_seconds("bare"))
            seconds[variant].append(_seconds(variant))
    for variant in variants:
        name = f"routes of {_ALARMS} alarms in {_CONSTRUCTS:,} constructs, {variant}, x without"
        yield name, ratios(seconds[variant], bare[variant]), _LIMIT


def _seconds(variant: str) -> float:
    [seconds] = run("benchmarks.routes_app", variant)
    return seconds
