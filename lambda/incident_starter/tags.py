"""Tags that arrive with an alarm, for what its description does not say; docs/alarm-tags.md.

In the bundle of a starter with `alarm_tags` only. A tag is read in the words of a description's line.
"""

from collections.abc import Callable, Mapping
from typing import Any

from . import trailers
from .limits import Shape
from .request import Draft, Layer, Partial, clean
from .texts import entries, mapping, one_line, shown, text
from .triggers import Trigger

_RESERVED = {"impact": "Impact", "title": "Title", "responsePlanArn": "Response plan"}
_NOTHING = Layer({}, [])


class Tags:
    """What stands around a starter's draft because of tags."""

    def __init__(self, starter: Any, settings: object) -> None:
        self._settings = mapping(settings)
        self._draft: Callable[..., Draft] = starter.draft
        starter.draft = self.draft

    def draft(
        self,
        trigger: Trigger,
        own: Layer,
        topics: Mapping[str, Layer],
        shape: Shape,
        description: object,
    ) -> Draft:
        """Lay the tags over what the topic says, below what the description says."""
        if trigger.configuration is None:
            return self._draft(trigger, own, topics, shape, description)
        tags, doubts = tags_of(trigger)
        partials, ignored = said(self._settings, tags)
        layers = [
            *(clean(partial, "tags", shape) for partial in partials),
            topics.get(trigger.topic, _NOTHING),
        ]
        made = self._draft(trigger, own, {trigger.topic: _over(layers)}, shape, description)
        return made._replace(ignored=[*made.ignored, *doubts, *ignored])


def said(settings: Mapping[str, Any], tags: Mapping[str, object]) -> tuple[list[Any], list[str]]:
    """Read tags: partial requests, the most specific first, and a sentence for each that says nothing."""
    ignored: list[str] = []
    partial: Partial = {}
    keys = mapping(settings.get("keys"))
    for member, label in _RESERVED.items():
        if (key := text(keys.get(member))) in tags:
            partial |= _one(key, label, tags[key], ignored)
    items: list[Any] = []
    for key, label in mapping(settings.get("items")).items():
        if key in tags:
            items += _one(key, text(label), tags[key], ignored).get("relatedItems", ())
    matching = [
        match.get("startIncident")
        for match in map(mapping, entries(settings.get("when")))
        if (key := text(match.get("key"))) in tags and tags[key] == match.get("value")
    ]
    return [{**partial, "relatedItems": items}, *matching], ignored


def tags_of(trigger: Trigger) -> tuple[dict[str, object], list[str]]:
    """Find an alarm's tags, wherever CloudWatch puts them, and say so if they may be incomplete."""
    places = (mapping(trigger.values.get("detail")), mapping(trigger.payload))
    tags: dict[str, object] = {}
    ignored = []
    for place in places:
        for name, value in place.items():
            if name.lower() == "alarmtags":
                tags = _pairs(value) | tags
            elif name.lower() == "alarmtagsstatus" and value != "SUCCESS":
                ignored.append(f"tags may be missing, their status is {shown(value)}")
    return tags, ignored


def _pairs(value: object) -> dict[str, object]:
    """Read an object, or a list of keys and values."""
    if isinstance(value, dict):
        return value
    pairs = ({str(name).lower(): each for name, each in mapping(entry).items()} for entry in entries(value))
    return {pair["key"]: pair.get("value") for pair in pairs if isinstance(pair.get("key"), str)}


def _one(key: str, label: str, value: object, ignored: list[str]) -> Partial:
    """Read one tag as the line that a description would have."""
    content = one_line(text(value))
    read = trailers.parse(f"{label}: {content}")
    ignored += [f"tag {shown(key)}: {sentence}" for sentence in read.ignored]
    is_link = label not in _RESERVED.values()
    if (is_link and " " in content) or not (read.partial or read.ignored):
        needed = "a link or an ARN" if is_link else "a text"
        ignored.append(f"tag {shown(key)}: {shown(value)} is ignored: {needed} is needed")
        return {}
    return read.partial


def _over(layers: list[Layer]) -> Layer:
    """Lay each over the next; related items add up."""
    partial: Partial = {}
    for layer in reversed(layers):
        items = [*layer.partial.get("relatedItems", ()), *partial.get("relatedItems", ())]
        partial |= layer.partial
        partial["relatedItems"] = items
    return Layer(partial, [sentence for layer in layers for sentence in layer.dropped])
