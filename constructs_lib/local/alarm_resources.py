"""Alarms as CloudFormation makes them, of the kinds and with the properties that the emulator lacks."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import time
from http import HTTPStatus

from constructs_lib.local import hooks
from constructs_lib.local.alarms import without_actions
from constructs_lib.local.resource_handlers import Created, Handler, Properties, written

_LEFT_OUT = (
    "ActionConfiguration",
    "ActionsSuppressor",
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
)
"""Of a composite alarm by the emulator's own PutCompositeAlarm."""
_KEPT = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp")
"""Of an alarm that is changed."""


def alarm_resources() -> dict[str, Handler]:
    """Return how each kind of alarm is made, changed and deleted."""
    alarm = written(_put_alarm, _delete_alarm)
    return {
        "AWS::CloudWatch::Alarm": alarm,
        "AWS::CloudWatch::LogAlarm": alarm,
        "AWS::CloudWatch::CompositeAlarm": written(_put_composite_alarm, _delete_alarm),
        "AWS::CloudWatch::AnomalyDetector": written(_put_anomaly_detector),
    }


def _put_alarm(name: str, properties: Properties) -> Created:
    name = properties.get("AlarmName") or name
    cloudwatch = hooks.module("services.cloudwatch")
    arn = _alarm_arn(name)
    existing = cloudwatch._alarms.get(name)
    now = int(time.time())
    state = existing or {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": now,
    }
    cloudwatch._alarms[name] = {
        "AlarmDescription": "",
        "TreatMissingData": "missing",
        **{key: value for key, value in properties.items() if key != "Tags"},
        "AlarmName": name,
        "AlarmArn": arn,
        "ActionsEnabled": str(properties.get("ActionsEnabled", True)).lower() != "false",
        "AlarmActions": list(properties.get("AlarmActions") or []),
        "OKActions": list(properties.get("OKActions") or []),
        "InsufficientDataActions": list(properties.get("InsufficientDataActions") or []),
        "Dimensions": list(properties.get("Dimensions") or []),
        "EvaluationPeriods": int(properties.get("EvaluationPeriods") or 1),
        "Threshold": float(properties.get("Threshold") or 0),
        "AlarmConfigurationUpdatedTimestamp": now,
        **({"Period": int(properties["Period"])} if "Period" in properties else {}),
        **{key: state[key] for key in _KEPT if key in state},
    }
    _put_tags(arn, properties)
    return name, {"Arn": arn}


def _put_composite_alarm(name: str, properties: Properties) -> Created:
    name = properties.get("AlarmName") or name
    cloudwatch = hooks.module("services.cloudwatch")
    request = {key: value for key, value in properties.items() if key != "Tags"} | {"AlarmName": name}
    request["ActionsEnabled"] = str(properties.get("ActionsEnabled", True)).lower() != "false"
    with without_actions():
        status, _, body = cloudwatch._put_composite_alarm({}, request, is_cbor=False, is_json=True)
    if status != HTTPStatus.OK:
        message = f"PutCompositeAlarm failed: {body!r}"
        raise ValueError(message)
    alarm = cloudwatch._composite_alarms[name]
    alarm.update({key: properties[key] for key in _LEFT_OUT if key in properties})
    arn = _alarm_arn(name)
    _put_tags(arn, properties)
    return name, {"Arn": arn}


def _put_anomaly_detector(name: str, _properties: Properties) -> Created:
    return name, {"Id": name}


def _alarm_arn(name: str) -> str:
    responses = hooks.module("core.responses")
    return f"arn:aws:cloudwatch:{responses.get_region()}:{responses.get_account_id()}:alarm:{name}"


def _put_tags(arn: str, properties: Properties) -> None:
    found = {tag["Key"]: tag.get("Value", "") for tag in properties.get("Tags") or []}
    hooks.module("services.cloudwatch")._resource_tags[arn] = found


def _delete_alarm(name: str) -> None:
    cloudwatch = hooks.module("services.cloudwatch")
    cloudwatch._alarms.pop(name, None)
    cloudwatch._composite_alarms.pop(name, None)
