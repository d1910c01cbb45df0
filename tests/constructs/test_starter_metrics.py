"""The metrics of a starter, as constructs."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib import Impact, IncidentStarter
from tests.constructs.apps import (
    FUNCTION,
    PLAN,
    flat,
    new_plan,
    new_stack,
    new_starter,
    only,
    plan_with_token_name,
    template_of,
)


def test_a_metric_is_told_from_other_starters_by_the_functions_name() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    alarm = starter.metric_incidents_started(period=cdk.Duration.minutes(1)).create_alarm(
        stack, "Alarm", threshold=1, evaluation_periods=1
    )
    assert alarm is not None

    found = only(template_of(stack), "AWS::CloudWatch::Alarm")

    assert (found["Namespace"], found["MetricName"], found["Statistic"], found["Period"]) == (
        "IncidentStarter",
        "IncidentsStarted",
        "Sum",
        60,
    )
    [dimension] = found["Dimensions"]
    assert dimension["Name"] == "FunctionName"
    assert flat(dimension["Value"]).startswith("<IncidentsFunction")


def test_each_metric_the_function_writes_has_a_method() -> None:
    starter = new_starter(new_stack())
    names = {
        getattr(starter, method)().metric_name for method in dir(starter) if method.startswith("metric_")
    }
    assert names == {
        "Appends",
        "BadTrailers",
        "Drills",
        "DrillsLeftOpen",
        "Duplicates",
        "Failovers",
        "Failures",
        "Fallbacks",
        "FollowUpFaults",
        "IncidentsStarted",
        "IncidentsThisMonth",
        "LedgerFaults",
        "Muted",
        "OkIgnored",
        "PageDelay",
        "PlanFallbacks",
        "Recoveries",
        "Resolved",
        "Retries",
        "Sent",
        "SinkFailures",
        "StepDowns",
        "StormJoins",
        "Superseded",
    }


@pytest.mark.parametrize(
    ("plan", "name"),
    [
        (lambda _: PLAN, "on-call"),
        (new_plan, "database"),
        (
            plan_with_token_name,
            {"Fn::Select": [1, {"Fn::Split": [":response-plan/", {"Ref": "Plan"}]}]},
        ),
    ],
    ids=["an ARN", "a literal name", "a token"],
)
def test_incidents_are_counted_by_plan(plan: Callable[[cdk.Stack], Any], name: object) -> None:
    stack = new_stack()
    starter = new_starter(stack)
    metric = starter.metric_incidents_started(response_plan=plan(stack))
    found = stack.resolve(metric.dimensions)
    assert found["ResponsePlan"] == name
    assert found["FunctionName"] == {"Ref": logical_id(stack, starter.function)}


def test_incidents_are_counted_by_impact() -> None:
    metric = IncidentStarter.from_function_arn(new_stack(), "Theirs", FUNCTION).metric_incidents_started(
        impact=Impact.HIGH, period=cdk.Duration.hours(1)
    )
    assert metric.dimensions == {"FunctionName": "incidents", "Impact": "2"}
    assert (metric.statistic, metric.period.to_hours()) == ("Sum", 1)


def logical_id(stack: cdk.Stack, construct: Any) -> Any:
    return stack.resolve(construct.node.default_child.logical_id)


def test_metrics_of_an_imported_starter_name_the_function_of_its_arn() -> None:
    starter = IncidentStarter.from_function_arn(new_stack(), "Theirs", f"{FUNCTION}:live")
    assert starter.metric_failures().dimensions == {"FunctionName": "incidents"}
