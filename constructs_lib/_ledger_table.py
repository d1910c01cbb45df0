"""The ledger's table and sweeper."""

from aws_cdk import (
    Duration,
    RemovalPolicy,
    aws_dynamodb as dynamodb,
    aws_events as events,
    aws_events_targets as targets,
    aws_iam as iam,
    aws_kms as kms,
    aws_lambda as lambda_,
)
from constructs import Construct

_DUE = "due"


def make_table(scope: Construct, role: iam.IGrantable, encryption_key: kms.IKey | None) -> dynamodb.Table:
    """Make the table, and let the function's role read and write its entries.

    What it holds is worth nothing without its starter, so it goes with it.
    """
    customer = dynamodb.TableEncryption.CUSTOMER_MANAGED
    table = dynamodb.Table(
        scope,
        "Ledger",
        partition_key=dynamodb.Attribute(name="key", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        encryption=dynamodb.TableEncryption.AWS_MANAGED if encryption_key is None else customer,
        encryption_key=encryption_key,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        removal_policy=RemovalPolicy.DESTROY,
        time_to_live_attribute="expires",
    )
    table.add_global_secondary_index(
        index_name=_DUE,
        partition_key=dynamodb.Attribute(name="sweep", type=dynamodb.AttributeType.STRING),
        sort_key=dynamodb.Attribute(name=_DUE, type=dynamodb.AttributeType.NUMBER),
        projection_type=dynamodb.ProjectionType.KEYS_ONLY,
    )
    principal = role.grant_principal
    principal.add_to_principal_policy(
        iam.PolicyStatement(
            sid="KeepTheLedger",
            actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            resources=[table.table_arn],
        )
    )
    return table


def make_sweeper(
    scope: Construct, table: dynamodb.ITable, function: lambda_.IFunction, role: iam.IGrantable
) -> events.Rule:
    """Run the function every minute: it resolves what has been quiet for long enough.

    A sweep that fails is not repeated; the next minute has one too.
    """
    role.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(
            sid="FindWhatIsDue", actions=["dynamodb:Query"], resources=[f"{table.table_arn}/index/{_DUE}"]
        )
    )
    target = targets.LambdaFunction(
        function,
        event=events.RuleTargetInput.from_object({"sweep": {}}),
        max_event_age=Duration.minutes(1),
        retry_attempts=0,
    )
    return events.Rule(
        scope,
        "Sweeper",
        description="Resolves incidents whose alarms have stayed OK",
        schedule=events.Schedule.rate(Duration.minutes(1)),
        targets=[target],
    )


def allow_mute_rules(role: iam.IGrantable) -> None:
    """Let the function ask whether an alarm is muted now; which rules mute it is not known before."""
    role.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(sid="SeeMuteRules", actions=["cloudwatch:ListAlarmMuteRules"], resources=["*"])
    )
