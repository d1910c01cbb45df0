"""Who may invoke a starter's function: a constant number of statements, whatever is wired to it."""

from aws_cdk import Stack, aws_lambda as lambda_
from constructs import Construct

_INVOKE = "lambda:InvokeFunction"


def allow_alarms(
    scope: Construct, id: str, function: lambda_.IFunction, account: str, name_prefix: str
) -> None:
    """Let all alarms of an account invoke the function.

    AWS documents one statement with SourceAccount for all alarms; one per alarm fills the function's
    20 KB policy at about 37 alarms.
    """
    lambda_.CfnPermission(
        scope,
        id,
        action=_INVOKE,
        function_name=function.function_arn,
        principal="lambda.alarms.cloudwatch.amazonaws.com",
        source_account=account,
        source_arn=_arn(scope, "cloudwatch", account, f"alarm:{name_prefix}*"),
    )


def allow_rules(scope: Construct, id: str, function: lambda_.IFunction, account: str) -> None:
    """Let all EventBridge rules of an account, on any bus, invoke the function."""
    lambda_.CfnPermission(
        scope,
        id,
        action=_INVOKE,
        function_name=function.function_arn,
        principal="events.amazonaws.com",
        source_account=account,
        source_arn=_arn(scope, "events", account, "rule/*"),
    )


def allow_topics(scope: Construct, id: str, function: lambda_.IFunction, account: str) -> None:
    """Let all SNS topics of an account invoke the function.

    The account stands in the source's ARN: that SNS sends a source account to Lambda is not documented.
    """
    lambda_.CfnPermission(
        scope,
        id,
        action=_INVOKE,
        function_name=function.function_arn,
        principal="sns.amazonaws.com",
        source_arn=_arn(scope, "sns", account, "*"),
    )


def _arn(scope: Construct, service: str, account: str, rest: str) -> str:
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:{service}:{stack.region}:{account}:{rest}"
