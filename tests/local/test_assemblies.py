"""Synthesized assemblies are deployed with boto3 alone, in order, more than once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.local.conftest import deploy_assembly_of, write_assembly
from tests.local.templates import WATCHING, permission, template

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws

FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:starter"


def alarm(name: str, action: object) -> dict[str, Any]:
    """Return an alarm with one action."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": name,
            **WATCHING,
            "AlarmActions": [action],
        },
    }


def exporting() -> dict[str, Any]:
    """Return the usual template, exporting the function."""
    output = {"Value": {"Fn::GetAtt": ["Function", "Arn"]}, "Export": {"Name": "starter-arn"}}
    return {**template(), "Outputs": {"Arn": output}}


def test_a_directory_that_is_no_assembly_is_a_sentence(aws: LocalAws, tmp_path: Path) -> None:
    with pytest.raises(LocalAwsError, match="is no cloud assembly: it has no manifest"):
        aws.deploy(tmp_path)


@pytest.mark.parametrize("file", ["manifest.json", "Shop.template.json"])
def test_an_assembly_that_cannot_be_read_is_a_sentence(aws: LocalAws, tmp_path: Path, file: str) -> None:
    write_assembly(aws, tmp_path, {"Shop": template()})
    (tmp_path / file).write_text("{")
    with pytest.raises(LocalAwsError, match=f"{file} cannot be read"):
        aws.deploy(tmp_path)


def test_a_stack_is_deployed_after_those_it_depends_on(aws: LocalAws, tmp_path: Path) -> None:
    importing = {"Resources": {"Alarm": alarm("elsewhere", {"Fn::ImportValue": "starter-arn"})}}
    write_assembly(aws, tmp_path, {"Alarms": importing, "Starter": exporting()}, {"Alarms": ["Starter"]})
    aws.deploy(str(tmp_path), stacks=["Alarms"])
    aws.set_alarm_state("elsewhere", "ALARM")
    aws.wait_idle()
    (incident,) = aws.incidents
    assert str(incident.source).endswith(":alarm:elsewhere")


def test_an_unknown_stack_is_a_sentence(aws: LocalAws, tmp_path: Path) -> None:
    write_assembly(aws, tmp_path, {"Starter": template()})
    with pytest.raises(LocalAwsError, match="the assembly has no stack 'Nothing'; it has Starter"):
        aws.deploy(tmp_path, stacks=["Nothing"])


def test_a_stack_is_updated_in_place(aws: LocalAws, tmp_path: Path) -> None:
    deploy_assembly_of(aws, tmp_path, {"Shop": template()})
    aws.set_alarm_state("errors", "ALARM")
    changed = template()
    changed["Resources"]["Alarm"]["Properties"]["AlarmDescription"] = "Changed"
    changed["Resources"]["More"] = alarm("more", {"Fn::GetAtt": ["Function", "Arn"]})
    deploy_assembly_of(aws, tmp_path, {"Shop": changed})
    described = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert {each["AlarmName"]: each["StateValue"] for each in described} == {
        "errors": "ALARM",
        "more": "INSUFFICIENT_DATA",
    }
    aws.set_alarm_state("more", "ALARM")
    aws.wait_idle()
    assert len(aws.incidents) == 2
    deploy_assembly_of(aws, tmp_path, {"Shop": changed})


def test_what_an_update_removes_is_gone(aws: LocalAws, tmp_path: Path) -> None:
    deploy_assembly_of(aws, tmp_path, {"Shop": template()})
    changed = template()
    del changed["Resources"]["AlarmPermission"]
    deploy_assembly_of(aws, tmp_path, {"Shop": changed})
    aws.set_alarm_state("errors", "ALARM")
    aws.wait_idle()
    assert len(aws.failed_deliveries) == 1


def test_two_starters_in_two_stacks_keep_to_themselves(aws: LocalAws, tmp_path: Path) -> None:
    second = json.loads(
        json.dumps(template())
        .replace('"starter"', '"second"')
        .replace('"errors"', '"second-errors"')
        .replace('"findings"', '"second-findings"')
        .replace('"failures"', '"second-failures"')
        .replace("checkout", "second-plan")
    )
    deploy_assembly_of(aws, tmp_path, {"One": template(), "Two": second})
    aws.set_alarm_state("second-errors", "ALARM")
    aws.wait_idle()
    (incident,) = aws.incidents
    assert incident.plan_arn.endswith("/second-plan")
    assert ":role/Two-Role" in incident.caller_role_arn


def test_assets_and_nested_stacks_are_published(aws: LocalAws, tmp_path: Path) -> None:
    bucket = "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    nested = {
        "Resources": {"Alarm": alarm("nested", {"Ref": "Starter"})},
        "Parameters": {"Starter": {"Type": "String"}},
    }
    parent = template(
        extra={
            "Nested": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {
                    "TemplateURL": {
                        "Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/" + bucket + "/n.json"
                    },
                    "Parameters": {"Starter": {"Fn::GetAtt": ["Function", "Arn"]}},
                },
            },
        },
    )
    parent["Resources"]["Function"]["Properties"]["Code"] = {
        "S3Bucket": {"Fn::Sub": bucket},
        "S3Key": "starter.zip",
    }
    write_assembly(aws, tmp_path, {"Shop": parent})
    source = tmp_path / "asset.starter"
    (source / "starter").mkdir(parents=True)
    (source / "starter" / "handler.py").write_text(
        "def handler(event, context):\n    return 'from an asset'\n"
    )
    (tmp_path / "ShopNested.nested.template.json").write_text(json.dumps(nested))

    def asset(path: str, packaging: str, key: str) -> dict[str, Any]:
        return {
            "source": {"path": path, "packaging": packaging},
            "destinations": {"here": {"bucketName": bucket, "objectKey": key}},
        }

    files = {
        "code": asset("asset.starter", "zip", "starter.zip"),
        "nested": asset("ShopNested.nested.template.json", "file", "n.json"),
    }
    (tmp_path / "Shop.assets.json").write_text(json.dumps({"version": "48.0.0", "files": files}))
    aws.deploy(tmp_path)
    assert aws.invoke("starter", {}) == "from an asset"
    aws.set_alarm_state("nested", "ALARM")
    aws.wait_idle()
    assert len(aws.invocations) == 1


def test_a_stage_is_an_assembly_within(aws: LocalAws, tmp_path: Path) -> None:
    inner = tmp_path / "assembly-Prod"
    inner.mkdir()
    write_assembly(aws, inner, {"ProdShop": template()})
    within = {"type": "cdk:cloud-assembly", "properties": {"directoryName": inner.name}}
    (tmp_path / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": {"Prod": within}}))
    aws.deploy(tmp_path)
    aws.set_alarm_state("errors", "ALARM")
    aws.wait_idle()
    assert len(aws.incidents) == 1


def test_what_cannot_be_deployed_is_named(aws: LocalAws, tmp_path: Path) -> None:
    extra = {"Satellite": {"Type": "AWS::GroundStation::Config"}, "Quantum": {"Type": "AWS::Braket::Thing"}}
    with pytest.raises(LocalAwsError) as caught:
        deploy_assembly_of(aws, tmp_path, {"Shop": template(extra=extra)})
    assert str(caught.value) == (
        "the local AWS cannot deploy Satellite (AWS::GroundStation::Config) of stack Shop, "
        "Quantum (AWS::Braket::Thing) of stack Shop"
    )


def test_a_resource_that_fails_is_named(aws: LocalAws, tmp_path: Path) -> None:
    broken = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": 'ALARM("nothing")'}}
    with pytest.raises(LocalAwsError, match=r"stack Shop failed.*Broken \(AWS::CloudWatch::CompositeAlarm\)"):
        deploy_assembly_of(aws, tmp_path, {"Shop": template(extra={"Broken": broken})})
    deploy_assembly_of(aws, tmp_path, {"Shop": template()})


def test_an_alarm_of_another_account_is_decided_by_permission(aws: LocalAws, tmp_path: Path) -> None:
    elsewhere = {"Resources": {"Alarm": alarm("theirs", FUNCTION_ARN)}}
    deploy_assembly_of(aws, tmp_path, {"Shop": template()})
    write_assembly(aws, tmp_path, {"Theirs": elsewhere}, environment="aws://222222222222/us-east-1")
    aws.deploy(tmp_path)
    theirs = "arn:aws:cloudwatch:us-east-1:222222222222:alarm:theirs"
    aws.set_alarm_state(theirs, "ALARM")
    aws.wait_idle()
    (failed,) = aws.failed_deliveries
    assert "of account 222222222222" in failed.reason

    allowed = permission(
        "lambda.alarms.cloudwatch.amazonaws.com", theirs.replace("theirs", "*"), "222222222222"
    )
    deploy_assembly_of(aws, tmp_path, {"Shop": template(extra={"Trusted": allowed})})
    aws.set_alarm_state(theirs, "OK")
    aws.set_alarm_state(theirs, "ALARM")
    aws.wait_idle()
    (incident,) = aws.incidents
    assert incident.source == theirs


def test_a_stack_goes_to_the_region_it_names(aws: LocalAws, tmp_path: Path) -> None:
    elsewhere = {"Resources": {"Alarm": alarm("far", FUNCTION_ARN)}}
    write_assembly(aws, tmp_path, {"Far": elsewhere}, environment="aws://123456789012/eu-west-1")
    aws.deploy(tmp_path)
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    (described,) = aws.client("cloudwatch", region="eu-west-1").describe_alarms()["MetricAlarms"]
    assert described["AlarmArn"] == "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:far"
