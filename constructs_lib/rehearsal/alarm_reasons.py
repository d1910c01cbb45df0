"""What CloudWatch would say when an alarm changes its state, so that titles with a reason read well."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

_MOST_VALUES = 5
_COMPARISONS = {
    "GreaterThanThreshold": ("greater than", 1.0),
    "GreaterThanOrEqualToThreshold": ("greater than or equal to", 1.0),
    "LessThanThreshold": ("less than", -1.0),
    "LessThanOrEqualToThreshold": ("less than or equal to", -1.0),
}


def reason_of(alarm: Mapping[str, Any], state: str) -> str:
    """Return the reason for a state.

    Args:
        alarm: the alarm as DescribeAlarms gives it.
        state: the state it goes into.
    """
    periods = int(alarm.get("EvaluationPeriods") or 1)
    some = "1 datapoint" if periods == 1 else f"{periods} datapoints"
    if state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {some} were unknown."
    if "AlarmRule" in alarm:
        moment = datetime.now(timezone.utc)
        return f"{alarm['AlarmArn']} transitioned to {state} at {moment:%A %d %B, %Y %H:%M:%S UTC}"
    known = _COMPARISONS.get(str(alarm.get("ComparisonOperator")))
    if known is None or alarm.get("ThresholdMetricId"):
        return (
            f"Thresholds Crossed: {some} left the expected band." if state == "ALARM" else "Back in the band."
        )
    words, step = known
    threshold = float(alarm.get("Threshold") or 0.0)
    if state == "OK":
        return f"Threshold Crossed: {some} were not {words} the threshold ({threshold})."
    were = "was" if periods == 1 else "were"
    values = ", ".join([str(threshold + step)] * min(periods, _MOST_VALUES))
    return f"Threshold Crossed: {some} [{values}] {were} {words} the threshold ({threshold})."


def sns_notification(*, account: str, region: str) -> dict[str, Any]:
    """Return what an alarm of this account would send to a topic.

    Args:
        account: the account of the alarm.
        region: its Region.
    """
    return {
        "AlarmName": "rehearsal",
        "AlarmDescription": None,
        "AWSAccountId": account,
        "AlarmConfigurationUpdatedTimestamp": "2026-01-01T00:00:00.000+0000",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed: 1 datapoint [1.0] was greater than the threshold (0.0).",
        "StateChangeTime": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "Region": region,
        "AlarmArn": f"arn:aws:cloudwatch:{region}:{account}:alarm:rehearsal",
        "OldStateValue": "OK",
        "OKActions": [],
        "AlarmActions": [],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Rehearsal",
            "Namespace": "Rehearsal",
            "StatisticType": "Statistic",
            "Statistic": "AVERAGE",
            "Unit": None,
            "Dimensions": [],
            "Period": 60,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": "missing",
            "EvaluateLowSampleCountPercentile": "",
        },
    }
