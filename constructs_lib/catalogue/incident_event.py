"""A kind of event, and the incident that fits it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from constructs_lib._checks import check_list, check_text, without_tokens
from constructs_lib.impact import Impact
from constructs_lib.incident_details import IncidentDetails
from constructs_lib.related_item import RelatedItem

_MAX_PATTERN = 2048


@dataclass(frozen=True)
class IncidentEvent:
    """What an `IncidentRule` listens for, and the incident that it starts.

    Those of AWS are made by `IncidentEvents`. Make one yourself for events of your own::

        IncidentEvent("shop.orders", "Order Lost", impact=Impact.HIGH, title="Order {detail.id} is lost")

    Args:
        source: where the events come from, such as ``aws.guardduty``.
        detail_type: their detail type; or several, where a service has more than one name for the same.
        impact: how much such an event hurts.
        title: a template of at most 200 characters, as `IncidentDetails` takes it.
        detail: what the events' detail must match, in EventBridge's own words. By default anything does.
        resources: ARNs, of which an event must name one. By default it need not.
        related_items: what responders need, at most 40. Links may hold the title's placeholders. The ARNs
            that an event names in its resources or directly in its detail are added anyway.
        regions: where AWS delivers such events, if not in the Region of what they are about.
        needs: what must be there before such events come at all.

    Raises:
        ValueError: a value is not allowed, or the pattern is longer than EventBridge's 2,048 characters.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
    """

    source: str
    detail_type: str | Sequence[str] = field(hash=False)
    impact: Impact = field(kw_only=True)
    title: str = field(kw_only=True)
    detail: Mapping[str, Any] = field(default_factory=dict, kw_only=True, hash=False)
    resources: Sequence[str] = field(default=(), kw_only=True, hash=False)
    related_items: Sequence[RelatedItem] = field(default=(), kw_only=True, hash=False)
    regions: Sequence[str] = field(default=(), kw_only=True, hash=False)
    needs: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Check everything."""
        check_text("source", self.source)
        if not self.detail_types:
            message = (
                "detail_type: got an empty list, at least one is needed: a source alone matches too much"
            )
            raise ValueError(message)
        for name, values in (("detail_type", self.detail_types), ("resources", self.resources)):
            for value in check_list(name, values):
                check_text(name, value)
        for problem in _problems(self.detail, "detail"):
            raise ValueError(problem)
        IncidentDetails(impact=self.impact, title=self.title, related_items=self.related_items)
        size = len(without_tokens(json.dumps(self.pattern, separators=(",", ":"))))
        if size > _MAX_PATTERN:
            message = (
                f"event pattern: got {size:,} characters, EventBridge takes {_MAX_PATTERN:,}: name fewer "
                "things in one rule"
            )
            raise ValueError(message)

    @property
    def detail_types(self) -> Sequence[str]:
        """The detail types, as a list."""
        return [self.detail_type] if isinstance(self.detail_type, str) else self.detail_type

    @property
    def pattern(self) -> dict[str, Any]:
        """The EventBridge pattern, as JSON has it; source and detail type are always pinned."""
        pattern: dict[str, Any] = {"source": [self.source], "detail-type": list(self.detail_types)}
        if self.resources:
            pattern["resources"] = list(self.resources)
        if self.detail:
            pattern["detail"] = dict(self.detail)
        return pattern


def _problems(value: object, path: str) -> Iterator[str]:
    """Say where a pattern on the detail is none: EventBridge wants objects down to lists of values."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _problems(member, f"{path}.{name}")
    elif not isinstance(value, list) or not value:
        yield f"{path}: got {value!r}, a list of at least one value or matcher is needed"
    else:
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError):
            yield f"{path}: got {value!r}, values of JSON are needed"
