"""What a starter deploys, and what it is allowed to do."""

import json
import re
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib import Impact, IncidentStarter, RelatedItem
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    PLAN,
    Template,
    flat,
    new_stack,
    new_starter,
    only,
    statements,
    template_of,
)

THROUGH_INCIDENT_MANAGER = {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}}


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    new_starter(
        stack,
        impact=Impact.MEDIUM,
        title="{alarm_name} in {account}",
        related_items=[RelatedItem.url("https://wiki.example.com/on-call", title="On-call handbook")],
    )
    return template_of(stack)


def kinds(template: Template) -> list[str]:
    return sorted(resource["Type"] for resource in template["Resources"].values())


def test_a_starter_deploys_a_function_and_what_it_needs(template: Template) -> None:
    assert kinds(template) == [
        "AWS::DynamoDB::Table",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::Function",
        "AWS::Lambda::Permission",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    ]


def test_the_function_runs_with_good_defaults(template: Template) -> None:
    function = only(template, "AWS::Lambda::Function")
    chosen = {
        name: function[name] for name in ("Architectures", "Handler", "MemorySize", "Runtime", "Timeout")
    }
    assert chosen == {
        "Architectures": ["arm64"],
        "Handler": "incident_starter.handler.handler",
        "MemorySize": 512,
        "Runtime": "python3.14",
        "Timeout": 60,
    }
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert flat(function["LoggingConfig"]["LogGroup"]).startswith("<IncidentsLogGroup")
    assert "FunctionName" not in function
    assert only(template, "AWS::Logs::LogGroup") == {"RetentionInDays": 90}


def test_the_defaults_travel_in_one_environment_variable(template: Template) -> None:
    variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert list(variables) == ["INCIDENT_STARTER"]
    told = re.sub("<IncidentsLedger[^>]*>", "TABLE", flat(variables["INCIDENT_STARTER"]))
    assert json.loads(told) == {
        "startIncident": {
            "impact": 3,
            "title": "{alarm_name} in {account}",
            "relatedItems": [
                {
                    "identifier": {"type": "OTHER", "value": {"url": "https://wiki.example.com/on-call"}},
                    "title": "On-call handbook",
                }
            ],
            "responsePlanArn": PLAN,
        },
        "ledger": {"table": "TABLE", "lease": 90, "key": {"by": "alarm"}, "appendWithin": 3600},
    }


def test_tokens_in_the_defaults_resolve_and_leave_valid_json() -> None:
    stack = new_stack()
    new_starter(
        stack,
        title=f"{cdk.Token.as_string(cdk.Lazy.any(Quoted()))} in {cdk.Aws.REGION}",
        related_items=[RelatedItem.url(cdk.Fn.import_value("Wiki"), title="Wiki")],
    )

    variables = only(template_of(stack), "AWS::Lambda::Function")["Environment"]["Variables"]

    request = json.loads(
        flat(variables["INCIDENT_STARTER"]).replace('{"Fn::ImportValue": "Wiki"}', "https://w")
    )
    assert request["startIncident"]["title"] == 'The "checkout" fails in <AWS::Region>'


@jsii.implements(cdk.IStableAnyProducer)
class Quoted:
    """A text that is known only when the app is synthesized."""

    def produce(self) -> str:
        return 'The "checkout" fails'


def test_a_starter_is_marked_in_the_template(template: Template) -> None:
    [marks] = [
        resource["Metadata"]["cdk-incident-starter"]
        for resource in template["Resources"].values()
        if "cdk-incident-starter" in resource.get("Metadata", {})
    ]
    assert marks == {"starter": 1}


def test_the_role_may_do_this_and_nothing_else(template: Template) -> None:
    expected: list[tuple[list[str], str, dict[str, Any] | None]] = [
        (["cloudwatch:DescribeAlarms"], "*", None),
        (["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], "<IncidentsLedger.Arn>", None),
        (["logs:CreateLogStream", "logs:PutLogEvents"], "<IncidentsLogGroup.Arn>", None),
        (
            ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
            "<IncidentsDeadLetterQueue.Arn>",
            None,
        ),
        (["ssm-contacts:StartEngagement"], "*", THROUGH_INCIDENT_MANAGER),
        (
            [
                "ssm-incidents:CreateTimelineEvent",
                "ssm-incidents:GetIncidentRecord",
                "ssm-incidents:UpdateRelatedItems",
            ],
            f'["arn:aws:ssm-incidents::111122223333:incident-record/on-call/*", "{PLAN}"]',
            None,
        ),
        (["ssm-incidents:StartIncident"], PLAN, None),
        (
            ["ssm-incidents:TagResource"],
            "arn:aws:ssm-incidents::111122223333:incident-record/on-call/*",
            None,
        ),
        (["ssm:CreateOpsItem"], "*", THROUGH_INCIDENT_MANAGER),
    ]
    found = only(template, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    read = [
        (
            [each["Action"]] if isinstance(each["Action"], str) else each["Action"],
            _without_hash(flat(each["Resource"])),
            each.get("Condition"),
        )
        for each in found
    ]
    assert {each["Effect"] for each in found} == {"Allow"}
    assert sorted(read, key=str) == sorted(expected, key=str)
    assert only(template, "AWS::IAM::Role").get("ManagedPolicyArns") is None


def _without_hash(reference: str) -> str:
    name, dot, attribute = reference.partition(".Arn")
    return f"{name[:-8]}{dot}{attribute}" if dot else reference


def test_what_fails_ends_in_an_encrypted_queue_that_takes_tls_only(template: Template) -> None:
    config = only(template, "AWS::Lambda::EventInvokeConfig")
    assert config["MaximumRetryAttempts"] == 2
    assert config["MaximumEventAgeInSeconds"] == 21_600
    destination = flat(config["DestinationConfig"]["OnFailure"]["Destination"])
    assert destination.startswith("<IncidentsDeadLetterQueue")
    assert only(template, "AWS::SQS::Queue") == {
        "MessageRetentionPeriod": 1_209_600,
        "SqsManagedSseEnabled": True,
    }
    [statement] = only(template, "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_the_function_has_its_rights_before_it_is_invoked(template: Template) -> None:
    [function] = [each for each in template["Resources"].values() if each["Type"] == "AWS::Lambda::Function"]
    assert any(name.startswith("IncidentsRoleDefaultPolicy") for name in function["DependsOn"])


def test_the_parts_of_a_starter_can_be_reached() -> None:
    starter = new_starter(new_stack())
    parts = (starter.function, starter.role, starter.log_group, starter.dead_letter_queue)
    assert [part.node.id for part in parts] == ["Function", "Role", "LogGroup", "DeadLetterQueue"]


@pytest.mark.parametrize("imported", [False, True], ids=["own", "imported"])
def test_a_principal_may_be_allowed_to_start_incidents_by_hand(*, imported: bool) -> None:
    stack = new_stack(env=ENVIRONMENT)
    starter = (
        IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION) if imported else new_starter(stack)
    )
    role = iam.Role(stack, "ChatBot", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    starter.grant_start(role)

    [statement] = statements(template_of(stack), "lambda:InvokeFunction")

    resource = flat(statement["Resource"][0])
    assert resource == FUNCTION if imported else resource.startswith("<IncidentsFunction")


def test_nothing_at_synthesis_is_random() -> None:
    templates = []
    for _ in range(2):
        stack = new_stack()
        new_starter(stack, function_name="incidents")
        templates.append(template_of(stack))
    assert templates[0] == templates[1]
