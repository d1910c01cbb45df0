"""The JSON that CloudWatch sends when an alarm changes state, built from a stored alarm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from constructs_lib._propagated_tags import STATUS

Alarm = Mapping[str, Any]


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
    tags: Mapping[str, str] | None = None
    """Those that the alarm sends along; None where it sends none at all."""

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


def _alarm_data(change: StateChange) -> dict[str, Any]:
    """Return what is common to both: of a PromQL alarm only its contributor acts, without reasons."""
    data = {"alarmName": change.alarm["AlarmName"], "configuration": configuration(change.alarm)}
    if change.tags is not None:
        # So it is in events; where the payload of a Lambda action has them is not documented.
        data |= {"alarmTags": dict(change.tags), "alarmTagsStatus": STATUS}
    if promql(change.alarm) is None:
        return data | {"state": change.now.as_json(), "previousState": change.before.as_json()}
    state = {"value": change.now.value, "timestamp": timestamp(change.now.since)}
    return data | {"state": state, "alarmContributor": {"id": "local", "attributes": {"series": "local"}}}


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
    scheduled = alarm.get("ScheduledQueryConfiguration")
    if scheduled:
        query = {"queryString": scheduled.get("QueryString"), "threshold": alarm.get("Threshold")}
        return described | {"logGroupIdentifiers": scheduled.get("LogGroupIdentifiers") or []} | query
    query_text = promql(alarm)
    if query_text is not None:
        return described | {"query": query_text}
    return described | {"metrics": [_metric(query) for query in _queries(alarm)]}


def promql(alarm: Alarm) -> str | None:
    """Return a PromQL alarm's query, or None for any other alarm."""
    criteria = (alarm.get("EvaluationCriteria") or {}).get("PromQLCriteria")
    return None if criteria is None else str(criteria.get("Query", ""))


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
    rendered["returnData"] = is_true(query.get("ReturnData", True))
    return rendered


def is_true(value: object) -> bool:
    """Read a boolean of a template, which may be text."""
    return value is True or str(value).lower() == "true"
