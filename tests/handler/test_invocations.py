"""One invocation, from its payload to its line in the log."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from incident_starter.calling import make_client
from incident_starter.starter import ConfigurationError, Starter
from incident_starter.triggers import UnknownPayloadError

from tests.handler.service import (
    INCIDENT,
    OTHER_PLAN,
    OWN_PLAN,
    STARTED,
    FakeContext,
    Service,
    names,
    one_session,
    payload,
    refusal,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Outcomes = Callable[[], list[dict[str, Any]]]

METRICS = {
    "BadTrailers",
    "Failures",
    "IncidentsStarted",
    "OkIgnored",
    "PageDelay",
    "PlanFallbacks",
    "Retries",
    "StepDowns",
}


class Alarms:
    """A CloudWatch client that knows one composite alarm, or fails."""

    def __init__(self, description: str | None = None, error: Exception | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._description = description
        self._error = error

    def describe_alarms(self, **request: Any) -> dict[str, Any]:
        self.asked.append(request)
        if self._error is not None:
            raise self._error
        found = {"AlarmName": "shop-down", "AlarmDescription": self._description}
        return {"CompositeAlarms": [found]}


@pytest.mark.parametrize("name", names("alarm_ok") + names("event_alarm_ok") + names("topic_ok"))
def test_ok_is_counted_and_starts_nothing(
    name: str, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    assert starter.handle(payload(name), FakeContext()) == {"outcome": "ok ignored"}
    assert service.requests == []
    [line] = outcomes()
    assert line["OkIgnored"] == 1
    assert "IncidentsStarted" not in line


def test_insufficient_data_starts_an_incident(starter: Starter, service: Service) -> None:
    starter.handle(payload("alarm_insufficient_data"), FakeContext())
    assert len(service.requests) == 1


@pytest.mark.parametrize("name", names("unknown"))
def test_an_unknown_payload_is_logged_and_raised(
    name: str, starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    with pytest.raises(UnknownPayloadError):
        starter.handle(payload(name), FakeContext())
    assert service.requests == []
    [line] = outcomes()
    assert (line["Failures"], line["outcome"]) == (1, "refused")
    assert line["payload"] == json.dumps(payload(name), separators=(",", ":"))[:1000]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "got null, an object is needed"),
        ("{", "got null, an object is needed"),
        ("[]", "got null, an object is needed"),
        ("[" * 100_000, "got null, an object is needed"),
        ('{"startIncident": {}}', ""),
        ('{"startIncident": {"responsePlanArn": "plan"}}', "responsePlanArn: got 'plan', it must match"),
    ],
)
def test_a_bad_configuration_is_raised_by_each_invocation(
    content: str | None, why: str, service: Service, outcomes: Outcomes
) -> None:
    environ = {} if content is None else {"INCIDENT_STARTER": content}
    session = one_session()
    starter = Starter(environ, service.connect(make_client(session)), session)
    with pytest.raises(
        ConfigurationError, match=f"INCIDENT_STARTER, set by the construct, names no response plan: .*{why}"
    ):
        starter.handle(payload("alarm_metric"), FakeContext())
    assert outcomes()[0]["Failures"] == 1


def test_a_bad_decoration_of_the_configuration_is_dropped(
    starter_with: Callable[..., Starter], service: Service, outcomes: Outcomes
) -> None:
    own = {"responsePlanArn": "arn:aws:ssm-incidents::111122223333:response-plan/own", "impact": 9}
    starter_with(own, topics=[]).handle(payload("alarm_math"), FakeContext())
    assert "impact" not in service.requests[0]
    assert outcomes()[0]["dropped"] == ["starter: impact: got 9, allowed is 1 to 5"]


def test_a_topic_has_its_own_defaults(starter_with: Callable[..., Starter], service: Service) -> None:
    own = {"responsePlanArn": "arn:aws:ssm-incidents::111122223333:response-plan/own"}
    topics = {"arn:aws:sns:eu-west-1:111122223333:alarms": {"impact": 5}}
    starter_with(own, topics=topics).handle(payload("topic_math"), FakeContext())
    assert service.requests[0]["impact"] == 5


def test_every_record_of_a_topic_is_answered(starter: Starter, service: Service) -> None:
    content = payload("topic_metric")
    content["Records"] *= 2
    answer = starter.handle(content, FakeContext())
    assert [outcome["incidentRecordArn"] for outcome in answer["outcomes"]] == [INCIDENT] * 2
    assert len(service.requests) == 2


def test_bad_trailers_are_counted_and_told(starter: Starter, outcomes: Outcomes) -> None:
    content = payload("alarm_metric")
    content["alarmData"]["configuration"]["description"] = "Impact: 9\nImpact: huge"
    starter.handle(content, FakeContext())
    [line] = outcomes()
    assert line["BadTrailers"] == 2
    assert line["ignored"][0].startswith("'Impact: 9' is ignored: an impact is 1 to 5")


def measured(line: dict[str, Any]) -> dict[tuple[str, ...], dict[str, float]]:
    """Read a line as CloudWatch does: the metrics by the values of their dimensions."""
    found: dict[tuple[str, ...], dict[str, float]] = {}
    for directive in line["_aws"]["CloudWatchMetrics"]:
        assert directive["Namespace"] == "IncidentStarter"
        for dimensions in directive["Dimensions"]:
            values = tuple(line[name] for name in dimensions)
            assert all(isinstance(value, str) and 0 < len(value) <= 1024 for value in values)
            found[values] = {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}
    return found


def test_an_incident_is_counted_by_function_by_plan_and_by_impact(
    starter: Starter, outcomes: Outcomes
) -> None:
    starter.handle(payload("alarm_metric"), FakeContext())
    [line] = outcomes()
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000
    delay = line["PageDelay"]
    assert measured(line) == {
        ("starter",): {"IncidentsStarted": 1, "PageDelay": delay},
        ("starter", "own"): {"IncidentsStarted": 1},
        ("starter", "2"): {"IncidentsStarted": 1},
    }
    assert {name for name in METRICS if name in line} == {"IncidentsStarted", "PageDelay"}
    units = {metric["Name"]: metric["Unit"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}
    assert units == {"IncidentsStarted": "Count", "PageDelay": "Milliseconds"}


def test_what_starts_nothing_is_counted_by_function_only(starter: Starter, outcomes: Outcomes) -> None:
    starter.handle(payload("alarm_ok"), FakeContext())
    assert [measured(line) for line in outcomes()] == [{("starter",): {"OkIgnored": 1}}]


def test_an_incident_that_failed_has_no_plan_in_its_count_and_no_delay(
    starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [refusal("AccessDeniedException")]
    with pytest.raises(ClientError):
        starter.handle(payload("alarm_metric"), FakeContext())
    [line] = outcomes()
    assert measured(line) == {("starter",): {"Failures": 1}}


def test_the_plan_that_was_started_is_counted_and_not_the_one_that_was_named(
    starter: Starter, service: Service, outcomes: Outcomes
) -> None:
    service.answers = [refusal("ResourceNotFoundException"), STARTED]
    starter.handle({"startIncident": {"responsePlanArn": OTHER_PLAN, "impact": 1}}, FakeContext())
    [line] = outcomes()
    assert set(measured(line)) == {("starter",), ("starter", "own"), ("starter", "1")}


@pytest.mark.parametrize("steps", [0, 4])
def test_an_impact_that_the_plan_decides_is_counted_as_the_plans(
    steps: int, starter_with: Callable[..., Starter], service: Service, outcomes: Outcomes
) -> None:
    service.answers = [refusal("ValidationException")] * steps + [STARTED]
    own = {"responsePlanArn": OWN_PLAN} | ({"impact": 3} if steps else {})
    starter_with(own).handle(payload("alarm_metric" if steps else "alarm_math"), FakeContext())
    [line] = outcomes()
    assert ("starter", "plan") in measured(line)


@pytest.mark.parametrize(
    ("times", "delay"),
    [
        (("2026-03-01T12:00:00.120+0000", "2026-03-01T12:00:00.300+0000"), 4_880),
        (("2026-03-01T12:00:00+0000", "2026-03-01T12:00:00.300+0000"), 5_000),
        (("2026-03-01T12:00:00.1234567+0000", None), 4_877),
        (("2026-03-01T12:00:00.5Z", None), 4_500),
        ((None, "2026-03-01T12:00:01.300+0000"), 3_700),
        (("2026-03-01T12:00:09.000+0000", None), 0),
    ],
    ids=["milliseconds", "seconds", "more digits", "one digit", "the payload's time", "a clock ahead"],
)
def test_the_delay_is_counted_from_the_alarms_own_timestamp(
    times: tuple[str | None, str | None],
    delay: int,
    starter: Starter,
    outcomes: Outcomes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = payload("alarm_metric")
    content["alarmData"]["state"]["timestamp"], content["time"] = times
    now = datetime(2026, 3, 1, 12, 0, 5, tzinfo=timezone.utc).timestamp()
    monkeypatch.setattr("time.time_ns", lambda: int(now * 1e9))
    starter.handle(content, FakeContext())
    assert outcomes()[0]["PageDelay"] == delay


def test_an_alarm_that_fires_again_when_its_mute_window_ends_is_not_late_for_it(
    starter: Starter, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = payload("alarm_refired")
    assert content["time"] > content["alarmData"]["state"]["timestamp"]
    fired = datetime(2026, 3, 1, 10, 30, tzinfo=timezone.utc).timestamp()
    monkeypatch.setattr("time.time_ns", lambda: int((fired + 2) * 1e9))
    starter.handle(content, FakeContext())
    assert outcomes()[0]["PageDelay"] == 2_000


def test_an_event_without_a_time_has_no_delay(starter: Starter, outcomes: Outcomes) -> None:
    starter.handle(payload("hand_bare"), FakeContext())
    [line] = outcomes()
    assert "PageDelay" not in line
    assert "PageDelay" not in json.dumps(line)


def composite(starter: Starter, monkeypatch: pytest.MonkeyPatch, alarms: Alarms) -> None:
    monkeypatch.setattr(starter, "_cloudwatch", alarms)
    starter.handle(payload("alarm_composite"), FakeContext())


def test_a_composite_alarms_description_is_looked_up(
    starter: Starter, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms = Alarms("Impact: 1\nRunbook: https://wiki.example.com/shop")
    composite(starter, monkeypatch, alarms)
    assert alarms.asked == [{"AlarmNames": ["shop-down"], "AlarmTypes": ["CompositeAlarm"]}]
    assert service.requests[0]["impact"] == 1
    assert service.requests[0]["relatedItems"][0]["title"] == "Runbook"


REFUSED = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeAlarms")


@pytest.mark.parametrize("error", [REFUSED, ReadTimeoutError(endpoint_url="https://cloudwatch")])
def test_a_look_up_that_fails_leaves_the_starters_defaults(
    error: Exception,
    starter: Starter,
    service: Service,
    outcomes: Outcomes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    composite(starter, monkeypatch, Alarms(error=error))
    assert service.requests[0]["impact"] == 3
    assert outcomes()[0]["answers"][0].startswith("DescribeAlarms: ")


@pytest.mark.parametrize("place", ["eu-west-1:999999999999", "us-east-1:111122223333"])
def test_an_alarm_of_another_account_or_region_is_not_looked_up(
    place: str, starter: Starter, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms = Alarms("Impact: 1")
    monkeypatch.setattr(starter, "_cloudwatch", alarms)
    content = payload("alarm_composite")
    content["alarmArn"] = f"arn:aws:cloudwatch:{place}:alarm:shop-down"
    starter.handle(content, FakeContext())
    assert alarms.asked == []
    assert service.requests[0]["impact"] == 3


def test_a_bug_in_a_derived_item_does_not_cost_the_page(
    starter: Starter, service: Service, outcomes: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incident_starter.related._quoted", lambda *_, **__: 1 / 0)
    starter.handle(payload("alarm_metric"), FakeContext())
    assert [item["title"] for item in service.requests[0]["relatedItems"]] == [
        "Runbook",
        "Alarm checkout-errors",
    ]
    assert outcomes()[0]["dropped"] == ["derived items: ZeroDivisionError"]
