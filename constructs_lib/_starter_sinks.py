"""The sinks of one starter: what they let its role do, and what they change about the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from .incident_sink import IncidentSink, IncidentSinks, checked_sinks
from .ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence


class StarterSinks:
    """What is told instead of Incident Manager, and what is told when events are not delivered."""

    def __init__(self, sink: IncidentSinks | None, fallback: IncidentSinks | None) -> None:
        """Check both.

        Raises:
            ValueError: see `checked_sinks`.
        """
        self._sinks, self.fallbacks = checked_sinks("sink", sink), checked_sinks("fallback", fallback)

    @property
    def are_used(self) -> bool:
        """Whether there are any."""
        return bool(self._sinks or self.fallbacks)

    @property
    def replace_incidents(self) -> bool:
        """Whether no incidents are started."""
        return bool(self._sinks)

    @property
    def create_ops_items(self) -> bool:
        """Whether one of them is OpsCenter."""
        return any(sink.target is None for sink in self._all())

    def used(self) -> dict[str, bool]:
        """Which of the two options are used, by their names."""
        return {"fallback": bool(self.fallbacks), "sink": bool(self._sinks)}

    def has_topic(self, topic_arn: str) -> bool:
        """Whether one of them is the topic."""
        return any(sink.target and sink.target.topic_arn == topic_arn for sink in self._all())

    def options(self) -> dict[str, Any]:
        """What the function is told of them."""
        lists = {"sink": self._sinks, "fallback": self.fallbacks}
        return {name: [each.to_configuration() for each in told] for name, told in lists.items() if told}

    def of_incidents(self, ledger: Ledger, regions: list[str]) -> tuple[Ledger, list[str]]:
        """What is left of the options that only incidents need."""
        return (Ledger.off(), []) if self._sinks else (ledger, regions)

    def allow(self, role: iam.IRole) -> None:
        """Let a role tell all of them."""
        allow_sinks(role, self._all())

    def _all(self) -> list[IncidentSink]:
        return [*self._sinks, *self.fallbacks]


def allow_sinks(role: iam.IRole, sinks: Sequence[IncidentSink]) -> None:
    """Let a role tell sinks."""
    if any(sink.target is None for sink in sinks):
        role.add_to_principal_policy(
            iam.PolicyStatement(sid="TellOpsCenter", actions=["ssm:CreateOpsItem"], resources=["*"])
        )
    topics = {sink.target.topic_arn: sink.target for sink in sinks if sink.target is not None}
    for topic in topics.values():
        topic.grant_publish(role)
