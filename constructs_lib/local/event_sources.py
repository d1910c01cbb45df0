"""Queues to functions: batches, what of them stays, and whether anything is left to do."""

# ruff: noqa: SLF001 - the emulator is untyped, its gaps private

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.functions import find_function

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.local.deliveries import Deliveries

_LOOK_AGAIN = 0.02
_HOPELESS = 3  # receives of a message that nothing takes out of its queue


@dataclass
class EventSources:
    """Replaces the emulator's way from a batch of a queue to a function."""

    deliveries: Deliveries

    def run_batch(
        self,
        mapping: Mapping[str, Any],
        _function: object,
        event: dict[str, Any],
        batch: list[dict[str, Any]],
        queue_url: str,
        _queue: str,
    ) -> None:
        """Invoke a function with a batch; what fails is seen again soon, not after a visibility timeout."""
        _, _, _, region, account, _ = mapping["EventSourceArn"].split(":", 5)
        function = find_function(mapping["FunctionArn"])
        if function is None:
            return
        with self.deliveries.counted(), hooks.module("core.responses").request_scope(account, region):
            sources = {message.get("local_source") for message in batch}
            source = (sources.pop() if len(sources) == 1 else None) or mapping["EventSourceArn"]
            result = self.deliveries.run_once(function, event, source)
            failed = _failed(mapping, batch, result)
            sqs = hooks.module("services.sqs")
            again = time.time() + self.deliveries.retry_delay
            for message in batch:
                # Counted when it has failed: one that was only received is under way.
                message["local_tries"] = int(message.get("receive_count", 0))
                if message["id"] in failed and not _is_hopeless(sqs._queues.get(queue_url), message):
                    message["visible_at"] = again
            done = {each["receipt_handle"] for each in batch if each["id"] not in failed}
            sqs._delete_messages_for_esm(queue_url, done)

    def wait_idle(self, timeout: float) -> None:
        """Return when nothing is under way and no function has messages to come.

        Raises:
            LocalAwsError: Something is still under way after the timeout.
        """
        deadline = time.monotonic() + timeout
        while True:
            entered = self.deliveries.entered
            self.deliveries.wait_idle(max(deadline - time.monotonic(), 0))
            waiting = [message for queue in _mapped_queues() for message in _waiting(queue)]
            if not waiting and entered == self.deliveries.entered:
                return
            if time.monotonic() > deadline:
                message = (
                    f"messages in queues still wait for a function after {timeout:g} seconds: {len(waiting)}"
                )
                raise LocalAwsError(message)
            if waiting:
                hooks.module("core.concurrency").esm_wake.set()
                time.sleep(_LOOK_AGAIN)


def _mapped_queues() -> Iterator[dict[str, Any]]:
    """Yield the queues that a function is fed from."""
    sqs = hooks.module("services.sqs")
    for account, region, mapping in hooks.module("services.lambda_svc")._iter_all_esms():
        arn = str(mapping.get("EventSourceArn", ""))
        if ":sqs:" not in arn or not mapping.get("Enabled", True):
            continue
        with hooks.module("core.responses").request_scope(account, region):
            queue = sqs._queue_by_arn(arn)
        if queue is not None and find_function(mapping["FunctionArn"]) is not None:
            yield queue


def _waiting(queue: dict[str, Any]) -> list[dict[str, Any]]:
    return [message for message in list(queue["messages"]) if not _is_hopeless(queue, message)]


def _is_hopeless(queue: dict[str, Any] | None, message: Mapping[str, Any]) -> bool:
    """Tell whether a message would fail for ever: AWS tries it until it is too old."""
    leads_on = queue is not None and queue["attributes"].get("RedrivePolicy")
    return not leads_on and int(message.get("local_tries", 0)) >= _HOPELESS


def _failed(mapping: Mapping[str, Any], batch: list[dict[str, Any]], result: Mapping[str, Any]) -> set[str]:
    """Return the ids of the messages that stay: all of them, unless the function names them well."""
    everything = {message["id"] for message in batch}
    if result.get("error"):
        return everything
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or ()):
        return set()
    body = result.get("body")
    try:
        answer = json.loads(body) if isinstance(body, str) else body
        named = {failure["itemIdentifier"] for failure in (answer or {}).get("batchItemFailures") or ()}
    except (AttributeError, KeyError, TypeError, ValueError):
        return everything
    return everything if named - everything else named
