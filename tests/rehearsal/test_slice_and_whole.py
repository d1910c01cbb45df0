"""The slice starts exactly the incidents that the whole app starts."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from constructs_lib.local import LocalAws
from constructs_lib.reading.synthesis import synthesize
from constructs_lib.rehearsal.deployment import App
from constructs_lib.rehearsal.sliced import deploy_slice
from constructs_lib.rehearsal.watcher import Silent
from tests.written_assembly import write_assembly

ROOT = Path(__file__).parents[2]
RANDOM = re.compile(r"-[0-9A-F]{8,}(?![0-9A-F])|-[0-9a-f]{8}-[0-9a-f]{3}-")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}")


def pages(assembly: Path, *arguments: str) -> Any:
    """Rehearse, and return what paged whom, without what is random in every deployment."""
    command = [sys.executable, "-m", "constructs_lib.cli", "rehearse", "--json", *arguments]
    done = subprocess.run(
        [*command, "--app", str(assembly)], capture_output=True, text=True, check=False, timeout=200
    )
    told = json.loads(UUID.sub("", RANDOM.sub("", done.stdout)))
    found = {}
    for outcome in (*told["outcomes"], *told["afterwards"]):
        requests = [
            {
                name: value
                for name, value in incident["startIncident"].items()
                if name not in ("clientToken", "triggerDetails")
            }
            for incident in outcome["incidents"]
        ]
        problems = sorted(outcome["problems"])
        found[outcome["path"], outcome["fired"]] = (outcome["status"], requests, problems, outcome["notes"])
    return found


@pytest.mark.parametrize("app", ["app.py", "tests/rehearsal/apps/every_wiring.py"])
def test_given_a_real_app_when_it_is_rehearsed_whole_then_the_slice_had_told_the_same(
    app: str, tmp_path: Path
) -> None:
    synthesize(f"{sys.executable} {app}", tmp_path / "cdk.out", cwd=ROOT, on_line=print)
    sliced = pages(tmp_path / "cdk.out")
    assert "started" in {status for status, *_ in sliced.values()}
    assert sliced == pages(tmp_path / "cdk.out", "--whole")


FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:starter"
STARTER: dict[str, Any] = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    },
    "Starter": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": "starter",
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": "def handler(event, context):\n    pass\n"},
            "Environment": {"Variables": {"INCIDENT_STARTER": "{}"}},
        },
    },
    "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}},
    "Heard": {
        "Type": "AWS::SNS::Subscription",
        "Properties": {
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "lambda",
            "Endpoint": {"Fn::GetAtt": ["Starter", "Arn"]},
        },
    },
    "Ballast": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "ballast"}},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "ballast"}},
}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Team": {"Type": "String", "Default": "shop"}},
    "Mappings": {"Limits": {"us-east-1": {"high": 7}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Team"}, "shop"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
    },
}

to_starter = st.sampled_from(
    [
        FUNCTION,
        {"Fn::GetAtt": ["Starter", "Arn"]},
        {"Fn::Sub": "${Starter.Arn}"},
        {"Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Starter}"},
        {
            "Fn::Join": [
                ":",
                ["arn", "aws", "lambda", {"Ref": "AWS::Region"}, "123456789012:function:starter"],
            ]
        },
        {"Fn::If": ["Yes", {"Fn::GetAtt": ["Starter", "Arn"]}, "arn:aws:sns:us-east-1:1:no"]},
        {"Fn::Select": [1, ["no", {"Fn::GetAtt": ["Starter", "Arn"]}]]},
        {"Ref": "Topic"},
    ]
)
texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20),
    st.sampled_from(
        [
            {"Fn::Sub": "${Team}: ${AWS::StackName}\n- Impact: 2"},
            {"Fn::Sub": ["${What} ${!literal}", {"What": {"Ref": "Team"}}]},
            {"Fn::Join": ["\n", ["Runbook: https://wiki", {"Ref": "Team"}, {"Ref": "Ballast"}]]},
            {"Fn::If": ["No", "no", "- Title: yes"]},
            {"Fn::Sub": "queue ${Queue.QueueName} ${Queue.Arn} of ${AWS::AccountId}"},
        ]
    ),
)
numbers = st.one_of(
    st.integers(0, 99), st.just({"Fn::FindInMap": ["Limits", {"Ref": "AWS::Region"}, "high"]})
)


@st.composite
def alarms(draw: st.DrawFn) -> dict[str, Any]:
    conditions = {"Condition": each} if (each := draw(st.sampled_from(["", "Yes", "No"]))) else {}
    properties = {
        "AlarmDescription": draw(texts),
        "AlarmActions": [draw(to_starter)],
        "OKActions": draw(st.lists(to_starter, max_size=1)),
        "Threshold": draw(numbers),
        "ActionsEnabled": draw(st.sampled_from([True, False, {"Fn::If": ["Yes", True, False]}])),
        "Namespace": "Shop",
        "MetricName": draw(st.sampled_from(["errors", {"Ref": "Team"}])),
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties, **conditions}


COMPARED = ("AlarmDescription", "AlarmActions", "OKActions", "Threshold", "ActionsEnabled", "MetricName")


def deployed_alarms(aws: LocalAws) -> dict[str, dict[str, Any]]:
    found = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return {alarm["AlarmName"]: {name: alarm.get(name) for name in COMPARED} for alarm in found}


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(found=st.lists(alarms(), min_size=1, max_size=6))
def test_given_any_template_when_it_is_deployed_whole_then_the_slice_has_the_same_alarms(
    found: list[dict[str, Any]], local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory
) -> None:
    resources = {**STARTER}
    for number, alarm in enumerate(found):
        named = {**alarm["Properties"], "AlarmName": f"alarm-{number}"}
        resources[f"Alarm{number}"] = {**alarm, "Properties": named}
    assembly = write_assembly(tmp_path_factory.mktemp("app"), {"Shop": {"Resources": resources, **TEMPLATE}})

    local_aws.reset()
    local_aws.deploy(assembly)
    whole = deployed_alarms(local_aws)
    local_aws.reset()
    sliced = deploy_slice(local_aws, assembly, Silent(), App(str(assembly), Path(), (), ()))

    assert deployed_alarms(local_aws) == whole
    assert {"Ballast", "Queue"}.isdisjoint(resource.logical_id for resource in sliced.resources)
