"""Resource types that the emulator lacks, and a sentence for those that nobody deploys here."""

# ruff: noqa: ANN401, SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.alarms import without_actions
from constructs_lib.local.bus_policies import bus_policies
from constructs_lib.local.callers import role_is_allowed
from constructs_lib.local.functions import Function, find_function
from constructs_lib.local.plan_resources import PlanResources
from constructs_lib.local.shares import Share

if TYPE_CHECKING:
    from constructs_lib.local.incidents_api import IncidentsApi

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

_ALARM_TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::LogAlarm")
_LEFT_OUT = (
    "ActionConfiguration",
    "ActionsSuppressor",
    "ActionsSuppressorExtensionPeriod",
    "ActionsSuppressorWaitPeriod",
)
"""Of a composite alarm by the emulator's own PutCompositeAlarm."""
_DESTINATION_ACTIONS = {"sqs": ("sqs:SendMessage", "SendMessage"), "sns": ("sns:Publish", "Publish")}


@dataclass
class CloudFormation:
    """Handlers for the types we add; collects what a template asks for in vain."""

    incidents: IncidentsApi
    unsupported: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Add the handlers to the emulator while the block runs."""
        handlers = hooks.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
        before = dict(handlers)
        handlers.update(PlanResources(self.incidents).handlers())
        handlers["AWS::RAM::ResourceShare"] = _in_place(self._put_share, self._delete_share)
        handlers["AWS::Events::EventBusPolicy"] = bus_policies()
        handlers["AWS::CodePipeline::Pipeline"] = _in_place(_put_pipeline, _nothing_to_delete)
        handlers["AWS::CloudWatch::CompositeAlarm"] = _in_place(_put_composite_alarm, _delete_alarm)
        handlers["AWS::CloudWatch::AnomalyDetector"] = _in_place(_put_anomaly_detector, _nothing_to_delete)
        for alarm_type in _ALARM_TYPES:
            handlers[alarm_type] = _in_place(_put_alarm, _delete_alarm)
        for kind, check in (
            ("AWS::Lambda::EventInvokeConfig", _check_destination),
            ("AWS::Lambda::EventSourceMapping", _check_event_source),
        ):
            handlers[kind] = _with_check(before[kind], check)
        handlers["AWS::SNS::Topic"] = _owned(before["AWS::SNS::Topic"])
        try:
            yield
        finally:
            handlers.clear()
            handlers.update(before)

    def validating(self, validate: Any) -> Any:
        """Wrap the emulator's template validation so that unsupported resources are remembered by name."""

        def validate_and_collect(template: Any, *arguments: Any, **options: Any) -> None:
            if isinstance(template, Mapping):
                self.unsupported += unsupported_resources(template)
            validate(template, *arguments, **options)

        return validate_and_collect

    def _put_share(self, name: str, properties: Properties) -> Created:
        responses = hooks.module("core.responses")
        known = {share.name: arn for arn, share in self.incidents.shares.by_arn.items()}
        made = (
            f"arn:aws:ram:{responses.get_region()}:{responses.get_account_id()}:resource-share/{uuid.uuid4()}"
        )
        arn = known.get(name, made)
        resources, principals = (tuple(properties.get(key) or ()) for key in ("ResourceArns", "Principals"))
        self.incidents.shares.by_arn[arn] = Share(name, resources, principals)
        return arn, {"Arn": arn}

    def _delete_share(self, physical_id: str) -> None:
        self.incidents.shares.by_arn.pop(physical_id, None)


def unsupported_resources(template: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return logical id and type of every resource that the local AWS cannot deploy."""
    handlers = hooks.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    return [
        (logical_id, str(resource.get("Type")))
        for logical_id, resource in (template.get("Resources") or {}).items()
        if isinstance(resource, Mapping)
        and resource.get("Type") not in handlers
        and not str(resource.get("Type")).startswith("Custom::")
    ]


def _in_place(put: Any, delete: Any) -> dict[str, Any]:
    """Make a handler whose update writes the same record again."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        physical_name = hooks.module("services.cloudformation.provisioners")._physical_name
        name = properties.get("AlarmName") or physical_name(stack_name, logical_id, max_len=255)
        created: Created = put(name, properties)
        return created

    def update(physical_id: str, old: Properties, new: Properties, _stack_name: str) -> Created:
        renamed = old.get("AlarmName") != new.get("AlarmName")
        name = new.get("AlarmName") or physical_id
        created: Created = put(name, new)
        if renamed and created[0] != physical_id:
            delete(physical_id)
        return created

    return {
        "create": create,
        "update": update,
        "delete": lambda physical_id, _properties: delete(physical_id),
    }


def _put_pipeline(name: str, _properties: Properties) -> Created:
    return name, {"Version": "1"}


def _put_anomaly_detector(name: str, _properties: Properties) -> Created:
    return name, {"Id": name}


def _nothing_to_delete(_physical_id: str) -> None:
    return


def _put_alarm(name: str, properties: Properties) -> Created:
    responses, cloudwatch = hooks.module("core.responses"), hooks.module("services.cloudwatch")
    arn = f"arn:aws:cloudwatch:{responses.get_region()}:{responses.get_account_id()}:alarm:{name}"
    existing = cloudwatch._alarms.get(name)
    now = int(time.time())
    state = existing or {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": now,
    }
    kept = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp")
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
        **{key: state[key] for key in kept if key in state},
    }
    _put_tags(arn, properties)
    return name, {"Arn": arn}


def _put_composite_alarm(name: str, properties: Properties) -> Created:
    responses, cloudwatch = hooks.module("core.responses"), hooks.module("services.cloudwatch")
    request = {key: value for key, value in properties.items() if key != "Tags"} | {"AlarmName": name}
    request["ActionsEnabled"] = str(properties.get("ActionsEnabled", True)).lower() != "false"
    with without_actions():
        status, _, body = cloudwatch._put_composite_alarm({}, request, is_cbor=False, is_json=True)
    if status != HTTPStatus.OK:
        message = f"PutCompositeAlarm failed: {body!r}"
        raise ValueError(message)
    alarm = cloudwatch._composite_alarms[name]
    alarm.update({key: properties[key] for key in _LEFT_OUT if key in properties})
    arn = f"arn:aws:cloudwatch:{responses.get_region()}:{responses.get_account_id()}:alarm:{name}"
    _put_tags(arn, properties)
    return name, {"Arn": arn}


def _put_tags(arn: str, properties: Properties) -> None:
    found = {tag["Key"]: tag.get("Value", "") for tag in properties.get("Tags") or []}
    hooks.module("services.cloudwatch")._resource_tags[arn] = found


def _delete_alarm(name: str) -> None:
    cloudwatch = hooks.module("services.cloudwatch")
    cloudwatch._alarms.pop(name, None)
    cloudwatch._composite_alarms.pop(name, None)


def _owned(handler: Mapping[str, Any]) -> dict[str, Any]:
    """Let a new topic's default policy speak of its owner, as SNS writes it, not of everyone."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = handler["create"](logical_id, properties, stack_name)
        attributes = hooks.module("services.sns")._topics[created[0]]["attributes"]
        policy = json.loads(attributes["Policy"])
        for statement in policy["Statement"]:
            statement["Condition"] = {"StringEquals": {"AWS:SourceOwner": attributes["Owner"]}}
        attributes["Policy"] = json.dumps(policy)
        return created

    return {**handler, "create": create}


def _with_check(handler: Mapping[str, Any], check: Callable[[Properties], None]) -> dict[str, Any]:
    """Refuse what the function's role may not do, as Lambda does."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        check(properties)
        created: Created = handler["create"](logical_id, properties, stack_name)
        return created

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Created:
        check(new)
        created: Created = handler["update"](physical_id, old, new, stack_name)
        return created

    return {**handler, "create": create, "update": update}


def _function_of(properties: Properties) -> Function | None:
    responses = hooks.module("core.responses")
    region, account_id = responses.get_region(), responses.get_account_id()
    name = str(properties.get("FunctionName", ""))
    return find_function(
        name if name.startswith("arn:") else f"arn:aws:lambda:{region}:{account_id}:function:{name}"
    )


def _check_event_source(properties: Properties) -> None:
    function, source = _function_of(properties), str(properties.get("EventSourceArn", ""))
    if function is None or ":sqs:" not in source:
        return
    for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes"):
        if not role_is_allowed(str(function.config["Role"]), function.region, f"sqs:{action}", source):
            message = (
                f"The function execution role does not have permissions to call {action} on SQS: {source}"
            )
            raise ValueError(message)


def _check_destination(properties: Properties) -> None:
    function = _function_of(properties)
    for outcome in ("OnFailure", "OnSuccess"):
        target = ((properties.get("DestinationConfig") or {}).get(outcome) or {}).get("Destination")
        if not target or function is None:
            continue
        action, verb = _DESTINATION_ACTIONS.get(target.split(":")[2], ("", ""))
        if action and not role_is_allowed(str(function.config["Role"]), function.region, action, target):
            message = f"The function's execution role does not have permissions to call {verb} on {target}"
            raise ValueError(message)
