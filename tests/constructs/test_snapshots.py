"""A few small templates as a whole: each line is what a platform engineer would want to read."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_ec2 as ec2,
    aws_iam as iam,
    aws_kms as kms,
    aws_lambda as lambda_,
    aws_logs as logs,
    aws_sns as sns,
    aws_sqs as sqs,
)
from syrupy.assertion import SnapshotAssertion

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentSink,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    RelatedItem,
)
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    OTHER_ACCOUNT,
    OTHER_PLAN,
    new_alarm,
    new_plan,
    new_rule,
    new_stack,
    new_starter,
    template_of,
)
from tests.constructs.conftest import without_noise

RUNBOOK = RelatedItem.url("https://wiki.example.com/checkout?v=2", title="Runbook")


def minimal_starter(stack: cdk.Stack) -> None:
    new_starter(stack)


def starter_with_every_option(stack: cdk.Stack) -> None:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-0123456789abcdef0"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef0"],
    )
    new_starter(
        stack,
        response_plan=new_plan(stack),
        impact=Impact.MEDIUM,
        title="{alarm_name} in {account}",
        related_items=[RUNBOOK],
        additional_response_plans=[OTHER_PLAN],
        alarm_name_prefix="shop-",
        trusted_accounts=[OTHER_ACCOUNT],
        engagement_contacts=["arn:aws:ssm-contacts:eu-west-1:111122223333:contact/on-call"],
        encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        function_name="incidents",
        log_retention=logs.RetentionDays.ONE_YEAR,
        max_event_age=cdk.Duration.hours(1),
        memory_size=1024,
        permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary"),
        regions=["eu-west-1", "us-east-1"],
        reserved_concurrent_executions=5,
        retry_attempts=1,
        timeout=cdk.Duration.seconds(90),
        tracing=lambda_.Tracing.ACTIVE,
        vpc=vpc,
    )


def alarms(stack: cdk.Stack) -> None:
    starter = IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION)
    plain = new_alarm(stack, "Plain", alarm_description="Errors too high.")
    plain.add_alarm_action(IncidentAction(starter))
    detailed = new_alarm(stack, "Detailed", alarm_description="Nobody can pay.")
    detailed.add_alarm_action(
        IncidentAction(starter, impact=Impact.HIGH, title="Checkout is failing", related_items=[RUNBOOK])
    )
    detailed.add_ok_action(IncidentAction(starter))


def rules(stack: cdk.Stack) -> None:
    starter = IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION)
    new_rule(stack, "Plain").add_target(IncidentTarget(starter))
    new_rule(stack, "Detailed").add_target(
        IncidentTarget(
            starter,
            impact=Impact.CRITICAL,
            title="GuardDuty: {detail.title}",
            related_items=[RUNBOOK],
            retry_attempts=5,
            max_event_age=cdk.Duration.hours(1),
            dead_letter_queue=sqs.Queue.from_queue_arn(
                stack, "Undelivered", "arn:aws:sqs:eu-west-1:111122223333:undelivered"
            ),
        )
    )


def subscription(stack: cdk.Stack) -> None:
    starter = IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION)
    sns.Topic(stack, "Topic").add_subscription(IncidentSubscription(starter))


def fallback(stack: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(stack, "OnCall", "arn:aws:sns:eu-west-1:111122223333:on-call")
    new_starter(stack, fallback=[IncidentSink.ops_item(category="Availability"), IncidentSink.topic(topic)])


@pytest.mark.parametrize(
    "build",
    [minimal_starter, starter_with_every_option, alarms, rules, subscription, fallback],
    ids=lambda build: build.__name__,
)
def test_the_template_is_the_one_that_was_looked_at(
    build: Callable[[cdk.Stack], None], snapshot: SnapshotAssertion
) -> None:
    stack = new_stack(env=ENVIRONMENT)
    build(stack)

    assert without_noise(template_of(stack)) == snapshot
