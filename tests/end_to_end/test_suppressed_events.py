"""Alarms on the bus: what is muted waits, and pages when its window has ended, if it still burns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch, aws_events as events, aws_ssmincidents as ssmincidents

from constructs_lib import IncidentStarter, IncidentTarget, Ledger
from tests.end_to_end.assemblies import new_app
from tests.end_to_end.conftest import deployed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.scene import Scene

ALARM = "yard-errors"


class Yard(cdk.Stack):
    """A rule that pages for every alarm of the account, and respects what holds them back."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name="yard", incident_template={"title": "The yard", "impact": 3}
        )
        starter = IncidentStarter(
            self, "Incidents", response_plan=plan, ledger=Ledger(respect_suppression=True), retry_attempts=0
        )
        cloudwatch.Metric(namespace="Yard", metric_name="Errors").create_alarm(
            self, "Errors", alarm_name=ALARM, threshold=1, evaluation_periods=1
        )
        pattern = events.EventPattern(
            source=["aws.cloudwatch"],
            detail_type=["CloudWatch Alarm State Change"],
            detail={"state": {"value": ["ALARM"]}},
        )
        rule = events.Rule(self, "Alarms", event_pattern=pattern)
        rule.add_target(IncidentTarget(starter, title="{alarm_name} outlived its window"))
        cdk.CfnOutput(self, "FunctionIs", value=starter.function.function_name)


@pytest.fixture(scope="module")
def yard_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("yard")
    app = new_app(directory)
    Yard(app, "Yard")
    app.synth()
    return directory


@pytest.fixture
def yard(local_aws_session: LocalAws, yard_assembly: Path) -> Iterator[Scene]:
    local_aws_session.reset()
    yield deployed(local_aws_session, yard_assembly, "Yard")
    # Its rule would page for the alarms of whatever is tried next.
    local_aws_session.reset()


def unmuted(yard: Scene) -> int:
    """Sweep when all that waits is due; how many events have paged."""
    yard.make_all_due()
    return int(yard.sweep("Yard")["unmuted"])


def test_a_muted_alarm_pages_when_its_window_has_ended(yard: Scene) -> None:
    yard.aws.mute_alarm(ALARM)
    yard.alarm(ALARM)
    assert (yard.outcomes, yard.incidents) == (["muted"], [])
    assert unmuted(yard) == 0
    yard.aws.unmute_alarm(ALARM)
    assert unmuted(yard) == 1
    assert yard.request["title"] == f"{ALARM} outlived its window"
    assert yard.denied == []


def test_a_muted_alarm_that_recovers_pages_nobody(yard: Scene) -> None:
    yard.aws.mute_alarm(ALARM)
    yard.alarm(ALARM)
    yard.alarm(ALARM, "OK")
    yard.aws.unmute_alarm(ALARM)
    assert unmuted(yard) == 0
    assert yard.aws.incidents == []


def test_an_alarm_that_nothing_holds_back_pages_at_once(yard: Scene) -> None:
    yard.alarm(ALARM)
    assert yard.outcomes == ["started"]


def test_without_the_right_to_ask_it_pages_in_the_end(yard: Scene) -> None:
    iam = yard.aws.client("iam")
    [role] = [each["RoleName"] for each in iam.list_roles()["Roles"] if "Incidents" in each["RoleName"]]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    document["Statement"] = [each for each in document["Statement"] if each.get("Sid") != "SeeMuteRules"]
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))
    yard.aws.mute_alarm(ALARM)
    yard.alarm(ALARM)
    swept = [unmuted(yard) for _ in range(11)]
    assert swept == [0] * 10 + [1]
    assert {each.action for each in yard.denied} == {"cloudwatch:ListAlarmMuteRules"}
