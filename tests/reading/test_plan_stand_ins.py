"""What is not known of a response plan stands there in a form that its deployment takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.local.plan_properties import plan_problems
from constructs_lib.reading.assemblies import read_app
from constructs_lib.reading.pager_slice import pager_slice
from constructs_lib.reading.slice_templates import slice_templates
from tests.reading.writing import STARTER, assembly

if TYPE_CHECKING:
    from pathlib import Path


def unknown(name: str) -> dict[str, str]:
    return {"Fn::ImportValue": name}


def deployed(tmp_path: Path, **resources: Any) -> dict[str, Any]:
    read = read_app(assembly(tmp_path / "out", Shop={"Resources": {**STARTER, **resources}}))
    [stack] = slice_templates(pager_slice(read))
    return {name: each["Properties"] for name, each in stack.body["Resources"].items()}


def plan(**properties: Any) -> dict[str, Any]:
    given = {"Name": "shop", "IncidentTemplate": {"Title": "Shop", "Impact": 3}, **properties}
    return {"Type": "AWS::SSMIncidents::ResponsePlan", "Properties": given}


def test_a_plan_of_nothing_but_unknowns_is_taken_by_the_local_aws(tmp_path: Path) -> None:
    made = deployed(
        tmp_path,
        Plan=plan(
            Name=unknown("the plan's name?"),
            Actions=[{"SsmAutomation": {"DocumentName": unknown("?"), "RoleArn": unknown("Role")}}],
            ChatChannel={"ChatbotSns": [unknown("Chat")]},
            Engagements=[unknown("On Call"), unknown("Lead:2")],
            IncidentTemplate={
                "Title": unknown("Title"),
                "Impact": unknown("Impact"),
                "IncidentTags": [{"Key": "team", "Value": unknown("what team?")}],
                "NotificationTargets": [{"SnsTopicArn": unknown("Told")}],
            },
        ),
    )["Plan"]

    assert plan_problems(made) == []
    contacts = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact"
    assert made["Engagements"] == [
        f"{contacts}/unknown-import-of-on-call",
        f"{contacts}/unknown-import-of-lead-2",
    ]


def test_what_looks_right_and_what_is_deployed_as_well_stays(tmp_path: Path) -> None:
    made = deployed(
        tmp_path,
        Lead={"Type": "AWS::SSMContacts::Contact", "Properties": {"Alias": "lead"}},
        Restart={"Type": "AWS::SSM::Document", "Properties": {"Content": {}}},
        Plan=plan(
            Actions=[{"SsmAutomation": {"DocumentName": {"Ref": "Restart"}, "RoleArn": unknown("Role")}}],
            Engagements=[{"Ref": "Lead"}],
            IncidentTemplate={"Title": unknown("Any title?"), "Impact": 1},
        ),
    )

    assert made["Plan"]["Engagements"] == [{"Ref": "Lead"}]
    assert made["Plan"]["Actions"][0]["SsmAutomation"]["DocumentName"] == {"Ref": "Restart"}
    assert made["Plan"]["IncidentTemplate"]["Title"] == "import-of-Any title?"
    assert {"Lead", "Restart"} <= {*made}


def test_who_may_engage_an_unknown_contact_may_engage_its_stand_in(tmp_path: Path) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "ssm-contacts:StartEngagement",
        "Resource": [unknown("Lead")],
    }
    other = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": unknown("Queue")}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {
            "Roles": [{"Ref": "Role"}],
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement, other]},
        },
    }
    role = {"Type": "AWS::IAM::Role", "Properties": {}}
    starter = {**STARTER["Starter"]["Properties"], "Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    made = deployed(
        tmp_path,
        Starter={**STARTER["Starter"], "Properties": starter},
        Role=role,
        Policy=policy,
        Plan=plan(Engagements=[unknown("Lead")]),
    )

    first, second = made["Policy"]["PolicyDocument"]["Statement"]
    assert first["Resource"] == made["Plan"]["Engagements"]
    assert second["Resource"] == "import-of-Queue"
