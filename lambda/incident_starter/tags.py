"""Tags that arrive with an alarm, for what its description does not say; docs/alarm-tags.md.

In the bundle of a starter with `alarm_tags` only. A tag is read in the words of a description's line.
"""

from collections.abc import Mapping
from typing import Any

from . import trailers
from .limits import Shape
from .request import Draft, Layer, Partial, clean
from .starter import Starter
from .texts import entries, mapping, one_line, shown, text
from .triggers import Trigger

_RESERVED = {"impact": "Impact", "title": "Title", "responsePlanArn": "Response plan"}
_NOTHING = Layer({}, [])


class Tags:
    """What a starter reads in tags, and what stands around its draft because of them."""

    def __init__(self, starter: Starter, settings: object) -> None:
        settings = mapping(settings)
        keys = mapping(settings.get("keys"))
        self._lines = [(text(keys[member]), _RESERVED[member]) for member in _RESERVED if member in keys]
        self._links = list(mapping(settings.get("items")).items())
        self._matches = list(map(mapping, entries(settings.get("when"))))
        self._draft = starter.draft
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
        said, ignored = self._read(trigger, shape)
        layer = _over([*said, topics.get(trigger.topic, _NOTHING)])
        made = self._draft(trigger, own, {trigger.topic: layer}, shape, description)
        return made._replace(ignored=[*made.ignored, *ignored])

    def _read(self, trigger: Trigger, shape: Shape) -> tuple[list[Layer], list[str]]:
        """Say what the tags say, the most specific first, and why some say nothing."""
        tags, ignored = tags_of(trigger)
        partial: Partial = {}
        for key, line in self._lines:
            if key in tags:
                partial |= _one(key, line, tags[key], ignored)
        items: list[Any] = []
        for key, label in self._links:
            if key in tags:
                items += _one(key, str(label), tags[key], ignored).get("relatedItems", ())
        matching = [each.get("startIncident") for each in self._matches if _matches(each, tags)]
        said = [clean(each, "tags", shape) for each in ({**partial, "relatedItems": items}, *matching)]
        return said, ignored


def _matches(match: Mapping[str, object], tags: Mapping[str, object]) -> bool:
    key = text(match.get("key"))
    return key in tags and tags[key] == match.get("value")


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
