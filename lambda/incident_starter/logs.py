"""One line per outcome: JSON to search in, and a metrics record for CloudWatch in the same line.

It is printed, not logged: the runtime's JSON format would wrap it, and a metrics record must
be the whole line.
"""

from __future__ import annotations

import json
import sys
import time
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMESPACE = "IncidentStarter"

_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


def write(function_name: str, counts: Mapping[str, int], **facts: object) -> None:
    """Print one outcome.

    Args:
        function_name: The metrics' only dimension.
        counts: Metrics by name; those that are zero are left out.
        **facts: What happened; empty facts are left out.
    """
    counted = {name: count for name, count in counts.items() if count}
    told = {name: fact for name, fact in facts.items() if fact}
    head = _head(tuple(counted)).replace("0", str(time.time_ns() // 1_000_000), 1)
    body = _encode({"FunctionName": function_name, **counted, **told})
    sys.stdout.write(f"{head}{body[1:]}\n")


@lru_cache(maxsize=64)
def _head(names: tuple[str, ...]) -> str:
    """Write the part that CloudWatch reads; its one zero stands for the time."""
    metrics = [{"Name": name, "Unit": "Count"} for name in names]
    directive = {"Namespace": NAMESPACE, "Dimensions": [["FunctionName"]], "Metrics": metrics}
    record = _encode({"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}})
    return f"{record[:-1]},"
