"""What a starter deploys, and what it is allowed to do."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import (
    aws_ec2 as ec2,
    aws_iam as iam,
    aws_kms as kms,
    aws_lambda as lambda_,
    aws_logs as logs,
    aws_sqs as sqs,
)

from constructs_lib import Impact, IncidentStarter, RelatedItem
from constructs_lib._bundle import LAMBDA_ROOT
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    PLAN,
    Template,
    flat,
    new_app,
    new_plan,
    new_stack,
    new_starter,
    only,
    plan_with_token_name,
    resources,
    statements,
    template_of,
    warnings,
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


@pytest.fixture(scope="module")
def template_with_every_option() -> Template:
    app = new_app()
    stack = cdk.Stack(app, "Stack")
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


def kinds(template: Template) -> list[str]:
    return sorted(resource["Type"] for resource in template["Resources"].values())


def test_a_starter_deploys_a_function_and_what_it_needs(template: Template) -> None:
    assert kinds(template) == [
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
    assert json.loads(variables["INCIDENT_STARTER"]) == {
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
        }
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
        (["logs:CreateLogStream", "logs:PutLogEvents"], "<IncidentsLogGroup.Arn>", None),
        (
            ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"],
            "<IncidentsDeadLetterQueue.Arn>",
            None,
        ),
        (["ssm-contacts:StartEngagement"], "*", THROUGH_INCIDENT_MANAGER),
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


def test_the_parts_of_a_starter_can_be_reached() -> None:
    starter = new_starter(new_stack())
    parts = (starter.function, starter.role, starter.log_group, starter.dead_letter_queue)
    assert [part.node.id for part in parts] == ["Function", "Role", "LogGroup", "DeadLetterQueue"]


def test_the_asset_is_the_same_with_and_without_what_python_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = LAMBDA_ROOT / "incident_starter"
    clean = shutil.copytree(
        source, tmp_path / "clean/incident_starter", ignore=shutil.ignore_patterns("*.pyc", "__pycache__")
    )
    littered = shutil.copytree(clean, tmp_path / "littered/incident_starter")
    for place in (littered, littered.parent):
        (place / "__pycache__").mkdir()
        (place / "__pycache__/handler.cpython-314.pyc").write_bytes(b"\0")
        (place / "handler.pyc").write_bytes(b"\0")
    keys = []
    for root in (LAMBDA_ROOT, clean.parent, littered.parent):
        monkeypatch.setattr("constructs_lib._starter_code.LAMBDA_ROOT", root)
        stack = new_stack()
        new_starter(stack)
        keys.append(only(template_of(stack), "AWS::Lambda::Function")["Code"]["S3Key"])
    assert len(set(keys)) == 1


def test_the_asset_holds_the_source_and_nothing_else() -> None:
    stack = new_stack()
    new_starter(stack)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    directory = Path(app.synth().directory)
    [asset] = [path for path in directory.iterdir() if path.name.startswith("asset.")]
    names = {path.relative_to(asset).as_posix() for path in asset.rglob("*") if path.is_file()}
    assert "incident_starter/handler.py" in names
    assert {Path(name).parent.as_posix() for name in names} == {"incident_starter"}
    assert {Path(name).suffix for name in names} == {".py"}


def test_the_files_of_an_option_are_in_the_asset_of_a_starter_with_it_only() -> None:
    plain, wide = (
        {path.name for path in asset.rglob("*.py")}
        for asset in map(asset_of, ({}, {"regions": ["us-east-1"]}))
    )
    assert wide - plain == {"failover.py"}
    assert plain < wide


def asset_of(options: dict[str, Any]) -> Path:
    stack = new_stack()
    new_starter(stack, **options)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    [asset] = [path for path in Path(app.synth().directory).iterdir() if path.name.startswith("asset.")]
    return asset


def test_without_regions_the_function_is_told_of_none() -> None:
    assert configuration_of(new_stack()).keys() == {"startIncident"}


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "eu-west-1"])
def test_the_function_is_told_the_regions_in_their_order(env: cdk.Environment | None) -> None:
    regions = ["us-west-2", "eu-west-1", "us-east-1"]  # one list for the starters of all Regions of a set
    assert configuration_of(new_stack(env=env), regions=regions)["regions"] == regions


def configuration_of(stack: cdk.Stack, **options: Any) -> dict[str, Any]:
    new_starter(stack, **options)
    function = only(template_of(stack), "AWS::Lambda::Function")
    found: dict[str, Any] = json.loads(function["Environment"]["Variables"]["INCIDENT_STARTER"])
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


def test_a_metric_is_told_from_other_starters_by_the_functions_name() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    alarm = starter.metric_incidents_started(period=cdk.Duration.minutes(1)).create_alarm(
        stack, "Alarm", threshold=1, evaluation_periods=1
    )
    assert alarm is not None

    found = only(template_of(stack), "AWS::CloudWatch::Alarm")

    assert (found["Namespace"], found["MetricName"], found["Statistic"], found["Period"]) == (
        "IncidentStarter",
        "IncidentsStarted",
        "Sum",
        60,
    )
    [dimension] = found["Dimensions"]
    assert dimension["Name"] == "FunctionName"
    assert flat(dimension["Value"]).startswith("<IncidentsFunction")


def test_each_metric_the_function_writes_has_a_method() -> None:
    starter = new_starter(new_stack())
    names = {
        getattr(starter, method)().metric_name for method in dir(starter) if method.startswith("metric_")
    }
    assert names == {
        "BadTrailers",
        "Drills",
        "DrillsLeftOpen",
        "Failovers",
        "Failures",
        "Fallbacks",
        "IncidentsStarted",
        "OkIgnored",
        "PageDelay",
        "PlanFallbacks",
        "Retries",
        "Sent",
        "SinkFailures",
        "StepDowns",
    }


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (lambda _: PLAN, "on-call"),
        (new_plan, "database"),
        (
            plan_with_token_name,
            {"Fn::Select": [1, {"Fn::Split": [":response-plan/", {"Ref": "Plan"}]}]},
        ),
    ],
    ids=["an ARN", "a literal name", "a token"],
)
def test_incidents_are_counted_by_plan(plan: Callable[[cdk.Stack], Any], name: object) -> None:
    stack = new_stack()
    starter = new_starter(stack)
    metric = starter.metric_incidents_started(response_plan=plan(stack))
    found = stack.resolve(metric.dimensions)
    assert found["ResponsePlan"] == name
    assert found["FunctionName"] == {"Ref": logical_id(stack, starter.function)}


def test_incidents_are_counted_by_impact() -> None:
    metric = IncidentStarter.from_function_arn(new_stack(), "Theirs", FUNCTION).metric_incidents_started(
        impact=Impact.HIGH, period=cdk.Duration.hours(1)
    )
    assert metric.dimensions == {"FunctionName": "incidents", "Impact": "2"}
    assert (metric.statistic, metric.period.to_hours()) == ("Sum", 1)


def logical_id(stack: cdk.Stack, construct: Any) -> Any:
    return stack.resolve(construct.node.default_child.logical_id)


def test_metrics_of_an_imported_starter_name_the_function_of_its_arn() -> None:
    starter = IncidentStarter.from_function_arn(new_stack(), "Theirs", f"{FUNCTION}:live")
    assert starter.metric_failures().dimensions == {"FunctionName": "incidents"}


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
