"""Telling the sinks: each is tried, whatever becomes of the others."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError
from botocore.session import Session

from . import message, ops_item
from .report import Report
from .texts import entries, mapping, text

_CONFIG = Config(connect_timeout=2, read_timeout=4, retries={"mode": "standard", "total_max_attempts": 2})
_SERVICES = {"opsItem": "ssm", "topic": "sns"}
_CONFLICT, _THROTTLED, _SERVER = 409, 429, 500
_INVALID = re.compile("Invalid(?!Security)|Validation")
_MOST_ANSWER = 300
SECONDS = 15
"""How long one sink may take."""


class Delivery:
    """The sinks of a starter."""

    def __init__(self, sinks: object, session: Session) -> None:
        self._sinks: list[Any] = [mapping(sink) for sink in entries(sinks)]
        needed = {_SERVICES[kind] for sink in self._sinks for kind in sink if kind in _SERVICES}
        self._clients: dict[str, Any] = {
            name: session.create_client(name, config=_CONFIG) for name in sorted(needed)
        }

    @property
    def seconds(self) -> int:
        """How long they may take together."""
        return SECONDS * len(self._sinks)

    def deliver(self, report: Report, counts: dict[str, int], facts: dict[str, Any]) -> dict[str, Any]:
        """Tell every sink; a failed one is counted and told on.

        Returns:
            What the sinks call it.

        Raises:
            Exception: None took it. One that may pass is raised before one that stays.
        """
        told: dict[str, Any] = {}
        failures: list[Exception] = []
        for sink in self._sinks:
            [kind] = sink
            try:
                if kind == "opsItem":
                    told["opsItemId"] = self._create(report, mapping(sink[kind]), facts)
                else:
                    message_id = self._publish(report, text(sink[kind]), facts)
                    told["messageIds"] = [*told.get("messageIds", ()), message_id]
            except Exception as error:
                failures.append(error)
                facts.setdefault("answers", []).append(f"{kind}: {error}"[:_MOST_ANSWER])
        if failures:
            counts["SinkFailures"] = counts.get("SinkFailures", 0) + len(failures)
        if not told:
            raise next((error for error in failures if not is_refusal(error)), failures[0])
        facts |= told
        return told

    def _create(self, report: Report, options: Mapping[str, Any], facts: dict[str, Any]) -> str:
        client = self._clients["ssm"]
        shape = client.meta.service_model.operation_model("CreateOpsItem").input_shape
        try:
            answer = _first_taken(client.create_ops_item, ops_item.requests(report, options, shape), facts)
            return text(answer.get("OpsItemId"))
        except ClientError as error:
            if _code(error) != "OpsItemAlreadyExistsException":
                raise
            return text(error.response.get("OpsItemId"))

    def _publish(self, report: Report, topic_arn: str, facts: dict[str, Any]) -> str:
        publish = self._clients["sns"].publish
        return text(_first_taken(publish, message.requests(report, topic_arn), facts).get("MessageId"))


def is_refusal(error: Exception) -> bool:
    """Tell whether the same call would be refused again: no throttling, no conflict, no trouble of theirs."""
    if not isinstance(error, ClientError):
        return isinstance(error, ParamValidationError)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_passing = "Throttl" in _code(error) or status in {_CONFLICT, _THROTTLED} or status >= _SERVER
    return not is_passing


def _first_taken(call: Any, requests: Iterator[dict[str, Any]], facts: dict[str, Any]) -> dict[str, Any]:
    """Make a call; with less, if what is sent is called invalid."""
    refusal: Exception | None = None
    for request in requests:
        try:
            return mapping(call(**request))
        except (ClientError, ParamValidationError) as error:
            if isinstance(error, ClientError) and not _INVALID.search(_code(error)):
                raise
            refusal = error
            facts.setdefault("answers", []).append(str(error)[:_MOST_ANSWER])
    assert refusal is not None  # noqa: S101 - there is always a request
    raise refusal


def _code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])
