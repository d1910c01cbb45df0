"""What well-known events look like, so that titles and related items of a rehearsal read well.

Only the members that responders and titles commonly use; a pattern's own values are laid over them.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from constructs_lib._event_patterns import matches

_INSTANCE = "arn:aws:ec2:{region}:{account}:instance/i-0123456789abcdef0"

_KNOWN: Sequence[Mapping[str, Any]] = (
    {
        "source": "aws.guardduty",
        "detail-type": "GuardDuty Finding",
        "detail": {
            "schemaVersion": "2.0",
            "accountId": "{account}",
            "region": "{region}",
            "id": "16afba5c5c43e07c9e3e5e2e544e95df",
            "type": "UnauthorizedAccess:EC2/SSHBruteForce",
            "severity": 8,
            "title": "SSH brute force attack on i-0123456789abcdef0",
            "description": "203.0.113.7 is performing SSH brute force attacks against i-0123456789abcdef0.",
            "resource": {
                "resourceType": "Instance",
                "instanceDetails": {"instanceId": "i-0123456789abcdef0"},
            },
            "service": {"serviceName": "guardduty", "count": 12, "archived": False},
        },
    },
    {
        "source": "aws.codepipeline",
        "detail-type": "CodePipeline Pipeline Execution State Change",
        "resources": ["arn:aws:codepipeline:{region}:{account}:shop"],
        "detail": {
            "pipeline": "shop",
            "execution-id": "01234567-0123-0123-0123-012345678901",
            "state": "FAILED",
            "version": 3,
        },
    },
    {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "resources": ["arn:aws:cloudwatch:{region}:{account}:alarm:sample"],
        "detail": {
            "alarmName": "sample",
            "state": {
                "value": "ALARM",
                "reason": "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (10.0).",
                "timestamp": "2026-01-01T00:00:00.000+0000",
            },
            "previousState": {"value": "OK", "reason": "", "timestamp": "2026-01-01T00:00:00.000+0000"},
            "configuration": {"description": "", "metrics": []},
        },
    },
    {
        "source": "aws.health",
        "detail-type": "AWS Health Event",
        "detail": {
            "eventArn": "arn:aws:health:{region}::event/EC2/AWS_EC2_OPERATIONAL_ISSUE/sample",
            "service": "EC2",
            "eventTypeCode": "AWS_EC2_OPERATIONAL_ISSUE",
            "eventTypeCategory": "issue",
            "statusCode": "open",
            "eventDescription": [{"language": "en_US", "latestDescription": "Increased error rates."}],
        },
    },
    {
        "source": "aws.ec2",
        "detail-type": "EC2 Instance State-change Notification",
        "resources": [_INSTANCE],
        "detail": {"instance-id": "i-0123456789abcdef0", "state": "stopped"},
    },
    {
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "resources": ["arn:aws:ecs:{region}:{account}:task/shop/0123456789abcdef"],
        "detail": {
            "clusterArn": "arn:aws:ecs:{region}:{account}:cluster/shop",
            "group": "service:checkout",
            "lastStatus": "STOPPED",
            "desiredStatus": "RUNNING",
            "stoppedReason": "Essential container in task exited",
            "containers": [{"name": "app", "exitCode": 1, "lastStatus": "STOPPED"}],
        },
    },
    {
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": {
            "findings": [
                {
                    "Title": "S3 buckets should prohibit public access",
                    "AwsAccountId": "{account}",
                    "Severity": {"Label": "CRITICAL", "Normalized": 90},
                    "Workflow": {"Status": "NEW"},
                    "RecordState": "ACTIVE",
                },
            ],
        },
    },
    {
        "source": "aws.states",
        "detail-type": "Step Functions Execution Status Change",
        "resources": ["arn:aws:states:{region}:{account}:execution:orders:sample"],
        "detail": {
            "executionArn": "arn:aws:states:{region}:{account}:execution:orders:sample",
            "stateMachineArn": "arn:aws:states:{region}:{account}:stateMachine:orders",
            "name": "sample",
            "status": "FAILED",
        },
    },
)


def known_event(pattern: Mapping[str, Any], *, account: str, region: str) -> dict[str, Any]:
    """Return the well-known event whose source and detail type a pattern accepts, or an empty one.

    Args:
        pattern: an EventBridge pattern.
        account: the account the event is about.
        region: the Region it is about.
    """
    for known in _KNOWN:
        names = [name for name in ("source", "detail-type") if name in pattern]
        if names and all(matches(known[name], pattern[name]) for name in names):
            filled = _fill(copy.deepcopy(dict(known)), account, region)
            assert isinstance(filled, dict)  # noqa: S101 - a dict was given
            return filled
    return {}


def _fill(value: object, account: str, region: str) -> object:
    if isinstance(value, str):
        return value.replace("{account}", account).replace("{region}", region)
    if isinstance(value, list):
        return [_fill(each, account, region) for each in value]
    if isinstance(value, dict):
        return {name: _fill(member, account, region) for name, member in value.items()}
    return value
