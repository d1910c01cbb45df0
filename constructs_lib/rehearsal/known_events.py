"""Which of the catalogue's samples a pattern is about: titles and items of a rehearsal read well then."""

from collections.abc import Mapping
from typing import Any

from constructs_lib._event_patterns import matches
from constructs_lib.catalogue.event_samples import sample_event, sample_names


def known_event(pattern: Mapping[str, Any], *, account: str, region: str) -> dict[str, Any]:
    """Return a well-known event whose source and detail type a pattern accepts, or an empty one.

    Of several the one that needs the fewest changes to match all of the pattern.

    Args:
        pattern: an EventBridge pattern.
        account: the account the event is about.
        region: the Region it is about.
    """
    names = [name for name in ("source", "detail-type") if name in pattern]
    samples = [sample_event(name, account=account, region=region) for name in sample_names()]
    fitting = [
        each for each in samples if names and all(matches(each[name], pattern[name]) for name in names)
    ]
    return max(fitting, key=lambda event: _agreement(event, pattern), default={})


def _agreement(event: object, pattern: Mapping[str, Any]) -> int:
    """Count the members of a pattern that an event matches, down to its leaves."""
    found = event if isinstance(event, Mapping) else {}
    return sum(
        _agreement(found.get(name), wanted)
        if isinstance(wanted, Mapping)
        else isinstance(wanted, list) and name in found and matches(found[name], wanted)
        for name, wanted in pattern.items()
    )
