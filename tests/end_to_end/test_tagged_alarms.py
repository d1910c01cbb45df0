"""Tags that alarms send along, by every route, through the real function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_events as events,
    aws_sns as sns,
    aws_ssmincidents as ssmincidents,
)

from constructs_lib import (
    AlarmTags,
    Impact,
    IncidentAction,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    Ledger,
    RelatedItem,
    TagMatch,
)
from tests.end_to_end.assemblies import new_app
from tests.end_to_end.conftest import deployed

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.scene import Scene

WIKI = "https://wiki.example.com"


class Market(cdk.Stack):
    """Alarms that say what they say in their tags."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id)
        self._alarms: dict[str, cloudwatch.Alarm] = {}
        fish = self._plan("fish")
        self.read = AlarmTags(
            impact="pager-impact",
            title="pager-title",
            related_items={"runbook": "Runbook"},
            matches=[
                TagMatch(
                    "stall",
                    "fish",
                    response_plan=fish,
                    related_items=[RelatedItem.pager_duty("PD-fish", title="PagerDuty")],
                )
            ],
        )
        self.starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=self._plan("market"),
            impact=Impact.MEDIUM,
            title="{alarm_name}",
            alarm_tags=self.read,
            ledger=Ledger.off(),
        )
        wired = IncidentAction(self.starter)
        for name in ("market-tagged", "market-kept-back", "market-described"):
            self._alarm(name).add_alarm_action(wired)
        self.read.propagate(self._alarms["market-tagged"], self._alarms["market-described"])
        details = IncidentAction(self.starter, impact=Impact.NO_IMPACT)
        self._alarms["market-described"].add_insufficient_data_action(details)

        topic = sns.Topic(self, "Topic")
        topic.add_subscription(IncidentSubscription(self.starter, impact=Impact.LOW, title="Topic"))
        notified = self._alarm("market-notified")
        notified.add_alarm_action(actions.SnsAction(topic))
        every = cloudwatch.CompositeAlarm(
            self,
            "Every",
            composite_alarm_name="market-composite",
            alarm_rule=cloudwatch.AlarmRule.from_alarm(
                self._alarm("market-quiet"), cloudwatch.AlarmState.ALARM
            ),
        )
        every.add_alarm_action(wired)
        self.read.propagate(notified, every)

        watched = self._alarm("market-on-the-bus")
        self.read.propagate(watched)
        pattern = events.EventPattern(
            source=["aws.cloudwatch"],
            detail_type=["CloudWatch Alarm State Change"],
            detail={"alarmName": ["market-on-the-bus"], "alarmTags": {"stall": ["fish"]}},
        )
        events.Rule(self, "Rule", event_pattern=pattern).add_target(IncidentTarget(self.starter, title="Bus"))
        for alarm in (*self._alarms.values(), every):
            for key, value in {
                "pager-impact": "2 - High",
                "pager-title": "No fish today",
                "runbook": f"{WIKI}/fish",
                "stall": "fish",
                "secret": "stays here",
            }.items():
                cdk.Tags.of(alarm).add(key, value)

    def _plan(self, name: str) -> ssmincidents.CfnResponsePlan:
        template = {"title": name, "impact": 4}
        return ssmincidents.CfnResponsePlan(self, name, name=name, incident_template=template)

    def _alarm(self, name: str) -> cloudwatch.Alarm:
        metric = cloudwatch.Metric(namespace="Market", metric_name=name)
        alarm = metric.create_alarm(self, name, alarm_name=name, threshold=1, evaluation_periods=1)
        self._alarms[name] = alarm
        return alarm


@pytest.fixture(scope="module")
def market_assembly(local_aws_session: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Path:
    local_aws_session.reset()  # rules of other stories take the event of every alarm
    directory = tmp_path_factory.mktemp("market")
    app = new_app(directory)
    Market(app, "Market")
    app.synth()
    return directory


@pytest.fixture
def market(local_aws_session: LocalAws, market_assembly: Path) -> Scene:
    return deployed(local_aws_session, market_assembly, "Market")


def said(request: dict[str, Any]) -> tuple[str, int, str]:
    return request["responsePlanArn"].rpartition("/")[2], request["impact"], request["title"]


def links(request: dict[str, Any]) -> list[str]:
    return [item["title"] for item in request["relatedItems"][:2]]


@pytest.mark.parametrize("name", ["market-tagged", "market-composite"])
def test_an_alarms_tags_say_what_its_incident_is(market: Scene, name: str) -> None:
    market.alarm(name)
    assert said(market.request) == ("fish", 2, "No fish today")
    assert links(market.request) == ["Runbook", "PagerDuty"]


def test_the_description_wins_over_the_tags(market: Scene) -> None:
    market.alarm("market-described")
    assert said(market.request) == ("fish", 5, "No fish today")


def test_an_alarm_that_sends_no_tags_along_has_the_starters_defaults(market: Scene) -> None:
    market.alarm("market-kept-back")
    assert said(market.request) == ("market", 3, "market-kept-back")


def test_tags_come_through_a_topic_and_win_over_its_details(market: Scene) -> None:
    market.alarm("market-notified")
    assert said(market.request) == ("fish", 2, "No fish today")
    assert links(market.request) == ["Runbook", "PagerDuty"]


def test_a_rule_matches_tags_and_reads_them_and_wins(market: Scene) -> None:
    market.alarm("market-on-the-bus")
    assert said(market.request) == ("fish", 2, "Bus")


def test_only_the_tags_that_are_read_are_sent_along(market: Scene) -> None:
    market.alarm("market-tagged")
    [invocation] = market.invocations
    data = invocation.payload["alarmData"]
    assert data["alarmTags"].keys() == {"pager-impact", "pager-title", "runbook", "stall"}
    assert data["alarmTagsStatus"] == "SUCCESS"


def test_a_tag_changed_by_hand_counts_from_the_next_alarm_on_and_a_bad_one_is_told(market: Scene) -> None:
    cloudwatch_client = market.aws.client("cloudwatch")
    arn = f"arn:aws:cloudwatch:{market.aws.region}:{market.aws.account_id}:alarm:market-tagged"
    cloudwatch_client.tag_resource(ResourceARN=arn, Tags=[{"Key": "pager-impact", "Value": "very"}])
    try:
        market.alarm("market-tagged")
    finally:
        cloudwatch_client.tag_resource(ResourceARN=arn, Tags=[{"Key": "pager-impact", "Value": "2 - High"}])
    assert said(market.request) == ("fish", 3, "No fish today")
    assert market.record["BadTrailers"] == 1
    assert "tag 'pager-impact'" in market.record["ignored"][0]
