"""What routes and a policy cost at synthesis, beside the same app without them."""

from collections.abc import Iterator

from .pairs import ratios, run

_ALARMS, _CONSTRUCTS = 400, 4000
_LIMIT = "<= 1.10"
_VARIANTS = {
    "plain": "one route",
    "details": "20 routes by namespace",
    "paths": "20 routes by path",
    "policy": "a policy",
}


def rows(rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    bare: dict[str, list[float]] = {variant: [] for variant in _VARIANTS}
    seconds: dict[str, list[float]] = {variant: [] for variant in _VARIANTS}
    _seconds("details")  # fills the caches
    for _ in range(rounds):
        for variant in _VARIANTS:
            # A machine's speed drifts from second to second: each run is paired with its neighbour.
            bare[variant].append(_seconds("bare"))
            seconds[variant].append(_seconds(variant))
    for variant, name in _VARIANTS.items():
        what = f"{_ALARMS} alarms in {_CONSTRUCTS:,} constructs, {name}, x without"
        yield what, ratios(seconds[variant], bare[variant]), _LIMIT


def _seconds(variant: str) -> float:
    [seconds] = run("benchmarks.routes_app", variant)
    return seconds
