"""Who may invoke a starter's function: a constant number of statements, whatever is wired to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

from ._starter_checks import allowed_accounts, check_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from ._stacks import Place


class StarterPermissions:
    """The accounts whose alarms, rules and topics may invoke a starter's function."""

    def __init__(self, starter: Construct, place: Place, trusted_accounts: Sequence[str] | None) -> None:
        """Allow nothing yet.

        Args:
            starter: the starter, and the scope of its permissions.
            place: where it is deployed.
            trusted_accounts: those that are allowed beside its own.

        Raises:
            ValueError: one is no account id.
        """
        self._starter = starter
        self._place = place
        self._accounts = allowed_accounts(place.account, trusted_accounts)
        self._topics_are_allowed = False

    def check_source(self, what: str, account: str, region: str) -> None:
        """Refuse an alarm or a topic that could be wired and would never page.

        Raises:
            ValueError: the account is not trusted, or the Region is another.
        """
        check_source(
            what, account, region, accounts=[*self._accounts.values()], own_region=self._place.region
        )

    def allow_alarms_and_rules(self, function_arn: str, alarm_name_prefix: str) -> None:
        """Let the alarms whose names begin so, and all EventBridge rules on any bus, invoke the function.

        AWS documents one statement with SourceAccount for all alarms; one per alarm fills the function's
        20 KB policy at about 37 alarms.
        """
        for suffix, account in self._accounts.items():
            self._allow(
                f"AlarmPermission{suffix}",
                function_arn,
                "lambda.alarms.cloudwatch.amazonaws.com",
                self._arn("cloudwatch", account, f"alarm:{alarm_name_prefix}*"),
                source_account=account,
            )
            self._allow(
                f"RulePermission{suffix}",
                function_arn,
                "events.amazonaws.com",
                self._arn("events", account, "rule/*"),
                source_account=account,
            )

    def allow_topics(self, function_arn: str) -> None:
        """Let all SNS topics invoke the function, from the first that is subscribed.

        The account stands in the source's ARN: that SNS sends a source account to Lambda is not documented.
        """
        if self._topics_are_allowed:
            return
        self._topics_are_allowed = True
        for suffix, account in self._accounts.items():
            self._allow(
                f"TopicPermission{suffix}", function_arn, "sns.amazonaws.com", self._arn("sns", account, "*")
            )

    def _allow(
        self, id: str, function_arn: str, principal: str, source_arn: str, source_account: str | None = None
    ) -> None:
        lambda_.CfnPermission(
            self._starter,
            id,
            action="lambda:InvokeFunction",
            function_name=function_arn,
            principal=principal,
            source_account=source_account,
            source_arn=source_arn,
        )

    def _arn(self, service: str, account: str, rest: str) -> str:
        return f"arn:{self._place.partition}:{service}:{self._place.region}:{account}:{rest}"
