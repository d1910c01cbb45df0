"""Response plans in the local AWS: what is refused, and what becomes of their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAws, LocalAwsError
from constructs_lib.local.plan_properties import plan_problems, plan_request
from tests.local.conftest import deploy_assembly_of
from tests.local.templates import plan_arn, template

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = {"Title": "Something is wrong", "Impact": 3}
CONTACT = "arn:aws:ssm-contacts:us-east-1:123456789012:contact/on-call"
ROLE = "arn:aws:iam::123456789012:role/runbooks"


def properties(**changes: Any) -> dict[str, Any]:
    return {"Name": "checkout", "IncidentTemplate": TEMPLATE, **changes}


def incident(**changes: Any) -> dict[str, Any]:
    return properties(IncidentTemplate=TEMPLATE | changes)


def automation(**changes: Any) -> dict[str, Any]:
    return properties(Actions=[{"SsmAutomation": {"DocumentName": "Restart", "RoleArn": ROLE, **changes}}])


def plan(**changes: Any) -> dict[str, Any]:
    depends_on = changes.pop("depends_on", [])
    return {
        "Type": "AWS::SSMIncidents::ResponsePlan",
        "Properties": properties(**changes),
        "DependsOn": depends_on,
    }


REPLICATION_SET = {
    "Type": "AWS::SSMIncidents::ReplicationSet",
    "Properties": {"Regions": [{"RegionName": "us-east-1"}]},
}


def test_what_a_template_may_say_becomes_the_request_of_the_service() -> None:
    given = automation(
        Parameters=[{"Key": "Hosts", "Values": ["a", "b"]}],
        DynamicParameters=[{"Key": "Incident", "Value": {"Variable": "INCIDENT_RECORD_ARN"}}],
        TargetAccount="IMPACTED_ACCOUNT",
    ) | {
        "ChatChannel": {"ChatbotSns": ["arn:aws:sns:us-east-1:123456789012:chat"]},
        "Engagements": [CONTACT],
        "IncidentTemplate": {
            **TEMPLATE,
            "Impact": "2",
            "IncidentTags": [{"Key": "team", "Value": "shop"}],
            "NotificationTargets": [{"SnsTopicArn": "arn:aws:sns:us-east-1:123456789012:told"}],
        },
        "Integrations": [
            {
                "PagerDutyConfiguration": {
                    "Name": "Shop",
                    "PagerDutyIncidentConfiguration": {"ServiceId": "P1"},
                    "SecretId": "pager-duty",
                }
            }
        ],
        "Tags": [],
    }

    assert plan_problems(given) == []
    request = plan_request(given)
    assert request["actions"][0]["ssmAutomation"]["parameters"] == {"Hosts": ["a", "b"]}
    assert request["incidentTemplate"]["impact"] == 2
    assert request["incidentTemplate"]["incidentTags"] == {"team": "shop"}
    assert "tags" not in request


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (properties(Name="on call"), "name: does not match"),
        (properties(Colour="red"), "colour: no such member"),
        (properties(ClientToken="x"), "extraneous key [ClientToken]"),
        (properties(IncidentTemplate={"Title": "x"}), "incidentTemplate.impact: is required"),
        (incident(Impact=6), "the most allowed is 5"),
        (incident(Title="x" * 201), "incidentTemplate.title: has 201 characters"),
        (incident(Summary="x" * 4001), "Summary: is longer than 4000"),
        (incident(DedupeString="x" * 1001), "dedupeString: has 1001 characters"),
        (
            incident(NotificationTargets=[{"SnsTopicArn": f"arn:aws:sns:::{n}"} for n in range(11)]),
            "11 items",
        ),
        (
            incident(IncidentTags=[{"Key": "cost centre", "Value": "1"}]),
            "IncidentTags: {'Key': 'cost centre'",
        ),
        (properties(Tags=[{"Key": "team", "Value": ""}]), "Tags: {'Key': 'team'"),
        (properties(Engagements=["on-call"]), "engagements[0]: does not match"),
        (properties(Engagements=[CONTACT, CONTACT]), "Engagements: array items are not unique"),
        (properties(Engagements=[f"{CONTACT}{n}" for n in range(6)]), "engagements: has 6 items"),
        (properties(ChatChannel={"ChatbotSns": ["a", "b", "c", "d", "e", "f"]}), "chatbotSns: has 6 items"),
        (properties(Actions=[{}]), "actions[0]: exactly one of ssmAutomation"),
        (automation(RoleArn="runbooks"), "roleArn: does not match"),
        (automation(DocumentName="My runbook"), "documentName: does not match"),
        (automation(TargetAccount="MINE"), "targetAccount: must be one of"),
        (automation(Parameters=[{"Key": "Hosts", "Values": [*"abcdefghijk"]}]), "Values: is longer than 10"),
        (automation(DynamicParameters=[{"Key": "K", "Value": {"Variable": "X"}}]), "must be one of"),
    ],
)
def test_a_plan_that_aws_would_refuse_is_refused(given: dict[str, Any], sentence: str) -> None:
    assert sentence in "; ".join(plan_problems(given))


def test_a_deployment_says_why_its_plan_was_refused(aws: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match=r"(?s)incidentTemplate.title: has 201 characters"):
        deploy_assembly_of(
            aws,
            tmp_path,
            {"Shop": {"Resources": {"Plan": plan(IncidentTemplate=TEMPLATE | {"Title": "x" * 201})}}},
        )


def test_a_name_is_taken_once_in_an_account(aws: LocalAws, tmp_path: Path) -> None:
    aws.add_response_plan("checkout")  # known before a template makes it: no other plan
    deploy_assembly_of(aws, tmp_path, {"One": {"Resources": {"Plan": plan()}}})

    with pytest.raises(LocalAwsError, match="response-plan/checkout already exists"):
        deploy_assembly_of(aws, tmp_path, {"Two": {"Resources": {"Plan": plan()}}})


def test_another_name_is_another_plan(aws: LocalAws, tmp_path: Path) -> None:
    deploy_assembly_of(aws, tmp_path, {"Shop": {"Resources": {"Plan": plan()}}})
    deploy_assembly_of(aws, tmp_path, {"Shop": {"Resources": {"Plan": plan(Name="till")}}})

    assert [*aws._emulator.incidents.plans] == [plan_arn("till")]


def test_a_chat_topic_that_does_not_let_incident_manager_publish_is_refused(
    aws: LocalAws, tmp_path: Path
) -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "chat"}}
    chat = {"ChatbotSns": [{"Ref": "Topic"}]}

    with pytest.raises(LocalAwsError, match=r"ssm-incidents.amazonaws.com is not authorized .*:chat"):
        deploy_assembly_of(
            aws, tmp_path, {"Shop": {"Resources": {"Topic": topic, "Plan": plan(ChatChannel=chat)}}}
        )


def test_a_chat_topic_of_nobody_here_is_believed(aws: LocalAws, tmp_path: Path) -> None:
    chat = {"ChatbotSns": ["arn:aws:sns:us-east-1:123456789012:theirs"]}

    deploy_assembly_of(aws, tmp_path, {"Shop": {"Resources": {"Plan": plan(ChatChannel=chat)}}})


def test_a_plan_that_does_not_wait_for_the_replication_set_is_refused(aws: LocalAws, tmp_path: Path) -> None:
    deploy_assembly_of(aws, tmp_path, {"One": {"Resources": {"Plan": plan()}}})

    with pytest.raises(LocalAwsError, match="made before the account's replication set"):
        deploy_assembly_of(aws, tmp_path, {"Two": {"Resources": {"Set": REPLICATION_SET}}})


def test_a_plan_that_waits_for_the_replication_set_is_made_and_goes_before_it(
    aws: LocalAws, tmp_path: Path
) -> None:
    made = {"APlan": plan(depends_on=["TheSet"]), "TheSet": REPLICATION_SET}
    deploy_assembly_of(aws, tmp_path, {"Shop": {"Resources": made}})
    assert [*aws._emulator.incidents.plans] == [plan_arn("checkout")]

    delete(aws, "Shop")

    assert aws._emulator.incidents.plans == {}
    deploy_assembly_of(aws, tmp_path, {"Shop": {"Resources": made}})


def test_an_account_has_one_replication_set(aws: LocalAws, tmp_path: Path) -> None:
    deploy_assembly_of(aws, tmp_path, {"One": {"Resources": {"Set": REPLICATION_SET}}})

    with pytest.raises(LocalAwsError, match="has a replication set already"):
        deploy_assembly_of(aws, tmp_path, {"Two": {"Resources": {"Set": REPLICATION_SET}}})


def test_with_a_replication_set_all_plans_go(aws: LocalAws, tmp_path: Path) -> None:
    deploy_assembly_of(aws, tmp_path, {"One": {"Resources": {"Set": REPLICATION_SET}}})
    deploy_assembly_of(aws, tmp_path, {"Two": {"Resources": {"Plan": plan()}}})
    delete(aws, "One")

    assert aws._emulator.incidents.plans == {}
    delete(aws, "Two")


def delete(aws: LocalAws, stack: str) -> None:
    cloudformation = aws.client("cloudformation")
    cloudformation.delete_stack(StackName=stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 0.02, "MaxAttempts": 500}
    )


def deployed_with(aws: LocalAws, directory: Path, **incident_template: Any) -> None:
    made = template()
    made["Resources"]["Plan"]["Properties"]["IncidentTemplate"] = TEMPLATE | incident_template
    deploy_assembly_of(aws, directory, {"Shop": made})


def test_an_incident_begins_with_its_plans_title_impact_and_summary(aws: LocalAws, tmp_path: Path) -> None:
    deployed_with(aws, tmp_path, Summary="Look at the till.")
    aws.invoke("starter", {"request": {"title": "Checkout fails"}})

    [record] = aws.incident_records.values()

    assert (record.title, record.impact, record.summary) == ("Checkout fails", 3, "Look at the till.")


def test_a_dedupe_string_merges_what_starts_while_an_incident_is_open(aws: LocalAws, tmp_path: Path) -> None:
    deployed_with(aws, tmp_path, DedupeString="checkout")
    arns = [aws.invoke("starter", {"request": {"title": title}}) for title in ("Errors", "Latency")]

    assert arns[0] == arns[1]
    assert [incident.deduplicated for incident in aws.incidents] == [False, True]
    incidents = aws.client("ssm-incidents")
    found = incidents.get_incident_record(arn=arns[0])["incidentRecord"]
    assert (found["dedupeString"], found["title"]) == ("checkout", "Errors")

    incidents.update_incident_record(arn=arns[0], status="RESOLVED")
    assert aws.invoke("starter", {"request": {"title": "Errors again"}}) != arns[0]


def with_runbook(statements: list[dict[str, Any]], *, source: str = "*", **changes: Any) -> dict[str, Any]:
    """A template whose plan runs a document, as a role with these statements."""
    made = template()
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ssm-incidents.amazonaws.com"},
        "Condition": {"ArnLike": {"aws:SourceArn": source}},
    }
    policies = [{"PolicyName": "runbook", "PolicyDocument": {"Statement": statements}}]
    made["Resources"]["Runbooks"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "runbooks",
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": policies if statements else [],
        },
    }
    made["Resources"]["Plan"]["Properties"] |= {
        "Actions": automation(RoleArn={"Fn::GetAtt": ["Runbooks", "Arn"]}, **changes)["Actions"]
    }
    return made


def may_start(*resources: str) -> list[dict[str, Any]]:
    return [{"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": [*resources]}]


DEFINITION = "arn:aws:ssm:*:123456789012:automation-definition/Restart:*"
DOCUMENT = "arn:aws:ssm:*:123456789012:document/Restart"
EXECUTIONS = "arn:aws:ssm:*:123456789012:automation-execution/*"


@pytest.mark.parametrize("resources", [[DEFINITION], [DOCUMENT, EXECUTIONS]])
def test_a_runbook_runs_whichever_way_its_role_names_the_document(
    aws: LocalAws, tmp_path: Path, resources: list[str]
) -> None:
    deploy_assembly_of(aws, tmp_path, {"Shop": with_runbook(may_start(*resources))})
    aws.invoke("starter", {})

    assert aws.denied_calls == []


@pytest.mark.parametrize(
    ("made", "action"),
    [
        (with_runbook([]), "ssm:StartAutomationExecution"),
        (with_runbook(may_start(DOCUMENT)), "ssm:StartAutomationExecution"),
        (with_runbook(may_start(DEFINITION), DocumentName="AWS-Restart"), "ssm:StartAutomationExecution"),
        (with_runbook(may_start(DEFINITION), source="arn:aws:ssm-incidents::*:other/*"), "sts:AssumeRole"),
    ],
    ids=["no policy", "no execution", "another document", "another plan"],
)
def test_a_runbook_that_may_not_run_is_told_and_the_incident_starts(
    aws: LocalAws, tmp_path: Path, made: dict[str, Any], action: str
) -> None:
    deploy_assembly_of(aws, tmp_path, {"Shop": made})
    aws.invoke("starter", {})

    [denied] = aws.denied_calls
    assert (denied.role_arn, denied.action) == (ROLE, action)
    assert len(aws.incidents) == 1


def test_a_runbooks_role_of_nobody_here_is_believed(aws: LocalAws, tmp_path: Path) -> None:
    made = template()
    made["Resources"]["Plan"]["Properties"] |= {"Actions": automation()["Actions"]}
    deploy_assembly_of(aws, tmp_path, {"Shop": made})
    aws.invoke("starter", {})

    assert aws.denied_calls == []


def test_a_runbook_in_an_impacted_account_needs_that_accounts_role(aws: LocalAws, tmp_path: Path) -> None:
    made = with_runbook(may_start(DEFINITION), TargetAccount="IMPACTED_ACCOUNT")
    deploy_assembly_of(aws, tmp_path, {"Shop": made})
    plan = aws._emulator.incidents.plans[plan_arn()]
    plan.shared = True
    other = aws.client("ssm-incidents", account_id="444455556666")

    other.start_incident(responsePlanArn=plan.arn)

    [denied] = aws.denied_calls
    assert denied.action == "sts:AssumeRole"
    assert denied.resource == "arn:aws:iam::444455556666:role/AWS-SystemsManager-AutomationExecutionRole"
