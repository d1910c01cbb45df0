"""What watches a starter: alarms that tell a topic, and a dashboard."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch, aws_sns as sns
from syrupy.assertion import SnapshotAssertion

from constructs_lib import IncidentAction, IncidentSink, IncidentStarter, IncidentSubscription, Ledger
from tests.constructs.apps import (
    Template,
    flat,
    new_alarm,
    new_plan,
    new_rule,
    new_stack,
    new_starter,
    only,
    resources,
    template_of,
)

WATCHING = Path(__file__).parents[2] / "docs" / "watching.md"
ALWAYS = {
    "BadTrailers",
    "Errors",
    "IncidentsOfPlan",
    "LostEvents",
    "PageDelay",
    "PlanFallbacks",
    "StepDowns",
    "Throttles",
}
OF_INCIDENTS = {"IncidentsOfPlan", "PageDelay", "PlanFallbacks", "StepDowns"}
OF_A_FALLBACK = {"Fallbacks", "SinkFailures", "WaitingEvents"}
ALARM, DASHBOARD = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"
NO_LEDGER: dict[str, Any] = {"ledger": Ledger.off()}
EVERY_OPTION = {
    "fallback": IncidentSink.ops_item(),
    "ledger": Ledger(),
    "regions": ["us-east-1", "us-west-2"],
}
Options = dict[str, Any]


def watched(stack: cdk.Stack, options: Options | None = None, **how: Any) -> Any:
    starter = new_starter(stack, **(options or {}))
    return starter.monitor(sns.Topic(stack, "Watchers"), **how)


def template(options: Options | None = None, **how: Any) -> Template:
    stack = new_stack()
    watched(stack, options, **how)
    return template_of(stack)


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ALWAYS | {"LedgerFaults"}),
        (NO_LEDGER, ALWAYS),
        (NO_LEDGER | {"regions": ["us-east-1", "us-west-2"]}, ALWAYS | {"Failovers"}),
        (NO_LEDGER | {"fallback": IncidentSink.ops_item()}, ALWAYS | OF_A_FALLBACK),
        (EVERY_OPTION, ALWAYS | OF_A_FALLBACK | {"Failovers", "LedgerFaults"}),
        # no incident is started then, and nothing that counts them is written
        ({"sink": IncidentSink.ops_item()}, ALWAYS - OF_INCIDENTS | {"SinkFailures"}),
        (EVERY_OPTION | {"sink": IncidentSink.ops_item()}, ALWAYS - OF_INCIDENTS | OF_A_FALLBACK),
    ],
    ids=["no option", "no ledger", "regions", "fallback", "all of these", "sink", "sink and all of these"],
)
def test_there_is_an_alarm_for_what_the_starter_has_and_no_other(options: Options, names: set[str]) -> None:
    stack = new_stack()
    monitoring = watched(stack, options)
    assert set(monitoring.alarms) == names
    assert len(resources(template_of(stack), ALARM)) == len(names)


def test_the_alarms_tell_the_topic_and_nothing_else() -> None:
    for alarm in resources(template(), ALARM):
        [begins], [ends] = alarm["AlarmActions"], alarm["OKActions"]
        assert begins == ends
        assert flat(begins).startswith("<Watchers")
        assert "InsufficientDataActions" not in alarm
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["EvaluationPeriods"] == 1


def test_the_number_of_resources_does_not_grow_with_what_is_wired() -> None:
    def count(wired: int) -> int:
        stack = new_stack()
        starter = new_starter(stack)
        starter.monitor(sns.Topic(stack, "Watchers"))
        for number in range(wired):
            plan = new_plan(stack, f"Plan{number}", name=f"plan{number}")
            action = IncidentAction(starter, response_plan=plan)
            new_alarm(stack, f"Alarm{number}").add_alarm_action(action)
            new_rule(stack, f"Rule{number}")
        of_apps = {"Shop", None}
        return len(
            [each for each in resources(template_of(stack), ALARM) if each.get("Namespace") not in of_apps]
        )

    assert count(0) == count(5) > 0


def test_the_alarms_are_the_ones_that_were_looked_at(snapshot: SnapshotAssertion) -> None:
    made = template(EVERY_OPTION)
    assert {
        alarm["AlarmDescription"].partition("#")[2].split()[0]: [
            f"{alarm['Statistic']} of {alarm['Namespace']} {alarm['MetricName']}",
            f">= {alarm['Threshold']} in {alarm['Period']} s",
            {each["Name"]: flat(each["Value"]) for each in alarm["Dimensions"]},
        ]
        for alarm in resources(made, ALARM)
    } == snapshot


def by_name(made: Template, name: str) -> dict[str, Any]:
    [found] = [alarm for alarm in resources(made, ALARM) if f"#{name.lower()} " in alarm["AlarmDescription"]]
    return found


@pytest.mark.parametrize(("most", "threshold"), [(160, 32), (200, 40), (1, 1), (101, 21)])
def test_a_fifth_of_the_months_incidents_within_a_week_alarms(most: int, threshold: int) -> None:
    alarm = by_name(template(NO_LEDGER, max_incidents_per_month=most), "IncidentsOfPlan")
    # CloudWatch takes no longer window; five of them cover any month
    assert (alarm["Period"], alarm["EvaluationPeriods"], alarm["Threshold"]) == (604_800, 1, threshold)
    assert {each["Name"] for each in alarm["Dimensions"]} == {"FunctionName", "ResponsePlan"}
    assert f"{threshold} incidents or more" in alarm["AlarmDescription"]


@pytest.mark.parametrize("most", [160, 1])
def test_a_ledger_counts_the_month_of_the_fullest_plan(most: int) -> None:
    alarm = by_name(template({"ledger": Ledger()}, max_incidents_per_month=most), "IncidentsOfPlan")
    assert (alarm["MetricName"], alarm["Statistic"]) == ("IncidentsThisMonth", "Maximum")
    assert (alarm["Period"], alarm["Threshold"]) == (3600, most)
    assert {each["Name"] for each in alarm["Dimensions"]} == {"FunctionName"}


@pytest.mark.parametrize("total", range(1, 201))
def test_no_month_reaches_its_number_without_such_a_week(total: int) -> None:
    weekly = -(-total // 5)
    # the most even month of 31 days, which is the hardest to notice
    days = [total // 31 + (day < total % 31) for day in range(31)]
    assert max(sum(days[first : first + 7]) for first in range(25)) >= weekly


def test_how_late_is_too_late_can_be_said() -> None:
    alarm = by_name(template(max_page_delay=cdk.Duration.seconds(90)), "PageDelay")
    assert (alarm["Threshold"], alarm["Statistic"]) == (90_000, "Maximum")
    assert "more than 90 seconds" in alarm["AlarmDescription"]
    assert by_name(template(), "PageDelay")["Threshold"] == 180_000


def test_without_a_runbook_each_alarm_names_its_section() -> None:
    headings = set(re.findall(r"^### (\w+)$", WATCHING.read_text(encoding="utf-8"), re.MULTILINE))
    made = template(EVERY_OPTION)
    named = {
        re.search(r"docs/watching\.md#(\w+) ", alarm["AlarmDescription"])[1]  # type: ignore[index]
        for alarm in resources(made, ALARM)
    }
    assert named == {heading.lower() for heading in headings}


def test_with_a_runbook_each_alarm_links_it() -> None:
    for alarm in resources(template(runbook="https://wiki.example.com/pager?v=2"), ALARM):
        assert alarm["AlarmDescription"].endswith("\n- Runbook: https://wiki.example.com/pager?v=2")
        assert "watching.md" not in alarm["AlarmDescription"]


def test_a_team_may_change_an_alarm() -> None:
    stack = new_stack()
    monitoring = watched(stack)
    resource = monitoring.alarms["BadTrailers"].node.default_child
    assert isinstance(resource, cloudwatch.CfnAlarm)
    resource.threshold = 10
    assert by_name(template_of(stack), "BadTrailers")["Threshold"] == 10
    assert monitoring.topic.node.id == "Watchers"


def test_the_dashboard_shows_every_alarm_and_each_metric_that_they_watch() -> None:
    made = template(EVERY_OPTION)
    body = flat(only(made, DASHBOARD)["DashboardBody"])
    widgets = json.loads(body)["widgets"]
    [alarms] = [each for each in widgets if each["type"] == "alarm"]
    assert len(alarms["properties"]["alarms"]) == len(resources(made, ALARM))
    graphs = json.dumps([each["properties"]["metrics"] for each in widgets if each["type"] == "metric"])
    for alarm in resources(made, ALARM):
        assert f'"{alarm["Namespace"]}", "{alarm["MetricName"]}"' in graphs
    assert '"Impact", "plan"' in graphs


def test_the_dashboard_of_a_starter_with_a_sink_counts_no_incidents() -> None:
    body = flat(only(template({"sink": IncidentSink.ops_item()}), DASHBOARD)["DashboardBody"])
    assert "IncidentsStarted" not in body
    assert "SinkFailures" in body


def test_the_dashboard_can_be_left_out() -> None:
    stack = new_stack()
    assert watched(stack, dashboard=False).dashboard is None
    assert resources(template_of(stack), DASHBOARD) == []


def test_a_starter_may_be_subscribed_to_another_topic() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    starter.monitor(sns.Topic(stack, "Watchers"))
    sns.Topic(stack, "Alarms").add_subscription(IncidentSubscription(starter))
    assert len(resources(template_of(stack), "AWS::SNS::Subscription")) == 1


def test_another_starter_may_watch_the_topic() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "Watchers")
    new_starter(stack).monitor(topic)
    other = IncidentStarter(stack, "Other", response_plan=new_plan(stack))
    topic.add_subscription(IncidentSubscription(other))
    assert len(resources(template_of(stack), ALARM)) == len(ALWAYS | {"LedgerFaults"})
