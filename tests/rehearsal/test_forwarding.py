"""Alarms that come to a starter by another bus: how a rehearsal finds their ways."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from constructs_lib._event_patterns import is_matched
from constructs_lib.local import LocalAws
from constructs_lib.rehearsal.deployed import deployed_resources
from constructs_lib.rehearsal.forwarding import _state_change
from constructs_lib.rehearsal.outcome import Outcome, Status
from constructs_lib.rehearsal.trial import Stage
from constructs_lib.rehearsal.wiring import Wired, Wiring, read_wiring
from tests.written_assembly import write_assembly

HUB, MEMBER, REGION = "111111111111", "222222222222", "us-east-1"
BUS = f"arn:aws:events:{REGION}:{HUB}:event-bus/hub"
HANDLER = (
    "import os, boto3, json\n"
    "def handler(event, context):\n"
    "    boto3.client('ssm-incidents').start_incident(responsePlanArn=os.environ['PLAN'])\n"
    "    print(json.dumps({'outcome': 'started'}))\n"
)


def starter(account: str) -> dict[str, Any]:
    """A function that starts an incident for whatever comes, and counts as a starter."""
    plan = f"arn:aws:ssm-incidents::{account}:response-plan/on-call"
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return {
        "Plan": {
            "Type": "AWS::SSMIncidents::ResponsePlan",
            "Properties": {"Name": "on-call", "IncidentTemplate": {"Title": "Wrong", "Impact": 3}},
        },
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Statement": [trust]},
                "Policies": [{"PolicyName": "all", "PolicyDocument": {"Statement": [everything]}}],
            },
        },
        "Starter": {
            "Type": "AWS::Lambda::Function",
            "Metadata": {"cdk-incident-starter": {"starter": 1}},
            "Properties": {
                "FunctionName": "starter",
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Timeout": 20,
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": HANDLER},
                "Environment": {"Variables": {"INCIDENT_STARTER": "{}", "PLAN": plan}},
            },
        },
        **{
            name: {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": {"Fn::GetAtt": ["Starter", "Arn"]},
                    "Principal": principal,
                },
            }
            for name, principal in (
                ("MayAlarms", "lambda.alarms.cloudwatch.amazonaws.com"),
                ("MayRules", "events.amazonaws.com"),
            )
        },
    }


def alarm(name: str, *actions: Any) -> dict[str, Any]:
    properties = {"AlarmName": name, "Namespace": "Shop", "MetricName": "errors", "Threshold": 1}
    properties |= {"EvaluationPeriods": 1, "Period": 60, "Statistic": "Sum", "AlarmActions": list(actions)}
    properties["ComparisonOperator"] = "GreaterThanThreshold"
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def rule(**properties: Any) -> dict[str, Any]:
    pattern = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    return {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": pattern, **properties}}


def hub() -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": BUS}
    target = {"Id": "Starter", "Arn": {"Fn::GetAtt": ["Starter", "Arn"]}}
    return {
        **starter(HUB),
        "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "hub"}},
        "In": {
            "Type": "AWS::Events::EventBusPolicy",
            "Properties": {"EventBusName": {"Ref": "Bus"}, "StatementId": "In", "Statement": statement},
        },
        "Alarms": rule(EventBusName={"Ref": "Bus"}, Targets=[target]),
    }


def member(bus: str = BUS) -> dict[str, Any]:
    target = {"Id": "Hub", "Arn": bus, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    return {
        **starter(MEMBER),
        "Sends": rule(Targets=[target]),
        "Plain": alarm("plain"),
        "Twice": alarm("twice", {"Fn::GetAtt": ["Starter", "Arn"]}),
    }


@pytest.fixture
def stage(local_aws: LocalAws, tmp_path: Path, request: pytest.FixtureRequest) -> Stage:
    stacks: dict[str, tuple[str, dict[str, Any]]] = request.param
    write_assembly(
        tmp_path,
        {name: {"Resources": resources} for name, (_, resources) in stacks.items()},
        environments={name: f"aws://{account}/{REGION}" for name, (account, _) in stacks.items()},
    )
    local_aws.deploy(tmp_path)
    return Stage(local_aws, read_wiring(local_aws, deployed_resources(local_aws, tmp_path)), 30)


def named(wiring: Wiring, name: str) -> Wired:
    [found] = [each for each in wiring.wired if each.subject.name == name]
    return found


def tried(stage: Stage, name: str) -> Outcome:
    return stage.try_out(named(stage.wiring, name))


BOTH = {"Hub": (HUB, hub()), "Member": (MEMBER, member())}


@pytest.mark.parametrize("stage", [BOTH], indirect=True, ids=[""])
def test_an_alarm_without_actions_is_tried_and_one_that_pages_twice_fails(stage: Stage) -> None:
    plain, twice = tried(stage, "plain"), tried(stage, "twice")
    assert (plain.status, len(plain.incidents), plain.problems) == (Status.STARTED, 1, ())
    assert (twice.status, len(twice.incidents)) == (Status.FAILED, 2)
    assert f"it pages twice: by its action and through {BUS}" in twice.problems


@pytest.mark.parametrize("stage", [{"Member": (MEMBER, member())}], indirect=True, ids=[""])
def test_an_alarm_whose_hub_is_of_another_app_is_said_to_be(stage: Stage) -> None:
    assert named(stage.wiring, "plain").why_not == f"its events go to {BUS}, which is not part of this app"
    assert named(stage.wiring, "twice").why_not == ""


def without_policy() -> Mapping[str, Any]:
    return {name: resource for name, resource in hub().items() if name != "In"}


@pytest.mark.parametrize(
    "stage", [{"Hub": (HUB, without_policy()), "Member": (MEMBER, member())}], indirect=True, ids=[""]
)
def test_a_hub_that_refuses_the_account_is_the_reason_of_a_failure(stage: Stage) -> None:
    outcome = tried(stage, "plain")
    assert outcome.status is Status.FAILED
    assert outcome.problems == (f"the policy of {BUS} lets nobody of account {MEMBER} put events",)


def test_the_sample_event_is_one_that_forwarders_of_the_library_match() -> None:
    event = _state_change(f"arn:aws:cloudwatch:{REGION}:{MEMBER}:alarm:prod-errors")
    names = [{"anything-but": {"prefix": ["own-", "test-"]}}]
    detail = {"state": {"value": ["ALARM", "OK"]}, "alarmName": names}
    pattern = {"source": ["aws.cloudwatch"], "account": [MEMBER], "detail": detail}
    assert is_matched(event, pattern)
