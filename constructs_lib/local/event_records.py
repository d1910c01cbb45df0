"""Events on their way to the emulator, in either of the forms that people write."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks

if TYPE_CHECKING:
    from collections.abc import Mapping


def put_event(event: Mapping[str, Any], *, region: str, account_id: str) -> str:
    """Put an entry of PutEvents, or a whole event as rules see it, on its bus, and return its id.

    Args:
        event: Either form; a whole event has ``detail-type``.
        region: The Region of an event that names none.
        account_id: The account of an event that names none.
    """
    record = _record(event, region, account_id)
    with hooks.module("core.responses").request_scope(record["Account"], record["Region"]):
        hooks.module("services.eventbridge")._dispatch_event(record)
    return str(record["EventId"])


def _record(event: Mapping[str, Any], region: str, account_id: str) -> dict[str, Any]:
    whole = "detail-type" in event
    detail = event.get("detail", {}) if whole else event.get("Detail", "{}")
    return {
        "EventId": str(event.get("id") or uuid.uuid4()),
        "Source": event.get("source" if whole else "Source", ""),
        "DetailType": event.get("detail-type" if whole else "DetailType", ""),
        "Detail": detail if isinstance(detail, str) else json.dumps(detail),
        "EventBusName": str(event.get("EventBusName", "default")).rpartition("/")[2],
        "Time": int(_moment(event.get("time" if whole else "Time")).timestamp()),
        "Resources": list(event.get("resources" if whole else "Resources") or []),
        "Account": str(event.get("account", account_id)),
        "Region": str(event.get("region", region)),
    }


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    return datetime.now(timezone.utc)
