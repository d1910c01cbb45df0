"""Incident Manager's operations on incidents that were started: reading, changing, linking, telling."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qs

from constructs_lib.local.callers import Caller, Denial, is_allowed, session_arn
from constructs_lib.local.model_check import violations
from constructs_lib.local.replies import Reply, denied, error, failure, service_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.model import StructureShape

    from constructs_lib.local.incidents_api import IncidentsApi
    from constructs_lib.local.records import IncidentRecord

_ITEMS_PER_INCIDENT = 50
_EVENTS_PER_INCIDENT = 1000
Request = dict[str, Any]


def answer(api: IncidentsApi, target: tuple[str, str], body: bytes, caller: Caller) -> Reply:
    """Answer one call of Incident Manager, named by its path and query."""
    path, query = target
    operation = _operation_of(path)
    if operation == "StartIncident":
        return api.start_incident(_decoded(body), caller)
    perform = _OPERATIONS.get(operation)
    if perform is None:
        known = ", ".join(("StartIncident", *_OPERATIONS))
        message = f"the local Incident Manager has {known} only, not {path}"
        return Reply(501, {"message": message}, error="UnsupportedOperation")
    fault = api.faults.take(operation, caller.region)
    if fault and fault.name != "lost-reply":
        return failure(fault)
    given = {name: values[0] for name, values in parse_qs(query).items()} if query else _decoded(body)
    reply = _checked(api, operation, given, caller) or perform(api, cast("Request", given), caller)
    return Reply(reply.status, reply.body, connection_fault=fault.name) if fault else reply


def _operation_of(path: str) -> str:
    named: str = path.removeprefix("/")
    return named[:1].upper() + named[1:]


def _decoded(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _checked(api: IncidentsApi, operation: str, given: object, caller: Caller) -> Reply | None:
    """Judge the request by the model, then the caller by its policies, then find the incident."""
    shape = cast("StructureShape", service_model().operation_model(operation).input_shape)
    problems = violations(given, shape)
    if problems or not isinstance(given, dict):
        return error("ValidationException", "; ".join(problems))
    arn = str(_arn_in(given))
    plan = arn.replace(":incident-record/", ":response-plan/").rpartition("/")[0]
    # AWS documents both resources for what follows the start of an incident.
    for resource in (arn, plan):
        if not is_allowed(caller, f"ssm-incidents:{operation}", resource, {}):
            return denied(api.callers, caller, Denial(f"ssm-incidents:{operation}", resource))
    if arn not in api.records:
        return error("ResourceNotFoundException", f"Could not find incident {arn}")
    return None


def _arn_in(given: Request) -> object:
    return given.get("arn") or given.get("incidentRecordArn")


def _record_in(api: IncidentsApi, given: Request) -> IncidentRecord:
    return api.records[str(_arn_in(given))]


def _get_incident_record(api: IncidentsApi, given: Request, _caller: Caller) -> Reply:
    record = _record_in(api, given)
    told: Request = {
        "arn": record.arn,
        "creationTime": record.creation_time,
        "dedupeString": api.dedupe_string_of(record),
        "impact": record.impact,
        "incidentRecordSource": {"createdBy": record.last_modified_by, "source": "aws.ssm-incidents.custom"},
        "lastModifiedBy": record.last_modified_by,
        "lastModifiedTime": record.resolved_time or record.creation_time,
        "status": record.status,
        "summary": record.summary,
        "title": record.title,
    }
    if record.resolved_time is not None:
        told["resolvedTime"] = record.resolved_time
    return Reply(200, {"incidentRecord": told})


def _update_incident_record(api: IncidentsApi, given: Request, caller: Caller) -> Reply:
    record = _record_in(api, given)
    record.title = given.get("title", record.title)
    record.impact = given.get("impact", record.impact)
    record.summary = given.get("summary", record.summary)
    if given.get("status", record.status) != record.status:
        record.status = given["status"]
        record.resolved_time = time.time() if record.status == "RESOLVED" else None
    record.last_modified_by = session_arn(caller)
    return Reply(204, {})


def _create_timeline_event(api: IncidentsApi, given: Request, _caller: Caller) -> Reply:
    record = _record_in(api, given)
    try:
        json.loads(given["eventData"])
    except ValueError:
        return error("ValidationException", "eventData: must be a JSON text")
    token = given.get("clientToken")
    for event in record.timeline:
        if token and event["clientToken"] == token:
            return Reply(201, {"eventId": event["eventId"], "incidentRecordArn": record.arn})
    if len(record.timeline) >= _EVENTS_PER_INCIDENT:
        return error(api.unknowns.over_quota, f"{record.arn} has {_EVENTS_PER_INCIDENT} timeline events")
    event_id = str(uuid.uuid4())
    names = ("eventData", "eventTime", "eventType")
    kept = {name: given[name] for name in names}
    record.timeline.append({**kept, "eventId": event_id, "clientToken": token})
    return Reply(201, {"eventId": event_id, "incidentRecordArn": record.arn})


def _update_related_items(api: IncidentsApi, given: Request, _caller: Caller) -> Reply:
    record, update = _record_in(api, given), given["relatedItemsUpdate"]
    removed = update.get("itemToRemove")
    item = update.get("itemToAdd")
    identifiers = [known["identifier"] for known in record.related_items]
    if removed is not None:
        record.related_items[:] = [known for known in record.related_items if known["identifier"] != removed]
    elif item["identifier"] in identifiers:
        record.related_items[identifiers.index(item["identifier"])] = item
    elif len(identifiers) >= _ITEMS_PER_INCIDENT:
        return error(api.unknowns.over_quota, f"{record.arn} has {_ITEMS_PER_INCIDENT} related items")
    else:
        record.related_items.append(item)
    return Reply(204, {})


def _list_related_items(api: IncidentsApi, given: Request, _caller: Caller) -> Reply:
    return Reply(200, {"relatedItems": list(_record_in(api, given).related_items)})


def _list_timeline_events(api: IncidentsApi, given: Request, _caller: Caller) -> Reply:
    record = _record_in(api, given)
    events = [
        {
            "eventId": event["eventId"],
            "eventTime": event["eventTime"],
            "eventType": event["eventType"],
            "eventUpdatedTime": event["eventTime"],
            "incidentRecordArn": record.arn,
        }
        for event in record.timeline
    ]
    return Reply(200, {"eventSummaries": events})


_OPERATIONS: dict[str, Callable[[IncidentsApi, Request, Caller], Reply]] = {
    "CreateTimelineEvent": _create_timeline_event,
    "GetIncidentRecord": _get_incident_record,
    "ListRelatedItems": _list_related_items,
    "ListTimelineEvents": _list_timeline_events,
    "UpdateIncidentRecord": _update_incident_record,
    "UpdateRelatedItems": _update_related_items,
}
