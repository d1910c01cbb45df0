"""One reading of an alarm, whether it came by itself, on an event bus or through a topic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

Payload = Mapping[str, Any]


class Alarm(NamedTuple):
    """An alarm's facts, each of them present and of its type, empty where unknown."""

    arn: str
    partition: str
    region: str
    account: str
    name: str
    state: str
    previous: str
    reason: str
    reason_data: str
    timestamp: str
    description: str | None
    is_composite: bool
    metrics: list[Any]
    log_groups: list[Any]
    contributor_id: str
    contributor: str
    attributes: Payload
    tags: dict[str, str]

    @property
    def needs_look_up(self) -> bool:
        """Tell whether a description may exist that the payload does not carry."""
        return self.is_composite and self.description is None


def text(value: object) -> str:
    """Return a text, and an empty one in place of anything else."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Payload:
    """Return an object, and an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}


def entries(value: object) -> list[Any]:
    """Return a list, and an empty one in place of anything else."""
    return value if isinstance(value, list) else []


def from_data(arn: str, data: Payload, around: Payload) -> Alarm:
    """Read `alarmData` of an alarm action or `detail` of an alarm's event.

    Args:
        arn: The alarm's ARN.
        data: The object with the state and the configuration.
        around: The payload around it, where a contributor and tags may stand as well.
    """
    state = mapping(data.get("state"))
    configuration = mapping(data.get("configuration"))
    found = mapping(data.get("alarmContributor") or around.get("alarmContributor"))
    description = configuration.get("description")
    partition, region, account, name = _arn_parts(arn)
    attributes = mapping(found.get("attributes"))
    contributor_id = text(found.get("id"))
    return Alarm(
        arn=arn,
        partition=partition,
        region=region or text(around.get("region")),
        account=account or text(around.get("accountId")) or text(around.get("account")),
        name=text(data.get("alarmName")) or name,
        state=text(state.get("value")),
        previous=text(mapping(data.get("previousState")).get("value")),
        reason=text(state.get("reason")),
        reason_data=text(state.get("reasonData")),
        timestamp=text(state.get("timestamp")),
        description=description if isinstance(description, str) else None,
        is_composite="alarmRule" in configuration,
        metrics=entries(configuration.get("metrics")),
        log_groups=entries(configuration.get("logGroupIdentifiers")),
        contributor_id=contributor_id,
        contributor=_named(attributes) or contributor_id,
        attributes=attributes,
        tags=_tags(data.get("alarmTags") or around.get("alarmTags")),
    )


def from_message(message: Payload) -> Alarm:
    """Read the JSON that CloudWatch publishes to an SNS topic.

    Its `Region` is a display name, so that the Region is taken from the ARN.
    """
    arn = text(message.get("AlarmArn"))
    partition, region, account, name = _arn_parts(arn)
    description = message.get("AlarmDescription")
    attributes = mapping(message.get("AlarmContributorAttributes"))
    contributor_id = text(message.get("AlarmContributorId"))
    return Alarm(
        arn=arn,
        partition=partition,
        region=region,
        account=account or text(message.get("AWSAccountId")),
        name=text(message.get("AlarmName")) or name,
        state=text(message.get("NewStateValue")),
        previous=text(message.get("OldStateValue")),
        reason=text(message.get("NewStateReason")),
        reason_data=text(message.get("NewStateReasonData")),
        timestamp=text(message.get("StateChangeTime")),
        description=description if isinstance(description, str) else None,
        is_composite="AlarmRule" in message,
        metrics=_metrics(mapping(message.get("Trigger"))),
        log_groups=[],
        contributor_id=contributor_id,
        contributor=_named(attributes) or contributor_id,
        attributes=attributes,
        tags=_tags(message.get("AlarmTags")),
    )


def load(content: object) -> object:
    """Load JSON from a text; None where it holds none."""
    if not isinstance(content, str):
        return None
    try:
        return json.loads(content)
    except (RecursionError, ValueError):
        return None


def _arn_parts(arn: str) -> tuple[str, str, str, str]:
    parts = arn.split(":", 6)
    if len(parts) != 7:  # noqa: PLR2004 - arn:partition:cloudwatch:region:account:alarm:name
        return "aws", "", "", ""
    return parts[1], parts[3], parts[4], parts[6]


def _named(attributes: Payload) -> str:
    return ", ".join(f"{key}={value}" for key, value in attributes.items() if text(value))


def _tags(found: object) -> dict[str, str]:
    """Accept an object, or a list of Key and Value in either case."""
    pairs = mapping(found)
    if isinstance(found, list):
        tags = [tag for tag in found if isinstance(tag, dict)]
        pairs = {
            text(tag.get("Key") or tag.get("key")): tag.get("Value") or tag.get("value") or "" for tag in tags
        }
    return {key: value for key, value in pairs.items() if key and isinstance(value, str)}


def _metrics(trigger: Payload) -> list[Any]:
    """Bring a topic's description of metrics into the form of the other payloads."""
    if "Metrics" in trigger:
        return [_query(mapping(entry)) for entry in entries(trigger.get("Metrics"))]
    if "MetricName" not in trigger:
        return []
    stat = text(trigger.get("Statistic")).capitalize() or text(trigger.get("ExtendedStatistic"))
    return [_query({"Id": "m1", "MetricStat": {"Metric": trigger, "Stat": stat, **trigger}})]


def _query(entry: Payload) -> Payload:
    if "MetricStat" not in entry:
        return {
            "id": entry.get("Id"),
            "expression": entry.get("Expression"),
            "label": entry.get("Label"),
            "returnData": entry.get("ReturnData", True),
        }
    stat = mapping(entry.get("MetricStat"))
    metric = mapping(stat.get("Metric"))
    dimensions = map(mapping, entries(metric.get("Dimensions")))
    return {
        "id": entry.get("Id"),
        "returnData": entry.get("ReturnData", True),
        "accountId": entry.get("AccountId"),
        "metricStat": {
            "metric": {
                "namespace": metric.get("Namespace"),
                "name": metric.get("MetricName"),
                "dimensions": {text(d.get("name")): text(d.get("value")) for d in dimensions},
            },
            "period": stat.get("Period"),
            "stat": stat.get("Stat"),
        },
    }
