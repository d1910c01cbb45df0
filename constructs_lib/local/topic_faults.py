"""Failures of publishing to a topic, which the emulator itself never has."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import botocore.session

from constructs_lib.local.faults import Fault, Faults, check_name

if TYPE_CHECKING:
    from botocore.model import ServiceModel

OPERATION = "Publish"


@cache
def service_model() -> ServiceModel:
    """Return botocore's model of the service."""
    return botocore.session.Session().get_service_model("sns")


@dataclass
class TopicFaults:
    """Failures to come."""

    faults: Faults = field(default_factory=Faults)

    def fail_next(self, fault: Fault, times: int) -> None:
        """Queue failures for the next messages."""
        check_name(fault, _statuses())
        self.faults.add(fault, times)

    def take(self, body: bytes, region: str) -> Fault | None:
        """Return the failure that a request meets, and forget it."""
        is_published = f"Action={OPERATION}&".encode() in body + b"&"
        return self.faults.take(OPERATION, region) if is_published else None


def refusal(fault: Fault) -> tuple[int, bytes]:
    """Write the service's error: its status and its XML."""
    status = _statuses()[fault.name]
    kind = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's own border
    error = f"<Type>{kind}</Type><Code>{fault.name}</Code><Message>{fault.name} on request</Message>"
    return status, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode()


@cache
def _statuses() -> dict[str, int]:
    errors = service_model().operation_model(OPERATION).error_shapes
    told = [shape.metadata["error"] for shape in errors]
    return {error["code"]: error["httpStatusCode"] for error in told} | {"Throttled": 429}
