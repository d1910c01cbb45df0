"""One starter for the alarms of a whole organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Names, Stack, aws_events as events, aws_iam as iam
from constructs import Construct

from ._checks import check_text, has_token
from ._organizations import check_accounts, check_organization
from ._stacks import place_of
from .incident_starter import IncidentStarter
from .incident_target import IncidentTarget
from .ledger import check_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Unpack

    from ._response_plans import AnyResponsePlan
    from ._starter_options import StarterOptions

ALARM_STATE_CHANGE = "CloudWatch Alarm State Change"
_LONGEST_BUS_NAME = 256
_MOST_POLICY_ACCOUNTS = 100


class IncidentHub(Construct):
    """An event bus that takes the alarms of other accounts, and a starter behind it.

    Each member account has an `AlarmForwarder`, which needs no function and no asset, so that it can go
    out as a StackSet. What an alarm's description says of its incident is read as always, and an alarm's
    composite suppressors and mute rules are honoured: an event that says that actions are held back
    starts nothing.

    The recommended way is another: a starter in each account and one shared plan, see
    `ResponsePlanShare`. A hub knows an alarm by its event alone: a composite alarm's may come without
    its description, one whose actions were held back does not page when that ends, and what was lost on
    the way lies in the member's queue.

    An alarm that reaches the hub's starter twice, as an action and as an event, pages once: the starter's
    ledger tells the second apart. So a hub cannot do without a ledger.

    See https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        response_plan: AnyResponsePlan,
        organization_id: str | None = None,
        trusted_accounts: Sequence[str] | None = None,
        event_bus_name: str | None = None,
        **options: Unpack[StarterOptions],
    ) -> None:
        """Make a hub.

        Args:
            scope: the parent construct.
            id: the id within the scope.
            response_plan: the plan of every incident whose alarm names no other.
            organization_id: whose accounts may send alarms, such as ``o-a1b2c3d4e5``.
            trusted_accounts: which accounts may, 12 digits each, at most 100; the own account always may.
                These or the organization, or both.
            event_bus_name: the bus's physical name, which forwarders in other apps need to know. By
                default one made of the construct's path.
            **options: everything else that an `IncidentStarter` takes, such as ``impact``, ``title``,
                ``related_items``, ``fallback``; they are the starter's defaults for all accounts.

        Raises:
            ValueError: a value is not allowed, nobody may send alarms, or the ledger is off.
        """
        super().__init__(scope, id)
        try:
            check_organization(organization_id)
            accounts = _checked_accounts(trusted_accounts, organization_id)
            if event_bus_name is not None:
                check_text("event_bus_name", event_bus_name)
            options["ledger"] = check_ledger(options.get("ledger")).of_a_hub()
        except ValueError as error:
            message = f"{self.node.path}: {error}"
            raise ValueError(message) from error
        name = event_bus_name or Names.unique_resource_name(
            self, max_length=_LONGEST_BUS_NAME, separator="-", allowed_special_characters="-"
        )
        self._event_bus = events.EventBus(
            self,
            "Bus",
            event_bus_name=name,
            description="Alarms of other accounts, on their way to an incident",
        )
        self._event_bus_name = name
        for name, statement in self._statements(organization_id, accounts).items():
            # By name: a statement that changed its place would be deleted after it was put again.
            events.CfnEventBusPolicy(
                self,
                f"{name}Policy",
                event_bus_name=self._event_bus.event_bus_name,
                statement_id=name,
                statement=statement.to_json(),
            )
        self._starter = IncidentStarter(self, "Starter", response_plan=response_plan, **options)
        self._rule = events.Rule(
            self,
            "Alarms",
            description="Starts an incident for each alarm that a member account forwards",
            event_bus=self._event_bus,
            event_pattern=_alarms(only_free=options.get("sink") is not None),
            targets=[IncidentTarget(self._starter)],
        )

    @property
    def event_bus(self) -> events.IEventBus:
        """The bus."""
        return self._event_bus

    @property
    def event_bus_arn(self) -> str:
        """The bus's ARN, literal as far as its account and Region are known, for stacks of other accounts."""
        place = place_of(Stack.of(self))
        if has_token(f"{place.account} {place.region}"):
            return self._event_bus.event_bus_arn
        return f"arn:{place.partition}:events:{place.region}:{place.account}:event-bus/{self._event_bus_name}"

    @property
    def event_bus_name(self) -> str:
        """The bus's physical name."""
        return self._event_bus_name

    @property
    def rule(self) -> events.Rule:
        """The rule that takes alarms from the bus to the starter."""
        return self._rule

    @property
    def starter(self) -> IncidentStarter:
        """The starter: watch it, let it drill, name it in actions of alarms of its own account."""
        return self._starter

    def _statements(
        self, organization_id: str | None, accounts: Sequence[str]
    ) -> dict[str, iam.PolicyStatement]:
        """Who may put events, by name: the members' forwarders, each with a role of its own account."""
        put: dict[str, Any] = {"actions": ["events:PutEvents"], "resources": [self._event_bus.event_bus_arn]}
        found = {}
        if organization_id is not None:
            condition = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
            found["Organization"] = iam.PolicyStatement(
                sid="Organization", principals=[iam.StarPrincipal()], conditions=condition, **put
            )
        if accounts:
            principals = [iam.AccountPrincipal(account) for account in accounts]
            found["TrustedAccounts"] = iam.PolicyStatement(
                sid="TrustedAccounts", principals=principals, **put
            )
        return found


def _checked_accounts(accounts: Sequence[str] | None, organization_id: str | None) -> list[str]:
    found = check_accounts("trusted_accounts", accounts)
    if organization_id is None and not found:
        message = (
            "organization_id: got none and no trusted_accounts, so that no other account could send "
            "alarms: name the organization, or accounts"
        )
        raise ValueError(message)
    if len(found) > _MOST_POLICY_ACCOUNTS:
        message = (
            f"trusted_accounts: got {len(found)}, the bus's policy has room for {_MOST_POLICY_ACCOUNTS}: "
            "name the organization"
        )
        raise ValueError(message)
    return found


def _alarms(*, only_free: bool) -> events.EventPattern:
    """Nobody but CloudWatch can send as ``aws.cloudwatch``, whoever may put events on the bus.

    Without a ledger, as where a sink replaces incidents, the rule itself holds back suppressed alarms.
    """
    starting: dict[str, Any] = {"value": ["ALARM", "INSUFFICIENT_DATA"]}
    if only_free:
        starting["actionsSuppressedBy"] = [{"exists": False}]
    return events.EventPattern(
        source=["aws.cloudwatch"],
        detail_type=[ALARM_STATE_CHANGE],
        detail={"$or": [{"state": starting}, {"state": {"value": ["OK"]}}]}
        if only_free
        else {"state": {"value": ["ALARM", "INSUFFICIENT_DATA", "OK"]}},
    )
