"""A report becomes an OpsItem of OpsCenter. Pure.

See https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from .limits import Shape
from .report import SOURCE, Report
from .report_texts import as_json, beginning, cut, facts, links
from .texts import one_line

UNSAID_SEVERITY = 2
"""What nobody said the impact of is not overlooked, and stands behind what is called critical."""

_LEAST_SEVERITY = 4
_MOST_RESOURCES = 100  # "each OpsItem can list a maximum of 100 related resource ARNs"
_MOST_BYTES = 20_000  # of a value of operational data; AWS says 20 KB
_PAYLOAD_BYTES = 10_000


def requests(report: Report, options: Mapping[str, Any], shape: Shape) -> Iterator[dict[str, Any]]:
    """Yield CreateOpsItem's request, and a bare one for when the service takes not all of it."""
    severity = report.impact or UNSAID_SEVERITY
    longest = {name: member.metadata.get("max", 0) for name, member in shape.members.items()}
    bare: dict[str, Any] = {
        "Title": report.title[: longest["Title"]],
        "Description": _description(report, longest["Description"]),
        "Source": options.get("source", SOURCE),
        "OperationalData": _searchable("/aws/dedup", {"dedupString": report.key}),
    }
    full = {
        **bare,
        "Severity": str(min(severity, _LEAST_SEVERITY)),
        "Priority": severity,
        "OperationalData": bare["OperationalData"] | _operational_data(report),
    }
    if "category" in options:
        full["Category"] = options["category"]
    yield full
    yield bare


def _description(report: Report, longest: int) -> str:
    """Write Markdown: why, and what to click."""
    lines = [f"**{name}**: {told}  " for name, told in facts(report)]
    lines += ["", *(f"- [{_bracketless(title)}]({target})" for title, target in links(report))]
    content = ""
    for line in lines:  # a link that is cut is none
        if len(content) + len(line) < longest:
            content += f"{line}\n"
    return content or "no more is known"


def _operational_data(report: Report) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if report.arns:
        data |= _searchable("/aws/resources", [{"arn": arn} for arn in report.arns[:_MOST_RESOURCES]])
    items = list(report.items)
    while len(as_json(items).encode()) > _MOST_BYTES:
        items.pop()
    told = {
        "reason": report.reason.sentence,
        "impact": "" if report.impact is None else str(report.impact),
        "relatedItems": as_json(items) if items else "",
        "triggerDetails": as_json(report.details) if report.details else "",
        "payload": beginning(report.payload, _PAYLOAD_BYTES),
    }
    for name, content in told.items():
        if content.strip():
            data[f"{SOURCE}/{name}"] = {"Type": "String", "Value": cut(content, _MOST_BYTES)}
    for name, content in (("cause", report.reason.cause), ("responsePlanArn", report.plan)):
        if content.strip():
            data[f"{SOURCE}/{name}"] = {"Type": "SearchableString", "Value": cut(content, _MOST_BYTES)}
    return data


def _searchable(key: str, value: object) -> dict[str, Any]:
    return {key: {"Type": "SearchableString", "Value": as_json(value)}}


def _bracketless(title: str) -> str:
    return one_line(title).replace("[", "(").replace("]", ")")
