"""The same path behind a proxy that speaks AWS's own protocols and breaks them."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from tests.end_to_end.assemblies import Template, add_variant, only
from tests.end_to_end.conftest import deployed
from tests.end_to_end.till import SOURCE, other_plan, own_plan
from tests.end_to_end.unreliable_wire import UnreliableWire, unreliable_wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.scene import Scene


@pytest.fixture(scope="module")
def wire(local_aws_session: LocalAws) -> Iterator[UnreliableWire]:
    with unreliable_wire(local_aws_session.endpoint_url) as running:
        # The proxy reads a service's model at its first call, which may outlast the function's patience.
        options = Config(read_timeout=30, proxies={})
        client = boto3.client("cloudwatch", endpoint_url=running.url, config=options)
        client.describe_alarms(AlarmNames=["none"])
        client.close()
        yield running


@pytest.fixture(scope="module")
def assembly(till_assembly: Path, tmp_path_factory: pytest.TempPathFactory, wire: UnreliableWire) -> Path:
    """The till, whose function reaches Incident Manager and CloudWatch by the wire only."""

    def lead_through_the_wire(template: Template) -> None:
        variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
        for service in ("SSM_INCIDENTS", "CLOUDWATCH"):
            variables[f"AWS_ENDPOINT_URL_{service}"] = wire.url
        only(template, "AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"] = 1

    def with_time_for_one_attempt(template: Template) -> None:
        lead_through_the_wire(template)
        only(template, "AWS::Lambda::Function")["Timeout"] = 8

    directory = tmp_path_factory.mktemp("wired") / "till"
    shutil.copytree(till_assembly, directory)
    add_variant(directory, "Till", "Hasty", with_time_for_one_attempt)
    add_variant(directory, "Till", "Wired", lead_through_the_wire)
    return directory


@pytest.fixture
def scene(local_aws_session: LocalAws, assembly: Path, wire: UnreliableWire) -> Scene:
    scene = deployed(local_aws_session, assembly, "Wired")
    wire.break_with()
    return scene


def breaking(**how: Any) -> dict[str, Any]:
    return {"service": "ssm-incidents", "operation": "StartIncident", "times": 1, **how}


def event(scene: Scene, till: str = "Wired") -> None:
    scene.event(SOURCE, "Bare", {"till": till})


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        pytest.param({"error": {"code": code, "status": status}}, f"error:{code}", id=code)
        for code, status in (
            ("ThrottlingException", 429),
            ("InternalServerException", 500),
            ("ServiceUnavailable", 503),
        )
    ]
    + [pytest.param({"reset": True}, "reset", id="reset")],
)
def test_given_a_fault_that_passes_when_an_event_comes_then_the_same_request_is_sent_again(
    scene: Scene, wire: UnreliableWire, fault: dict[str, Any], done: str
) -> None:
    wire.break_with(breaking(**fault))
    event(scene)
    assert wire.done == [f"StartIncident {done}"]
    assert scene.incident.plan_arn == own_plan("Wired")
    assert not scene.incident.deduplicated
    assert scene.record["Retries"] == 1
    assert scene.record["token"] == scene.request["clientToken"]
    assert scene.invocations[0].attempts == 1


@pytest.mark.parametrize(
    ("error", "plan", "counted"),
    [
        ("ValidationException", other_plan("Wired"), {"StepDowns": 1}),
        ("ConflictException", other_plan("Wired"), {"Retries": 1}),
        ("AccessDeniedException", own_plan("Wired"), {"PlanFallbacks": 1}),
        ("ResourceNotFoundException", own_plan("Wired"), {"PlanFallbacks": 1}),
        ("ServiceQuotaExceededException", own_plan("Wired"), {"PlanFallbacks": 1}),
    ],
)
def test_given_a_refusal_of_another_plan_when_an_event_comes_then_an_incident_starts_all_the_same(
    scene: Scene, wire: UnreliableWire, error: str, plan: str, counted: dict[str, int]
) -> None:
    fields = {"retryAfter": int(time.time())} if error == "ConflictException" else {}
    wire.break_with(breaking(error={"code": error, "fields": fields}))
    scene.event(SOURCE, "Wrapped", {"till": "Wired", "what": "disk"})
    assert wire.done == [f"StartIncident error:{error}"]
    assert scene.incident.plan_arn == plan
    assert scene.request["title"] == "Database: disk"
    assert (scene.record | {"attempts": scene.invocations[0].attempts}).items() >= counted.items()


def test_given_an_answer_that_never_comes_when_an_event_comes_then_the_same_request_is_sent_again(
    scene: Scene, wire: UnreliableWire
) -> None:
    wire.break_with(breaking(timeout_ms=30_000))
    begun = time.monotonic()
    event(scene)
    assert scene.incident.plan_arn == own_plan("Wired")
    assert scene.record["Retries"] == 1
    assert 5 <= time.monotonic() - begun < 15


def test_given_a_reply_that_is_lost_when_the_request_is_sent_again_then_there_is_one_incident(
    scene: Scene, wire: UnreliableWire
) -> None:
    wire.break_with(breaking(response={"abort_bytes": 1}))
    event(scene)
    first, second = scene.incidents
    assert (first.arn, first.request) == (second.arn, second.request)
    assert second.deduplicated
    assert scene.record["incident"] == first.arn


def test_given_a_reply_that_is_cut_short_when_lambda_repeats_the_event_then_there_is_one_incident(
    scene: Scene, wire: UnreliableWire
) -> None:
    wire.break_with(breaking(response={"truncate_frac": 0.5}))
    event(scene)
    assert len({incident.arn for incident in scene.incidents}) == 1
    assert scene.failed == []


def test_given_throttling_that_stays_when_lambda_gives_up_then_the_event_is_kept_whole(
    scene: Scene, wire: UnreliableWire
) -> None:
    wire.break_with(breaking(error={"code": "ThrottlingException"}, times=100))
    event(scene, "Hasty")
    assert scene.incidents == []
    assert wire.done == ["StartIncident error:ThrottlingException"] * 2
    [failed] = scene.failed
    [message] = scene.messages(scene.outputs("Hasty")["DeadLetters"])
    assert message["requestPayload"] == failed.payload
    assert message["requestPayload"]["detail"] == {"till": "Hasty"}
    assert message["requestContext"]["approximateInvokeCount"] == 2


@pytest.mark.parametrize(
    "fault",
    [{"reset": True}, {"error": {"code": "ThrottlingException"}}, {"timeout_ms": 30_000}],
    ids=["reset", "throttling", "hang"],
)
def test_given_descriptions_cannot_be_looked_up_when_a_composite_fires_then_it_pages_with_the_defaults(
    scene: Scene, wire: UnreliableWire, fault: dict[str, Any]
) -> None:
    wire.break_with({"service": "cloudwatch", **fault})
    name = scene.outputs("Wired")["Composite"]
    begun = time.monotonic()
    scene.alarm(name)
    assert (scene.request["impact"], scene.request["title"]) == (3, f"Till: {name}")
    assert len(wire.done) == 2
    assert time.monotonic() - begun < 10
    [answer] = scene.record["answers"]
    assert answer.startswith("DescribeAlarms: ")
