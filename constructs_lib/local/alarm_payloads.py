"""The JSON that CloudWatch sends when an alarm changes state, built from a stored alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

Alarm = Mapping[str, Any]

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


@dataclass(frozen=True)
class State:
    """A state an alarm was or is in."""

    value: str
    reason: str
    reason_data: str | None
    since: datetime
    suppressed_by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the state as CloudWatch writes it."""
        state: dict[str, Any] = {"value": self.value, "reason": self.reason}
        if self.reason_data:
            state["reasonData"] = self.reason_data
        state["timestamp"] = timestamp(self.since)
        if self.suppressed_by:
            state["actionsSuppressedBy"] = "Alarm"
            state["actionsSuppressedReason"] = f"Suppressor alarm {self.suppressed_by} is in ALARM"
        return state


@dataclass(frozen=True)
class StateChange:
    """One move of an alarm from a state to another."""

    alarm: Alarm
    before: State
    now: State

    @property
    def arn(self) -> str:
        """The alarm's ARN."""
        return str(self.alarm["AlarmArn"])

    @property
    def account_id(self) -> str:
        """The alarm's account."""
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        """The alarm's Region."""
        return self.arn.split(":")[3]


def timestamp(moment: datetime) -> str:
    """Write a moment the way CloudWatch does: 2023-08-04T12:36:15.490+0000."""
    utc = moment.astimezone(timezone.utc)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}+0000"


def lambda_payload(change: StateChange) -> dict[str, Any]:
    """Return what a Lambda action of the alarm receives."""
    return {
        "source": "aws.cloudwatch",
        "alarmArn": change.arn,
        "accountId": change.account_id,
        "time": timestamp(change.now.since),
        "region": change.region,
        "alarmData": _alarm_data(change),
    }


def event_detail(change: StateChange) -> dict[str, Any]:
    """Return the detail of the event "CloudWatch Alarm State Change"."""
    return _alarm_data(change)


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
    if "AlarmRule" in alarm:
        message["AlarmRule"] = alarm["AlarmRule"]
        if change.now.reason_data:
            message["NewStateReasonData"] = change.now.reason_data
    else:
        message["Trigger"] = _trigger(alarm)
    return message


def _alarm_data(change: StateChange) -> dict[str, Any]:
    return {
        "alarmName": change.alarm["AlarmName"],
        "state": change.now.as_json(),
        "previousState": change.before.as_json(),
        "configuration": configuration(change.alarm),
    }


def configuration(alarm: Alarm) -> dict[str, Any]:
    """Return the configuration part; a composite alarm's has no description."""
    if "AlarmRule" in alarm:
        suppression = {
            "actionsSuppressor": alarm.get("ActionsSuppressor"),
            "actionsSuppressorWaitPeriod": alarm.get("ActionsSuppressorWaitPeriod"),
            "actionsSuppressorExtensionPeriod": alarm.get("ActionsSuppressorExtensionPeriod"),
        }
        return {"alarmRule": alarm["AlarmRule"]} | {key: value for key, value in suppression.items() if value}
    described = {"description": alarm["AlarmDescription"]} if alarm.get("AlarmDescription") else {}
    return described | {"metrics": [_metric(query) for query in _queries(alarm)]}


def _queries(alarm: Alarm) -> list[Mapping[str, Any]]:
    if alarm.get("Metrics"):
        return list(alarm["Metrics"])
    metric = {key: alarm.get(key) for key in ("Namespace", "MetricName", "Dimensions")}
    stat = {
        "Metric": metric,
        "Period": alarm.get("Period", 60),
        "Stat": alarm.get("ExtendedStatistic") or alarm.get("Statistic"),
        "Unit": alarm.get("Unit"),
    }
    return [{"Id": "m1", "MetricStat": stat, "ReturnData": True}]


def _metric(query: Mapping[str, Any]) -> dict[str, Any]:
    rendered: dict[str, Any] = {"id": query["Id"]}
    if query.get("Expression"):
        rendered |= {"expression": query["Expression"]}
    if query.get("Label"):
        rendered |= {"label": query["Label"]}
    stat = query.get("MetricStat")
    if stat:
        metric = stat["Metric"]
        rendered["metricStat"] = {
            "metric": {
                "namespace": metric.get("Namespace"),
                "name": metric.get("MetricName"),
                "dimensions": {each["Name"]: each["Value"] for each in metric.get("Dimensions") or []},
            },
            "period": int(stat["Period"]),
            "stat": stat["Stat"],
        }
        if stat.get("Unit"):
            rendered["metricStat"]["unit"] = stat["Unit"]
    if query.get("AccountId"):
        rendered["accountId"] = query["AccountId"]
    rendered["returnData"] = _is_true(query.get("ReturnData", True))
    return rendered


def _is_true(value: object) -> bool:
    return value is True or str(value).lower() == "true"


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
    return rendered | {"ReturnData": _is_true(query.get("ReturnData", True))}


def _sns_dimensions(dimensions: object) -> list[dict[str, Any]]:
    entries = dimensions if isinstance(dimensions, list) else []
    return [{"value": each["Value"], "name": each["Name"]} for each in entries]
