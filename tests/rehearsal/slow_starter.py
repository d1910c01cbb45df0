"""A starter whose function takes as long as nobody waits, and an alarm for it."""

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
