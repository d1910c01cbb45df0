"""Events as the emulator keeps them, from either of the forms that people write."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def event_record(event: Mapping[str, Any], *, region: str, account_id: str) -> dict[str, Any]:
    """Return the record of an entry of PutEvents, or of a whole event as rules see it.

    Args:
        event: Either form; a whole event has ``detail-type``.
        region: The Region of an event that names none.
        account_id: The account of an event that names none.
    """
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
