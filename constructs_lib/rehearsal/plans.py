"""Response plans that starters name and the app does not make: of other apps and accounts."""

import json
from collections.abc import Iterator

from constructs_lib._bundle import trailers

from .wiring import Wired, Wiring


def foreign_plans(wiring: Wiring) -> tuple[str, ...]:
    """Return the ARNs of plans that are named somewhere and not deployed, each once.

    Args:
        wiring: the starters, and the alarms and rules behind them.
    """
    return tuple(dict.fromkeys(arn for arn in _named(wiring) if arn not in wiring.plans))


def _named(wiring: Wiring) -> Iterator[str]:
    for starter in wiring.starters.values():
        if "sink" in starter.configuration:
            continue  # it starts none
        topics = starter.configuration.get("topics") or {}
        for partial in (starter.configuration.get("startIncident") or {}, *topics.values()):
            yield from _plan_of(partial)
    for wired in wiring.wired:
        if wired.targets:
            yield from _named_by(wired)


def _named_by(wired: Wired) -> Iterator[str]:
    """Look into an alarm's trailers or a rule's input templates."""
    yield from _plan_of(trailers.parse(wired.description.get("AlarmDescription") or "").partial)
    for target in wired.description.get("Targets", ()):
        template = str((target.get("InputTransformer") or {}).get("InputTemplate", ""))
        try:
            rendered = json.loads(template.replace("<aws.events.event.json>", "null"))
        except ValueError:
            continue
        if isinstance(rendered, dict):
            yield from _plan_of(rendered.get("startIncident"))


def _plan_of(partial: object) -> Iterator[str]:
    arn = partial.get("responsePlanArn") if isinstance(partial, dict) else None
    if isinstance(arn, str) and arn.startswith("arn:"):
        yield arn
