"""Regions that fail, on a clock of the test's own: who is called, when, and with what."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from incident_starter import calling, failover
from incident_starter.starter import Starter

from tests.handler.conftest import DEFAULTS, here_only
from tests.handler.service import (
    ACCOUNT,
    INCIDENT,
    OTHER_PLAN,
    OWN_PLAN,
    REGION,
    STARTED,
    Service,
    one_session,
    payload,
    refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

HOME, SECOND, THIRD = REGION, "us-east-1", "us-west-2"
URL = "https://ssm-incidents.example.com"
TROUBLE: dict[str, tuple[float, Any]] = {
    "hangs": (5.0, ReadTimeoutError(endpoint_url=URL)),
    "takes no connection": (6.0, ConnectTimeoutError(endpoint_url=URL)),
    "has no name": (0.02, EndpointConnectionError(endpoint_url=URL)),
    "resets": (0.05, ConnectionClosedError(endpoint_url=URL)),
    "fails": (0.1, refusal("InternalServerException")),
    "is unavailable": (0.1, (503, {"__type": "ServiceUnavailable", "message": "no"})),
    "throttles": (0.05, refusal("ThrottlingException", quotaCode="L-1", serviceCode="ssm-incidents")),
}
SLOWEST = (8.0, ReadTimeoutError(endpoint_url=URL))
DENIED = (0.1, refusal("AccessDeniedException"))
FINE = (0.2, STARTED)


@dataclass
class World:
    """Regions that answer as a test says, and a clock that only they and pauses move on."""

    answers: dict[str, list[tuple[float, Any]]] = field(default_factory=dict)
    seconds: float = 1_000.0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.services = {region: Service() for region in (HOME, SECOND, THIRD)}

    def connect(self, region: str) -> Any:
        """Make a Region's client, whose calls come here."""
        self.made.append(region)
        client = calling.make_client(one_session(), region)

        def answer(request: AWSPreparedRequest, **_: object) -> Any:
            self.calls.append((region, json.loads(cast("bytes", request.body))))
            planned = self.answers.get(region, [FINE])
            seconds, told = planned.pop(0) if len(planned) > 1 else planned[0]
            self.seconds += seconds
            self.services[region].answers = [told]
            return self.services[region]._answer(request)

        client.meta.events.register_last("before-send.ssm-incidents", answer)
        return client

    @property
    def called(self) -> list[str]:
        """The Regions that were called, one after the other."""
        return [region for region, _ in self.calls]


@dataclass
class Context:
    """An invocation that begins now."""

    world: World
    timeout: float = 60.0
    aws_request_id: str = "8f507cfc-example"
    function_name: str = "starter"
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:starter"

    def __post_init__(self) -> None:
        self.ends = self.world.seconds + self.timeout

    def get_remaining_time_in_millis(self) -> int:
        """Tell the time that is left."""
        return int((self.ends - self.world.seconds) * 1000)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()

    def sleep(seconds: float) -> None:
        made.seconds += seconds

    monkeypatch.setattr("time.sleep", here_only(time.sleep, sleep))
    monkeypatch.setattr("time.monotonic", here_only(time.monotonic, lambda: made.seconds))
    monkeypatch.setattr(failover, "make_client", lambda _session, region: made.connect(region))
    return made


def starter(world: World, *regions: str) -> Starter:
    configuration = {"startIncident": DEFAULTS, "regions": regions or [SECOND, THIRD]}
    environ = {"INCIDENT_STARTER": json.dumps(configuration)}
    return Starter(environ, world.connect(HOME), one_session())


def alarm(made: Starter, world: World, timeout: float = 60.0) -> dict[str, Any]:
    return made.handle(payload("alarm_metric"), Context(world, timeout))


def test_while_the_own_region_answers_no_other_is_called_and_no_other_client_is_made(
    world: World, outcomes: Callable[[], list[dict[str, Any]]]
) -> None:
    assert alarm(starter(world), world)["incidentRecordArn"] == INCIDENT
    assert (world.called, world.made) == ([HOME], [HOME])
    [line] = outcomes()
    assert line["region"] == HOME
    assert "Failovers" not in line
    assert line["level"] == "INFO"


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_a_region_in_trouble_that_stays_gives_way_to_the_next_with_the_same_request(
    trouble: tuple[float, Any], world: World, outcomes: Callable[[], list[dict[str, Any]]]
) -> None:
    world.answers[HOME] = [trouble]
    began = world.seconds
    assert alarm(starter(world), world)["outcome"] == "started"
    assert world.called[-1] == SECOND
    assert set(world.called[:-1]) == {HOME}
    assert THIRD not in world.made
    assert [body for _, body in world.calls] == [world.calls[0][1]] * len(world.calls)
    assert world.seconds - began < 18
    [line] = outcomes()
    assert (line["region"], line["Failovers"], line["IncidentsStarted"]) == (SECOND, 1, 1)
    assert f"{HOME} is left" in line["answers"][-1]


@pytest.mark.parametrize("trouble", TROUBLE.values(), ids=TROUBLE)
def test_trouble_that_passes_stays_in_the_region(
    trouble: tuple[float, Any], world: World, outcomes: Callable[[], list[dict[str, Any]]]
) -> None:
    world.answers[HOME] = [trouble, FINE]
    alarm(starter(world), world)
    assert world.called == [HOME, HOME]
    [line] = outcomes()
    assert (line["region"], line["Retries"]) == (HOME, 1)
    assert "Failovers" not in line


def test_a_region_that_does_not_answer_gets_two_attempts_and_one_that_throttles_a_few_more(
    world: World,
) -> None:
    world.answers |= {HOME: [TROUBLE["hangs"]], SECOND: [TROUBLE["throttles"]]}
    alarm(starter(world), world)
    assert world.called.count(HOME) == 2
    assert 4 <= world.called.count(SECOND) <= 20
    assert world.called[-1] == THIRD


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException", "SomethingNew"])
def test_what_the_own_region_refuses_is_no_reason_to_change_the_region(code: str, world: World) -> None:
    world.answers[HOME] = [(0.1, refusal(code))]
    with pytest.raises(ClientError, match=code):
        alarm(starter(world), world)
    assert world.called == [HOME]


def test_an_invalid_request_is_stepped_down_in_the_own_region(world: World) -> None:
    world.answers[HOME] = [(0.1, refusal("ValidationException"))] * 4 + [FINE]
    alarm(starter(world), world)
    assert world.called == [HOME] * 5


def test_a_region_that_failed_rests_for_a_minute_and_then_has_its_turn_again(world: World) -> None:
    made = starter(world)
    world.answers[HOME] = [TROUBLE["hangs"]]
    alarm(made, world)
    world.answers[HOME] = [FINE]
    left = world.seconds
    world.calls.clear()
    alarm(made, world)
    world.seconds = left + failover.REST_SECONDS - 2
    alarm(made, world)
    assert world.called == [SECOND, SECOND]
    world.seconds = left + failover.REST_SECONDS
    alarm(made, world)
    assert world.called[-1] == HOME


def test_when_all_rest_all_are_tried(world: World) -> None:
    made = starter(world)
    world.answers = {region: [TROUBLE["fails"]] for region in (HOME, SECOND, THIRD)}
    with pytest.raises(ClientError):
        alarm(made, world, 32)
    world.answers = {HOME: [TROUBLE["fails"]], SECOND: [TROUBLE["fails"]], THIRD: [FINE]}
    assert alarm(made, world)["outcome"] == "started"


def test_all_regions_are_tried_again_while_there_is_time(world: World) -> None:
    world.answers = {region: [TROUBLE["has no name"]] for region in (HOME, SECOND)}
    world.answers[HOME] = [TROUBLE["hangs"]] * 2 + [FINE]
    alarm(starter(world, SECOND), world)
    assert list(dict.fromkeys(world.called)) == [HOME, SECOND]
    assert world.called[-1] == HOME


@pytest.mark.parametrize("timeout", [30.0, 31.5, 45.0, 60.0, 240.0])
@pytest.mark.parametrize("trouble", [*TROUBLE.values(), SLOWEST], ids=[*TROUBLE, "is as slow as can be"])
def test_every_region_has_its_share_and_all_together_end_before_the_timeout(
    trouble: tuple[float, Any], timeout: float, world: World
) -> None:
    world.answers = {region: [trouble] for region in (HOME, SECOND, THIRD)}
    began = world.seconds
    with pytest.raises((BotoCoreError, ClientError)):
        alarm(starter(world), world, timeout)
    assert list(dict.fromkeys(world.called)) == [HOME, SECOND, THIRD]
    assert timeout - 16 < world.seconds - began < timeout


def test_another_regions_refusal_is_its_own_and_the_next_is_asked(
    world: World, outcomes: Callable[[], list[dict[str, Any]]]
) -> None:
    # an organisation's policy closes Regions, or the list names one that is not in the replication set
    world.answers |= {HOME: [TROUBLE["fails"]], SECOND: [DENIED]}
    alarm(starter(world), world)
    assert outcomes()[0]["region"] == THIRD


def test_a_closed_region_does_not_keep_the_own_one_from_being_tried_again(world: World) -> None:
    world.answers |= {HOME: [TROUBLE["hangs"], TROUBLE["hangs"], FINE], SECOND: [DENIED]}
    assert alarm(starter(world, SECOND), world)["outcome"] == "started"
    assert world.called == [HOME, HOME, SECOND, HOME]


def test_what_every_region_refuses_is_raised(world: World) -> None:
    made = starter(world)
    world.answers[HOME] = [TROUBLE["hangs"]]
    alarm(made, world)
    world.answers = {region: [DENIED] for region in (HOME, SECOND, THIRD)}
    world.calls.clear()
    with pytest.raises(ClientError, match="AccessDenied"):
        alarm(made, world)
    assert world.called == [SECOND, THIRD, HOME]


def test_a_refusal_that_there_was_no_time_to_step_down_does_not_end_it(world: World) -> None:
    slow = (7.5, refusal("ValidationException"))
    world.answers[HOME] = [slow]
    assert alarm(starter(world), world, 30)["outcome"] == "started"
    assert world.called[-1] == SECOND


def test_a_plan_that_is_gone_gives_way_to_the_starters_own_in_another_region_too(
    world: World, outcomes: Callable[[], list[dict[str, Any]]]
) -> None:
    world.answers |= {
        HOME: [TROUBLE["fails"]],
        SECOND: [(0.1, refusal("ResourceNotFoundException")), FINE],
    }
    request = {"startIncident": {"responsePlanArn": OTHER_PLAN}}
    starter(world).handle(request, Context(world))
    assert world.calls[-1][1]["responsePlanArn"] == OWN_PLAN
    [line] = outcomes()
    assert (line["region"], line["PlanFallbacks"], line["Failovers"]) == (SECOND, 1, 1)


def test_the_own_region_comes_first_wherever_it_is_listed_and_each_is_tried_once(world: World) -> None:
    world.answers = {HOME: [TROUBLE["hangs"]], THIRD: [TROUBLE["hangs"]]}
    alarm(starter(world, THIRD, HOME, SECOND), world)
    assert list(dict.fromkeys(world.called)) == [HOME, THIRD, SECOND]
    assert len(world.made) == 3


def test_a_client_of_another_region_calls_that_regions_endpoint() -> None:
    client = calling.make_client(one_session(), SECOND)
    assert client.meta.endpoint_url == "https://ssm-incidents.us-east-1.amazonaws.com"
    assert client.meta.config.retries["total_max_attempts"] == 1
