"""Rules for events that the library knows."""

import re
from collections.abc import Sequence

from aws_cdk import Annotations, Duration, Stack, aws_events as events, aws_sqs as sqs
from constructs import Construct

from ._checks import has_token
from ._response_plans import AnyResponsePlan
from .catalogue.incident_event import IncidentEvent
from .catalogue.narrowing import names
from .impact import Impact
from .incident_target import IncidentTarget
from .related_item import RelatedItem
from .starter_interface import IIncidentStarter

_ACCOUNT = re.compile(r"[0-9]{12}")


class IncidentRule(events.Rule):
    """An EventBridge rule that starts an incident for every event of a kind.

    One call for what a rule, a pattern and an `IncidentTarget` do, with the impact, title and related items
    that fit the event::

        IncidentRule(self, "Threats", starter, event=IncidentEvents.guard_duty_finding(minimum_severity=7))

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rules.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        starter: IIncidentStarter,
        *,
        event: IncidentEvent,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
        accounts: Sequence[str] | None = None,
        event_bus: events.IEventBus | None = None,
        rule_name: str | None = None,
        enabled: bool = True,
        retry_attempts: int | None = None,
        max_event_age: Duration | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
    ) -> None:
        """Make a rule.

        Args:
            scope: where it belongs.
            id: its name there.
            starter: starts the incidents.
            event: what it listens for, from `IncidentEvents` or made by yourself.
            impact: how much it hurts. By default what fits the event.
            title: a template of at most 200 characters. By default what fits the event.
            related_items: added before the event's own, such as a runbook.
            response_plan: another plan than the starter's. The starter may start it from then on.
            accounts: whose events count. By default everyone's whose events reach the bus. Name them where
                the rule stands in another account than the starter: CDK repeats it there.
            event_bus: where the events come by. By default the default bus, the only one that AWS sends to.
            rule_name: a physical name. By default CloudFormation makes one up.
            enabled: whether it listens.
            retry_attempts: how often EventBridge repeats a delivery that Lambda did not accept, 0 to 185. By
                default 185 times.
            max_event_age: how long it tries, 1 minute to 24 hours. By default 24 hours.
            dead_letter_queue: where events go that Lambda never accepted. By default EventBridge drops them;
                what Lambda accepted and failed ends in the starter's own queue.

        Raises:
            ValueError: a value is not allowed.
        """
        try:
            pattern = _pattern(event, accounts)
        except ValueError as error:
            message = f"{scope.node.path}/{id}: {error}"
            raise ValueError(message) from error
        target = IncidentTarget(
            starter,
            impact=event.impact if impact is None else impact,
            title=event.title if title is None else title,
            related_items=[*(related_items or ()), *event.related_items],
            response_plan=response_plan,
            retry_attempts=retry_attempts,
            max_event_age=max_event_age,
            dead_letter_queue=dead_letter_queue,
        )
        super().__init__(
            scope,
            id,
            event_pattern=pattern,
            event_bus=event_bus,
            rule_name=rule_name,
            enabled=enabled,
            targets=[target],
        )
        if event.regions and event_bus is None:
            self._warn_elsewhere(event)

    def _warn_elsewhere(self, event: IncidentEvent) -> None:
        region = Stack.of(self).region
        if has_token(region) or region in event.regions:
            return
        Annotations.of(self).add_warning_v2(
            "cdk-incident-starter:eventOfAnotherRegion",
            f"AWS delivers these events of {event.source} in {' and '.join(event.regions)} only, this rule "
            f"stands in {region} and would never hear one: put it into a stack there, with a starter of that "
            "Region",
        )


def _pattern(event: IncidentEvent, accounts: Sequence[str] | None) -> events.EventPattern:
    if not isinstance(event, IncidentEvent):
        message = (
            f"event: got {event!r} of type {type(event).__name__}, an IncidentEvent is needed, such as "
            "IncidentEvents.guard_duty_finding()"
        )
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    pattern = event.pattern
    return events.EventPattern(
        source=pattern["source"],
        detail_type=pattern["detail-type"],
        resources=pattern.get("resources"),
        detail=pattern.get("detail"),
        account=_checked_accounts(accounts),
    )


def _checked_accounts(accounts: Sequence[str] | None) -> list[str] | None:
    found = names("accounts", accounts)
    for account in found or ():
        if not has_token(account) and not _ACCOUNT.fullmatch(account):
            message = f"accounts: got {account!r}, account ids of 12 digits are needed"
            raise ValueError(message)
    return found
