"""The ledger's table, and what sweeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import (
    Duration,
    RemovalPolicy,
    aws_dynamodb as dynamodb,
    aws_events as events,
    aws_events_targets as targets,
    aws_iam as iam,
)

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms
    from constructs import Construct

    from .ledger import Ledger
    from .starter_interface import IIncidentStarter

_DUE = "due"
_LEASE_MARGIN = 30  # seconds


def make_ledger(
    starter: IIncidentStarter,
    ledger: Ledger,
    role: iam.Role,
    *,
    encryption_key: kms.IKey | None,
    timeout: float,
) -> dict[str, Any]:
    """Make the table of a starter's ledger, and what its options need besides.

    Args:
        starter: the starter, and the scope of its table.
        ledger: what it is to do.
        role: the function's.
        encryption_key: encrypts the table. By default a key that AWS owns.
        timeout: of the function, in seconds.

    Returns:
        What the function is told of it.
    """
    table = _make_table(starter, role, encryption_key)
    if ledger.sweeps:
        _make_sweeper(starter, table, role)
    if ledger.respects_suppression:
        _allow_mute_rules(role)
    # A start under way is given up for lost when the invocation that made it must be over.
    return {"table": table.table_name, "lease": int(timeout) + _LEASE_MARGIN, **ledger.to_settings()}


def _make_table(scope: Construct, role: iam.Role, encryption_key: kms.IKey | None) -> dynamodb.Table:
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
    role.add_to_principal_policy(
        iam.PolicyStatement(
            sid="KeepTheLedger",
            actions=["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
            resources=[table.table_arn],
        )
    )
    return table


def _make_sweeper(starter: IIncidentStarter, table: dynamodb.ITable, role: iam.Role) -> None:
    """Run the function every minute: it resolves what has been quiet for long enough.

    A sweep that fails is not repeated; the next minute has one too.
    """
    role.add_to_principal_policy(
        iam.PolicyStatement(
            sid="FindWhatIsDue", actions=["dynamodb:Query"], resources=[f"{table.table_arn}/index/{_DUE}"]
        )
    )
    target = targets.LambdaFunction(
        starter.rule_function,
        event=events.RuleTargetInput.from_object({"sweep": {}}),
        max_event_age=Duration.minutes(1),
        retry_attempts=0,
    )
    events.Rule(
        starter,
        "Sweeper",
        description="Resolves incidents whose alarms have stayed OK",
        schedule=events.Schedule.rate(Duration.minutes(1)),
        targets=[target],
    )


def _allow_mute_rules(role: iam.Role) -> None:
    """Let the function ask whether an alarm is muted now; which rules mute it is not known before."""
    role.add_to_principal_policy(
        iam.PolicyStatement(sid="SeeMuteRules", actions=["cloudwatch:ListAlarmMuteRules"], resources=["*"])
    )
