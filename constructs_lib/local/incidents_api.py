"""A stand-in for Incident Manager: StartIncident here, what follows in `incident_records`.

It judges every request by botocore's model, decides by the caller's IAM
policies what a real call would need, starts nothing twice for one client
token, and fails on request.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore.session

from constructs_lib.local.callers import Caller, Callers, Denial, engaged_contact, is_allowed, session_arn
from constructs_lib.local.faults import CONNECTION_FAULTS, Fault, Faults, check_name
from constructs_lib.local.model_check import violations
from constructs_lib.local.organization import Organization
from constructs_lib.local.records import Incident, IncidentRecord
from constructs_lib.local.runbooks import runbook_denials
from constructs_lib.local.shares import Shares

if TYPE_CHECKING:
    from botocore.model import ServiceModel, StructureShape

_CALLED_VIA = {
    "aws:CalledViaFirst": "ssm-incidents.amazonaws.com",
    "aws:CalledVia": "ssm-incidents.amazonaws.com",
}
_RELATED_ITEMS_QUOTA = 50


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
    title: str = "Incident"
    impact: int = 3
    summary: str = ""
    dedupe_string: str = ""
    automation: Mapping[str, Any] | None = None
    """The runbook that its incidents start, in the words of CreateResponsePlan."""

    deployed: bool = False
    """Whether a template made it."""


@dataclass(frozen=True)
class Unknowns:
    """What AWS does where nobody has documented it; code that pages must be right under each."""

    changed_repeat: str = "ValidationException"
    """A client token with another request than its first: or ``ConflictException``, or ``first``, which
    answers with the first request's incident."""

    over_quota: str = "ServiceQuotaExceededException"
    """Or ``ValidationException``: the 201st incident of a plan in a month, the 51st related item."""

    incidents_per_month: int = 200

    one_token_in_all_regions: bool = False
    """Whether a client token that was used in one Region is known in the others."""


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.Session().get_service_model("ssm-incidents")


@dataclass
class IncidentsApi:
    """The state of the stand-in."""

    callers: Callers
    incidents: list[Incident] = field(default_factory=list)
    records: dict[str, IncidentRecord] = field(default_factory=dict)
    plans: dict[str, ResponsePlan] = field(default_factory=dict)
    replication_sets: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    unknowns: Unknowns = field(default_factory=Unknowns)
    shares: Shares = field(default_factory=lambda: Shares(Organization()))
    _first_by_token: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Drop incidents, plans and faults."""
        with self._lock:
            self.incidents.clear()
            self.records.clear()
            self.plans.clear()
            self.replication_sets.clear()
            self.shares.by_arn.clear()
            self.faults.forget()
            self.unknowns = Unknowns()
            self._first_by_token.clear()

    def fail_next(self, fault: Fault, times: int) -> None:
        """Queue failures for the next calls of an operation."""
        check_name(fault, [name for name in service_model().shape_names if name.endswith("Exception")])
        if fault.operation not in service_model().operation_names:
            message = (
                f"unknown operation {fault.operation!r}: Incident Manager's own names, such as "
                "StartIncident, CreateOpsItem and the like of OpsCenter, and Publish"
            )
            raise ValueError(message)
        self.faults.add(fault, times)

    def start_incident(self, request: object, caller: Caller) -> Reply:
        """Answer one StartIncident call."""
        fault = self.faults.take("StartIncident", caller.region)
        if fault and fault.name != "lost-reply":
            return failure(fault)
        refusal = self._refusal(request, caller)
        if refusal:
            return refusal
        reply = self._start(cast("dict[str, Any]", request), caller)
        return Reply(reply.status, reply.body, connection_fault=fault.name) if fault else reply

    def _refusal(self, request: object, caller: Caller) -> Reply | None:
        shape = cast("StructureShape", service_model().operation_model("StartIncident").input_shape)
        problems = violations(request, shape) + _rules_outside_the_model(request)
        if problems or not isinstance(request, Mapping):
            return error("ValidationException", "; ".join(problems))
        plan_arn = request["responsePlanArn"]
        return self._denied(plan_arn, caller) or self._unknown(plan_arn)

    def _denied(self, plan_arn: str, caller: Caller) -> Reply | None:
        plan = self.plans.get(plan_arn)
        for action, resource, context in _needed_rights(plan_arn, plan, caller):
            if not is_allowed(caller, action, resource, context):
                return denied(self.callers, caller, Denial(action, resource))
        if plan and not plan.shared:
            return self._unshared(plan, caller)
        return None

    def _unshared(self, plan: ResponsePlan, caller: Caller) -> Reply | None:
        """Refuse what another account owns and does not share; whoever starts engages the responders."""
        role_arn = self.callers.role_of(caller.access_key)
        for arn in (plan.arn, *plan.engagements):
            if arn.split(":")[4] != caller.account_id and not self.shares.reach(
                arn, caller.account_id, role_arn
            ):
                return error("AccessDeniedException", f"{arn} is not shared with account {caller.account_id}")
        return None

    def _unknown(self, plan_arn: str) -> Reply | None:
        if plan_arn in self.plans:
            return None
        return error("ResourceNotFoundException", f"Could not find response plan {plan_arn}")

    def _start(self, request: dict[str, Any], caller: Caller) -> Reply:
        plan = self.plans[request["responsePlanArn"]]
        with self._lock:
            where = caller.account_id if self.unknowns.one_token_in_all_regions else caller.place
            token = (where, request.get("clientToken") or str(uuid.uuid4()))
            arn, first = self._first_by_token.get(token, (f"{_record_prefix(plan.arn)}/{uuid.uuid4()}", None))
            if first not in {None, _frozen(request)} and self.unknowns.changed_repeat != "first":
                return error(self.unknowns.changed_repeat, "clientToken was used before with another request")
            same = self._open_with_dedupe_string_of(plan) if first is None else None
            if same is not None:
                arn = same.arn
                self._first_by_token[token] = (arn, _frozen(request))
            elif first is None:
                if self._started_this_month(plan) >= self.unknowns.incidents_per_month:
                    return error(self.unknowns.over_quota, f"{plan.arn} has had its incidents of this month")
                self._first_by_token[token] = (arn, _frozen(request))
                self.records[arn] = IncidentRecord(
                    arn,
                    plan.arn,
                    title=request.get("title") or plan.title,
                    impact=request.get("impact") or plan.impact,
                    summary=plan.summary,
                    creation_time=time.time(),
                    last_modified_by=session_arn(caller),
                    related_items=[*request.get("relatedItems", ())],
                )
                if plan.automation:
                    for denial in runbook_denials(plan.automation, arn, caller):
                        self.callers.record(str(plan.automation["roleArn"]), denial)
            self.incidents.append(
                Incident(
                    arn,
                    plan.arn,
                    request,
                    self.callers.role_of(caller.access_key),
                    deduplicated=first is not None or same is not None,
                    source=caller.source,
                    region=caller.region,
                )
            )
        return Reply(200, {"incidentRecordArn": arn})

    def _open_with_dedupe_string_of(self, plan: ResponsePlan) -> IncidentRecord | None:
        """Return the incident that a start of this plan is merged into, of whichever plan of the account."""
        if not plan.dedupe_string:
            return None
        account_id = plan.arn.split(":")[4]
        return next(
            (
                record
                for record in self.records.values()
                if record.status == "OPEN"
                and record.arn.split(":")[4] == account_id
                and self.dedupe_string_of(record) == plan.dedupe_string
            ),
            None,
        )

    def dedupe_string_of(self, record: IncidentRecord) -> str:
        """Return the text that an incident has of its plan."""
        plan = self.plans.get(record.plan_arn)
        return plan.dedupe_string if plan else ""

    def _started_this_month(self, plan: ResponsePlan) -> int:
        return sum(record.plan_arn == plan.arn for record in self.records.values())


def failure(fault: Fault) -> Reply:
    """Return what a call gets that is to fail."""
    if fault.name in CONNECTION_FAULTS:
        return Reply(0, {}, connection_fault=fault.name)
    shape = cast("StructureShape", service_model().shape_for(fault.name))
    body: dict[str, Any] = {"message": f"{fault.name} on request"}
    if "quotaCode" in shape.members:
        body |= {"quotaCode": "L-LOCAL", "serviceCode": "ssm-incidents"}
    if fault.retry_after is not None:
        body["retryAfter"] = fault.retry_after
    return Reply(shape.metadata["error"]["httpStatusCode"], body, error=fault.name)


def denied(callers: Callers, caller: Caller, denial: Denial) -> Reply:
    """Remember a refusal of IAM and return what the caller gets to read."""
    callers.record(callers.role_of(caller.access_key), denial)
    return error(
        "AccessDeniedException",
        f"User: {session_arn(caller)} is not authorized to perform: {denial.action} on resource: "
        f"{denial.resource} because no identity-based policy allows the {denial.action} action",
    )


def error(name: str, message: str) -> Reply:
    """Return an error of the service by its name."""
    status = service_model().shape_for(name).metadata["error"]["httpStatusCode"]
    return Reply(status, {"message": message}, error=name)


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


def _frozen(request: Mapping[str, Any]) -> str:
    return json.dumps(request, sort_keys=True)


def _record_prefix(plan_arn: str) -> str:
    return plan_arn.replace(":response-plan/", ":incident-record/", 1)
