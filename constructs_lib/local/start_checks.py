"""Whether StartIncident may do what it is asked: by botocore's model, IAM policies and shares."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from constructs_lib.local.callers import Caller, Denial, engaged_contact, is_allowed
from constructs_lib.local.model_check import violations
from constructs_lib.local.records import record_prefix
from constructs_lib.local.replies import Reply, denied, error, service_model

if TYPE_CHECKING:
    from botocore.model import StructureShape

    from constructs_lib.local.incidents_api import IncidentsApi, ResponsePlan

_CALLED_VIA = {
    "aws:CalledViaFirst": "ssm-incidents.amazonaws.com",
    "aws:CalledVia": "ssm-incidents.amazonaws.com",
}
_RELATED_ITEMS_QUOTA = 50


def refusal(api: IncidentsApi, request: object, caller: Caller) -> Reply | None:
    """Judge a request by the model, then the caller by its policies, then find the plan."""
    shape = cast("StructureShape", service_model().operation_model("StartIncident").input_shape)
    problems = violations(request, shape) + _rules_outside_the_model(request)
    if problems or not isinstance(request, Mapping):
        return error("ValidationException", "; ".join(problems))
    plan_arn = request["responsePlanArn"]
    return _denied(api, plan_arn, caller) or _unknown(api, plan_arn)


def _denied(api: IncidentsApi, plan_arn: str, caller: Caller) -> Reply | None:
    plan = api.plans.get(plan_arn)
    for action, resource, context in _needed_rights(plan_arn, plan, caller):
        if not is_allowed(caller, action, resource, context):
            return denied(api.callers, caller, Denial(action, resource))
    if plan and not plan.shared:
        return _unshared(api, plan, caller)
    return None


def _unshared(api: IncidentsApi, plan: ResponsePlan, caller: Caller) -> Reply | None:
    """Refuse what another account owns and does not share; whoever starts engages the responders."""
    role_arn = api.callers.role_of(caller.access_key)
    for arn in (plan.arn, *plan.engagements):
        if arn.split(":")[4] != caller.account_id and not api.shares.reach(arn, caller.account_id, role_arn):
            return error("AccessDeniedException", f"{arn} is not shared with account {caller.account_id}")
    return None


def _unknown(api: IncidentsApi, plan_arn: str) -> Reply | None:
    if plan_arn in api.plans:
        return None
    return error("ResourceNotFoundException", f"Could not find response plan {plan_arn}")


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
        needed.append(("ssm-incidents:TagResource", f"{record_prefix(plan_arn)}/{uuid.uuid4()}", {}))
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
