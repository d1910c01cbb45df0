"""A storm of payloads, as fast as the local AWS takes them: each ends somewhere."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssmincidents as ssmincidents

from constructs_lib import IncidentSink, IncidentStarter
from tests.end_to_end.assemblies import new_app
from tests.end_to_end.conftest import deployed

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.scene import Scene

PAYLOADS = 2_000 if "HISTORIES" in os.environ else 120
"""What `make soak` sends, and what `make test` has the time for."""
ALARMS = 149  # below the 200 incidents of the plan's month, and each is told of as ALARM and as OK
ENDS = {"started", "appended", "duplicate", "recovered", "ok ignored", "fallback"}


class Crowd(cdk.Stack):
    """A starter as it is by default, with a fallback."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name="crowd", incident_template={"title": "The crowd", "impact": 3}
        )
        starter = IncidentStarter(self, "Incidents", response_plan=plan, fallback=IncidentSink.ops_item())
        cdk.CfnOutput(self, "FunctionIs", value=starter.function.function_name)


@pytest.fixture
def crowd(local_aws_session: LocalAws, tmp_path: Path) -> Scene:
    app = new_app(tmp_path)
    Crowd(app, "Crowd")
    app.synth()
    local_aws_session.reset()
    return deployed(local_aws_session, tmp_path, "Crowd")


def payload(number: int) -> Any:
    """Every tenth is nothing that anybody knows, every fifth an OK, the others alarms that flap."""
    if number % 10 == 9:
        return {"number": number}
    is_ok = number % 5 == 3
    name = f"crowd-{number % ALARMS}"
    return {
        "source": "aws.cloudwatch",
        "alarmArn": f"arn:aws:cloudwatch:us-east-1:123456789012:alarm:{name}",
        "accountId": "123456789012",
        "region": "us-east-1",
        "time": "2026-11-24T12:00:00.000+0000",
        "alarmData": {
            "alarmName": name,
            "state": {
                "value": "OK" if is_ok else "ALARM",
                "reason": f"number {number}",
                "timestamp": f"2026-11-24T12:{number // 60 % 60:02d}:{number % 60:02d}.000+0000",
            },
            "previousState": {"value": "ALARM" if is_ok else "OK"},
            "configuration": {"description": "Impact: 2", "metrics": []},
        },
    }


def test_no_payload_is_lost_in_a_storm(crowd: Scene) -> None:
    # GIVEN a service that fails again and again, and payloads from many senders at once
    crowd.aws.fail_next("ThrottlingException", times=60)
    function, send = crowd.outputs("Crowd")["Function"], crowd.aws.client("lambda").invoke
    payloads = [payload(number) for number in range(PAYLOADS)]

    # WHEN they are sent
    with ThreadPoolExecutor(8) as senders:
        for each in payloads:
            senders.submit(send, FunctionName=function, InvocationType="Event", Payload=json.dumps(each))
    crowd.aws.wait_idle(timeout=240)

    # THEN each was taken once and ended as an incident, in one, as a recovery, or in the fallback
    took = [each for each in crowd.invocations if each.function_arn.endswith(function)]
    assert sorted(json.dumps(each.payload) for each in took) == sorted(map(json.dumps, payloads))
    ended = [json.loads(each.log.splitlines()[-1])["outcome"] for each in took if each.error is None]
    assert set(ended) <= ENDS
    lost_by_the_function = [each.payload for each in took if each.error is not None]
    told = json.dumps([item.request for item in crowd.aws.ops_items])
    for each in lost_by_the_function:
        assert each["alarmArn"] in told
    unknown = [each for each in payloads if "number" in each]
    assert ended.count("fallback") == len(unknown)
    # and one problem has one incident
    burning = {
        each["alarmArn"] for each in payloads if "ALARM" in str(each.get("alarmData", {}).get("state"))
    }
    assert len({each.arn for each in crowd.incidents}) == len(burning)
