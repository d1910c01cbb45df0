"""What the local AWS remembers about a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Incident:
    """One StartIncident call that succeeded.

    Attributes:
        arn: The incident record. A deduplicated call returns the first call's.
        plan_arn: The response plan.
        request: The request exactly as the service received it.
        caller_role_arn: The role that called; empty for a caller without a role.
        deduplicated: Whether the client token had been used before.
        source: The alarm, rule or topic ARN behind the invocation that called,
            or None when nothing but a direct invocation or call is behind it.
        region: The Region whose endpoint was called.
    """

    arn: str
    plan_arn: str
    request: dict[str, Any]
    caller_role_arn: str
    deduplicated: bool
    source: str | None = None
    region: str = ""


@dataclass
class IncidentRecord:
    """An incident as it stands now.

    Attributes:
        arn: The incident record.
        plan_arn: The response plan that started it.
        title: Its title.
        impact: Its impact, 1 to 5.
        status: ``OPEN`` or ``RESOLVED``.
        summary: Its summary.
        related_items: What is linked from it, as ListRelatedItems returns it.
        timeline: Its custom events, as GetTimelineEvent returns them, in the order they were created.
        creation_time: Seconds since 1970.
        resolved_time: The same, or None while it is open.
        last_modified_by: ARN of who changed it last.
    """

    arn: str
    plan_arn: str
    title: str
    impact: int
    creation_time: float
    last_modified_by: str
    status: str = "OPEN"
    summary: str = ""
    related_items: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    resolved_time: float | None = None


@dataclass
class OpsItem:
    """One OpsItem.

    Attributes:
        id: As in ``oi-0123456789ab``.
        arn: Its ARN.
        request: The CreateOpsItem request exactly as the service received it.
        caller_role_arn: The role that called; empty for a caller without a role.
        source: The alarm, rule, topic or queue ARN behind the invocation that called; of what a queue
            of failed events brought it is what was behind the failed invocation.
        status: ``Open`` until UpdateOpsItem says otherwise.
    """

    id: str
    arn: str
    request: dict[str, Any]
    caller_role_arn: str
    source: str | None = None
    status: str = "Open"


@dataclass(frozen=True)
class PublishedMessage:
    """One message of a topic.

    Attributes:
        id: What SNS calls it.
        topic_arn: The topic.
        message: As it was published; with a text per protocol it is a JSON object of them.
        subject: Its subject, or an empty string.
    """

    id: str
    topic_arn: str
    message: str
    subject: str


@dataclass(frozen=True)
class FailedDelivery:
    """Something that was refused or lost between its source and its target.

    Attributes:
        source: ARN of the alarm, rule, topic or function it came from.
        target: ARN it was meant for.
        reason: A sentence.
        payload: What was to be delivered.
        kept_in: ARN of the queue, topic or function that received it in the
            end, or None when it is gone.
    """

    source: str
    target: str
    reason: str
    payload: Any = None
    kept_in: str | None = None


@dataclass(frozen=True)
class DeniedCall:
    """A call of a function's role, or of a runbook's, that IAM refused, swallowed or not by its caller."""

    role_arn: str
    action: str
    resource: str


@dataclass(frozen=True)
class Invocation:
    """One asynchronous invocation with all its attempts.

    Attributes:
        function_arn: The function, with its qualifier if it has one.
        source: ARN of the alarm, rule or topic, or None for a call of Invoke.
        payload: The event.
        attempts: How often the function was run.
        error: The last attempt's error, or None when it succeeded.
        log: What the last attempt wrote.
    """

    function_arn: str
    source: str | None
    payload: Any
    attempts: int
    error: str | None = None
    log: str = field(default="", repr=False)


def record_prefix(plan_arn: str) -> str:
    """Return how the ARNs of a plan's incidents begin."""
    return plan_arn.replace(":response-plan/", ":incident-record/", 1)
