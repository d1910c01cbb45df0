"""The message that CloudWatch sends to an alarm's topics, built from a stored alarm."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from constructs_lib._propagated_tags import STATUS
from constructs_lib.local.alarm_payloads import Alarm, StateChange, is_true, timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION_NAMES = {
    "af-south-1": "Africa (Cape Town)",
    "ap-east-1": "Asia Pacific (Hong Kong)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "ca-central-1": "Canada (Central)",
    "eu-central-1": "EU (Frankfurt)",
    "eu-north-1": "EU (Stockholm)",
    "eu-south-1": "EU (Milan)",
    "eu-west-1": "EU (Ireland)",
    "eu-west-2": "EU (London)",
    "eu-west-3": "EU (Paris)",
    "me-south-1": "Middle East (Bahrain)",
    "sa-east-1": "South America (Sao Paulo)",
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
}


def sns_message(change: StateChange) -> dict[str, Any]:
    """Return the message that the alarm's topics receive."""
    alarm = change.alarm
    message: dict[str, Any] = {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": change.account_id,
        "AlarmConfigurationUpdatedTimestamp": timestamp(
            datetime.fromtimestamp(alarm.get("AlarmConfigurationUpdatedTimestamp", 0), timezone.utc),
        ),
        "NewStateValue": change.now.value,
        "NewStateReason": change.now.reason,
        "StateChangeTime": timestamp(change.now.since),
        "Region": REGION_NAMES.get(change.region, change.region),
        "AlarmArn": change.arn,
        "OldStateValue": change.before.value,
        "OKActions": alarm.get("OKActions") or [],
        "AlarmActions": alarm.get("AlarmActions") or [],
        "InsufficientDataActions": alarm.get("InsufficientDataActions") or [],
    }
    if change.tags is not None:
        # Their names are documented, their shape is not; it is said to be a list.
        message["AlarmTags"] = [{"Key": key, "Value": value} for key, value in change.tags.items()]
        message["AlarmTagsStatus"] = STATUS
    if "AlarmRule" in alarm:
        message["AlarmRule"] = alarm["AlarmRule"]
        if change.now.reason_data:
            message["NewStateReasonData"] = change.now.reason_data
    else:
        message["Trigger"] = _trigger(alarm)
    return message


def _trigger(alarm: Alarm) -> dict[str, Any]:
    rule = {
        "Period": alarm.get("Period", 60),
        "EvaluationPeriods": alarm.get("EvaluationPeriods", 1),
        "ComparisonOperator": alarm.get("ComparisonOperator"),
        "Threshold": alarm.get("Threshold"),
        "TreatMissingData": alarm.get("TreatMissingData") or "",
        "EvaluateLowSampleCountPercentile": "",
    }
    if alarm.get("Metrics"):
        metrics = [_sns_metric(query) for query in alarm["Metrics"]]
        return rule | {"Metrics": metrics}
    statistic = (
        {"StatisticType": "ExtendedStatistic", "ExtendedStatistic": alarm["ExtendedStatistic"]}
        if alarm.get("ExtendedStatistic")
        else {"StatisticType": "Statistic", "Statistic": str(alarm.get("Statistic", "")).upper()}
    )
    return {
        "MetricName": alarm.get("MetricName"),
        "Namespace": alarm.get("Namespace"),
        **statistic,
        "Unit": alarm.get("Unit"),
        "Dimensions": _sns_dimensions(alarm.get("Dimensions")),
    } | rule


def _sns_metric(query: Mapping[str, Any]) -> dict[str, Any]:
    rendered = {key: query[key] for key in ("Id", "Expression", "Label") if query.get(key)}
    stat = query.get("MetricStat")
    if stat:
        metric = {**stat["Metric"], "Dimensions": _sns_dimensions(stat["Metric"].get("Dimensions"))}
        rendered["MetricStat"] = {**stat, "Metric": metric}
    return rendered | {"ReturnData": is_true(query.get("ReturnData", True))}


def _sns_dimensions(dimensions: object) -> list[dict[str, Any]]:
    entries = dimensions if isinstance(dimensions, list) else []
    return [{"value": each["Value"], "name": each["Name"]} for each in entries]
