"""What a function wrote is told with the invocation that wrote it, whole, however busy the machine is."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import hooks

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws
    from tests.local.conftest import Deploy

LINES = 20


@pytest.fixture(autouse=True)
def busy_machine(aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the thread that reads what functions write little time."""

    def read_slowly(worker: Any) -> None:
        for line in worker._proc.stderr:
            time.sleep(0.02)
            worker._stderr_queue.put(line.rstrip("\n"))

    runtime = hooks.module("core.lambda_runtime")
    monkeypatch.setattr(runtime.ProvidedWorker.__base__, "_read_stderr", read_slowly)


@pytest.mark.parametrize("end", ["return", "raise"])
def test_no_line_is_lost_or_told_with_another_invocation(aws: LocalAws, deploy: Deploy, end: str) -> None:
    # GIVEN a function that writes more than is read in time
    deploy()
    texts = ["\n".join(f"{number}.{line}" for line in range(LINES)) for number in range(3)]

    # WHEN it is invoked again and again
    for text in texts:
        payload = json.dumps({"say": text, "and": end})
        aws.client("lambda").invoke(FunctionName="starter", InvocationType="Event", Payload=payload)
        aws.wait_idle()

    # THEN each invocation has its own lines, and all of them
    assert ["\n".join(each.log.splitlines()[:LINES]) for each in aws.invocations] == texts
    assert all(each.log in texts or end == "raise" for each in aws.invocations)


def test_what_was_written_before_time_was_up_is_told(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    aws.client("lambda").update_function_configuration(FunctionName="starter", Timeout=1)
    payload = json.dumps({"say": "on my way", "and": "time out"})
    aws.client("lambda").invoke(FunctionName="starter", InvocationType="Event", Payload=payload)
    aws.wait_idle()

    [invocation] = aws.invocations
    assert "Task timed out" in str(invocation.error)
    assert invocation.log.splitlines()[0] == "on my way"
