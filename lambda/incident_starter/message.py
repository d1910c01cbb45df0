"""A report becomes a message of a topic: JSON for programs, text for e-mail, one line for a phone. Pure.

See https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

import re
from collections.abc import Iterator
from typing import Any

from .report import IMPACTS, SOURCE, Report
from .report_texts import as_json, beginning, cut, facts, links

MOST_BYTES = 256 * 1024
_LONGEST_SUBJECT = 99  # "less than 100 characters"
_LONGEST_LINE = 140  # bytes: one SMS
_EMAIL_BYTES = 20_000
_ROOM = MOST_BYTES - 2_000  # attributes count as well
_BEGINNINGS = (100_000, 40_000, 10_000)
_NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]+")


def requests(report: Report, topic_arn: str) -> Iterator[dict[str, Any]]:
    """Yield Publish's request, and a bare one for when the service takes not all of it."""
    yield {
        "TopicArn": topic_arn,
        "Subject": _subject(report),
        "MessageStructure": "json",
        "Message": _message(report),
        "MessageAttributes": _attributes(report),
    }
    yield {"TopicArn": topic_arn, "Message": cut(f"{_line(report)}\n{report.reason.sentence}", _EMAIL_BYTES)}


def _message(report: Report) -> str:
    """Write the message with the payload whole, or with as much of its beginning as there is room for."""
    protocols = {"email": _email(report), "sms": cut(_line(report), _LONGEST_LINE)}
    message = ""
    for document in _documents(report):
        message = as_json({"default": document, **protocols})
        if document and len(message.encode()) <= _ROOM:
            break
    return message


def _documents(report: Report) -> Iterator[str]:
    told = {
        "source": SOURCE,
        "outcome": report.reason.outcome,
        "cause": report.reason.cause,
        "reason": report.reason.sentence,
        "dedupString": report.key,
        "title": report.title,
        "impact": report.impact,
        "responsePlanArn": report.plan or None,
        "relatedItems": report.items,
        "triggerDetails": report.details,
    }
    yield as_json({**told, "payload": report.payload})
    for size in _BEGINNINGS:
        yield as_json({**told, "payloadBeginning": beginning(report.payload, size)})
    yield as_json({**told, "relatedItems": []})


def _email(report: Report) -> str:
    lines = [report.title, "", *(f"{name}: {told}" for name, told in facts(report))]
    if found := links(report):
        lines += ["", *(f"{title}: {target}" for title, target in found)]
    return cut("\n".join(lines), _EMAIL_BYTES)


def _line(report: Report) -> str:
    label = f"[{IMPACTS[report.impact]}] " if report.impact in IMPACTS else ""
    return f"{label}{report.title}"


def _subject(report: Report) -> str:
    """Write ASCII that begins with a letter, digit or punctuation mark, as SNS wants it."""
    return _NOT_PRINTABLE.sub("?", _line(report)).strip()[:_LONGEST_SUBJECT].rstrip() or SOURCE


def _attributes(report: Report) -> dict[str, Any]:
    """Name what a subscription's filter policy may look at."""
    found = {"outcome": _string(report.reason.outcome), "reason": _string(report.reason.cause)}
    if report.impact is not None:
        found["impact"] = {"DataType": "Number", "StringValue": str(report.impact)}
    return found


def _string(value: str) -> dict[str, str]:
    return {"DataType": "String", "StringValue": _NOT_PRINTABLE.sub("?", value)[:200] or "unknown"}
