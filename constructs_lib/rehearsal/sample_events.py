"""Sample events: what to put on a bus so that a rule's pattern matches."""

import itertools
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from constructs_lib._event_patterns import ABSENT, matches, matching_value

from .known_events import known_event

_MOST_ALTERNATIVES = 24


def sample_events(pattern: Mapping[str, Any], *, account: str, region: str) -> Iterator[dict[str, Any]]:
    """Give events that should match a pattern, the most natural first.

    One per combination of the pattern's ``$or`` branches: some can contradict the rest of it. The
    caller asks EventBridge which one matches.

    Args:
        pattern: an EventBridge pattern.
        account: the account of the bus; a pattern on accounts beats it.
        region: the Region of the bus; a pattern on Regions beats it.
    """
    for plain in itertools.islice(_without_or(pattern), _MOST_ALTERNATIVES):
        event = {
            "version": "0",
            "detail-type": "Rehearsal",
            "source": "rehearsal",
            "account": account,
            "region": region,
            "resources": [],
            "detail": {},
        }
        event |= known_event(plain, account=account, region=region)
        event |= {"id": str(uuid.uuid4()), "time": _now(), "region": region}
        yield _laid_over(event, plain)


def scheduled_event(rule_arn: str) -> dict[str, Any]:
    """Return what a rule with a schedule sends to its targets.

    Args:
        rule_arn: the rule.
    """
    _, _, _, region, account, _ = rule_arn.split(":", 5)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": _now(),
        "region": region,
        "resources": [rule_arn],
        "detail": {},
    }


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _laid_over(typical: Mapping[str, Any], pattern: Mapping[str, Any]) -> dict[str, Any]:
    """Change a typical object where a pattern wants something else."""
    event = dict(typical)
    for name, wanted in pattern.items():
        value = event.get(name, ABSENT)
        if isinstance(wanted, Mapping):
            event[name] = _nested(value, wanted)
            continue
        found = matching_value(wanted, value)
        if found is ABSENT:
            event.pop(name, None)
        elif name == "resources" and not isinstance(found, list):
            event[name] = [found]
        else:
            event[name] = found
    return event


def _nested(value: object, pattern: Mapping[str, Any]) -> object:
    """Lay a pattern over an object, or over the first of a list of objects."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return [_laid_over(value[0], pattern), *value[1:]]
    return _laid_over(value if isinstance(value, Mapping) else {}, pattern)


def _without_or(pattern: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the pattern once per combination of its ``$or`` branches."""
    choices: list[Sequence[Mapping[str, Any]]] = []
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list) and all(isinstance(each, Mapping) for each in wanted):
            choices.append([plain for branch in wanted for plain in _without_or(branch)])
        elif isinstance(wanted, Mapping):
            choices.append(
                [{name: plain} for plain in itertools.islice(_without_or(wanted), _MOST_ALTERNATIVES)]
            )
        else:
            choices.append([{name: wanted}])
    for parts in itertools.product(*choices):
        merged: dict[str, Any] = {}
        for part in parts:
            merged = _merged(merged, part)
        yield merged


def _merged(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Join two patterns; where both want values of one field, those of the second that the first accepts."""
    merged = dict(first)
    for name, wanted in second.items():
        known = merged.get(name)
        if isinstance(known, Mapping) and isinstance(wanted, Mapping):
            merged[name] = _merged(known, wanted)
        elif isinstance(known, list) and isinstance(wanted, list):
            both = [each for each in wanted if isinstance(each, dict) or matches(each, known)]
            merged[name] = both or wanted
        else:
            merged[name] = wanted
    return merged
