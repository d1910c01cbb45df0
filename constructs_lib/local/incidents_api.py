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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from constructs_lib.local.callers import Caller, Callers, session_arn
from constructs_lib.local.faults import Fault, Faults, check_name
from constructs_lib.local.organization import Organization
from constructs_lib.local.records import Incident, IncidentRecord, record_prefix
from constructs_lib.local.replies import Reply, error, failure, service_model
from constructs_lib.local.runbooks import runbook_denials
from constructs_lib.local.shares import Shares
from constructs_lib.local.start_checks import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping


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
        refused = refusal(self, request, caller)
        if refused:
            return refused
        reply = self._start(cast("dict[str, Any]", request), caller)
        return Reply(reply.status, reply.body, connection_fault=fault.name) if fault else reply

    def _start(self, request: dict[str, Any], caller: Caller) -> Reply:
        plan = self.plans[request["responsePlanArn"]]
        with self._lock:
            where = caller.account_id if self.unknowns.one_token_in_all_regions else caller.place
            token = (where, request.get("clientToken") or str(uuid.uuid4()))
            arn, first = self._first_by_token.get(token, (f"{record_prefix(plan.arn)}/{uuid.uuid4()}", None))
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


def _frozen(request: Mapping[str, Any]) -> str:
    return json.dumps(request, sort_keys=True)
