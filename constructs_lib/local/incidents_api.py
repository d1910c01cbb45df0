"""A stand-in for Incident Manager's StartIncident.

It judges every request by botocore's model, decides by the caller's IAM
policies what a real call would need, starts nothing twice for one client
token, and fails on request.
"""

from __future__ import annotations

import threading
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore.session

from constructs_lib.local.callers import Caller, Callers, Denial, engaged_contact, is_allowed, session_arn
from constructs_lib.local.model_check import violations
from constructs_lib.local.records import Incident

if TYPE_CHECKING:
    from botocore.model import ServiceModel, StructureShape

CONNECTION_FAULTS = frozenset({"reset", "hang", "lost-reply"})
_CALLED_VIA = {
    "aws:CalledViaFirst": "ssm-incidents.amazonaws.com",
    "aws:CalledVia": "ssm-incidents.amazonaws.com",
}
_RELATED_ITEMS_QUOTA = 50


@dataclass(frozen=True)
class Fault:
    """One failure to come: an error of the service, or of the connection."""

    name: str
    retry_after: float | None = None


@dataclass(frozen=True)
class Reply:
    """What to answer; a connection fault says how not to."""

    status: int
    body: dict[str, Any]
    error: str | None = None
    connection_fault: str | None = None


@dataclass
class ResponsePlan:
    """What of a response plan matters here."""

    arn: str
    has_incident_tags: bool = False
    shared: bool = False
    engagements: tuple[str, ...] = ()


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.Session().get_service_model("ssm-incidents")


@dataclass
class IncidentsApi:
    """The state of the stand-in."""

    callers: Callers
    incidents: list[Incident] = field(default_factory=list)
    plans: dict[str, ResponsePlan] = field(default_factory=dict)
    _faults: deque[Fault] = field(default_factory=deque)
    _first_by_token: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Drop incidents, plans and faults."""
        with self._lock:
            self.incidents.clear()
            self.plans.clear()
            self._faults.clear()
            self._first_by_token.clear()

    def fail_next(self, name: str, times: int, retry_after: float | None) -> None:
        """Queue failures for the next calls."""
        known = service_model().shape_names
        if name not in CONNECTION_FAULTS and not (name in known and name.endswith("Exception")):
            errors = sorted(shape for shape in known if shape.endswith("Exception"))
            message = (
                f"unknown fault {name!r}: give one of {', '.join([*errors, *sorted(CONNECTION_FAULTS)])}"
            )
            raise ValueError(message)
        self._faults.extend([Fault(name, retry_after)] * times)

    def start_incident(self, request: object, caller: Caller) -> Reply:
        """Answer one StartIncident call."""
        fault = self._next_fault()
        if fault and fault.name != "lost-reply":
            return self._fail(fault)
        refusal = self._refusal(request, caller)
        if refusal:
            return refusal
        reply = self._start(cast("dict[str, Any]", request), caller)
        return Reply(reply.status, reply.body, connection_fault=fault.name) if fault else reply

    def _next_fault(self) -> Fault | None:
        with self._lock:
            return self._faults.popleft() if self._faults else None

    @staticmethod
    def _fail(fault: Fault) -> Reply:
        if fault.name in CONNECTION_FAULTS:
            return Reply(0, {}, connection_fault=fault.name)
        shape = cast("StructureShape", service_model().shape_for(fault.name))
        body: dict[str, Any] = {"message": f"{fault.name} on request"}
        if "quotaCode" in shape.members:
            body |= {"quotaCode": "L-LOCAL", "serviceCode": "ssm-incidents"}
        if fault.retry_after is not None:
            body["retryAfter"] = fault.retry_after
        return Reply(shape.metadata["error"]["httpStatusCode"], body, error=fault.name)

    def _refusal(self, request: object, caller: Caller) -> Reply | None:
        shape = cast("StructureShape", service_model().operation_model("StartIncident").input_shape)
        problems = violations(request, shape) + _rules_outside_the_model(request)
        if problems or not isinstance(request, Mapping):
            return _error("ValidationException", "; ".join(problems))
        plan_arn = request["responsePlanArn"]
        return self._denied(plan_arn, caller) or self._unknown(plan_arn)

    def _denied(self, plan_arn: str, caller: Caller) -> Reply | None:
        plan = self.plans.get(plan_arn)
        for action, resource, context in _needed_rights(plan_arn, plan, caller):
            if not is_allowed(caller, action, resource, context):
                self.callers.record(self.callers.role_of(caller.access_key), Denial(action, resource))
                who = session_arn(caller)
                return _error(
                    "AccessDeniedException",
                    f"User: {who} is not authorized to perform: {action} on resource: {resource} "
                    f"because no identity-based policy allows the {action} action",
                )
        if plan and not plan.shared and plan_arn.split(":")[4] != caller.account_id:
            return _error(
                "AccessDeniedException", f"{plan_arn} is not shared with account {caller.account_id}"
            )
        return None

    def _unknown(self, plan_arn: str) -> Reply | None:
        if plan_arn in self.plans:
            return None
        return _error("ResourceNotFoundException", f"Could not find response plan {plan_arn}")

    def _start(self, request: dict[str, Any], caller: Caller) -> Reply:
        plan_arn = request["responsePlanArn"]
        with self._lock:
            token = (caller.account_id, request.get("clientToken") or str(uuid.uuid4()))
            first = self._first_by_token.get(token)
            if first and first[1] != request:
                return _error("ValidationException", "clientToken was used before with another request")
            arn = first[0] if first else f"{_record_prefix(plan_arn)}/{uuid.uuid4()}"
            self._first_by_token[token] = (arn, request)
            role_arn = self.callers.role_of(caller.access_key)
            self.incidents.append(
                Incident(arn, plan_arn, request, role_arn, first is not None, caller.source)
            )
        return Reply(200, {"incidentRecordArn": arn})


def _needed_rights(
    plan_arn: str,
    plan: ResponsePlan | None,
    caller: Caller,
) -> list[tuple[str, str, dict[str, str]]]:
    """Return what a caller must be allowed: the call itself, then what the service does in its name."""
    needed: list[tuple[str, str, dict[str, str]]] = [("ssm-incidents:StartIncident", plan_arn, {})]
    if plan is None:
        return needed
    owner = plan_arn.split(":")[4]
    contacts = plan.engagements or [engaged_contact(caller, owner)]
    needed += [("ssm-contacts:StartEngagement", contact, _CALLED_VIA) for contact in contacts]
    needed.append(("ssm:CreateOpsItem", f"arn:aws:ssm:{caller.region}:{owner}:opsitem/oi-local", _CALLED_VIA))
    if plan.has_incident_tags:
        needed.append(("ssm-incidents:TagResource", f"{_record_prefix(plan_arn)}/{uuid.uuid4()}", {}))
    return needed


def _rules_outside_the_model(request: object) -> list[str]:
    if not isinstance(request, Mapping):
        return []
    problems = []
    details = request.get("triggerDetails")
    if isinstance(details, Mapping) and str(details.get("source", "")).startswith("aws."):
        problems.append("triggerDetails.source: must not begin with 'aws.'")
    items = request.get("relatedItems")
    if isinstance(items, list) and len(items) > _RELATED_ITEMS_QUOTA:
        problems.append(
            f"relatedItems: has {len(items)} items, the quota of an incident is {_RELATED_ITEMS_QUOTA}"
        )
    return problems


def _record_prefix(plan_arn: str) -> str:
    return plan_arn.replace(":response-plan/", ":incident-record/", 1)


def _error(name: str, message: str) -> Reply:
    status = service_model().shape_for(name).metadata["error"]["httpStatusCode"]
    return Reply(status, {"message": message}, error=name)
