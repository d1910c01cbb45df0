"""Who may invoke a starter's function: a constant number of statements, whatever is wired to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_lambda as lambda_

if TYPE_CHECKING:
    from constructs import Construct

    from ._stacks import Place

_INVOKE = "lambda:InvokeFunction"


def allow_alarms(scope: Construct, id: str, function_arn: str, place: Place, name_prefix: str) -> None:
    """Let all alarms of an account invoke the function.

    AWS documents one statement with SourceAccount for all alarms; one per alarm fills the function's
    20 KB policy at about 37 alarms.
    """
    lambda_.CfnPermission(
        scope,
        id,
        action=_INVOKE,
        function_name=function_arn,
        principal="lambda.alarms.cloudwatch.amazonaws.com",
        source_account=place.account,
        source_arn=_arn(place, "cloudwatch", f"alarm:{name_prefix}*"),
    )


def allow_rules(scope: Construct, id: str, function_arn: str, place: Place) -> None:
    """Let all EventBridge rules of an account, on any bus, invoke the function."""
    lambda_.CfnPermission(
        scope,
        id,
        action=_INVOKE,
        function_name=function_arn,
        principal="events.amazonaws.com",
        source_account=place.account,
        source_arn=_arn(place, "events", "rule/*"),
    )


def allow_topics(scope: Construct, id: str, function_arn: str, place: Place) -> None:
    """Let all SNS topics of an account invoke the function.

    The account stands in the source's ARN: that SNS sends a source account to Lambda is not documented.
    """
    lambda_.CfnPermission(
        scope,
        id,
        action=_INVOKE,
        function_name=function_arn,
        principal="sns.amazonaws.com",
        source_arn=_arn(place, "sns", "*"),
    )


def _arn(place: Place, service: str, rest: str) -> str:
    return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{rest}"
