"""What watches a starter, deployed: every alarm is on a metric that the function really writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_sns as sns,
    aws_sns_subscriptions as subscriptions,
    aws_sqs as sqs,
    aws_ssmincidents as ssmincidents,
)

from constructs_lib import IncidentAction, IncidentSink, IncidentStarter, Ledger
from tests.end_to_end.assemblies import new_app
from tests.end_to_end.scene import Scene
from tests.end_to_end.till import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local import LocalAws

GHOST = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/ghost"
Metric = tuple[str, frozenset[tuple[str, str]]]


class Watched(cdk.Stack):
    """A starter with every option that counts something, its alarms, and who they tell."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name="watched", incident_template={"title": "Watched", "impact": 3}
        )
        nobody = sns.Topic(self, "Nobody")
        starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=plan,
            fallback=[IncidentSink.ops_item(), IncidentSink.topic(nobody)],
            ledger=Ledger(),
            regions=["eu-west-1"],
            retry_attempts=0,
        )
        watchers = sns.Topic(self, "Watchers")
        told = sqs.Queue(self, "Told")
        watchers.add_subscription(subscriptions.SqsSubscription(told, raw_message_delivery=True))
        monitoring = starter.monitor(watchers)
        alarm = cloudwatch.Metric(namespace="Shop", metric_name="Errors").create_alarm(
            self, "Errors", threshold=1, evaluation_periods=1, alarm_description="Impact: 9"
        )
        alarm.add_alarm_action(IncidentAction(starter))
        outputs = {
            "Alarm": alarm.alarm_name,
            "Function": starter.function.function_name,
            "DeadLetters": starter.dead_letter_queue.queue_name,
            "Nobody": nobody.topic_arn,
            "Told": told.queue_url,
            "Waiting": starter.fallback_queue.queue_name if starter.fallback_queue else "",
            "LostEvents": monitoring.alarms["LostEvents"].alarm_name,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, f"{name}Is", value=value)


@pytest.fixture(scope="module")
def scene(local_aws_session: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    directory = tmp_path_factory.mktemp("watched")
    app = new_app(directory)
    Watched(app, "Watched")
    app.synth()
    local_aws_session.reset()
    local_aws_session.deploy(directory)
    yield Scene(local_aws_session)
    local_aws_session.reset()  # faults that nobody met are gone as well


def by_hand(scene: Scene, **request: Any) -> None:
    payload = json.dumps({"startIncident": request}).encode()
    function = scene.outputs("Watched")["Function"]
    scene.aws.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    scene.aws.wait_idle(timeout=60)


@pytest.fixture(scope="module")
def written(scene: Scene) -> dict[Metric, float]:
    """What the function wrote when everything that it counts had happened: each metric, added up."""
    scene.alarm(scene.outputs("Watched")["Alarm"])
    scene.aws.fail_next("ValidationException")
    by_hand(scene, title="Refused at first")
    by_hand(scene, title="A plan that nobody knows", responsePlanArn=GHOST)
    scene.aws.client("sns").delete_topic(TopicArn=scene.outputs("Watched")["Nobody"])
    scene.aws.fail_next("ServiceQuotaExceededException")
    by_hand(scene, title="The month is over")
    [table] = scene.aws.client("dynamodb").list_tables()["TableNames"]
    scene.aws.client("dynamodb").delete_table(TableName=table)
    for state in ("OK", "ALARM"):
        scene.aws.set_alarm_state(scene.outputs("Watched")["Alarm"], state)
        scene.aws.wait_idle()
    scene.aws.fail_next("InternalServerException", times=100, region=REGION)
    by_hand(scene, title="Another Region")
    assert scene.failed == []
    assert len(scene.incidents) == 5
    found: dict[Metric, float] = {}
    for record in scene.records:
        for directive in record["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == "IncidentStarter"
            for dimensions in directive["Dimensions"]:
                for metric in directive["Metrics"]:
                    key = (metric["Name"], frozenset((name, record[name]) for name in dimensions))
                    found[key] = found.get(key, 0) + record[metric["Name"]]
    return found


def watched(scene: Scene, namespace: str) -> set[Metric]:
    """What the deployed alarms look at."""
    alarms = scene.aws.client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm"])["MetricAlarms"]
    return {
        (
            alarm["MetricName"],
            frozenset((each["Name"], each["Value"]) for each in alarm["Dimensions"]),
        )
        for alarm in alarms
        if alarm["Namespace"] == namespace
    }


def test_every_metric_that_an_alarm_watches_is_one_that_the_function_writes(
    scene: Scene, written: dict[Metric, float]
) -> None:
    looked_at = watched(scene, "IncidentStarter")
    assert looked_at - set(written) == set()
    assert {name for name, _ in looked_at} == {
        "BadTrailers",
        "Failovers",
        "Fallbacks",
        "IncidentsThisMonth",
        "LedgerFaults",
        "PageDelay",
        "PlanFallbacks",
        "SinkFailures",
        "StepDowns",
    }
    assert all(written[each] > 0 for each in looked_at)


def test_incidents_are_counted_by_plan_and_by_impact(scene: Scene, written: dict[Metric, float]) -> None:
    function = ("FunctionName", scene.outputs("Watched")["Function"])
    started = {
        dimensions: count for (name, dimensions), count in written.items() if name == "IncidentsStarted"
    }
    assert started == {
        frozenset({function}): 5,
        frozenset({function, ("ResponsePlan", "watched")}): 5,
        frozenset({function, ("Impact", "plan")}): 5,
    }


def test_the_other_alarms_are_on_the_starters_own_function_and_queue(scene: Scene) -> None:
    outputs = scene.outputs("Watched")
    function = frozenset({("FunctionName", outputs["Function"])})
    assert watched(scene, "AWS/Lambda") == {("Errors", function), ("Throttles", function)}
    queue = frozenset({("QueueName", outputs["DeadLetters"])})
    waiting = frozenset({("QueueName", outputs["Waiting"])})
    assert watched(scene, "AWS/SQS") == {
        ("ApproximateNumberOfMessagesVisible", queue),
        ("ApproximateAgeOfOldestMessage", waiting),
    }


def test_an_alarm_tells_the_topic_when_it_begins_and_when_it_ends(scene: Scene) -> None:
    outputs = scene.outputs("Watched")
    before = len(scene.incidents)
    for state in ("ALARM", "OK"):
        scene.aws.set_alarm_state(outputs["LostEvents"], state)
        scene.aws.wait_idle()
    told = scene.messages(outputs["Told"])
    assert [each["NewStateValue"] for each in told] == ["ALARM", "OK"]
    assert "docs/watching.md#lostevents" in told[0]["AlarmDescription"]
    assert len(scene.incidents) == before
