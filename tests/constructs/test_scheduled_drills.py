"""Scheduled drills in the template: a rule, an alarm, one right more."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_sns as sns
from aws_cdk.aws_cloudwatch_actions import SnsAction

from constructs_lib import Ledger
from tests.constructs.apps import (
    ENVIRONMENT,
    OTHER_PLAN,
    PLAN,
    RULES,
    Template,
    allowed,
    flat,
    new_app,
    new_plan,
    new_stack,
    new_starter,
    only,
    permissions,
    plan_with_token_name,
    resources,
    synth,
    template_of,
)

DAILY = events.Schedule.rate(cdk.Duration.days(1))
CLOSE = "ssm-incidents:UpdateIncidentRecord"
RECORDS = PLAN.replace("response-plan", "incident-record") + "/*"


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    new_starter(stack).schedule_drill(DAILY)
    return template_of(stack)


def test_a_rule_sends_the_drill_with_the_time_of_the_schedule(template: Template) -> None:
    rule = only(template, "AWS::Events::Rule")
    [target] = rule["Targets"]
    assert (rule["ScheduleExpression"], rule["State"], "EventBusName" in rule) == (
        "rate(1 day)",
        "ENABLED",
        False,
    )
    assert target["InputTransformer"] == {
        "InputPathsMap": {"time": "$.time"},
        "InputTemplate": '{"drill":{"time":<time>}}',
    }
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185}


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["agnostic", "concrete"])
def test_the_permission_for_rules_is_the_only_one(env: cdk.Environment | None) -> None:
    stack = new_stack(env=env)
    new_starter(stack).schedule_drill(DAILY)
    assert len(permissions(template_of(stack), RULES)) == 1


def test_the_alarm_goes_off_when_no_drill_has_worked(template: Template) -> None:
    alarm = only(template, "AWS::CloudWatch::Alarm")
    chosen = {
        name: alarm[name] for name in ("ComparisonOperator", "EvaluationPeriods", "MetricName", "Period")
    }
    assert chosen == {
        "ComparisonOperator": "LessThanThreshold",
        "EvaluationPeriods": 48,
        "MetricName": "Drills",
        "Period": 3600,
    }
    assert (alarm["Statistic"], alarm["Threshold"], alarm["TreatMissingData"]) == ("Sum", 1, "breaching")
    assert alarm["AlarmDescription"].startswith("No drill has started and closed an incident for 48 hours")


@pytest.mark.parametrize(
    ("schedule", "within", "hours"),
    [
        (events.Schedule.rate(cdk.Duration.hours(8)), None, 16),
        (events.Schedule.rate(cdk.Duration.days(6)), None, 168),
        (DAILY, cdk.Duration.hours(25), 25),
        (DAILY, cdk.Duration.minutes(1441), 25),
        (events.Schedule.cron(hour="6", minute="0"), cdk.Duration.days(7), 168),
        (events.Schedule.expression("cron(0 6 ? * MON-FRI *)"), cdk.Duration.days(4), 96),
    ],
)
def test_the_alarm_looks_back_as_long_as_it_should(
    schedule: events.Schedule, within: cdk.Duration | None, hours: int
) -> None:
    stack = new_stack()
    new_starter(stack).schedule_drill(schedule, within=within)
    assert only(template_of(stack), "AWS::CloudWatch::Alarm")["EvaluationPeriods"] == hours


def test_the_function_may_close_incidents_of_the_drilled_plan_only(template: Template) -> None:
    assert allowed(template, CLOSE) == [RECORDS, PLAN]


def test_without_drills_it_may_close_none() -> None:
    stack = new_stack()
    new_starter(stack)
    template = template_of(stack)
    assert (allowed(template, CLOSE), resources(template, "AWS::Events::Rule")) == ([], [])


def test_another_plan_can_be_drilled(template: Template) -> None:
    stack = new_stack()
    new_starter(stack).schedule_drill(DAILY, title="Weekly", response_plan=OTHER_PLAN)

    drilled = template_of(stack)

    [target] = only(drilled, "AWS::Events::Rule")["Targets"]
    text = target["InputTransformer"]["InputTemplate"].replace("<time>", '"now"')
    assert json.loads(text) == {"drill": {"title": "Weekly", "responsePlanArn": OTHER_PLAN, "time": "now"}}
    assert allowed(drilled, "ssm-incidents:StartIncident") == [PLAN, OTHER_PLAN]
    assert allowed(drilled, CLOSE) == [
        OTHER_PLAN.replace("response-plan", "incident-record") + "/*",
        OTHER_PLAN,
    ]


@pytest.mark.parametrize("make", [new_plan, plan_with_token_name])
def test_a_plan_of_another_stack_can_be_drilled(make: Any) -> None:
    app = new_app()
    starter = new_starter(cdk.Stack(app, "Starter"))
    starter.schedule_drill(DAILY, response_plan=make(cdk.Stack(app, "Plans")))
    assert len(allowed(synth(starter), CLOSE)) == 2


def test_the_alarm_is_returned_and_kept_and_takes_actions() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    assert starter.drill_alarm is None
    alarm = starter.schedule_drill(DAILY)
    assert starter.drill_alarm is alarm
    alarm.add_alarm_action(SnsAction(sns.Topic(stack, "Team")))
    [action] = only(template_of(stack), "AWS::CloudWatch::Alarm")["AlarmActions"]
    assert flat(action).startswith("<Team")


def test_the_bundle_holds_the_drills_once_they_are_scheduled() -> None:
    stack = new_stack()
    starter = new_starter(stack, ledger=Ledger.off())
    starter.schedule_drill(DAILY)
    app = stack.node.root
    assert isinstance(app, cdk.App)
    directory = Path(app.synth().directory)
    function = only(template_of(stack), "AWS::Lambda::Function")
    asset = directory / f"asset.{function['Code']['S3Key'].removesuffix('.zip')}"
    names = {path.name for path in asset.rglob("*.py")}
    assert "drill.py" in names
    assert "ledger.py" not in names
    variables = json.loads(function["Environment"]["Variables"]["INCIDENT_STARTER"])
    assert variables["drills"] == {}
