"""What an update changes in place stays itself, and what it replaces is kept until it has worked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.local.templates import PLAN_NAME, WATCHING, assembly_manifest, plan_arn

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws

ALARM = {"AlarmName": "errors", **WATCHING}
PLAN = {"Name": PLAN_NAME, "IncidentTemplate": {"Title": "Wrong", "Impact": 3}}


def deploy(aws: LocalAws, directory: Path, resources: dict[str, Any]) -> None:
    stack = assembly_manifest("Shop", "Shop.template.json", environment="aws://unknown-account/us-east-1")
    template = {"Resources": resources, "Outputs": {"Name": {"Value": {"Ref": "Changed"}}}}
    (directory / "Shop.template.json").write_text(json.dumps(template))
    (directory / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": {"Shop": stack}}))
    aws.deploy(directory)


def name_of_changed(aws: LocalAws) -> str:
    [stack] = aws.client("cloudformation").describe_stacks(StackName="Shop")["Stacks"]
    [output] = stack["Outputs"]
    return str(output["OutputValue"])


def alarm_names(aws: LocalAws) -> list[str]:
    return [alarm["AlarmName"] for alarm in aws.client("cloudwatch").describe_alarms()["MetricAlarms"]]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("AWS::CloudWatch::Alarm", {**ALARM, "Period": 60}, {**ALARM, "Period": 300}),
        ("AWS::RAM::ResourceShare", {"Name": "plans"}, {"Name": "plans", "Principals": ["222222222222"]}),
        ("AWS::SSMContacts::Rotation", {"Name": "night"}, {"Name": "night", "StartTime": "2026-01-01"}),
        ("AWS::SSMIncidents::ResponsePlan", PLAN, {**PLAN, "DisplayName": "Checkout"}),
    ],
)
def test_what_changes_in_place_keeps_its_name(
    aws: LocalAws, tmp_path: Path, kind: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    deploy(aws, tmp_path, {"Changed": {"Type": kind, "Properties": before}})
    name = name_of_changed(aws)
    deploy(aws, tmp_path, {"Changed": {"Type": kind, "Properties": after}})
    assert name_of_changed(aws) == name


def test_an_alarm_with_a_new_name_replaces_the_old_one(aws: LocalAws, tmp_path: Path) -> None:
    deploy(aws, tmp_path, {"Changed": {"Type": "AWS::CloudWatch::Alarm", "Properties": ALARM}})
    renamed = {**ALARM, "AlarmName": "more-errors"}
    deploy(aws, tmp_path, {"Changed": {"Type": "AWS::CloudWatch::Alarm", "Properties": renamed}})
    assert alarm_names(aws) == ["more-errors"]


@pytest.fixture
def failed_update(aws: LocalAws, tmp_path: Path) -> LocalAws:
    """Return a local AWS in which an alarm and a plan were to have new names, and another resource failed."""

    def resources(name: str, plan: str) -> dict[str, Any]:
        return {
            "Changed": {"Type": "AWS::CloudWatch::Alarm", "Properties": {**ALARM, "AlarmName": name}},
            "Plan": {"Type": "AWS::SSMIncidents::ResponsePlan", "Properties": {**PLAN, "Name": plan}},
        }

    deploy(aws, tmp_path, resources("errors", PLAN_NAME))
    aws.set_alarm_state("errors", "ALARM")
    refused = {"Name": "Q", "IncidentTemplate": {"Title": "Wrong", "Impact": 9}}
    last = {
        "Type": "AWS::SSMIncidents::ResponsePlan",
        "Properties": refused,
        "DependsOn": ["Changed", "Plan"],
    }
    with pytest.raises(LocalAwsError):
        deploy(aws, tmp_path, {**resources("more-errors", "cart"), "Refused": last})
    return aws


def test_an_alarm_whose_replacement_is_rolled_back_keeps_its_state(failed_update: LocalAws) -> None:
    alarms = failed_update.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert [(alarm["AlarmName"], alarm["StateValue"]) for alarm in alarms] == [("errors", "ALARM")]


def test_a_plan_whose_replacement_is_rolled_back_still_starts_incidents(failed_update: LocalAws) -> None:
    incidents = failed_update.client("ssm-incidents")
    incidents.start_incident(responsePlanArn=plan_arn())
    with pytest.raises(incidents.exceptions.ResourceNotFoundException):
        incidents.start_incident(responsePlanArn=plan_arn("cart"))
