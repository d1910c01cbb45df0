"""A stand-in for OpsCenter: creating, reading and resolving OpsItems.

Like Incident Manager's it judges every request by botocore's model and the
caller by its policies. Two requests with one deduplication string and the
same resources make one OpsItem while it is open.
"""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore.session

from constructs_lib.local.callers import Caller, Callers, Denial, is_allowed, session_arn
from constructs_lib.local.faults import CONNECTION_FAULTS, Fault, Faults, check_name
from constructs_lib.local.model_check import violations
from constructs_lib.local.records import OpsItem
from constructs_lib.local.replies import Reply

if TYPE_CHECKING:
    from botocore.model import ServiceModel, StructureShape

Request = dict[str, Any]
OPERATIONS = frozenset({"CreateOpsItem", "DescribeOpsItems", "GetOpsItem", "UpdateOpsItem"})

_RESERVED_KEY = re.compile(r"/?(amazon|aws|amzn|ssm)", re.IGNORECASE)
_OF_AWS = frozenset({"/aws/automations", "/aws/dedup", "/aws/resources"})
_RESERVED_SOURCE = re.compile("aws|amazon|amzn", re.IGNORECASE)
_MOST_BYTES = 20 * 1024
_MOST_RESOURCES = 100
_COMMON_ERRORS = {"AccessDeniedException", "ThrottlingException", "ValidationException"}
_OPEN = frozenset({"Open", "InProgress"})


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.Session().get_service_model("ssm")


@dataclass
class OpsItemsApi:
    """The state of the stand-in."""

    callers: Callers
    items: list[OpsItem] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Drop OpsItems and faults."""
        with self._lock:
            self.items.clear()
            self.faults.forget()

    def fail_next(self, fault: Fault, times: int) -> None:
        """Queue failures for the next calls of an operation."""
        shapes = map(service_model().shape_for, service_model().shape_names)
        errors = {shape.name for shape in shapes if shape.metadata.get("exception")}
        check_name(fault, errors | _COMMON_ERRORS)
        self.faults.add(fault, times)

    def answer(self, operation: str, body: bytes, caller: Caller) -> Reply:
        """Answer one call."""
        fault = self.faults.take(operation, caller.region)
        if fault and fault.name != "lost-reply":
            if fault.name in CONNECTION_FAULTS:
                return Reply(0, {}, connection_fault=fault.name)
            return _error(fault.name, f"{fault.name} on request")
        reply = self._judged(operation, body, caller)
        return Reply(reply.status, reply.body, reply.error, connection_fault=fault.name) if fault else reply

    def _judged(self, operation: str, body: bytes, caller: Caller) -> Reply:
        shape = cast("StructureShape", service_model().operation_model(operation).input_shape)
        try:
            request = json.loads(body)
        except ValueError:
            request = None
        problems = violations(request, shape)
        if problems or not isinstance(request, dict):
            return _error("ValidationException", "; ".join(problems))
        resource = f"arn:aws:ssm:{caller.region}:{caller.account_id}:opsitem/*"
        action = f"ssm:{operation}"
        if not is_allowed(caller, action, resource, {}):
            self.callers.record(self.callers.role_of(caller.access_key), Denial(action, resource))
            who = session_arn(caller)
            return _error(
                "AccessDeniedException",
                f"User: {who} is not authorized to perform: {action} on resource: {resource} because no "
                f"identity-based policy allows the {action} action",
            )
        perform: dict[str, Callable[[Request, Caller], Reply]] = {
            "CreateOpsItem": self._create,
            "DescribeOpsItems": self._describe,
            "GetOpsItem": self._get,
            "UpdateOpsItem": self._update,
        }
        with self._lock:
            return perform[operation](request, caller)

    def _create(self, request: Request, caller: Caller) -> Reply:
        if problems := _rules_outside_the_model(request):
            return _error("OpsItemInvalidParameterException", "; ".join(problems))
        dedup = (caller.account_id, caller.region, *_dedup(request))
        for item in self._of(caller):
            if dedup[2] and item.status in _OPEN and dedup == (*dedup[:2], *_dedup(item.request)):
                message = f"An OpsItem with this deduplication string exists: {item.id}"
                return _error("OpsItemAlreadyExistsException", message, OpsItemId=item.id)
        number = f"oi-{uuid.uuid4().hex[:12]}"
        arn = f"arn:aws:ssm:{caller.region}:{caller.account_id}:opsitem/{number}"
        role_arn = self.callers.role_of(caller.access_key)
        self.items.append(OpsItem(number, arn, request, role_arn, caller.source))
        return Reply(200, {"OpsItemId": number, "OpsItemArn": arn})

    def _describe(self, _request: Request, caller: Caller) -> Reply:
        names = ("Category", "OperationalData", "Priority", "Severity", "Source", "Title")
        return Reply(
            200,
            {
                "OpsItemSummaries": [
                    {"OpsItemId": item.id, "Status": item.status}
                    | {name: item.request[name] for name in names if name in item.request}
                    for item in self._of(caller)
                ]
            },
        )

    def _get(self, request: Request, caller: Caller) -> Reply:
        found = self._find(request, caller)
        if found is None:
            return _error("OpsItemNotFoundException", f"there is no OpsItem {request['OpsItemId']}")
        members = {name: value for name, value in found.request.items() if name != "Tags"}
        return Reply(200, {"OpsItem": {**members, "OpsItemId": found.id, "Status": found.status}})

    def _update(self, request: Request, caller: Caller) -> Reply:
        found = self._find(request, caller)
        if found is None:
            return _error("OpsItemNotFoundException", f"there is no OpsItem {request['OpsItemId']}")
        found.status = request.get("Status", found.status)
        return Reply(200, {})

    def _of(self, caller: Caller) -> list[OpsItem]:
        place = [caller.region, caller.account_id]
        return [item for item in self.items if item.arn.split(":")[3:5] == place]

    def _find(self, request: Request, caller: Caller) -> OpsItem | None:
        named = request["OpsItemId"].rpartition("/")[2]
        return next((item for item in self._of(caller) if item.id == named), None)


def _rules_outside_the_model(request: Request) -> list[str]:
    problems = []
    if _RESERVED_SOURCE.search(request["Source"]):
        problems.append(f"Source: {request['Source']} holds what is kept for AWS")
    for key, data in (request.get("OperationalData") or {}).items():
        if _RESERVED_KEY.match(key) and key not in _OF_AWS:
            problems.append(f"OperationalData: {key} begins with what is kept for AWS")
        if len(data.get("Value", "").encode()) > _MOST_BYTES:
            problems.append(f"OperationalData: {key} has more than 20 KB")
    try:
        resources, dedup = _decoded(request, "/aws/resources", []), _decoded(request, "/aws/dedup", {})
    except ValueError as error:
        return [*problems, str(error)]
    if not isinstance(dedup, Mapping) or not isinstance(dedup.get("dedupString", ""), str):
        problems.append("OperationalData: /aws/dedup must be an object with dedupString")
    if not isinstance(resources, list) or not all(str(each["arn"]).startswith("arn:") for each in resources):
        problems.append("OperationalData: /aws/resources must be a list of objects with arn")
    elif len(resources) > _MOST_RESOURCES:
        problems.append(f"OperationalData: at most {_MOST_RESOURCES} resources, got {len(resources)}")
    return problems


def _decoded(request: Request, key: str, default: object) -> Any:  # noqa: ANN401 - what a caller wrote
    data = (request.get("OperationalData") or {}).get(key)
    if data is None:
        return default
    try:
        return json.loads(data.get("Value", ""))
    except ValueError:
        message = f"OperationalData: {key} is not JSON"
        raise ValueError(message) from None


def _dedup(request: Request) -> tuple[str, frozenset[str]]:
    """Return what two requests for one OpsItem share; the string is the same in any case."""
    string = str(_decoded(request, "/aws/dedup", {}).get("dedupString", "")).lower()
    return string, frozenset(each["arn"] for each in _decoded(request, "/aws/resources", []))


def _error(name: str, message: str, **members: str) -> Reply:
    status = 500 if name == "InternalServerError" else 400
    return Reply(status, {"__type": name, "Message": message, **members}, error=name)
