"""Putting messages into the emulator's queues from inside."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import hashlib
import time
import uuid
from typing import Any

from constructs_lib.local import hooks


def put_in_queue(
    arn: str, body: str, attributes: dict[str, Any] | None = None, source: str | None = None
) -> str | None:
    """Send a message; returns why it could not be sent, or None.

    Args:
        arn: The queue.
        body: Of the message.
        attributes: Of the message.
        source: ARN of the alarm, rule or topic behind it, for what a function makes of the message.
    """
    sqs = hooks.module("services.sqs")
    account_id = arn.split(":")[4]
    with hooks.module("core.responses").request_scope(account_id, arn.split(":")[3]):
        queue = sqs._queue_by_arn(arn)
        if queue is None:
            return f"{arn} does not exist"
        now = time.time()
        queue["messages"].append(
            {
                "id": str(uuid.uuid4()),
                "body": body,
                "md5_body": hashlib.md5(body.encode(), usedforsecurity=False).hexdigest(),
                "md5_attrs": "",
                "receipt_handle": None,
                "sent_at": now,
                "visible_at": now + sqs.queue_delay(queue),
                "receive_count": 0,
                "first_receive_at": None,
                "message_attributes": attributes or {},
                "sys": {"SenderId": account_id, "SentTimestamp": str(int(now * 1000))},
                "group_id": None,
                "dedup_id": None,
                "dedup_cache_key": None,
                "seq": None,
                "local_source": source,
            },
        )
    hooks.module("core.concurrency").esm_wake.set()
    return None
