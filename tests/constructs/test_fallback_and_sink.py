"""Fallbacks and sinks: what they deploy, and what they may do."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_ec2 as ec2,
    aws_iam as iam,
    aws_kms as kms,
    aws_lambda as lambda_,
    aws_sns as sns,
    aws_sqs as sqs,
)

from constructs_lib import IncidentSink, IncidentStarter, Ledger
from tests.constructs.apps import (
    ENVIRONMENT,
    PLAN,
    Template,
    allowed,
    flat,
    new_alarm,
    new_app,
    new_plan,
    new_stack,
    new_starter,
    only,
    resources,
    statements,
    template_of,
    warnings,
)
from tests.constructs.test_starter_asset import asset_of

CONDITIONED = {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}}
FIRST, SECOND = "incident_starter.handler.handler", "incident_starter.fallback.handler"
SINKS_FILES = {
    "delivery.py",
    "fallback.py",
    "message.py",
    "ops_item.py",
    "report.py",
    "report_texts.py",
    "sinks.py",
    "undelivered.py",
}


@pytest.fixture(scope="module")
def with_fallback() -> Template:
    stack = new_stack()
    topic = sns.Topic(stack, "OnCall")
    fallback = [IncidentSink.ops_item(category="Availability", source="shop"), IncidentSink.topic(topic)]
    new_starter(stack, fallback=fallback)
    return template_of(stack)


@pytest.fixture(scope="module")
def with_sink() -> Template:
    stack = new_stack()
    new_starter(stack, response_plan=new_plan(stack), sink=IncidentSink.ops_item())
    return template_of(stack)


def function(template: Template, handler: str) -> dict[str, Any]:
    [found] = [each for each in resources(template, "AWS::Lambda::Function") if each["Handler"] == handler]
    return found


def told(template: Template, handler: str, variable: str) -> dict[str, Any]:
    text = flat(function(template, handler)["Environment"]["Variables"][variable])
    found: dict[str, Any] = json.loads(text)
    return found


def statements_of(template: Template, handler: str) -> list[dict[str, Any]]:
    """What the role of a function may do."""
    role = flat(function(template, handler)["Role"]).removesuffix(".Arn>") + ">"
    return [
        statement
        for policy in resources(template, "AWS::IAM::Policy")
        if flat(policy["Roles"][0]) == role
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def actions(template: Template, handler: str) -> set[str]:
    listed = [statement["Action"] for statement in statements_of(template, handler)]
    return {action for each in listed for action in (each if isinstance(each, list) else [each])}


def test_a_fallback_adds_a_queue_a_function_and_what_feeds_it(with_fallback: Template) -> None:
    kinds = sorted(resource["Type"] for resource in with_fallback["Resources"].values())
    plain = new_stack()
    new_starter(plain)
    for kind in [resource["Type"] for resource in template_of(plain)["Resources"].values()]:
        kinds.remove(kind)
    assert kinds == [
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    ]


def test_both_functions_are_told_of_the_sinks(with_fallback: Template) -> None:
    first = told(with_fallback, FIRST, "INCIDENT_STARTER")
    assert first["fallback"] == [
        {"opsItem": {"category": "Availability", "source": "shop"}},
        {"topic": "<OnCall0B2745F4>"},
    ]
    assert told(with_fallback, SECOND, "INCIDENT_FALLBACK") == first
    assert "INCIDENT_STARTER" not in function(with_fallback, SECOND)["Environment"]["Variables"]


def test_what_the_function_does_not_deliver_feeds_the_second_one(with_fallback: Template) -> None:
    destination = only(with_fallback, "AWS::Lambda::EventInvokeConfig")["DestinationConfig"]["OnFailure"]
    mapping = only(with_fallback, "AWS::Lambda::EventSourceMapping")
    assert flat(destination["Destination"]) == flat(mapping["EventSourceArn"])
    assert flat(mapping["EventSourceArn"]).startswith("<IncidentsFallbackQueue")
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_what_the_second_one_does_not_deliver_ends_in_the_dead_letter_queue(with_fallback: Template) -> None:
    [fed] = [each for each in resources(with_fallback, "AWS::SQS::Queue") if "RedrivePolicy" in each]
    assert flat(fed["RedrivePolicy"]["deadLetterTargetArn"]).startswith("<IncidentsDeadLetterQueue")
    assert fed["RedrivePolicy"]["maxReceiveCount"] == 5
    assert fed["VisibilityTimeout"] >= 6 * function(with_fallback, SECOND)["Timeout"]
    assert (fed["MessageRetentionPeriod"], fed["SqsManagedSseEnabled"]) == (14 * 86_400, True)


def test_a_given_queue_stays_where_events_lie_whole() -> None:
    stack = new_stack()
    mine = sqs.Queue(stack, "Mine")
    starter = new_starter(stack, dead_letter_queue=mine, fallback=IncidentSink.ops_item())
    [fed] = [each for each in resources(template_of(stack), "AWS::SQS::Queue") if "RedrivePolicy" in each]
    assert flat(fed["RedrivePolicy"]["deadLetterTargetArn"]).startswith("<Mine")
    assert starter.dead_letter_queue.node.path == mine.node.path


def test_the_second_function_may_read_its_queue_and_tell_the_sinks_and_nothing_else(
    with_fallback: Template,
) -> None:
    assert actions(with_fallback, SECOND) == {
        "cloudwatch:DescribeAlarms",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sns:Publish",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        "ssm:CreateOpsItem",
    }


def test_both_functions_may_make_ops_items_themselves(with_fallback: Template) -> None:
    found = [statement.get("Condition") for statement in statements(with_fallback, "ssm:CreateOpsItem")]
    assert found == [None, None]  # which is what Incident Manager needs on the first one's behalf, too
    assert set(allowed(with_fallback, "sns:Publish")) == {"<OnCall0B2745F4>"}


def test_a_fallback_of_a_topic_alone_makes_no_ops_items() -> None:
    stack = new_stack()
    new_starter(stack, fallback=IncidentSink.topic(sns.Topic(stack, "OnCall")))
    [statement] = statements(template_of(stack), "ssm:CreateOpsItem")
    assert statement["Condition"] == CONDITIONED


def test_the_second_function_runs_as_the_first_does(with_fallback: Template) -> None:
    first, second = function(with_fallback, FIRST), function(with_fallback, SECOND)
    for name in ("Architectures", "Runtime", "MemorySize"):
        assert first[name] == second[name]
    assert second["LoggingConfig"]["LogFormat"] == "JSON"
    assert first["LoggingConfig"]["LogGroup"] != second["LoggingConfig"]["LogGroup"]
    assert first["Role"] != second["Role"]
    assert "ReservedConcurrentExecutions" not in second


def test_a_key_encrypts_the_new_parts_too() -> None:
    stack = new_stack()
    key = kms.Key(stack, "Key")
    new_starter(stack, encryption_key=key, fallback=IncidentSink.topic(sns.Topic(stack, "T", master_key=key)))
    template = template_of(stack)
    assert all("KmsMasterKeyId" in queue for queue in resources(template, "AWS::SQS::Queue"))
    assert all("KmsKeyId" in group for group in resources(template, "AWS::Logs::LogGroup"))
    assert all("KmsKeyArn" in each for each in resources(template, "AWS::Lambda::Function"))
    for handler in (FIRST, SECOND):
        assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= actions(template, handler)


def test_a_topic_of_another_account_is_told_by_its_arn() -> None:
    stack = new_stack()
    arn = "arn:aws:sns:eu-west-1:444455556666:on-call"
    new_starter(stack, fallback=IncidentSink.topic(sns.Topic.from_topic_arn(stack, "Theirs", arn)))
    template = template_of(stack)
    assert set(allowed(template, "sns:Publish")) == {arn}
    assert told(template, FIRST, "INCIDENT_STARTER")["fallback"] == [{"topic": arn}]


def test_a_topic_of_another_stack_is_told() -> None:
    app = new_app()
    topic = sns.Topic(cdk.Stack(app, "Topics"), "OnCall")
    stack = cdk.Stack(app, "Stack")
    starter = new_starter(stack, fallback=IncidentSink.topic(topic))
    new_alarm(stack).add_alarm_action(cdk.aws_cloudwatch_actions.LambdaAction(starter.wired_function))
    assert resources(template_of(stack), "AWS::Lambda::EventSourceMapping")


def test_a_sink_leaves_no_right_on_incident_manager(with_sink: Template) -> None:
    listed = actions(with_sink, FIRST)
    assert not {action for action in listed if action.startswith(("ssm-incidents:", "ssm-contacts:"))}
    [statement] = statements(with_sink, "ssm:CreateOpsItem")
    assert "Condition" not in statement


def test_a_sink_changes_nothing_else(with_sink: Template) -> None:
    stack = new_stack()
    new_starter(stack, response_plan=new_plan(stack), ledger=Ledger.off())
    plain = template_of(stack)
    assert sorted(with_sink["Resources"]) == sorted(plain["Resources"])
    configuration = told(with_sink, FIRST, "INCIDENT_STARTER")
    assert configuration == {**told(plain, FIRST, "INCIDENT_STARTER"), "sink": [{"opsItem": {}}]}


def test_what_only_incidents_need_is_not_deployed_beside_a_sink() -> None:
    stack = new_stack()
    new_starter(stack, sink=IncidentSink.ops_item(), ledger=Ledger(), regions=["us-east-1"])
    template = template_of(stack)
    assert resources(template, "AWS::DynamoDB::Table") == []
    assert told(template, FIRST, "INCIDENT_STARTER").keys() == {"startIncident", "sink"}


def test_a_plan_that_an_action_names_is_still_checked_beside_a_sink() -> None:
    starter = new_starter(new_stack(), sink=IncidentSink.ops_item())
    with pytest.raises(ValueError, match="response_plan: got 'x', a full ARN is needed"):
        starter.allow_plan("x")


def test_a_region_without_incident_manager_is_no_matter_beside_a_sink() -> None:
    stack = new_stack(env=cdk.Environment(account="111122223333", region="af-south-1"))
    new_starter(stack, sink=IncidentSink.ops_item())
    assert warnings(stack) == []


def test_the_files_of_sinks_are_in_the_bundle_of_a_starter_with_them_only() -> None:
    plain, told_ = (
        {path.name for path in asset_of(options).rglob("*.py")}
        for options in ({"ledger": Ledger.off()}, {"sink": IncidentSink.ops_item()})
    )
    assert told_ - plain == SINKS_FILES
    assert plain < told_


def test_the_parts_of_a_fallback_can_be_reached() -> None:
    stack = new_stack(env=ENVIRONMENT)
    plain = IncidentStarter(stack, "Plain", response_plan=PLAN)
    assert (plain.fallback_queue, plain.fallback_function) == (None, None)
    starter = new_starter(stack, fallback=IncidentSink.ops_item())
    assert starter.fallback_queue is not None
    assert starter.fallback_function is not None


def test_all_three_sinks_of_an_option_are_told() -> None:
    stack = new_stack()
    topics = [IncidentSink.topic(sns.Topic(stack, name)) for name in ("A", "B")]
    new_starter(stack, sink=[*topics, IncidentSink.ops_item()], fallback=topics[:1])
    template = template_of(stack)
    assert len(told(template, FIRST, "INCIDENT_STARTER")["sink"]) == 3
    assert len(set(allowed(template, "sns:Publish"))) == 2
    assert len(statements(template, "ssm:CreateOpsItem")) == 1


def test_where_and_how_the_function_runs_applies_to_the_second_one() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", max_azs=1, restrict_default_security_group=False)
    new_starter(
        stack,
        fallback=IncidentSink.ops_item(),
        memory_size=1024,
        permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(stack, "Boundary", "boundary"),
        security_groups=[ec2.SecurityGroup(stack, "Group", vpc=vpc)],
        tracing=lambda_.Tracing.ACTIVE,
        vpc=vpc,
    )
    template = template_of(stack)
    first, second = function(template, FIRST), function(template, SECOND)
    for name in ("MemorySize", "TracingConfig", "VpcConfig"):
        assert first[name] == second[name]
    assert "ec2:CreateNetworkInterface" in actions(template, SECOND)
    roles = resources(template, "AWS::IAM::Role")
    starters = [role for role in roles if "incident" in role.get("Description", "").lower()]
    assert len(starters) == 2
    assert all("PermissionsBoundary" in role for role in starters)
