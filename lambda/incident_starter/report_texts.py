"""Texts of a report that more than one sink shows. They never raise, and what they return can be sent."""

import time
from typing import Any

from .report import IMPACTS, Report
from .texts import encoder, excerpt, mapping, sendable, text

_encode = encoder(ensure_ascii=False, allow_nan=False).encode


def as_json(value: object) -> str:
    """Write a value as JSON that any reader takes, or nothing: too deep, or not a number."""
    try:
        return sendable(_encode(value))
    except (RecursionError, TypeError, ValueError):
        return ""


def cut(content: str, most_bytes: int) -> str:
    """Cut a text to as many bytes of UTF-8."""
    return sendable(content).encode()[:most_bytes].decode(errors="ignore")


def beginning(payload: object, most_bytes: int) -> str:
    """Write the beginning of a payload."""
    return cut(excerpt(payload, most_bytes), most_bytes)


def impact(report: Report) -> str:
    """Name an impact."""
    return f"{report.impact} - {IMPACTS[report.impact]}" if report.impact in IMPACTS else "not said"


def facts(report: Report) -> list[tuple[str, str]]:
    """List what a person wants to know first."""
    moment = report.details.get("timestamp")
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment)) if isinstance(moment, int) else ""
    listed = [
        ("Reason", sendable(report.reason.sentence)),
        ("Impact", impact(report)),
        ("Response plan", report.plan),
        ("Time", at),
        ("Trigger", text(report.details.get("triggerArn"))),
    ]
    return [(name, told) for name, told in listed if told]


def links(report: Report) -> list[tuple[str, str]]:
    """List title and target of each related item that is a link or an ARN."""
    found = []
    for item in report.items:
        value: dict[str, Any] = mapping(mapping(item.get("identifier")).get("value"))
        target = text(value.get("url")) or text(value.get("arn"))
        if target:
            found.append((text(item.get("title")) or target, target))
    return found
