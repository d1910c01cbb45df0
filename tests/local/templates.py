"""Templates written by hand: a function of a few lines with what a starter needs around it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

PLAN_NAME = "checkout"
WATCHING: dict[str, Any] = {
    "Namespace": "Shop",
    "MetricName": "Errors",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 5,
    "ComparisonOperator": "GreaterThanThreshold",
}
"""What an alarm of these tests watches."""
HANDLER = """
import json, os, time
import boto3

client = boto3.client("ssm-incidents")

def handler(event, context):
    if event.get("say"):
        print(event["say"], flush=True)
        if event.get("and") == "raise":
            raise RuntimeError("told to fail")
        if event.get("and") == "time out":
            time.sleep(60)
        return
    if event.get("describe"):
        return boto3.client("cloudwatch").describe_alarms(
            AlarmNames=[event["describe"]], AlarmTypes=["CompositeAlarm", "MetricAlarm"]
        )["CompositeAlarms"][0]["AlarmName"]
    if event.get("environment"):
        return dict(os.environ)
    if event.get("fail"):
        raise RuntimeError("told to fail")
    given = event.get("request") or (event.get("detail") or {}).get("request") or {}
    request = {
        "responsePlanArn": os.environ["PLAN"],
        "title": json.dumps(event)[:200],
        "clientToken": str(given.pop("clientToken", context.aws_request_id)),
    }
    return client.start_incident(**{**request, **given})["incidentRecordArn"]
"""


def zipped_handler() -> bytes:
    """Return the function's code."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("starter/handler.py", HANDLER)
        archive.writestr("starter/__init__.py", "")
    return buffer.getvalue()


def plan_arn(name: str = PLAN_NAME) -> str:
    """Return the ARN of a plan of the default account."""
    return f"arn:aws:ssm-incidents::123456789012:response-plan/{name}"


def via_incident_manager(*actions: str) -> dict[str, Any]:
    """Return a statement for what Incident Manager does in the caller's name."""
    return {
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}},
    }


def statements() -> dict[str, dict[str, Any]]:
    """Return the role's statements by name, so that a test can leave one out."""
    return {
        "start": {"Effect": "Allow", "Action": "ssm-incidents:StartIncident", "Resource": plan_arn()},
        "engage": via_incident_manager("ssm-contacts:StartEngagement"),
        "ops item": via_incident_manager("ssm:CreateOpsItem"),
        "describe": {"Effect": "Allow", "Action": "cloudwatch:DescribeAlarms", "Resource": "*"},
        "queue": {
            "Effect": "Allow",
            "Action": "sqs:SendMessage",
            "Resource": {"Fn::GetAtt": ["Queue", "Arn"]},
        },
    }


def permission(principal: str, source: str, account: str | None = "123456789012") -> dict[str, Any]:
    """Return a permission to invoke the function."""
    properties = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]},
        "Principal": principal,
        "SourceArn": source,
    }
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": properties | ({"SourceAccount": account} if account else {}),
    }


def template(
    *,
    without: str | None = None,
    alarm_permission: dict[str, Any] | None = None,
    rule_permission: dict[str, Any] | None = None,
    plan_tags: bool = False,
    retries: int = 0,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a template: a plan, a function with its role and queue, an alarm and a rule."""
    role_statements = [statement for name, statement in statements().items() if name != without]
    incident_template: dict[str, Any] = {"Title": "Incident", "Impact": 3}
    if plan_tags:
        incident_template["IncidentTags"] = [{"Key": "team", "Value": "shop"}]
    function_arn = {"Fn::GetAtt": ["Function", "Arn"]}
    resources: dict[str, Any] = {
        "Plan": {
            "Type": "AWS::SSMIncidents::ResponsePlan",
            "Properties": {"Name": PLAN_NAME, "IncidentTemplate": incident_template},
        },
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "failures"}},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Action": "sts:AssumeRole",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                        },
                    ],
                },
                "Policies": [{"PolicyName": "starter", "PolicyDocument": {"Statement": role_statements}}],
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": "starter",
                "Runtime": "python3.13",
                "Handler": "starter.handler.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Timeout": 10,
                "Code": {"S3Bucket": "code", "S3Key": "starter.zip"},
                "Environment": {"Variables": {"PLAN": {"Ref": "Plan"}}},
            },
        },
        "Retries": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {
                "FunctionName": {"Ref": "Function"},
                "Qualifier": "$LATEST",
                "MaximumRetryAttempts": retries,
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
            },
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": "errors",
                "AlarmDescription": "Too many errors",
                **WATCHING,
                "Dimensions": [{"Name": "Service", "Value": "checkout"}],
                "AlarmActions": [function_arn],
                "OKActions": [],
            },
        },
        "Rule": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "findings",
                "EventPattern": {"source": ["aws.guardduty"]},
                "Targets": [{"Id": "Starter", "Arn": function_arn}],
            },
        },
        "AlarmPermission": alarm_permission
        or permission(
            "lambda.alarms.cloudwatch.amazonaws.com", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"
        ),
        "RulePermission": rule_permission
        or permission("events.amazonaws.com", "arn:aws:events:us-east-1:123456789012:rule/*", None),
    }
    return {"Resources": resources | (extra or {})}


def guardduty_event(**detail: Any) -> dict[str, Any]:
    """Return a whole event as a rule sees it."""
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "GuardDuty Finding",
        "source": "aws.guardduty",
        "account": "123456789012",
        "time": "2026-11-23T10:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:guardduty:us-east-1:123456789012:detector/1"],
        "detail": {"title": "Unusual call", **detail},
    }


def assembly_manifest(stack_name: str, template_file: str, **more: Any) -> dict[str, Any]:
    """Return one stack artifact of a cloud assembly."""
    properties = {"templateFile": template_file, "stackName": stack_name}
    return {"type": "aws:cloudformation:stack", "properties": properties, **more}
