"""Response plans of an app: deployed by the real CLI they page, and they grant what they say, no more."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import hooks
from constructs_lib.local.callers import role_is_allowed
from tests.end_to_end.assemblies import add_variant, new_app
from tests.end_to_end.plans_app import add_plans

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.assemblies import Template

ACCOUNT = "123456789012"
PLANS = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan"
LEAD = f"arn:aws:ssm-contacts:us-east-1:{ACCOUNT}:contact/lead"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("plans")
    app = new_app(directory)
    add_plans(app)
    app.synth()
    return directory


@pytest.fixture
def deployed(local_aws: LocalAws, assembly: Path) -> LocalAws:
    local_aws.deploy(assembly)
    return local_aws


def test_the_real_cli_deploys_an_app_with_plans_which_page_and_destroys_it_again(
    local_aws: LocalAws, assembly: Path
) -> None:
    local_aws.cdk("bootstrap", f"aws://{local_aws.account_id}/{local_aws.region}", app=str(assembly))
    local_aws.cdk("deploy", "--all", app=str(assembly))

    for alarm in ("errors", "till"):
        local_aws.set_alarm_state(alarm, "ALARM")
        local_aws.wait_idle()

    assert local_aws.failed_deliveries == []
    assert local_aws.denied_calls == []
    errors, till = (local_aws.incident_records[incident.arn] for incident in local_aws.incidents)
    assert (errors.plan_arn, errors.title, errors.impact) == (f"{PLANS}/shop", "The shop is in trouble", 3)
    assert errors.summary == "Look at the till."
    assert till.plan_arn.startswith(f"{PLANS}/Shop-Till-")
    assert (till.title, till.impact) == ("The till is stuck", 2)

    local_aws.cdk("destroy", "--all", "--force", app=str(assembly))
    assert local_aws._emulator.incidents.plans == {}


def test_who_was_granted_a_plan_starts_its_incidents_and_those_of_no_other(deployed: LocalAws) -> None:
    assert ":incident-record/shop/" in deployed.invoke("by-hand", {"plan": f"{PLANS}/shop"})

    with pytest.raises(Exception, match="not authorized to perform: ssm-incidents:StartIncident"):
        deployed.invoke("by-hand", {"plan": f"{PLANS}/other"})


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ssm-incidents:StartIncident", f"{PLANS}/shop"),
        ("ssm-incidents:TagResource", ":incident-record/shop/"),
        ("ssm-contacts:StartEngagement", LEAD),
        ("ssm:CreateOpsItem", ":opsitem/"),
    ],
)
def test_without_any_one_of_the_rights_that_a_plan_grants_nothing_starts(
    local_aws: LocalAws, assembly: Path, tmp_path: Path, action: str, resource: str
) -> None:
    def change(template: Template) -> None:
        for policy in template["Resources"].values():
            if policy["Type"] == "AWS::IAM::Policy":
                document = policy["Properties"]["PolicyDocument"]
                document["Statement"] = [each for each in document["Statement"] if each["Action"] != action]

    changed = tmp_path / "changed"
    shutil.copytree(assembly, changed)
    add_variant(changed, "Plans", "Changed", change)
    local_aws.deploy(changed, stacks=["Changed"])

    with pytest.raises(Exception, match=f"not authorized to perform: {action}"):
        local_aws.invoke("by-hand", {"plan": f"{PLANS}/shop"})

    [denied] = local_aws.denied_calls
    assert denied.action == action
    assert resource in denied.resource
    assert local_aws.incidents == []


def test_the_runbooks_role_starts_its_document_for_incidents_of_its_plan_and_no_more(
    deployed: LocalAws,
) -> None:
    role = runbook_role(deployed)
    automation = f"arn:aws:ssm:us-east-1:{ACCOUNT}"
    start = "ssm:StartAutomationExecution"

    for resource, fine in {
        f"{automation}:automation-definition/Restart:1": True,
        f"{automation}:document/Restart": True,
        f"{automation}:automation-execution/1234": True,
        f"{automation}:automation-definition/Erase:1": False,
        f"{automation}:document/Erase": False,
    }.items():
        assert role_is_allowed(role, "us-east-1", start, resource) == fine, resource
    execution_role = "arn:aws:iam::444455556666:role/AWS-SystemsManager-AutomationExecutionRole"
    assert role_is_allowed(role, "us-east-1", "sts:AssumeRole", execution_role)
    assert not role_is_allowed(role, "us-east-1", "sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/Admin")

    service = "ssm-incidents.amazonaws.com"
    records = f"arn:aws:ssm-incidents::{ACCOUNT}:incident-record"
    assert may_assume(role, service, f"{records}/shop/1234")
    assert not may_assume(role, service, f"{records}/other/1234")
    assert not may_assume(role, "lambda.amazonaws.com", f"{records}/shop/1234")


def runbook_role(aws: LocalAws) -> str:
    """The role that the deployed plan names."""
    cloudformation = aws.client("cloudformation")
    template = cloudformation.get_template(StackName="Plans")["TemplateBody"]
    [name] = [name for name, each in template["Resources"].items() if is_runbook_role(each)]
    found = cloudformation.describe_stack_resource(StackName="Plans", LogicalResourceId=name)
    return f"arn:aws:iam::{ACCOUNT}:role/{found['StackResourceDetail']['PhysicalResourceId']}"


def is_runbook_role(resource: dict[str, Any]) -> bool:
    return resource["Type"] == "AWS::IAM::Role" and "runbook" in resource["Properties"].get("Description", "")


def may_assume(role: str, service: str, source: str) -> bool:
    """Whether the role's trust policy lets a service assume it for an incident."""
    evaluator = hooks.module("core.iam_evaluator")
    with hooks.module("core.responses").request_scope(ACCOUNT, "us-east-1"):
        trust = hooks.module("services.iam")._roles[role.rsplit("/", 1)[-1]]["AssumeRolePolicyDocument"]
    context = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role,
        region="us-east-1",
        service_context={"aws:sourcearn": source},
    )
    return bool(evaluator.evaluate_resource_policy(trust, context, service=service).decision == "Allow")
