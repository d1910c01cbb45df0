"""Links into the CloudWatch console, in the console's own notation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOMAINS = {
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_COMMERCIAL = "console.aws.amazon.com"
_PLAIN = re.compile(r"[A-Za-z0-9_.-]*")
_SPECIAL = re.compile(r"[^A-Za-z0-9_.-]")


def alarm_page(partition: str, region: str, name: str) -> str:
    """Link to an alarm's page."""
    return f"{_cloudwatch(partition, region)}#alarmsV2:alarm/{quote(name, safe='', errors='replace')}"


def metrics_page(partition: str, region: str, graph: Mapping[str, Any]) -> str:
    """Link to a graph of metrics, given as the console's own source of a graph."""
    return f"{_cloudwatch(partition, region)}#metricsV2:graph={_notation(graph)}"


def _cloudwatch(partition: str, region: str) -> str:
    domain = _DOMAINS.get(partition, _COMMERCIAL)
    return f"https://{region}.{domain}/cloudwatch/home?region={region}"


def _notation(value: object) -> str:
    """Write a value in JSURL: ``~'text``, ``~60``, ``~(~'a~'b)`` and ``~(key~'value)``."""
    if isinstance(value, str):
        return "~'" + _escaped(value)
    if isinstance(value, bool):
        return "~true" if value else "~false"
    if isinstance(value, list):
        return "~(" + "".join(map(_notation, value)) + ")"
    if isinstance(value, dict):
        members = (_escaped(key) + _notation(member) for key, member in value.items())
        return "~(" + "~".join(members) + ")"
    return f"~{value}"


def _escaped(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code == ord("$"):
        return "!"
    if code < 0x100:  # noqa: PLR2004 - two digits
        return f"*{code:02x}"
    units = found.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"**{units[at : at + 4]}" for at in range(0, len(units), 4))
