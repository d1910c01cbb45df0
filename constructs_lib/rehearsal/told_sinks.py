"""What sinks were told in the local AWS, as responders see it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from constructs_lib.local import LocalAws, OpsItem, PublishedMessage

from .outcome import ToldSink, related_item

OUTCOMES = frozenset({"fallback", "sent"})
"""What the function calls it."""

_OURS = "incident-starter/"


def told_sinks(aws: LocalAws, record: Mapping[str, Any]) -> Iterator[ToldSink]:
    """Find what a line of the function's log tells of.

    Args:
        aws: where.
        record: the line.
    """
    is_fallback = record["outcome"] == "fallback"
    for item in aws.ops_items:
        if item.id == record.get("opsItemId"):
            yield _ops_item(item, is_fallback)
    for message in aws.messages:
        if message.id in record.get("messageIds", ()):
            yield _message(message, is_fallback)


def _ops_item(item: OpsItem, is_fallback: bool) -> ToldSink:  # noqa: FBT001 - one room
    data = item.request.get("OperationalData", {})
    said = {key.removeprefix(_OURS): value["Value"] for key, value in data.items()}
    return ToldSink(
        "OpsItem",
        item.id,
        is_fallback,
        item.request["Title"],
        int(said["impact"]) if "impact" in said else None,
        [related_item(each) for each in json.loads(said.get("relatedItems", "[]"))],
    )


def _message(message: PublishedMessage, is_fallback: bool) -> ToldSink:  # noqa: FBT001 - one room
    try:
        document = json.loads(json.loads(message.message)["default"])
    except (KeyError, TypeError, ValueError):  # the function sends a bare line where SNS refuses the rest
        document = {"title": message.message.partition("\n")[0]}
    return ToldSink(
        message.topic_arn.rpartition(":")[2],
        message.id,
        is_fallback,
        document["title"],
        document.get("impact"),
        [related_item(each) for each in document.get("relatedItems", [])],
    )
