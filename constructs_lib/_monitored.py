"""What a starter keeps for the day that it is watched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_, aws_sqs as sqs

    from ._response_plans import AnyResponsePlan
    from .starter_interface import IIncidentStarter


@dataclass(frozen=True)
class Watched:
    """What there is of a starter to watch.

    Attributes:
        function: the starter's.
        queue: where events end that nothing could be made of.
        fallback_queue: where events wait for the function that tells the fallback, if there is one.
        response_plan: the starter's own.
        options: the names of those options that count something of their own.
    """

    function: lambda_.IFunction
    queue: sqs.IQueue
    fallback_queue: sqs.IQueue | None
    response_plan: AnyResponsePlan
    options: frozenset[str]

    @property
    def starts_incidents(self) -> bool:
        """Whether Incident Manager is called at all."""
        return "sink" not in self.options


class MonitoredChannel:
    """Keeps the topic that is told about a starter apart from those that the starter is told by."""

    def __init__(self, starter: IIncidentStarter) -> None:
        self._starter = starter
        self._subscribed: set[str] = set()
        self._told: str | None = None

    def subscribe(self, topic_arn: str) -> None:
        """Let the starter be told by a topic.

        Raises:
            ValueError: the topic is told about the starter.
        """
        self._subscribed.add(topic_arn)
        with self._starter.naming_this_construct():
            self._check()

    def take(self, topic: object) -> None:
        """Let a topic be told about the starter.

        Raises:
            ValueError: it is no topic, the starter is subscribed to it, or another one is told already.
        """
        topic_arn = getattr(topic, "topic_arn", None)
        if topic_arn is None:
            message = (
                f"topic: got {topic!r} of type {type(topic).__name__}, an SNS topic is needed, and no action "
                "or starter: a starter that fails cannot tell of it"
            )
            raise ValueError(message)
        if self._told is not None:
            message = (
                "got a second call of monitor, a starter has one set of alarms: add further actions to the "
                "alarms that the first call returned"
            )
            raise ValueError(message)
        self._told = str(topic_arn)
        self._check()

    def _check(self) -> None:
        if self._told in self._subscribed:
            message = (
                f"topic: got {self._told} for the alarms on this starter, which is subscribed to it: a "
                "starter that fails cannot tell of it, give monitor a topic that reaches people another way"
            )
            raise ValueError(message)
