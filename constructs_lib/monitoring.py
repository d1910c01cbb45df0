"""The alarms of cdk-monitoring-constructs as incidents; needs the extra ``monitoring``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import jsii

try:
    from cdk_monitoring_constructs import IAlarmActionStrategy
except ModuleNotFoundError as error:
    _MESSAGE = (
        "cdk-monitoring-constructs is not installed: "
        "install the extra, pip install 'cdk-incident-starter[monitoring]'"
    )
    raise ModuleNotFoundError(_MESSAGE, name=error.name) from error

from ._checks import check_impact, check_list, check_text, check_title
from ._response_plans import plan_arn
from .alarm_tags import check_alarm_tags
from .incident_action import IncidentAction, describe_once
from .incident_details import IncidentDetails
from .related_item import RelatedItem, RelatedItemType
from .starter_interface import IIncidentStarter, checked_starter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_cloudwatch as cloudwatch

    from ._response_plans import AnyResponsePlan
    from .alarm_tags import AlarmTags
    from .impact import Impact

_PARAMETER = "startIncident"
_ARGUMENTS = {
    "impact": "impact",
    "relatedItems": "related_items",
    "responsePlanArn": "response_plan",
    "title": "title",
}
_WITHOUT = {"dedupe_string": "{alarm_name}", "disambiguator": "no disambiguator"}
_PIECES = re.compile(r"\{\{|\}\}|\{(dedupe_string|disambiguator)\}")


@jsii.implements(IAlarmActionStrategy)
class IncidentAlarmActionStrategy:
    """An action strategy that lets every alarm of a monitoring facade start incidents.

    What an alarm's metadata says becomes the incident's details, written below the alarm's
    description, where cdk-monitoring-constructs has put its runbook and documentation links already:
    those are related items as they are, and the strategy repeats none of them. Metric alarms and
    composite alarms are served alike, alone or inside a ``MultipleAlarmActionStrategy``.

    The most specific wins: the alarm's own ``custom_params``, then what the strategy says for its
    disambiguator, then what the strategy says for all, then the starter. Related items add up.

    See https://github.com/cdklabs/cdk-monitoring-constructs
    """

    def __init__(
        self,
        starter: IIncidentStarter,
        *,
        impacts: Mapping[str, Impact] | None = None,
        response_plans: Mapping[str, AnyResponsePlan] | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        ok_actions: bool = True,
        insufficient_data_actions: bool = False,
        alarm_tags: AlarmTags | None = None,
    ) -> None:
        """Make a strategy; one may serve any number of facades.

        Args:
            starter: starts the incidents.
            impacts: by disambiguator, such as ``{"Critical": Impact.CRITICAL, "Warning": Impact.LOW}``.
                Alarms with another disambiguator, or none, have the starter's impact.
            response_plans: by disambiguator, as constructs or full ARNs. Other alarms have the
                starter's plan.
            title: a template of at most 200 characters, with ``{dedupe_string}`` and
                ``{disambiguator}`` beside a title's own placeholders. Where an alarm has no dedupe
                string, its name stands for it; ``no disambiguator`` where it has none. By default the
                starter's title.
            related_items: links and ARNs of every alarm. By default what the alarm's description links.
            ok_actions: whether the incident hears that its alarm is OK again.
            insufficient_data_actions: whether missing data starts an incident as well.
            alarm_tags: those that every alarm sends along, mostly the starter's own; it tags nothing
                itself. By default alarms send none.

        Raises:
            ValueError: a value is not allowed, or has no room in an alarm's description.
        """
        self._starter = checked_starter(starter)
        with starter.naming_this_construct():
            by_severity = _by_disambiguator("impacts", impacts)
            self._impacts = {key: check_impact(impact) for key, impact in by_severity.items()}
            plans: dict[str, AnyResponsePlan] = _by_disambiguator("response_plans", response_plans)
            # As texts: a construct would be asked for its ARN again for each alarm.
            self._plans = {key: plan_arn(plan) for key, plan in plans.items()}
            self._title = _checked_title(title)
            self._alarm_tags = check_alarm_tags(alarm_tags)
            self._items = () if related_items is None else related_items
            # What one alarm could not say, none can: told here and not for the first of them.
            for plan in (None, *self._plans.values()):
                IncidentDetails(related_items=self._items, response_plan=plan).trailers()
        for construct in plans.values():
            starter.allow_plan(construct)
        self._allowed = set(self._plans.values())
        # One for all alarms: what an alarm says is written into its description beforehand.
        self._action = IncidentAction(starter)
        self._ok_actions = ok_actions
        self._insufficient_data_actions = insufficient_data_actions

    def add_alarm_actions(
        self,
        *,
        alarm: cloudwatch.AlarmBase,
        dedupe_string: str | None = None,
        disambiguator: str | None = None,
        custom_params: Mapping[str, Any] | None = None,
        **_: object,
    ) -> None:
        """Add the actions to one alarm; cdk-monitoring-constructs calls this.

        Args:
            alarm: the alarm, a metric alarm or a composite one.
            dedupe_string: the alarm's.
            disambiguator: the alarm's.
            custom_params: the alarm's; ``startIncident`` is a partial StartIncident request, such as
                ``IncidentDetails(...).to_request()``. Others are left alone.

        Raises:
            ValueError: what the alarm says is not allowed, or has no room in its description.
        """
        try:
            details = self._details(disambiguator, dedupe_string, custom_params)
            lines = details.trailers()
        except ValueError as error:
            message = f"{alarm.node.path}: {error}"
            raise ValueError(message) from error
        if lines:
            describe_once(self._starter, alarm, lines)
        if self._alarm_tags is not None:
            self._alarm_tags.propagate(alarm)
        alarm.add_alarm_action(self._action)
        if self._ok_actions:
            alarm.add_ok_action(self._action)
        if self._insufficient_data_actions:
            alarm.add_insufficient_data_action(self._action)

    def _details(
        self, disambiguator: str | None, dedupe_string: str | None, custom_params: Mapping[str, Any] | None
    ) -> IncidentDetails:
        """What the metadata says."""
        said: dict[str, Any] = {
            "impact": self._impacts.get(disambiguator or ""),
            "response_plan": self._plans.get(disambiguator or ""),
        }
        if self._title:
            named = {"dedupe_string": dedupe_string, "disambiguator": disambiguator}
            said["title"] = _expanded(self._title, named)
        own = _overrides(custom_params or {})
        items = {(item.type, *item.value.values()): item for item in own.get("related_items", ())}
        for item in self._items:
            items.setdefault((item.type, *item.value.values()), item)
        said |= own | {"related_items": [*items.values()]}
        plan = own.get("response_plan")
        if plan is not None and plan not in self._allowed:
            self._allowed.add(plan)
            self._starter.allow_plan(plan)
        return IncidentDetails(**said)


def _overrides(custom_params: Mapping[str, Any]) -> dict[str, Any]:
    """What an alarm's own partial request says, as the arguments of an action."""
    partial = custom_params.get(_PARAMETER, {})
    where = f"custom_params[{_PARAMETER!r}]"
    if not isinstance(partial, dict):
        message = (
            f"{where}: got {partial!r} of type {type(partial).__name__}, a partial StartIncident request is "
            "needed, such as IncidentDetails(impact=Impact.HIGH).to_request()"
        )
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    if unknown := sorted(partial.keys() - _ARGUMENTS.keys()):
        message = (
            f"{where}: got {', '.join(map(repr, unknown))}, an alarm can say {', '.join(sorted(_ARGUMENTS))}"
        )
        raise ValueError(message)
    try:
        own = {_ARGUMENTS[member]: value for member, value in partial.items()}
        if "related_items" in own:
            own["related_items"] = [*map(_item, check_list("relatedItems", own["related_items"]))]
        IncidentDetails(**own).trailers()
    except ValueError as error:
        message = f"{where}: {error}"
        raise ValueError(message) from error
    return own


def _item(entry: object) -> RelatedItem:
    try:
        identifier = entry["identifier"]  # type: ignore[index]
        kind, value = RelatedItemType(identifier["type"]), identifier["value"]
        title = entry.get("title")  # type: ignore[attr-defined]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = (
            f"relatedItems: got {entry!r}, an item of StartIncident is needed, such as "
            "RelatedItem.url('https://...', title='Runbook').to_request()"
        )
        raise ValueError(message) from error
    return RelatedItem(kind, value, title)


def _by_disambiguator(name: str, given: object) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        message = (
            f"{name}: got {given!r} of type {type(given).__name__}, a dict by disambiguator is needed, such "
            "as {'Critical': ...}"
        )
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    return {check_text(f"{name}: a disambiguator", key): value for key, value in given.items()}


def _checked_title(title: object) -> str | None:
    if title is None:
        return None
    text = check_text("title", title)
    check_title(_expanded(text, dict.fromkeys(_WITHOUT, "x")))
    return text


def _expanded(title: str, values: Mapping[str, str | None]) -> str:
    """Fill in what synthesis knows; a brace in a value begins no placeholder."""

    def expand(piece: re.Match[str]) -> str:
        name = piece.group(1)
        if name not in values:
            return piece.group()
        found = values[name]
        return found.replace("{", "{{").replace("}", "}}") if found else _WITHOUT[name]

    return _PIECES.sub(expand, title)
