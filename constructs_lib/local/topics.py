"""SNS topics to functions: permissions, and threads that are counted."""

# ruff: noqa: ANN401 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.local.functions import find_function, refusal_to_invoke
from constructs_lib.local.records import FailedDelivery, PublishedMessage

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.local.deliveries import Deliveries

SNS_PRINCIPAL = "sns.amazonaws.com"


@dataclass
class Topics:
    """Replaces the emulator's way from a topic to a function, and remembers what topics are told."""

    deliveries: Deliveries
    messages: list[PublishedMessage] = field(default_factory=list)

    def remembering(self, fan_out: Callable[..., None]) -> Callable[..., None]:
        """Wrap the emulator's delivery of a message to all subscribers of its topic."""

        def remember_and_fan_out(
            topic_arn: str, message_id: str, message: str, subject: str, *more: Any, **options: Any
        ) -> None:
            self.messages.append(PublishedMessage(message_id, topic_arn, message, subject or ""))
            fan_out(topic_arn, message_id, message, subject, *more, **options)

        return remember_and_fan_out

    def to_function(
        self,
        function_arn: str,
        envelope: str,
        topic_arn: str,
        subscription_arn: str,
        _message_id: str,
        _message: str,
        _attributes: dict[str, Any],
    ) -> None:
        """Deliver a notification to a subscribed function."""
        record = {
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription_arn,
            "Sns": json.loads(envelope),
        }
        payload = {"Records": [record]}
        function = find_function(function_arn)
        if function is None:
            reason = f"{function_arn} does not exist"
        else:
            reason = refusal_to_invoke(function, SNS_PRINCIPAL, topic_arn, topic_arn.split(":")[4]) or ""
        if function is None or reason:
            self.deliveries.failed.append(FailedDelivery(topic_arn, function_arn, reason, payload))
        else:
            self.deliveries.invoke(function, payload, topic_arn)


class CountedThreads:
    """Stands in for the module ``threading``: every thread started through it counts as a delivery."""

    def __init__(self, deliveries: Deliveries) -> None:
        """Remember whom to tell."""
        self._deliveries = deliveries

    def __getattr__(self, name: str) -> Any:
        """Pass everything but Thread through."""
        return getattr(threading, name)

    def Thread(self, *, target: Any, args: tuple[Any, ...] = (), **options: Any) -> threading.Thread:  # noqa: N802 - its name there
        """Make a thread that is under way from now on; the emulator starts it at once."""
        self._deliveries.enter()

        def run(*arguments: Any) -> None:
            try:
                target(*arguments)
            finally:
                self._deliveries.leave()

        return threading.Thread(target=run, args=args, **options)
