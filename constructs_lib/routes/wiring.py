"""Wiring one alarm as its routes decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Stack

from constructs_lib._bundle import trailers
from constructs_lib._checks import has_token
from constructs_lib._stacks import place_of
from constructs_lib._wired_starters import note_alarm_action
from constructs_lib.incident_action import warn_about_composite, warn_about_length
from constructs_lib.incident_details import IncidentDetails, with_trailers

from .alarm_resources import reference_of, set_properties
from .found_alarm import ACTIONS
from .stages import stage_around

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import Stage

    from constructs_lib.starter_interface import IIncidentStarter

    from .found_alarm import FoundAlarm
    from .route_tree import Decision

_MOST_ACTIONS = 5  # on one state, says CloudWatch


@dataclass(frozen=True)
class Wiring:
    """How alarms of one app or Stage are wired.

    Attributes:
        stage: the app or Stage.
        states: the states on which alarms tell their starters.
        replaces: whether what a team wired itself gives way.
    """

    stage: Stage
    states: Sequence[str]
    replaces: bool
    _said_of_starters: dict[str, str] = field(default_factory=dict)

    def is_wired(self, alarm: FoundAlarm) -> bool:
        """Whether it starts incidents already: through a starter, a topic of one, or natively."""
        return any(alarm.pages(action) for action in alarm.actions("alarm"))

    def wire(self, alarm: FoundAlarm, decision: Decision, details: IncidentDetails) -> None:
        """Let an alarm start its incident, or say in its annotations why it does not."""
        starters = [starter for starter in decision.starters if not isinstance(starter, str)]
        given = {state: alarm.given_actions(state) for state in self.states}
        if problem := self._of_starters(alarm, starters) or self._of_actions(alarm, starters, given):
            refuse(alarm, problem)
            return
        changed: dict[str, object] = {
            ACTIONS[state]: self._with_starters(alarm, state, starters, actions or [])
            for state, actions in given.items()
        }
        if details:
            try:
                changed |= self._described(alarm, details)
            except ValueError as error:
                refuse(alarm, str(error))
                return
        set_properties(alarm.resource, changed)
        for starter in starters:
            note_alarm_action(starter)
        if details and alarm.is_composite:
            for starter in starters:
                warn_about_composite(starter, alarm.resource)

    def _of_starters(self, alarm: FoundAlarm, starters: Sequence[IIncidentStarter]) -> str:
        """What there is to say where a starter could be named and would never page, or cannot be named."""
        for starter in starters:
            if starter.is_named:
                place = place_of(alarm.resource.stack)
                try:
                    starter.check_source("the alarm", place.account, place.region)
                except ValueError as error:
                    return str(error)
                if starter.is_imported or place_of(Stack.of(starter)) != place:
                    continue  # CDK writes the name and needs no reference
            if foreign := self._foreign(starter):
                return foreign
        return ""

    def _of_actions(
        self,
        alarm: FoundAlarm,
        starters: Sequence[IIncidentStarter],
        given: Mapping[str, Sequence[object] | None],
    ) -> str:
        """What there is to say where an action has no room."""
        for state in self.states:
            named = state.replace("_", " ")
            if given[state] is None:
                return (
                    f"its actions for the {named} state are one value, such as a parameter, to which none "
                    "can be added: give a list, or exclude the alarm with IncidentRoutes.exclude"
                )
            kept = [each for each in alarm.actions(state) if not (self.replaces and alarm.pages(each))]
            new = {alarm.arns[starter.alarm_action_config.alarm_action_arn] for starter in starters}
            if len({*kept} | new) > _MOST_ACTIONS:
                return (
                    f"got {len(kept)} actions for its {named} state already and no room for {len(new)} more, "
                    f"CloudWatch takes {_MOST_ACTIONS}: remove one, or exclude the alarm with "
                    "IncidentRoutes.exclude"
                )
        return ""

    def _foreign(self, starter: IIncidentStarter) -> str:
        """What there is to say where a starter cannot be referred to; asked of Node once for each."""
        name = reference_of(starter)
        if name not in self._said_of_starters:
            home = stage_around(starter)
            self._said_of_starters[name] = (
                ""
                if reference_of(home) == reference_of(self.stage)
                else f"its routes name the starter {starter.node.path}, which is in "
                f"{home.node.path or 'the app'} and cannot be referred to from another Stage: apply routes "
                "to each Stage with a starter of its own, or name one with "
                "IncidentStarter.from_function_arn and a literal ARN"
            )
        return self._said_of_starters[name]

    def _with_starters(
        self,
        alarm: FoundAlarm,
        state: str,
        starters: Sequence[IIncidentStarter],
        given: Sequence[object],
    ) -> list[object]:
        existing = alarm.actions(state)
        kept = [
            action
            for action, text in zip(given, existing, strict=True)
            if not (self.replaces and alarm.pages(text))
        ]
        tokens = [starter.alarm_action_config.alarm_action_arn for starter in starters]
        added = [token for token in tokens if self.replaces or alarm.arns[token] not in existing]
        return [*kept, *added]

    def _described(self, alarm: FoundAlarm, details: IncidentDetails) -> Mapping[str, str]:
        text = alarm.given.get("alarmDescription") or ""
        if not isinstance(text, str):
            message = (
                f"alarm_description: got {text!r}, routes can write below a text only: make it one with "
                "cdk.Token.as_string(...)"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        said = () if self.replaces else trailers.parse(text).partial
        request = {
            name: value
            for name, value in details.to_request().items()
            if name not in said or name == "relatedItems"
        }
        left = details if len(request) == len(details.to_request()) else IncidentDetails.of_checked(request)
        description = with_trailers(text, left.trailers())
        if has_token(description):
            warn_about_length(alarm.resource, description)
        return {"alarmDescription": description} if description != text else {}


def refuse(alarm: FoundAlarm, problem: str) -> None:
    """Say in an error that ``cdk synth`` shows with the alarm's path, beside all others."""
    Annotations.of(alarm.resource).add_error(f"incident routes: {problem}")
