"""What the options of a starter change."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_ec2 as ec2,
    aws_iam as iam,
    aws_kms as kms,
    aws_lambda as lambda_,
    aws_logs as logs,
    aws_sqs as sqs,
)

from tests.constructs.apps import (
    ENVIRONMENT,
    Template,
    flat,
    new_stack,
    new_starter,
    only,
    resources,
    statements,
    template_of,
    warnings,
)

THROUGH_INCIDENT_MANAGER = {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}}


@pytest.fixture(scope="module")
def template_with_every_option() -> Template:
    stack = new_stack()
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        max_azs=2,
        restrict_default_security_group=False,
        flow_logs={"all": ec2.FlowLogOptions()},
    )
    new_starter(
        stack,
        encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        engagement_contacts=["arn:aws:ssm-contacts:eu-west-1:111122223333:contact/on-call"],
        regions=["us-east-1"],
        function_name="incidents",
        log_retention=logs.RetentionDays.ONE_YEAR,
        max_event_age=cdk.Duration.hours(1),
        memory_size=1024,
        permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary"),
        reserved_concurrent_executions=5,
        retry_attempts=1,
        security_groups=[ec2.SecurityGroup(stack, "Group", vpc=vpc)],
        timeout=cdk.Duration.seconds(90),
        tracing=lambda_.Tracing.ACTIVE,
        vpc=vpc,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
    )
    return template_of(stack)


def test_every_option_reaches_the_template(template_with_every_option: Template) -> None:
    template = template_with_every_option
    function = only(template, "AWS::Lambda::Function")
    assert flat(function["KmsKeyArn"]).startswith("<Key")
    assert (function["FunctionName"], function["MemorySize"], function["Timeout"]) == ("incidents", 1024, 90)
    assert function["ReservedConcurrentExecutions"] == 5
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert len(function["VpcConfig"]["SubnetIds"]) == 2
    assert flat(function["VpcConfig"]["SecurityGroupIds"][0]).startswith("<Group")
    config = only(template, "AWS::Lambda::EventInvokeConfig")
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 3600)
    [log_group] = [each for each in resources(template, "AWS::Logs::LogGroup") if "KmsKeyId" in each]
    assert log_group["RetentionInDays"] == 365
    assert "KmsMasterKeyId" in only(template, "AWS::SQS::Queue")
    role = next(each for each in resources(template, "AWS::IAM::Role") if "PermissionsBoundary" in each)
    assert flat(role["PermissionsBoundary"]).endswith(":policy/boundary")


def test_the_contacts_that_may_be_engaged_can_be_narrowed(template_with_every_option: Template) -> None:
    [statement] = statements(template_with_every_option, "ssm-contacts:StartEngagement")
    # each contact in each Region that may start the incident, and no other
    assert statement["Resource"] == [
        f"arn:aws:ssm-contacts:{region}:111122223333:contact/on-call" for region in ("eu-west-1", "us-east-1")
    ]
    assert statement["Condition"] == THROUGH_INCIDENT_MANAGER


def test_the_own_key_lets_logs_function_and_queue_use_it(template_with_every_option: Template) -> None:
    policy = only(template_with_every_option, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    [for_logs] = [each for each in policy if "Service" in each["Principal"]]
    assert flat(for_logs["Principal"]["Service"]) == "logs.<AWS::Region>.amazonaws.com"
    context = for_logs["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    assert flat(context).endswith(":logs:<AWS::Region>:<AWS::AccountId>:log-group:*")
    uses = statements(template_with_every_option, "kms:Decrypt")
    assert uses
    assert all(flat(each["Resource"]).startswith("<Key") for each in uses)
    assert statements(template_with_every_option, "kms:GenerateDataKey*")


def test_a_queue_of_the_users_own_is_taken() -> None:
    stack = new_stack()
    starter = new_starter(stack, dead_letter_queue=sqs.Queue(stack, "Mine", enforce_ssl=True))

    template = template_of(stack)

    assert len(resources(template, "AWS::SQS::Queue")) == 1
    [statement] = statements(template, "sqs:SendMessage")
    assert flat(statement["Resource"]).startswith("<Mine")
    assert starter.dead_letter_queue.node.id == "Mine"


def test_without_regions_the_function_is_told_of_none() -> None:
    assert "regions" not in configuration_of(new_stack())


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "eu-west-1"])
def test_the_function_is_told_the_regions_in_their_order(env: cdk.Environment | None) -> None:
    regions = ["us-west-2", "eu-west-1", "us-east-1"]  # one list for the starters of all Regions of a set
    assert configuration_of(new_stack(env=env), regions=regions)["regions"] == regions


def configuration_of(stack: cdk.Stack, **options: Any) -> dict[str, Any]:
    new_starter(stack, **options)
    function = only(template_of(stack), "AWS::Lambda::Function")
    found: dict[str, Any] = json.loads(flat(function["Environment"]["Variables"]["INCIDENT_STARTER"]))
    return found


@pytest.mark.parametrize("region", ["eu-south-2", "af-south-1", "us-gov-west-1"])
def test_a_region_without_the_service_warns(region: str) -> None:
    stack = new_stack(env=cdk.Environment(account="111122223333", region=region))
    new_starter(stack)

    [warning] = warnings(stack)

    assert f"Incident Manager does not exist in {region}" in warning
    assert "eu-west-1" in warning


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "eu-west-1"])
def test_a_region_that_has_the_service_or_is_unknown_does_not_warn(env: cdk.Environment | None) -> None:
    stack = new_stack(env=env)
    new_starter(stack)
    assert warnings(stack) == []
