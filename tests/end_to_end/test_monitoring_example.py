"""The example of cdk-monitoring-constructs: every alarm of thirty services, deployed and rehearsed."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.assemblies import new_app
from tests.end_to_end.conftest import deployed

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

EXAMPLE = Path(__file__).parents[2] / "examples" / "monitoring" / "app.py"
WIKI = "https://wiki.example.com"
OWN_LINKS = {f"{WIKI}/shop": "Documentation", f"{WIKI}/on-call": "On-call handbook"}


def example() -> Any:
    spec = importlib.util.spec_from_file_location("monitoring_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SERVICES = [name for names in example().SERVICES.values() for name in names]


@pytest.fixture(scope="module")
def requests(local_aws_session: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The request of each alarm's incident, by the alarm's name; all alarms go off at once."""
    directory = tmp_path_factory.mktemp("monitoring")
    app = new_app(directory)
    example().build(app)
    app.synth()
    local_aws_session.deploy(directory)
    scene = deployed(local_aws_session, directory, "Services")
    pages = scene.aws.client("cloudwatch").get_paginator("describe_alarms")
    names = [
        alarm["AlarmName"]
        for page in pages.paginate(AlarmNamePrefix="Shop-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        for alarm in page["MetricAlarms"] + page["CompositeAlarms"]
    ]
    for name in names:
        scene.aws.set_alarm_state(name, "ALARM", reason="too much")
    scene.aws.wait_idle(120)
    assert scene.failed == []
    found = {_alarm_of(incident.request): incident.request for incident in scene.incidents}
    assert sorted(found) == sorted(names)
    assert len(scene.incidents) == len(names)
    return found


def _alarm_of(request: dict[str, Any]) -> str:
    return str(request["triggerDetails"]["triggerArn"].rpartition(":alarm:")[2])


def links(request: dict[str, Any]) -> dict[str, str]:
    """The titles of the links that somebody wired, by where they lead."""
    found = {item["identifier"]["value"].get("url", ""): item["title"] for item in request["relatedItems"]}
    return {url: title for url, title in found.items() if url.startswith(WIKI)}


def test_there_are_thirty_services_and_two_alarms_of_each(requests: dict[str, Any]) -> None:
    assert len(SERVICES) == 30
    assert len(requests) == 2 * 30 + 1


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("severity", "impact", "plan"),
    [("Critical", 1, "on-call"), ("Warning", 4, "office-hours")],
)
def test_each_alarm_pages_as_its_severity_says_with_its_runbook(
    requests: dict[str, Any], service: str, severity: str, impact: int, plan: str
) -> None:
    pattern = re.compile(rf"Shop-(Redis-)?{service}-[A-Z].*-{severity}")
    [request] = [each for name, each in requests.items() if pattern.fullmatch(name)]
    special = {f"{WIKI}/payments/war-room": "War room"} if service == "checkout" else {}
    assert request["impact"] == (2 if special else impact)
    assert request["responsePlanArn"].endswith(f":response-plan/services-{plan}")
    assert links(request) == {f"{WIKI}/{service}?v=2": "Runbook"} | OWN_LINKS | special


def test_the_dedupe_string_is_the_title(requests: dict[str, Any]) -> None:
    assert requests["Shop-search-Fault-Count-Critical"]["title"] == "Shop-search-AnyError: too much"
    assert requests["Shop-checkout-Fault-Count-Warning"]["title"] == (
        "Nobody can pay: Shop-checkout-Fault-Count-Warning"
    )


def test_the_composite_alarm_pages_with_what_its_description_says(requests: dict[str, Any]) -> None:
    request = requests["Shop-Composite-EverythingIsDown-Critical"]
    assert request["impact"] == 1
    assert links(request) == {f"{WIKI}/everything": "Runbook"} | OWN_LINKS
