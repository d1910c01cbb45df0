"""What routes and a policy cost at synthesis, beside the same app without them."""

from collections.abc import Iterator, Mapping

from .pairs import ratios, run

_ALARMS, _CONSTRUCTS = 400, 4000
_LIMIT = "<= 1.10"
_VARIANTS = {
    "plain": "one route",
    "details": "20 routes by namespace",
    "paths": "20 routes by path",
    "policy": "a policy",
}


_WITHOUT_VALIDATION = {"CDK_VALIDATION": "false"}
"""CDK validates every template of its own accord, which is half of a synthesis."""


def rows(rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    _seconds("details", {})  # fills the caches
    app = f"{_ALARMS} alarms in {_CONSTRUCTS:,} constructs"
    for variant, name in _VARIANTS.items():
        yield f"{app}, {name}, x without", _ratios(variant, rounds, {}), _LIMIT
    for variant in ("details", "paths"):
        what = f"{app}, {_VARIANTS[variant]}, CDK_VALIDATION=false, x without"
        yield what, _ratios(variant, rounds, _WITHOUT_VALIDATION), ""


def _ratios(variant: str, rounds: int, environment: Mapping[str, str]) -> str:
    bare, seconds = [], []
    for _ in range(rounds):
        # A machine's speed drifts from second to second: each run is paired with its neighbour.
        bare.append(_seconds("bare", environment))
        seconds.append(_seconds(variant, environment))
    return ratios(seconds, bare)


def _seconds(variant: str, environment: Mapping[str, str]) -> float:
    [seconds] = run("benchmarks.routes_app", variant, environment=environment)
    return seconds
