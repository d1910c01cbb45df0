"""Wiring one alarm as its routes decided."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aws_cdk import Annotations

from constructs_lib._bundle import trailers
from constructs_lib._checks import has_token
from constructs_lib._stacks import place_of
from constructs_lib.incident_action import warn_about_composite, warn_about_length
from constructs_lib.incident_details import IncidentDetails, with_trailers

from .read_alarms import reference_of
from .stages import stage_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Stage

    from constructs_lib.starter_interface import IIncidentStarter

    from .read_alarms import FoundAlarm
    from .route_tree import Decision

_MOST_ACTIONS = 5  # on one state, says CloudWatch
_PROPERTIES = {
    "alarm": ("alarm_actions", "AlarmActions", "_alarm_action_arns"),
    "ok": ("ok_actions", "OKActions", "_ok_action_arns"),
    "insufficient_data": (
        "insufficient_data_actions",
        "InsufficientDataActions",
        "_insufficient_data_action_arns",
    ),
}


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
        tokens = [starter.alarm_action_config.alarm_action_arn for starter in starters]
        if problem := self._problem(alarm, starters):
            _refuse(alarm, problem)
            return
        for state in self.states:
            self._add(alarm, state, tokens)
        try:
            self._describe(alarm, details)
        except ValueError as error:
            _refuse(alarm, str(error))
            return
        if details and alarm.is_composite:
            for starter in starters:
                warn_about_composite(starter, alarm.resource)

    def _problem(self, alarm: FoundAlarm, starters: Sequence[IIncidentStarter]) -> str:
        for starter in starters:
            if starter.is_named:
                place = place_of(alarm.resource.stack)
                try:
                    starter.check_source("the alarm", place.account, place.region)
                except ValueError as error:
                    return str(error)
            elif foreign := self._foreign(starter):
                return foreign
        for state in self.states:
            if alarm.has_closed_list(state):
                return (
                    f"its actions for the {state.replace('_', ' ')} state are one value that only a "
                    "deployment "
                    "knows, to which none can be added: give a list, or exclude the alarm with "
                    "IncidentRoutes.exclude"
                )
            kept = [each for each in alarm.actions(state) if not (self.replaces and alarm.pages(each))]
            new = {alarm.arns[starter.alarm_action_config.alarm_action_arn] for starter in starters}
            if len({*kept} | new) > _MOST_ACTIONS:
                return (
                    f"got {len(kept)} actions for its {state.replace('_', ' ')} state already and no room "
                    f"for {len(new)} more, CloudWatch takes {_MOST_ACTIONS}: remove one, or exclude the "
                    "alarm with "
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

    def _add(self, alarm: FoundAlarm, state: str, tokens: Sequence[str]) -> None:
        attribute, _, _ = _PROPERTIES[state]
        existing = alarm.actions(state)
        kept = [] if not existing else [
            given
            for given, text in zip(self._given_actions(alarm, state), existing, strict=True)
            if not (self.replaces and alarm.pages(text))
        ]  # fmt: skip
        added = [token for token in tokens if self.replaces or alarm.arns[token] not in existing]
        self._set(alarm, attribute, _PROPERTIES[state][1], [*kept, *added])

    def _given_actions(self, alarm: FoundAlarm, state: str) -> Sequence[Any]:
        """The actions with their tokens, which know what they refer to; an L2 alarm keeps its own list."""
        name = {"alarm": "alarmActions", "ok": "okActions", "insufficient_data": "insufficientDataActions"}[
            state
        ]
        given: list[Any] = [*alarm.given[name]]
        if len(given) == 1 and str(given[0]).startswith("#{Token["):
            owner: Any = alarm.resource.node.scope
            listed = getattr(owner, _PROPERTIES[state][2], None)
            return alarm.known[name] if listed is None else listed
        return given

    def _describe(self, alarm: FoundAlarm, details: IncidentDetails) -> None:
        if not details:
            return
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
        if description != text:
            self._set(alarm, "alarm_description", "AlarmDescription", description)
        if has_token(description):
            warn_about_length(alarm.resource, description)

    def _set(self, alarm: FoundAlarm, attribute: str, name: str, value: object) -> None:
        if alarm.is_typed:
            setattr(alarm.resource, attribute, value)
        else:
            alarm.resource.add_property_override(name, value)


def _refuse(alarm: FoundAlarm, problem: str) -> None:
    """An error that ``cdk synth`` shows with the alarm's path, beside all others."""
    Annotations.of(alarm.resource).add_error(f"incident routes: {problem}")
