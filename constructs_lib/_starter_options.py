"""The options of a starter that another construct makes and hands on to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import (
        Duration,
        aws_ec2 as ec2,
        aws_iam as iam,
        aws_kms as kms,
        aws_lambda as lambda_,
        aws_logs as logs,
        aws_sqs as sqs,
    )

    from ._response_plans import AnyResponsePlan
    from .alarm_tags import AlarmTags
    from .impact import Impact
    from .incident_sink import IncidentSinks
    from .ledger import Ledger
    from .related_item import RelatedItem


class StarterOptions(TypedDict, total=False):
    """What `IncidentStarter` takes besides its plan and the accounts that may invoke it."""

    impact: Impact | None
    title: str | None
    related_items: Sequence[RelatedItem] | None
    additional_response_plans: Sequence[AnyResponsePlan] | None
    alarm_name_prefix: str | None
    alarm_tags: AlarmTags | None
    engagement_contacts: Sequence[str] | None
    dead_letter_queue: sqs.IQueue | None
    encryption_key: kms.IKey | None
    fallback: IncidentSinks | None
    function_name: str | None
    ledger: Ledger | None
    log_retention: logs.RetentionDays
    max_event_age: Duration | None
    memory_size: int
    permissions_boundary: iam.IManagedPolicy | None
    regions: Sequence[str] | None
    reserved_concurrent_executions: int | None
    retry_attempts: int
    security_groups: Sequence[ec2.ISecurityGroup] | None
    sink: IncidentSinks | None
    timeout: Duration | None
    tracing: lambda_.Tracing
    vpc: ec2.IVpc | None
    vpc_subnets: ec2.SubnetSelection | None
