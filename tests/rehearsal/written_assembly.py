"""Cloud assemblies written by hand: what jsii would take seconds for."""

import json
from pathlib import Path
from typing import Any

SLOW_STARTER: dict[str, Any] = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
    },
    "Starter": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Timeout": 60,
            "Code": {"ZipFile": "import time\ndef handler(event, context):\n    time.sleep(50)\n"},
            "Environment": {"Variables": {"INCIDENT_STARTER": "{}"}},
        },
    },
    "Permission": {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Starter"},
            "Principal": "lambda.alarms.cloudwatch.amazonaws.com",
        },
    },
    "Alarm": {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": "Shop",
            "MetricName": "errors",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [{"Fn::GetAtt": ["Starter", "Arn"]}],
        },
    },
}


def write_assembly(directory: Path, resources: dict[str, Any], **sections: Any) -> Path:
    """Write an assembly with the one stack Shop."""
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "Shop.template.json"},
    }
    directory.mkdir()
    manifest = {"version": "36.0.0", "artifacts": {"Shop": artifact}}
    (directory / "manifest.json").write_text(json.dumps(manifest))
    (directory / "Shop.template.json").write_text(json.dumps({"Resources": resources, **sections}))
    return directory
