"""What a member account sends to a hub."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import Aws, Stack, aws_events as events, aws_events_targets as targets
from constructs import Construct, IValidation

from ._checks import check_list, check_text, has_token
from ._failure_queue import make_failure_queue
from ._stacks import place_of
from ._wired_starters import starters_of_alarms
from .incident_hub import ALARM_STATE_CHANGE, IncidentHub

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_sqs as sqs

    from .incident_starter import IncidentStarter

_BUS_ARN = re.compile(r"arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9._/-]{1,256}")
_MARK = "cdk-incident-starter"
_MOST_NAMES = 1_700
"""Characters: a pattern takes 2,048, and the rest of it is known."""
_AROUND_A_PREFIX = 14


class AlarmForwarder(Construct):
    """Sends the alarms of an account and Region to the bus of an `IncidentHub`.

    It deploys a rule on the default bus, the rule's role and a queue for what the hub's bus refused: no
    function and no asset, so that its stack can go out as a StackSet (give it a
    ``BootstraplessSynthesizer``). It sends ``CloudWatch Alarm State Change`` events, as they are. Alarms
    need no action for that, and those without any are sent as well.

    An alarm that has a starter of this account as its action would page twice, by its action and through
    the hub. Where the app has both in one account and Region, and no prefix tells them apart, synthesis
    fails; ``incident-starter coverage`` finds each such alarm by name.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: IncidentHub | str,
        alarm_name_prefixes: Sequence[str] | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        except_alarm_name_prefixes: Sequence[str] | None = None,
        insufficient_data: bool = False,
        recoveries: bool = True,
    ) -> None:
        """Forward alarms.

        Args:
            scope: the parent construct, in the member account.
            id: the id within the scope.
            hub: the hub of this app, or its bus's full ARN.
            alarm_name_prefixes: only alarms whose names begin with one of these are sent. By default all.
            dead_letter_queue: where events go that the hub's bus did not take in 24 hours. By default a new
                queue that keeps them 14 days, encrypted, TLS only.
            except_alarm_name_prefixes: alarms whose names begin with one of these are not sent, such as
                those that a starter of this account serves.
            insufficient_data: whether moves into INSUFFICIENT_DATA are sent, which start incidents as well.
            recoveries: whether moves into OK are sent, which the hub's ledger tells the incident of.

        Raises:
            ValueError: a value is not allowed. At synthesis: alarms of this account and Region page
                through a starter already.
        """
        super().__init__(scope, id)
        try:
            arn = hub.event_bus_arn if isinstance(hub, IncidentHub) else _checked_bus(hub)
            names = _names(alarm_name_prefixes, except_alarm_name_prefixes)
        except ValueError as error:
            message = f"{self.node.path}: {error}"
            raise ValueError(message) from error
        self._queue = dead_letter_queue or make_failure_queue(self, None)
        states = ["ALARM", *["INSUFFICIENT_DATA"] * insufficient_data, *["OK"] * recoveries]
        self._rule = events.Rule(
            self,
            "Rule",
            description="Sends this account's alarms to the incident hub",
            event_pattern=events.EventPattern(
                source=["aws.cloudwatch"],
                detail_type=[ALARM_STATE_CHANGE],
                # Not what another account has sent here: that one has a forwarder of its own.
                account=[Aws.ACCOUNT_ID],
                detail={"state": {"value": states}} | ({"alarmName": names} if names else {}),
            ),
        )
        bus = events.EventBus.from_event_bus_arn(self, "Hub", arn)
        self._rule.add_target(targets.EventBus(bus, dead_letter_queue=self._queue))
        resource: Any = self._rule.node.default_child
        resource.add_metadata(_MARK, {"forwarder": 1})
        if not names:
            self.node.add_validation(_PagesOnce(self, hub.starter if isinstance(hub, IncidentHub) else None))

    @property
    def dead_letter_queue(self) -> sqs.IQueue:
        """Where events lie that the hub's bus did not take."""
        return self._queue

    @property
    def rule(self) -> events.Rule:
        """The rule."""
        return self._rule


@jsii.implements(IValidation)
class _PagesOnce:
    """No starter serves the alarms that are sent away, but the hub's own, which tells the second apart."""

    def __init__(self, forwarder: AlarmForwarder, own: IncidentStarter | None) -> None:
        self._forwarder = forwarder
        self._own = own

    def validate(self) -> list[str]:
        """Name the starters of the same account and Region that alarms are wired to."""
        here, root = place_of(Stack.of(self._forwarder)), self._forwarder.node.root
        return [
            f"alarms of this account page through {starter.node.path} already and would page again through "
            "the hub: give those alarms names with a common prefix and list it in "
            "except_alarm_name_prefixes, or take the actions away"
            for starter in starters_of_alarms()
            if starter is not self._own and starter.node.root is root and place_of(Stack.of(starter)) == here
        ]


def _checked_bus(arn: object) -> str:
    if not isinstance(arn, str) or not (has_token(arn) or _BUS_ARN.fullmatch(arn)):
        message = (
            f"hub: got {arn!r}, allowed are an IncidentHub and a bus's full ARN, such as "
            "'arn:aws:events:eu-west-1:111122223333:event-bus/NAME'"
        )
        raise ValueError(message)
    return arn


def _names(only: Sequence[str] | None, but: Sequence[str] | None) -> list[Any]:
    """What the pattern says of an alarm's name."""
    if only is not None and but is not None:
        message = (
            "alarm_name_prefixes: got both these and except_alarm_name_prefixes, one of the two is allowed: "
            "name what is sent, or what is not"
        )
        raise ValueError(message)
    wanted = [
        check_text("alarm_name_prefixes", each) for each in check_list("alarm_name_prefixes", only or ())
    ]
    kept = check_list("except_alarm_name_prefixes", but or ())
    unwanted = [check_text("except_alarm_name_prefixes", each) for each in kept]
    if only is not None and not wanted:
        message = "alarm_name_prefixes: got none, so that no alarm would be sent: name some, or leave it out"
        raise ValueError(message)
    if bad := next((each for each in wanted + unwanted if each.endswith("*")), None):
        name = "alarm_name_prefixes" if wanted else "except_alarm_name_prefixes"
        message = (
            f"{name}: got {bad!r}, a prefix takes * as it stands and would be that of no alarm: leave it out"
        )
        raise ValueError(message)
    size = sum(map(len, wanted + unwanted)) + len(wanted + unwanted) * _AROUND_A_PREFIX
    if size > _MOST_NAMES:
        name = "alarm_name_prefixes" if wanted else "except_alarm_name_prefixes"
        message = (
            f"{name}: got {size:,} characters of pattern, EventBridge has room for {_MOST_NAMES:,}: name "
            "fewer or shorter ones"
        )
        raise ValueError(message)
    if unwanted:
        return [{"anything-but": {"prefix": unwanted if len(unwanted) > 1 else unwanted[0]}}]
    return [{"prefix": prefix} for prefix in wanted]
