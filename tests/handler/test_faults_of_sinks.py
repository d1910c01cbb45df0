"""Each sink failing in each way, in both functions: the table is docs/faults.md."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from incident_starter.calling import make_client
from incident_starter.starter import Starter
from incident_starter.undelivered import Undelivered

from tests.handler.conftest import DEFAULTS
from tests.handler.service import FakeContext, Service, one_session, payload, refusal
from tests.handler.sinks import OPS_ITEM, TOLD_TOPIC, Sinks

DOCS = Path(__file__).parents[2] / "docs" / "faults.md"
SINKS = {"CreateOpsItem": ("ssm", OPS_ITEM, TOLD_TOPIC), "Publish": ("sns", TOLD_TOPIC, OPS_ITEM)}
NO_ANSWER, CLOSED = (
    ReadTimeoutError(endpoint_url="https://sink"),
    ConnectionClosedError(endpoint_url="https://sink"),
)
FAULTS: dict[str, dict[str, list[Any]]] = {
    "throttles": {"ssm": ["ThrottlingException"], "sns": ["Throttled"]},
    "fails (5xx)": {"ssm": ["InternalServerError"], "sns": ["InternalError"]},
    "gives no answer": {"ssm": [NO_ANSWER], "sns": [NO_ANSWER]},
    "closes the connection": {"ssm": [CLOSED], "sns": [CLOSED]},
    # an OpsItem that is there already is known by its deduplication string, a message is sent twice
    "its reply is lost": {"ssm": [NO_ANSWER, "OpsItemAlreadyExistsException"], "sns": [NO_ANSWER, None]},
    "denies": {"ssm": ["AccessDeniedException"], "sns": ["AuthorizationError"]},
}
CASES = ("an ALARM, no other sink", "an ALARM, another sink beside it", "an OK")


def outcome(sink: str, fault: str, case: str) -> str:
    """What becomes of an event that Incident Manager refuses, while a sink fails."""
    service, this, other = SINKS[sink]
    stand_in = Sinks({service: list(FAULTS[fault][service])})
    session = stand_in.connect(one_session())
    told = {"fallback": [this, other] if case == CASES[1] else [this]}
    configuration = json.dumps({"startIncident": DEFAULTS, **told})
    client = Service([refusal("AccessDeniedException")]).connect(make_client(session))
    event = payload("alarm_ok" if case == CASES[2] else "alarm_metric")
    try:
        with redirect_stdout(StringIO()):
            try:
                first = Starter({"INCIDENT_STARTER": configuration}, client, session)
                return str(first.handle(event, FakeContext())["outcome"])
            except Exception:  # noqa: BLE001 - Lambda puts any into the queue
                second = Undelivered({"INCIDENT_FALLBACK": configuration}, client, session)
                record = {"requestContext": {"requestId": "1"}, "requestPayload": event}
                message = {"messageId": "1", "body": json.dumps(record)}
                left = second.handle({"Records": [message]}, FakeContext())
                return "failure queue" if left["batchItemFailures"] else "fallback, by the second function"
    finally:
        stand_in.disconnect(session)


def rendered() -> str:
    lines = [f"| | while it ... | {' | '.join(CASES)} |", "|---|---|" + "---|" * len(CASES)]
    for sink in SINKS:
        for fault in FAULTS:
            cells = [outcome(sink, fault, case) for case in CASES]
            lines.append(f"| {sink} | {fault} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_matrix_in_the_docs_is_what_happens() -> None:
    assert rendered() in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("sink", SINKS)
def test_no_fault_of_a_sink_loses_an_event(sink: str, fault: str) -> None:
    kept = {"fallback", "fallback, by the second function", "failure queue"}
    assert outcome(sink, fault, CASES[0]) in kept
    assert outcome(sink, fault, CASES[1]) == "fallback"


if __name__ == "__main__":
    print(rendered())  # noqa: T201 - for who writes the docs
