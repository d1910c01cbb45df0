"""A Region that fails on the wire, and the deployed function that starts its incidents in the next one."""

from __future__ import annotations

import json
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import Unknowns
from tests.end_to_end.assemblies import Template, add_variant, new_app, only
from tests.end_to_end.conftest import deployed
from tests.end_to_end.till import REGION, SOURCE, Till, own_plan
from tests.end_to_end.unreliable_wire import unreliable_wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.local import Incident, Invocation, LocalAws
    from tests.end_to_end.scene import Scene
    from tests.end_to_end.unreliable_wire import UnreliableWire

SECOND, THIRD = "eu-west-1", "eu-central-1"
FAULTS: dict[str, dict[str, Any]] = {
    "Closed": {"reset": True},
    "Silent": {"timeout_ms": 30_000},
    "Broken": {"error": {"code": "InternalServerException", "status": 500}},
    "Unavailable": {"error": {"code": "ServiceUnavailable", "status": 503}},
    "Throttled": {"error": {"code": "ThrottlingException", "status": 429}},
    "Lossy": {"response": {"abort_bytes": 1}},
}
"""What the own Region does to each stack's function, all the time."""


@pytest.fixture(scope="module")
def wire(local_aws_session: LocalAws) -> Iterator[UnreliableWire]:
    with unreliable_wire(local_aws_session.endpoint_url) as running:
        yield running


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory, wire: UnreliableWire) -> Path:
    directory = tmp_path_factory.mktemp("wide")
    app = new_app(directory)
    Till(app, "Wide", regions=[SECOND, THIRD])
    app.synth()

    def lead_through_the_wire(template: Template) -> None:
        variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
        variables["AWS_ENDPOINT_URL_SSM_INCIDENTS"] = wire.url

    for name in FAULTS:
        add_variant(directory, "Wide", name, lead_through_the_wire)
    return directory


@pytest.fixture(scope="module")
def scene(local_aws_session: LocalAws, assembly: Path, wire: UnreliableWire) -> Iterator[Scene]:
    """Six functions whose own Region fails, each in its way, after the same event."""
    scene = deployed(local_aws_session, assembly, "Wide")
    wire.break_with(
        *(
            {
                "service": "ssm-incidents",
                "region": REGION,
                "body": f"ends_with(responsePlanArn, '/{stack}')",
                **fault,
            }
            for stack, fault in FAULTS.items()
        )
    )
    scene.begin()
    for stack in FAULTS:
        scene.aws.put_event({"source": SOURCE, "detail-type": "Bare", "detail": {"till": stack}})
    scene.aws.wait_idle(timeout=60)
    yield scene
    shutil.rmtree(assembly)


def incidents_of(scene: Scene, stack: str) -> list[Incident]:
    return [each for each in scene.incidents if each.plan_arn == own_plan(stack)]


def invocation_of(scene: Scene, stack: str) -> Invocation:
    [found] = [each for each in scene.invocations if each.payload["detail"] == {"till": stack}]
    return found


def record_of(scene: Scene, stack: str) -> dict[str, Any]:
    [line] = [line for line in invocation_of(scene, stack).log.splitlines() if line.startswith('{"_aws"')]
    record: dict[str, Any] = json.loads(line)
    return record


@pytest.mark.parametrize("stack", [name for name in FAULTS if name != "Lossy"])
def test_given_an_own_region_that_fails_when_an_event_comes_then_the_next_region_starts_it_at_once(
    scene: Scene, stack: str
) -> None:
    [incident] = incidents_of(scene, stack)
    record = record_of(scene, stack)
    assert incident.region == record["region"] == SECOND
    assert incident.request["clientToken"] == record["token"]
    assert (record["Failovers"], record["IncidentsStarted"]) == (1, 1)
    assert record["answers"][-1].startswith(f"{REGION} is left: ")
    assert invocation_of(scene, stack).attempts == 1
    assert scene.failed == []
    assert scene.denied == []


def test_given_only_replies_are_lost_when_the_next_region_starts_it_too_then_both_have_one_token(
    scene: Scene,
) -> None:
    # a duplicate beats a lost page; whether AWS knows a token in another Region is not documented
    first, *repeated, last = incidents_of(scene, "Lossy")
    assert (first.region, last.region) == (REGION, SECOND)
    assert all(each.deduplicated and each.arn == first.arn for each in repeated)
    assert last.request == first.request
    assert last.arn != first.arn


def test_given_a_region_that_rests_when_another_event_comes_then_it_is_not_called(
    scene: Scene, wire: UnreliableWire
) -> None:
    before = len(wire.done)
    assert before > len(FAULTS)
    begun = time.monotonic()
    scene.aws.put_event({"source": SOURCE, "detail-type": "Bare", "detail": {"till": "Silent"}})
    scene.aws.wait_idle()
    assert time.monotonic() - begun < 4
    assert len(wire.done) == before
    assert [each.region for each in incidents_of(scene, "Silent")] == [SECOND, SECOND]


def test_given_no_region_fails_when_an_event_comes_then_the_own_region_starts_it(scene: Scene) -> None:
    scene.event(SOURCE, "Bare", {"till": "Wide"})
    [incident] = incidents_of(scene, "Wide")
    assert incident.region == record_of(scene, "Wide")["region"] == REGION
    assert "Failovers" not in record_of(scene, "Wide")


@pytest.mark.parametrize("known", [True, False])
def test_a_token_of_one_region_is_known_in_another_or_not(
    local_aws_session: LocalAws, *, known: bool
) -> None:
    local_aws_session.set_unknowns(Unknowns(one_token_in_all_regions=known))
    plan = local_aws_session.add_response_plan("everywhere")
    arns = {
        local_aws_session.client("ssm-incidents", region=region).start_incident(
            responsePlanArn=plan, clientToken=f"token {known}"
        )["incidentRecordArn"]
        for region in (REGION, SECOND)
    }
    local_aws_session.set_unknowns(Unknowns())
    assert len(arns) == (1 if known else 2)
