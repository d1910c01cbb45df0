"""Drills through the whole path: on schedule, and by an operator."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_ssmincidents as ssmincidents

from constructs_lib import IncidentStarter, RelatedItem, cli
from constructs_lib.operations import drill as drilling
from constructs_lib.rehearsal.sample_events import scheduled_event
from tests.end_to_end.assemblies import actions, add_variant, new_app, statements
from tests.end_to_end.conftest import deployed
from tests.end_to_end.scene import Scene

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.assemblies import Template

QUESTION = "[DRILL] Does this starter still page?"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at an incident again without a pause."""
    monkeypatch.setattr(drilling, "_PAUSE", 0)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("drills")
    app = new_app(directory)
    stack = cdk.Stack(app, "Drilled")
    plan = ssmincidents.CfnResponsePlan(
        stack, "Plan", name=cdk.Aws.STACK_NAME, incident_template={"title": "Plan", "impact": 2}
    )
    wiki = RelatedItem.url("https://wiki.example.com", title="Wiki")
    starter = IncidentStarter(stack, "Incidents", response_plan=plan, related_items=[wiki], retry_attempts=1)
    starter.schedule_drill(events.Schedule.rate(cdk.Duration.days(1)))
    for name, value in {
        "Function": starter.function.function_name,
        "Role": starter.role.role_name,
        "DeadLetters": starter.dead_letter_queue.queue_url,
    }.items():
        cdk.CfnOutput(stack, f"{name}Is", value=value)
    app.synth()
    return directory


@pytest.fixture
def scene(local_aws_session: LocalAws, assembly: Path) -> Scene:
    return deployed(local_aws_session, assembly, "Drilled")


@pytest.fixture
def forbidden(local_aws_session: LocalAws, assembly: Path, tmp_path: Path) -> Scene:
    """A starter whose role may not close incidents."""

    def forbid(template: Template) -> None:
        listed = statements(template)
        listed[:] = [each for each in listed if actions(each) != ["ssm-incidents:UpdateIncidentRecord"]]

    copied = tmp_path / "forbidden"
    shutil.copytree(assembly, copied)
    add_variant(copied, "Drilled", "Forbidden", forbid)
    local_aws_session.deploy(copied, stacks=["Forbidden"])
    return Scene(local_aws_session)


def on_schedule(scene: Scene, stack: str = "Drilled") -> None:
    """What the rule sends when its time has come; schedules do not fire here by themselves."""
    client = scene.aws.client("events")
    [rule] = [rule for rule in client.list_rules()["Rules"] if rule["Name"].startswith(f"{stack}-")]
    event = scheduled_event(rule["Arn"])
    pattern = json.dumps({"source": ["aws.events"], "resources": [rule["Arn"]]})
    client.put_rule(Name=rule["Name"], ScheduleExpression=rule["ScheduleExpression"], EventPattern=pattern)
    scene.aws.put_event(event)
    scene.aws.put_event(event)  # delivery is at least once
    scene.aws.wait_idle()
    client.put_rule(Name=rule["Name"], ScheduleExpression=rule["ScheduleExpression"])


def by_operator(
    scene: Scene, capsys: pytest.CaptureFixture[str], *arguments: str, stack: str = "Drilled"
) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["drill", "--function", scene.outputs(stack)["Function"], "--json", *arguments])
    output = capsys.readouterr()
    assert output.out, output.err
    return code, json.loads(output.out)


def status(scene: Scene, arn: str) -> str:
    return scene.aws.incident_records[arn].status


def test_given_a_schedule_when_its_time_has_come_twice_then_one_incident_was_started_and_closed(
    scene: Scene,
) -> None:
    on_schedule(scene)
    first, again = scene.incidents
    assert (first.arn, again.deduplicated) == (again.arn, True)
    assert (first.request["title"], first.request["impact"]) == (QUESTION, 5)
    assert first.request["relatedItems"][0]["title"] == "Wiki"
    assert status(scene, first.arn) == "RESOLVED"
    assert {record["Drills"] for record in scene.records} == {1}
    assert (scene.failed, scene.denied) == ([], [])


def test_given_trouble_in_closing_when_lambda_tries_again_then_the_same_incident_is_closed(
    scene: Scene,
) -> None:
    scene.aws.fail_next("ThrottlingException", times=2, operation="UpdateIncidentRecord")
    on_schedule(scene)
    assert len({incident.arn for incident in scene.incidents}) == 1
    assert status(scene, scene.incidents[0].arn) == "RESOLVED"
    assert sum(record.get("Retries", 0) for record in scene.records) == 2


def test_given_an_operator_when_the_function_closes_its_incident_then_that_is_seen(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = by_operator(scene, capsys, "--title", "After the deployment")
    assert (code, report["closedBy"], report["status"], report["notes"]) == (0, "function", "RESOLVED", [])
    assert (report["title"], report["impact"]) == ("[DRILL] After the deployment", 5)
    assert report["incidentRecordArn"] == scene.incident.arn
    assert 0 < report["secondsToStart"] <= report["seconds"]


def test_given_a_function_that_may_not_close_when_drilled_then_the_operator_does(
    forbidden: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = by_operator(forbidden, capsys, stack="Forbidden")
    assert (code, report["closedBy"]) == (0, "operator")
    assert report["notes"] == ["the function may not close its incidents: its log says why"]
    assert status(forbidden, forbidden.incident.arn) == "RESOLVED"
    [denied] = forbidden.denied
    assert denied.action == "ssm-incidents:UpdateIncidentRecord"


def test_given_a_function_that_may_not_close_when_its_time_has_come_then_the_incident_stays_and_is_counted(
    forbidden: Scene,
) -> None:
    on_schedule(forbidden, "Forbidden")
    assert status(forbidden, forbidden.incidents[0].arn) == "OPEN"
    assert {record["DrillsLeftOpen"] for record in forbidden.records} == {1}
    assert not any("Drills" in record for record in forbidden.records)
    assert forbidden.failed == []


def test_given_a_starter_without_drills_when_drilled_then_it_is_started_by_hand_and_the_operator_closes(
    till: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    code, report = by_operator(till, capsys, stack="Till")
    assert (code, report["closedBy"], report["title"]) == (0, "operator", QUESTION)
    assert report["notes"][0].startswith("the starter schedules no drills")
    assert till.request["impact"] == 5


def test_given_a_plan_that_is_refused_when_drilled_then_it_is_1(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.aws.fail_next("ServiceQuotaExceededException")
    code, report = by_operator(scene, capsys)
    assert (code, report["ok"], report["incidentRecordArn"]) == (1, False, None)
    assert report["problem"].startswith("no incident was started: ")
    assert "ServiceQuotaExceededException" in report["problem"]


def test_given_an_incident_that_cannot_be_seen_when_drilled_then_it_is_1_and_may_be_open(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.aws.fail_next("AccessDeniedException", operation="GetIncidentRecord")
    code, report = by_operator(scene, capsys)
    assert (code, report["status"]) == (1, None)
    assert report["problem"] == "GetIncidentRecord: AccessDeniedException: AccessDeniedException on request"
    assert report["incidentRecordArn"] == scene.incident.arn


def test_given_a_drill_that_failed_when_it_is_redriven_then_one_incident_is_started_and_closed(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    function = scene.outputs("Drilled")["Function"]
    scene.aws.fail_next("ServiceQuotaExceededException", times=2)
    scene.aws.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=b'{"drill": {}}')
    scene.aws.wait_idle()
    assert scene.incidents == []
    assert cli.main(["redrive", "--function", function, "--json"]) == 0
    [message] = json.loads(capsys.readouterr().out)["messages"]
    assert (message["subject"], message["outcome"]["closed"]) == ("drill", True)
    assert status(scene, scene.incident.arn) == "RESOLVED"


@pytest.mark.parametrize("has_rich", [True, False], ids=["with rich", "without"])
def test_given_a_person_when_drilled_then_lines_say_it(
    scene: Scene, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, has_rich: bool
) -> None:
    if not has_rich:
        monkeypatch.setitem(sys.modules, "rich.console", None)
    assert cli.main(["drill", "--function", scene.outputs("Drilled")["Function"]]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{QUESTION} · impact 5"
    assert lines[-1] == "✓ The drill started an incident, and it is closed"
