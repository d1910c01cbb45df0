"""Alarms of every kind, wired by an action or by their description."""

import gc
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib import Impact, IncidentAction, IncidentDetails, IncidentStarter, RelatedItem
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    PLAN,
    flat,
    new_alarm,
    new_app,
    new_rule,
    new_stack,
    new_starter,
    only,
    resources,
    template_of,
    warnings,
)

ERRORS = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
RUNBOOK = RelatedItem.url("https://wiki.example.com/checkout?v=2#one", title="Runbook")
ACTION_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def metric_alarm(scope: cdk.Stack) -> cloudwatch.AlarmBase:
    return new_alarm(scope, alarm_description="Errors too high.")


def math_alarm(scope: cdk.Stack) -> cloudwatch.AlarmBase:
    share = cloudwatch.MathExpression(expression="100 * e", using_metrics={"e": ERRORS})
    return share.create_alarm(
        scope, "Alarm", threshold=1, evaluation_periods=1, alarm_description="Errors too high."
    )


def anomaly_alarm(scope: cdk.Stack) -> cloudwatch.AlarmBase:
    return cloudwatch.AnomalyDetectionAlarm(
        scope, "Alarm", metric=ERRORS, evaluation_periods=1, alarm_description="Errors too high."
    )


def composite_alarm(scope: cdk.Stack) -> cloudwatch.AlarmBase:
    rule = cloudwatch.AlarmRule.from_alarm(new_alarm(scope, "Part"), cloudwatch.AlarmState.ALARM)
    return cloudwatch.CompositeAlarm(scope, "Alarm", alarm_rule=rule, alarm_description="Errors too high.")


def promql_alarm(scope: cdk.Stack) -> cloudwatch.AlarmBase:
    return cloudwatch.PromQLAlarm(
        scope,
        "Alarm",
        query="sum(rate(errors[5m])) > 1",
        evaluation_interval=cdk.Duration.minutes(1),
        alarm_description="Errors too high.",
    )


KINDS = (metric_alarm, math_alarm, anomaly_alarm, composite_alarm, promql_alarm)


@pytest.fixture(scope="module")
def every_kind_in_every_list() -> dict[str, dict[str, Any]]:
    app = new_app()
    starter = new_starter(cdk.Stack(app, "Starter"))
    action = IncidentAction(starter, impact=Impact.HIGH, title="Checkout fails", related_items=[RUNBOOK])
    stacks = {}
    for kind in KINDS:
        stacks[kind.__name__] = stack = cdk.Stack(app, kind.__name__.replace("_", "-"))
        alarm = kind(stack)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
        alarm.add_insufficient_data_action(action)
    templates = {}
    for name, stack in stacks.items():
        found = [
            resource["Properties"]
            for logical_id, resource in template_of(stack)["Resources"].items()
            if logical_id.startswith("Alarm")
        ]
        [templates[name]] = found
    return templates


@pytest.mark.parametrize("kind", [kind.__name__ for kind in KINDS])
def test_an_alarm_of_any_kind_names_the_function_in_all_three_lists_and_carries_one_set_of_trailers(
    kind: str, every_kind_in_every_list: dict[str, dict[str, Any]]
) -> None:
    alarm = every_kind_in_every_list[kind]
    assert [len(alarm[name]) for name in ACTION_LISTS] == [1, 1, 1]
    assert len({json.dumps(alarm[name]) for name in ACTION_LISTS}) == 1
    assert alarm["AlarmDescription"] == (
        "Errors too high.\n\n"
        "- Impact: 2 - High\n"
        "- Title: Checkout fails\n"
        "- Runbook: https://wiki.example.com/checkout?v=2#one"
    )


def test_an_alarm_without_overrides_keeps_its_description_as_it_was() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    new_alarm(stack, "With", alarm_description="Mine.").add_alarm_action(IncidentAction(starter))
    new_alarm(stack, "Without").add_alarm_action(IncidentAction(starter))

    described, bare = resources(template_of(stack), "AWS::CloudWatch::Alarm")

    assert described["AlarmDescription"] == "Mine."
    assert "AlarmDescription" not in bare


def test_one_action_serves_many_alarms_and_two_of_one_id_in_different_scopes() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    scopes = [Construct(stack, "One"), Construct(stack, "Two")]
    for name, action in {
        "Plain": IncidentAction(starter),
        "Low": IncidentAction(starter, impact=Impact.LOW),
    }.items():
        for scope in scopes:
            new_alarm(scope, name).add_alarm_action(action)

    assert len(resources(template_of(stack), "AWS::CloudWatch::Alarm")) == 4


def test_adding_the_same_details_again_writes_them_once() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    alarm = new_alarm(stack)
    alarm.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH))
    alarm.add_ok_action(IncidentAction(starter, impact=Impact.HIGH))

    assert only(template_of(stack), "AWS::CloudWatch::Alarm")["AlarmDescription"] == "- Impact: 2 - High"


def test_different_details_on_one_alarm_are_refused_even_when_python_forgot_the_alarm() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    new_alarm(stack).add_alarm_action(IncidentAction(starter, impact=Impact.HIGH))
    gc.collect()
    again = stack.node.find_child("Alarm")
    assert isinstance(again, cloudwatch.Alarm)

    with pytest.raises(RuntimeError, match="Stack/Alarm: got two incident actions with different details"):
        again.add_ok_action(IncidentAction(starter, impact=Impact.LOW))


def test_an_action_without_details_may_stand_beside_one_with_details() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    alarm = new_alarm(stack)
    alarm.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH))
    alarm.add_ok_action(IncidentAction(starter))

    assert only(template_of(stack), "AWS::CloudWatch::Alarm")["AlarmDescription"] == "- Impact: 2 - High"


class RunbookAction(IncidentAction):
    """What a platform team might write over ours: its own arguments, our behaviour."""

    def __init__(self, starter: IncidentStarter, runbook: str) -> None:
        super().__init__(starter, related_items=[RelatedItem.url(runbook, title="Runbook")])


class PlainAction(IncidentAction):
    """A subclass that changes nothing."""


def test_a_subclass_of_the_action_loses_nothing() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    new_alarm(stack, "A").add_alarm_action(RunbookAction(starter, "https://wiki.example.com"))
    new_alarm(stack, "B").add_alarm_action(PlainAction(starter, title="Checkout fails"))
    new_alarm(stack, "C").add_alarm_action(PlainAction(starter))
    assert isinstance(PlainAction(starter, title="Checkout fails"), PlainAction)

    alarms = resources(template_of(stack), "AWS::CloudWatch::Alarm")

    assert [each.get("AlarmDescription") for each in alarms] == [
        "- Runbook: https://wiki.example.com",
        "- Title: Checkout fails",
        None,
    ]


def test_any_action_is_an_incident_action() -> None:
    starter = new_starter(new_stack())
    assert isinstance(IncidentAction(starter), IncidentAction)
    assert isinstance(IncidentAction(starter, impact=Impact.HIGH), IncidentAction)


def test_an_imported_alarm_gets_a_sentence_that_says_what_cannot_be_done() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    arn = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Theirs"
    alarm = cloudwatch.Alarm.from_alarm_arn(stack, "Theirs", arn)
    assert isinstance(alarm, cloudwatch.AlarmBase)

    with pytest.raises(RuntimeError, match="Stack/Theirs: got an imported alarm, CDK can add neither"):
        alarm.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH))


def test_l1_and_log_alarms_are_wired_by_their_description_and_the_functions_arn() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    details = IncidentDetails(impact=Impact.CRITICAL, related_items=[RUNBOOK])
    wiring: dict[str, Any] = {
        "alarm_description": details.description("Too many."),
        "alarm_actions": [starter.function.function_arn],
    }
    cloudwatch.CfnAlarm(
        stack,
        "Metric",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        namespace="Shop",
        metric_name="Errors",
        statistic="Sum",
        period=60,
        threshold=1,
        **wiring,
    )
    cloudwatch.CfnCompositeAlarm(stack, "Composite", alarm_rule="TRUE", **wiring)
    cloudwatch.CfnLogAlarm(
        stack,
        "Log",
        comparison_operator="GreaterThanThreshold",
        query_results_to_alarm=1,
        query_results_to_evaluate=1,
        threshold=1,
        scheduled_query_configuration={
            "queryString": "fields @message",
            "logGroupIdentifiers": ["shop"],
            "aggregationExpression": "count(*)",
            "scheduleConfiguration": {"scheduleExpression": "rate(5 minutes)", "startTimeOffset": 300},
            "scheduledQueryRoleArn": "arn:aws:iam::111122223333:role/queries",
        },
        **wiring,
    )

    template = template_of(stack)

    for kind in ("Alarm", "CompositeAlarm", "LogAlarm"):
        alarm = only(template, f"AWS::CloudWatch::{kind}")
        assert alarm["AlarmDescription"].startswith(
            "Too many.\n\n- Impact: 1 - Critical\n- Runbook: https://"
        )
        assert flat(alarm["AlarmActions"][0]).startswith("<IncidentsFunction")


def test_a_composite_alarm_with_details_warns_where_its_description_may_not_be_found() -> None:
    app = new_app()
    own = cdk.Stack(app, "Own", env=ENVIRONMENT)
    theirs = cdk.Stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    starter = new_starter(own, function_name="incidents", trusted_accounts=[OTHER_ACCOUNT])
    composite_alarm(own).add_alarm_action(IncidentAction(starter, impact=Impact.LOW))
    assert warnings(app) == []

    composite_alarm(theirs).add_alarm_action(IncidentAction(starter, impact=Impact.LOW))

    [warning] = warnings(app)
    assert "CloudWatch may send a composite alarm without its description" in warning


def test_a_composite_alarm_with_details_on_an_imported_starter_warns() -> None:
    stack = new_stack()
    starter = IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION)
    composite_alarm(stack).add_alarm_action(IncidentAction(starter, impact=Impact.LOW))

    assert any("composite alarm without its description" in warning for warning in warnings(stack))


def test_an_alarm_costs_at_most_500_bytes_of_template() -> None:
    sizes = []
    for count in (1, 41):
        app = new_app(flags={})
        starter = new_starter(cdk.Stack(app, "Starter"))
        stack = cdk.Stack(app, "Alarms")
        action = IncidentAction(starter)
        for number in range(count):
            new_alarm(stack, f"Alarm{number:02}").add_alarm_action(action)
        sizes.append(Path(app.synth().get_stack_by_name("Alarms").template_full_path).stat().st_size)
    assert (sizes[1] - sizes[0]) / 40 <= 500


def test_a_description_with_tokens_may_turn_out_too_long_and_warns() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    link = RelatedItem.url(f"https://wiki.example.com/{cdk.Aws.REGION}", title="Runbook")
    alarm = new_alarm(stack, alarm_description="x" * 980)
    alarm.add_alarm_action(IncidentAction(starter, related_items=[link]))

    [warning] = warnings(stack)
    assert "CloudWatch takes 1,024 and the deployment fails above that" in warning


def test_an_action_may_name_a_plan_of_another_account_by_arn() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=PLAN))

    assert (
        only(template_of(stack), "AWS::CloudWatch::Alarm")["AlarmDescription"] == f"- Response plan: {PLAN}"
    )


def test_alarms_and_rules_of_one_starter_share_a_stack_without_clashing() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    new_alarm(stack).add_alarm_action(IncidentAction(starter))
    other = new_starter(cdk.Stack(stack, "Other"))
    new_alarm(stack, "Second").add_alarm_action(IncidentAction(other))
    new_rule(stack)

    assert len(resources(template_of(stack), "AWS::CloudWatch::Alarm")) == 2
