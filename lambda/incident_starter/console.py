"""Links into the CloudWatch console, in the console's own notation."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DOMAINS = {
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_COMMERCIAL = "console.aws.amazon.com"
_SPECIAL = re.compile(r"[^A-Za-z0-9_.-]")


def alarm_page(partition: str, region: str, name: str) -> str:
    """Link to an alarm's page."""
    return f"{_cloudwatch(partition, region)}#alarmsV2:alarm/{quote(name, safe='', errors='replace')}"


def metrics_page(partition: str, region: str, rows: Iterable[str]) -> str:
    """Link to a graph of metrics, each of them a `metric_row` or an `expression_row`."""
    graph = f"~(metrics~({''.join(rows)})~region~'{_escaped(region)})"
    return f"{_cloudwatch(partition, region)}#metricsV2:graph={graph}"


def metric_row(namespace: str, name: str, dimensions: Mapping[str, str], options: Mapping[str, Any]) -> str:
    """Write one metric of a graph: its namespace, name, dimensions and options."""
    row = f"~(~'{_escaped(namespace)}~'{_escaped(name)}"
    for dimension, value in dimensions.items():
        row += f"~'{_escaped(dimension)}~'{_escaped(value)}"
    return f"{row}{_options(options)})"


def expression_row(expression: str, options: Mapping[str, Any]) -> str:
    """Write one expression of a graph."""
    return f"~({_options({'expression': expression, **options})})"


def _cloudwatch(partition: str, region: str) -> str:
    domain = _DOMAINS.get(partition, _COMMERCIAL)
    return f"https://{region}.{domain}/cloudwatch/home?region={region}"


def _options(options: Mapping[str, Any]) -> str:
    """Write an object in the console's notation: ``~(key~'text~key~60~key~false)``."""
    members = "~".join([f"{key}~{_value(value)}" for key, value in options.items()])
    return f"~({members})" if members else ""


def _value(value: object) -> str:
    if isinstance(value, str):
        return f"'{_escaped(value)}"
    return str(value).lower()


@lru_cache(maxsize=1024)
def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code == ord("$"):
        return "!"
    if code < 0x100:  # noqa: PLR2004 - two digits
        return f"*{code:02x}"
    units = found.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"**{units[at : at + 4]}" for at in range(0, len(units), 4))
