"""What a starter reads in the tags of an alarm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._bundle import trailers
from ._checks import check_list, check_text, has_token, without_tokens
from .incident_details import IncidentDetails

if TYPE_CHECKING:
    from aws_cdk import CfnResource
    from constructs import IConstruct

    from ._response_plans import AnyResponsePlan
    from .impact import Impact
    from .related_item import RelatedItem

_LONGEST_KEY, _LONGEST_VALUE, _MOST_KEYS = 128, 256, 50
_NOT_IN_A_TAG = re.compile(r"[^\w\s.:/=+@-]")
_PROPAGATION = "ActionConfiguration.AlarmTagsPropagation"


class TagMatch:
    """What alarms with one tag say about their incidents; what is left out comes from elsewhere."""

    __slots__ = ("_details", "key", "response_plan", "value")

    def __init__(
        self,
        key: str,
        value: str,
        *,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
    ) -> None:
        """Say which tag, and what follows from it.

        Args:
            key: the tag's, as it is written: upper and lower case differ.
            value: the tag's, whole.
            impact: how much it hurts.
            title: a template of at most 200 characters.
            related_items: of every kind; they travel with the starter.
            response_plan: a construct or a full ARN. The starter may start it from then on.

        Raises:
            ValueError: a value is not allowed, or nothing follows from the tag.
        """
        self.key = _checked_key("key", key)
        self.value = _checked("value", value, _LONGEST_VALUE)
        self.response_plan = response_plan
        self._details = IncidentDetails(
            impact=impact, title=title, related_items=related_items, response_plan=response_plan
        )
        if not self._details:
            message = f"TagMatch({key!r}, {value!r}): got nothing that follows, name an impact or the like"
            raise ValueError(message)

    def to_settings(self) -> dict[str, Any]:
        """What the function is told, in its own words."""
        return {"key": self.key, "value": self.value, "startIncident": self._details.to_request()}


class AlarmTags:
    """The tags in which a starter looks for what an alarm's description leaves out.

    CloudWatch sends an alarm's tags along to its Lambda, SNS and EventBridge targets where the alarm
    propagates them, which none does by itself: `propagate` turns it on. A tag says what a line of a
    description could say, in the same words, and gives way to it; a tag with a bad value is ignored,
    logged and counted as ``BadTrailers``.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-tags-in-notifications.html
    """

    def __init__(
        self,
        *,
        impact: str | None = None,
        title: str | None = None,
        response_plan: str | None = None,
        related_items: Mapping[str, str] | None = None,
        matches: Sequence[TagMatch] | None = None,
    ) -> None:
        """Name the tags' keys, each of 1 to 128 characters; upper and lower case differ.

        Args:
            impact: of the tag whose value is the impact: ``1`` to ``5``, a name, or ``2 - High``.
            title: of the tag whose value is the title.
            response_plan: of the tag whose value is a plan's full ARN. The starter must be allowed to
                start it, see its ``additional_response_plans``; one that it is not gives way to its own.
            related_items: of tags whose values are a link or an ARN each, and the items' titles, such as
                ``{"runbook": "Runbook"}``. CloudWatch takes no ``?``, ``&``, ``#`` and ``%`` in a tag.
            matches: what alarms with a tag of a certain value say. Of several that match, the first
                that says something counts; related items add up. The tags above count more.

        Raises:
            ValueError: a key or a title is not allowed, or nothing is named at all.
        """
        named = {"impact": impact, "title": title, "responsePlanArn": response_plan}
        self._keys = {member: _checked_key(member, key) for member, key in named.items() if key is not None}
        if not isinstance(related_items or {}, Mapping):
            message = (
                f"related_items: got {related_items!r} of type {type(related_items).__name__}, titles by tag "
                "are needed, such as {'runbook': 'Runbook'}"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        self._items = {
            _checked_key("related_items", key): _checked_label(label)
            for key, label in (related_items or {}).items()
        }
        self._matches = _checked_matches(matches or ())
        if not self.keys:
            message = "alarm_tags: got no tag to read, name one, such as AlarmTags(impact='pager-impact')"
            raise ValueError(message)
        if len(self.keys) > _MOST_KEYS:
            message = f"alarm_tags: got {len(self.keys)} keys, an alarm has at most {_MOST_KEYS} tags"
            raise ValueError(message)

    @property
    def keys(self) -> list[str]:
        """The keys of all tags that are read, sorted."""
        return sorted({*self._keys.values(), *self._items, *(match.key for match in self._matches)})

    @property
    def response_plans(self) -> list[AnyResponsePlan]:
        """The plans that matches name."""
        return [match.response_plan for match in self._matches if match.response_plan is not None]

    def propagate(self, *alarms: IConstruct) -> None:
        """Let alarms send these tags along, and no others; it tags nothing itself.

        Whoever deploys the alarms needs ``cloudwatch:ListTagsForResource`` on them.

        Args:
            alarms: metric, composite and log alarms, L1 or L2. Costs two messages to Node each.

        Raises:
            ValueError: an alarm is imported, CDK cannot change it.
        """
        for alarm in alarms:
            _resource(alarm).add_property_override(
                _PROPAGATION, {"Enabled": True, "IncludedTagKeys": self.keys}
            )

    def to_settings(self) -> dict[str, Any]:
        """What the function is told, in its own words."""
        settings = {
            "keys": self._keys,
            "items": self._items,
            "when": [match.to_settings() for match in self._matches],
        }
        return {name: setting for name, setting in settings.items() if setting}


def check_alarm_tags(alarm_tags: object) -> AlarmTags | None:
    """What a starter was given to read in tags.

    Raises:
        ValueError: it is something else.
    """
    if alarm_tags is None or isinstance(alarm_tags, AlarmTags):
        return alarm_tags
    message = (
        f"alarm_tags: got {alarm_tags!r} of type {type(alarm_tags).__name__}, an AlarmTags is needed, such "
        "as AlarmTags(impact='pager-impact')"
    )
    raise ValueError(message)


def _resource(alarm: IConstruct) -> CfnResource:
    found = alarm if hasattr(alarm, "add_property_override") else alarm.node.default_child
    if found is None:
        message = (
            f"{alarm.node.path}: got an imported alarm, CDK cannot change it: let it propagate its tags "
            "where it is made"
        )
        raise ValueError(message)
    return found  # type: ignore[return-value]


def _checked_key(name: str, key: object) -> str:
    text = _checked(name, key, _LONGEST_KEY)
    if text.lower().startswith("aws:"):
        message = f"{name}: got the tag {text!r}, CloudWatch never sends those that begin with 'aws:' along"
        raise ValueError(message)
    return text


def _checked(name: str, value: object, longest: int) -> str:
    text = check_text(name, value)
    if has_token(text):
        return text
    if len(text) > longest:
        message = f"{name}: got {len(text)} characters, a tag takes {longest}"
        raise ValueError(message)
    if bad := _NOT_IN_A_TAG.search(text):
        allowed = "letters, digits, spaces and _ . : / = + - @"
        message = f"{name}: got {text!r} with {bad.group()!r}, a tag takes {allowed}"
        raise ValueError(message)
    return text


def _checked_label(label: object) -> str:
    text = check_text("related_items", label)
    known = without_tokens(text, "token")
    if not trailers.parse(f"{known}: https://example.com/").partial.get("relatedItems"):
        message = (
            f"related_items: got the title {label!r}, 1 to 200 characters are needed, and none that reads "
            "as 'Impact', 'Title' or 'Response plan'"
        )
        raise ValueError(message)
    return text


def _checked_matches(matches: object) -> list[TagMatch]:
    found = check_list("matches", matches, of="TagMatch")
    for match in found:
        if not isinstance(match, TagMatch):
            message = (
                f"matches: got {match!r} of type {type(match).__name__}, a TagMatch is needed, such as "
                "TagMatch('team', 'shop', impact=Impact.HIGH)"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    return list(found)  # type: ignore[arg-type]
