"""EventBridge rules that start incidents."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, Stack, aws_events as events, aws_events_targets as targets, aws_sqs as sqs

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_events import IRuleRef

from ._checks import check_count, check_duration, has_token, refuse_angle_brackets, without_tokens
from ._response_plans import AnyResponsePlan
from .impact import Impact
from .incident_details import IncidentDetails
from .related_item import RelatedItem
from .starter_interface import IIncidentStarter, checked_starter

_MAX_TEMPLATE = 8192
_MOST_RETRIES = 185
_SHORTEST_AGE, _LONGEST_AGE = 60, 86_400
_FORM = '{"startIncident": %s, "event": <aws.events.event.json>}'


class IncidentTarget(targets.LambdaFunction):
    """A rule target that starts an incident for every event that matches.

    What the target says about the incident travels in its input template, so the rule needs no
    resource and no permission of its own.

    A rule on ``CloudWatch Alarm State Change`` events is a second way to page for alarms; it ignores
    their mute rules and suppressors, which an `IncidentAction` honours.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    """

    def __init__(
        self,
        starter: IIncidentStarter,
        *,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
        retry_attempts: int | None = None,
        max_event_age: Duration | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> None:
        """Make a target.

        Args:
            starter: starts the incidents.
            impact: how much it hurts. By default the starter's impact.
            title: a template of at most 200 characters, with ``{detail.any.path}`` for members of
                the event. By default the starter's title.
            related_items: of all kinds, added before the starter's own.
            response_plan: another plan than the starter's. The starter may start it from then on.
            retry_attempts: how often EventBridge repeats a delivery that Lambda did not accept, 0
                to 185. By default 185 times.
            max_event_age: how long it tries, 1 minute to 24 hours. By default 24 hours.
            dead_letter_queue: where events go that Lambda never accepted. By default EventBridge
                drops them; what Lambda accepted and failed ends in the starter's own queue.

        Raises:
            ValueError: a value is not allowed.
        """
        with checked_starter(starter).naming_this_construct():
            if retry_attempts is not None:
                check_count("retry_attempts", retry_attempts, 0, _MOST_RETRIES)
            if max_event_age is not None:
                check_duration("max_event_age", max_event_age, _SHORTEST_AGE, _LONGEST_AGE)
            details = IncidentDetails(
                impact=impact, title=title, related_items=related_items, response_plan=response_plan
            )
            template = _input_template(starter, details.to_request()) if details else None
        super().__init__(
            starter.rule_function,
            event=None if template is None else _InputTemplate(template),
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
            dead_letter_queue=dead_letter_queue,
        )
        if response_plan is not None:
            starter.allow_plan(response_plan)

    if TYPE_CHECKING:
        # aws-cdk-lib calls the second parameter `_id`, so that pyright takes no LambdaFunction for a target.
        def bind(self, rule: "IRuleRef", id: str | None = None) -> events.RuleTargetConfig:
            """Give the target to a rule."""


class _InputTemplate(events.RuleTargetInput):
    """An input template as it stands.

    CDK's own ``from_object`` renders a constant text, in which EventBridge replaces nothing.
    """

    def __init__(self, template: str) -> None:
        super().__init__()
        self._properties = events.RuleTargetInputProperties(input_template=template)

    def bind(self, rule: "IRuleRef") -> events.RuleTargetInputProperties:
        """Give the template."""
        del rule
        return self._properties


def _input_template(starter: IIncidentStarter, request: dict[str, Any]) -> str:
    reason = "EventBridge reads it as a variable of the input template"
    refuse_angle_brackets(request, "startIncident", reason)
    static = json.dumps(request, ensure_ascii=False)
    template = _FORM % static
    size = len(without_tokens(template))
    if size > _MAX_TEMPLATE:
        message = (
            f"related_items: got an input template of {size:,} characters, EventBridge takes "
            f"{_MAX_TEMPLATE:,}: move related items to the starter"
        )
        raise ValueError(message)
    if has_token(static):
        # CDK escapes what a token turns into at synthesis, such as quotes, so that it stays JSON.
        return _FORM % Stack.of(starter).to_json_string(request)
    return template
