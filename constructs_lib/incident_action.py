"""Alarms that start incidents."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from aws_cdk import (
    Annotations,
    ConstructSelector,
    Stack,
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
)
from constructs import Construct, IConstruct

from ._response_plans import AnyResponsePlan
from ._stacks import place_of
from ._wired_starters import note_alarm_action
from .impact import Impact
from .incident_details import MAX_DESCRIPTION, IncidentDetails, with_trailers
from .related_item import RelatedItem
from .starter_interface import IIncidentStarter, checked_starter


class IncidentAction(actions.LambdaAction):
    """An alarm action that starts an incident; for the ALARM, OK and INSUFFICIENT_DATA lists.

    Moves into ALARM and INSUFFICIENT_DATA start an incident, a move into OK never does. What the
    action says about the incident is written as ``- Key: value`` lines below the alarm's description,
    the only text that reaches the function with every alarm; a later ``cfn.alarm_description = ...``
    erases it. The action itself adds no resource and no permission.

    One action may serve any number of alarms. Adding any action to an imported alarm, such as
    ``Alarm.from_alarm_arn``, does nothing: CDK cannot change an alarm that another app owns.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    """

    def __new__(  # noqa: PYI034 - or a variant
        cls, starter: object = None, *_: object, **details: object
    ) -> "IncidentAction":
        """Take the variant that looks at each alarm only where there is something to do.

        Overriding ``bind`` in Python costs messages to Node on every alarm. There is something to do
        when details are to be written, or when alarms of other accounts and Regions can name the
        function. What a subclass with arguments of its own has to say is not known yet.
        """
        says_something = any(detail is not None for detail in details.values())
        if cls is IncidentAction and not says_something and not getattr(starter, "is_named", False):
            return super().__new__(cls)
        return super().__new__(_describing(cls))

    def __init__(
        self,
        starter: IIncidentStarter,
        *,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
    ) -> None:
        """Make an action.

        Args:
            starter: starts the incidents.
            impact: how much it hurts. By default the starter's impact.
            title: a template of at most 200 characters. By default the starter's title.
            related_items: links and ARNs, added before the starter's own; metrics and PagerDuty
                incidents have no room in a description.
            response_plan: another plan than the starter's. The starter may start it from then on.

        Raises:
            ValueError: a value is not allowed, or has no room in an alarm's description.
        """
        super().__init__(checked_starter(starter).wired_function)
        self._starter = starter
        note_alarm_action(starter)
        with starter.naming_this_construct():
            details = IncidentDetails(
                impact=impact, title=title, related_items=related_items, response_plan=response_plan
            )
            # The text alone is kept: jsii frees no action, and Python's collector visits what one holds.
            self._trailers = details.trailers()
        if response_plan is not None:
            starter.allow_plan(response_plan)


@cache
def _resource_of() -> Callable[[IConstruct], list[IConstruct]]:
    """What finds an alarm's resource with one message to Node; ``node.default_child`` takes two."""
    return ConstructSelector.cfn_resource().select


# By jsii's own name of the alarm: jsii makes a new Python object every time it hands over an alarm that
# Node made, such as the one of ``metric.create_alarm``. It keeps every alarm as long as the process lives.
_trailers_of: dict[str, str] = {}


class _DescribingIncidentAction(IncidentAction):
    """An action that has something to say about the incident."""

    def bind(self, scope: Construct, alarm: cloudwatch.IAlarm) -> cloudwatch.AlarmActionConfig:
        """Write the details below the alarm's description, once, and name the function.

        Raises:
            ValueError: the alarm is imported, has other details already, or the text grows too long.
        """
        del scope  # the interface names it; the alarm itself is what matters
        if self._starter.is_named:
            place = place_of(Stack.of(alarm))
            try:
                self._starter.check_source("the alarm", place.account, place.region)
            except ValueError as error:
                message = f"{alarm.node.path}: {error}"
                raise ValueError(message) from error
        if self._trailers:
            describe_once(self._starter, alarm, self._trailers)
        return self._starter.alarm_action_config


def describe_once(starter: IIncidentStarter, alarm: cloudwatch.IAlarm, lines: str) -> None:
    """Write details below an alarm's description, however many actions say them.

    Raises:
        ValueError: the alarm is imported, has other details already, or the text grows too long.
    """
    name: str = getattr(alarm, "__jsii_ref__").ref  # noqa: B009 - no interface of CDK declares it
    written = _trailers_of.get(name)
    if written is None:
        _describe(starter, alarm, lines)
        _trailers_of[name] = lines
    elif written != lines:
        message = (
            f"{alarm.node.path}: got two incident actions with different details, an alarm has one "
            "description and so one set of details: pass the same details to each list"
        )
        raise ValueError(message)


def _describe(starter: IIncidentStarter, alarm: cloudwatch.IAlarm, lines: str) -> None:
    resources: list[Any] = _resource_of()(alarm)
    if not resources:
        message = (
            f"{alarm.node.path}: got an imported alarm, CDK can add neither an action nor a "
            "description to it: wire it where it is made, or write the text there with "
            "IncidentDetails(...).description(...) and name the starter's function ARN as an action"
        )
        raise ValueError(message)
    [resource] = resources
    try:
        description = with_trailers(resource.alarm_description or "", lines)
    except ValueError as error:
        message = f"{alarm.node.path}: {error}"
        raise ValueError(message) from error
    resource.alarm_description = description
    warn_about_length(alarm, description)
    if isinstance(resource, cloudwatch.CfnCompositeAlarm):
        warn_about_composite(starter, alarm)


def warn_about_length(alarm: IConstruct, description: str) -> None:
    """Tokens may grow when they are resolved, or shrink."""
    if len(description) > MAX_DESCRIPTION:
        Annotations.of(alarm).add_warning_v2(
            "cdk-incident-starter:descriptionMayBeTooLong",
            f"the description has {len(description):,} characters before its tokens are resolved; "
            f"CloudWatch takes {MAX_DESCRIPTION:,} and the deployment fails above that",
        )


def warn_about_composite(starter: IIncidentStarter, alarm: IConstruct) -> None:
    """A composite alarm's payload may come without description; then the function looks it up."""
    if starter.is_imported or Stack.of(alarm).account != Stack.of(starter).account:
        Annotations.of(alarm).add_warning_v2(
            "cdk-incident-starter:compositeOfAnotherAccount",
            "CloudWatch may send a composite alarm without its description, and the starter can look it "
            "up in its own account only: if it is of another account, the starter's defaults apply",
        )


@cache
def _describing(cls: type[IncidentAction]) -> type[IncidentAction]:
    if issubclass(_DescribingIncidentAction, cls):
        return _DescribingIncidentAction
    return type(cls.__name__, (cls, _DescribingIncidentAction), {})
