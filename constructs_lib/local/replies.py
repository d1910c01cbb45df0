"""What a stand-in answers: an error by the service's own name, a refusal of IAM, a broken connection."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import botocore.session

from constructs_lib.local.callers import session_arn
from constructs_lib.local.faults import CONNECTION_FAULTS

if TYPE_CHECKING:
    from botocore.model import ServiceModel, StructureShape

    from constructs_lib.local.callers import Caller, Callers, Denial
    from constructs_lib.local.faults import Fault


@dataclass(frozen=True)
class Reply:
    """What to answer; a connection fault says how not to."""

    status: int
    body: dict[str, Any]
    error: str | None = None
    connection_fault: str | None = None


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.Session().get_service_model("ssm-incidents")


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
