"""The ledger, deployed: a problem's incident goes on, recovers and is resolved; storms are one incident."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch, aws_ssmincidents as ssmincidents

from constructs_lib import Impact, IncidentAction, IncidentStarter, Ledger, Storm
from tests.end_to_end.assemblies import new_app, only, resources_of_type, statements
from tests.end_to_end.conftest import deployed

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import IncidentRecord, LocalAws
    from tests.end_to_end.scene import Scene

ALARMS = ("errors", "latency", "backlog", "restarts")


class Depot(cdk.Stack):
    """A starter that remembers, and four alarms that tell of their recovery."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name="depot", incident_template={"title": "The depot", "impact": 3}
        )
        starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=plan,
            ledger=Ledger(
                resolve_after=cdk.Duration.minutes(1),
                storm=Storm(max_incidents=3, per=cdk.Duration.days(1)),
            ),
            retry_attempts=0,
        )
        action = IncidentAction(starter, impact=Impact.HIGH)
        for name in ALARMS:
            metric = cloudwatch.Metric(namespace="Depot", metric_name=name)
            alarm = metric.create_alarm(
                self, name.title(), alarm_name=f"depot-{name}", threshold=1, evaluation_periods=1
            )
            alarm.add_alarm_action(action)
            alarm.add_ok_action(action)
        cdk.CfnOutput(self, "FunctionIs", value=starter.function.function_name)


@pytest.fixture(scope="session")
def depot_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("depot")
    app = new_app(directory)
    Depot(app, "Depot")
    app.synth()
    return directory


@pytest.fixture
def depot(local_aws_session: LocalAws, depot_assembly: Path) -> Scene:
    """The depot, freshly deployed: nothing is remembered."""
    local_aws_session.reset()
    return deployed(local_aws_session, depot_assembly, "Depot")


def record(depot: Scene) -> IncidentRecord:
    """The only incident."""
    [found] = depot.aws.incident_records.values()
    return found


def told(found: IncidentRecord) -> list[str]:
    return [json.loads(event["eventData"]) for event in found.timeline]


def test_one_problem_is_one_incident_from_alarm_to_resolve(depot: Scene) -> None:
    depot.alarm("depot-errors")
    depot.alarm("depot-errors", "OK")
    depot.alarm("depot-errors")
    assert depot.outcomes == ["started", "recovered", "appended"]
    depot.alarm("depot-errors", "OK")
    assert depot.sweep("Depot") == {"outcome": "swept", "resolved": 0, "unmuted": 0, "failed": 0}
    depot.make_all_due()
    assert depot.sweep("Depot") == {"outcome": "swept", "resolved": 1, "unmuted": 0, "failed": 0}
    found = record(depot)
    assert found.status == "RESOLVED"
    assert told(found) == [
        "depot-errors is OK",
        "depot-errors is in ALARM.",
        "depot-errors is OK",
        "Resolved: every alarm has stayed OK for 60 seconds",
    ]
    assert depot.denied == []


def test_an_alarm_that_burns_again_is_not_resolved(depot: Scene) -> None:
    depot.alarm("depot-errors")
    depot.alarm("depot-errors", "OK")
    depot.alarm("depot-errors")
    depot.make_all_due()
    assert depot.sweep("Depot")["resolved"] == 0
    assert record(depot).status == "OPEN"


def test_a_person_who_resolved_the_incident_is_respected(depot: Scene) -> None:
    depot.alarm("depot-errors")
    client = depot.aws.client("ssm-incidents")
    client.update_incident_record(arn=record(depot).arn, status="RESOLVED")
    depot.alarm("depot-errors", "OK")
    assert told(record(depot)) == []
    depot.alarm("depot-errors")
    assert depot.outcomes == ["started", "ok ignored", "started"]


def test_a_storm_is_one_incident_that_names_them_all(depot: Scene) -> None:
    for name in ALARMS:
        depot.alarm(f"depot-{name}")
    depot.alarm("depot-restarts", "OK")
    assert depot.outcomes == ["started", "started", "started", "joined", "recovered"]
    storm = list(depot.aws.incident_records.values())[-1]
    assert storm.title.startswith("Storm, more than 3 incidents in 86400 seconds")
    assert depot.denied == []


def test_a_table_that_is_gone_stops_no_page(depot: Scene) -> None:
    dynamodb = depot.aws.client("dynamodb")
    [table] = dynamodb.list_tables()["TableNames"]
    dynamodb.delete_table(TableName=table)
    depot.alarm("depot-errors")
    assert depot.outcomes == ["started"]
    assert depot.record["LedgerFaults"] == 1


@pytest.mark.parametrize("operation", ["CreateTimelineEvent", "GetIncidentRecord"])
def test_an_incident_that_cannot_be_told_is_superseded(depot: Scene, operation: str) -> None:
    depot.alarm("depot-errors")
    depot.alarm("depot-errors", "OK")
    depot.begin()
    depot.aws.fail_next("AccessDeniedException", operation=operation)
    depot.alarm("depot-errors")
    assert depot.outcomes == ["started"]
    first, second = depot.aws.incident_records.values()
    assert first.arn in json.dumps(second.related_items)


def test_the_sweeper_runs_every_minute_and_needs_no_permission_of_its_own(depot_assembly: Path) -> None:
    template = json.loads((depot_assembly / "Depot.template.json").read_text())
    rule = only(template, "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "rate(1 minute)"
    [target] = rule["Targets"]
    assert target["Input"] == '{"sweep":{}}'
    assert len(resources_of_type(template, "AWS::Lambda::Permission")) == 2


NEEDED = {
    "dynamodb:GetItem": "started",  # without the table a page starts all the same
    "ssm-incidents:CreateTimelineEvent": "started",  # anew: what cannot be told pages
}


@pytest.mark.parametrize(("action", "outcome"), NEEDED.items())
def test_without_a_right_of_the_ledger_pages_still_start(
    depot: Scene, depot_assembly: Path, action: str, outcome: str
) -> None:
    depot.alarm("depot-errors")
    depot.alarm("depot-errors", "OK")
    template = json.loads((depot_assembly / "Depot.template.json").read_text())
    [statement] = [each for each in statements(template) if action in each["Action"]]
    iam = depot.aws.client("iam")
    [role] = [each["RoleName"] for each in iam.list_roles()["Roles"] if "Incidents" in each["RoleName"]]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    for each in document["Statement"]:
        if each["Action"] == statement["Action"]:
            each["Effect"] = "Deny"
    iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    depot.begin()
    depot.alarm("depot-errors")
    assert depot.outcomes == [outcome]
    assert action in {each.action for each in depot.denied}
