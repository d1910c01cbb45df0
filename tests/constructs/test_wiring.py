"""Wiring is free: whatever the number of alarms and rules, and wherever they and the starter stand."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch, aws_events as events
from constructs import Construct

from constructs_lib import IIncidentStarter, Impact, IncidentAction, IncidentStarter, IncidentTarget
from tests.constructs.apps import (
    ACCOUNT,
    ALARMS,
    CURRENT_FLAGS,
    ENVIRONMENT,
    FUNCTION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    REGION,
    RULES,
    flat,
    new_alarm,
    new_app,
    new_plan,
    new_rule,
    new_starter,
    only,
    permissions,
    resources,
    synth,
)

ENVIRONMENTS = {"agnostic": None, "concrete": ENVIRONMENT}
FLAGS: dict[str, dict[str, Any]] = {"weak": CURRENT_FLAGS, "no-flags": {}}


def wire_alarms(scope: Construct, starter: IIncidentStarter, count: int) -> None:
    plain, low = IncidentAction(starter), IncidentAction(starter, impact=Impact.LOW)
    for number in range(count):
        alarm = new_alarm(scope, f"Alarm{number}")
        alarm.add_alarm_action(low if number % 10 == 0 else plain)
        alarm.add_ok_action(plain)


def wire_rules(scope: Construct, starter: IIncidentStarter, count: int) -> None:
    plain, low = IncidentTarget(starter), IncidentTarget(starter, impact=Impact.LOW)
    for number in range(count):
        new_rule(scope, f"Rule{number}").add_target(low if number % 10 == 0 else plain)


WIRES = {"alarm": wire_alarms, "rule": wire_rules}


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("flags", FLAGS)
def test_120_in_three_stacks_with_a_starter_in_a_fourth_add_no_permission_and_no_cycle(
    flags: str, environment: str, wire: str
) -> None:
    app = new_app(flags=FLAGS[flags])
    env = ENVIRONMENTS[environment]
    starter = new_starter(cdk.Stack(app, "Starter", env=env))
    for number in range(3):
        WIRES[wire](cdk.Stack(app, f"Stack{number}", env=env), starter, 40)

    templates = synth(app)

    assert [len(permissions(templates, principal)) for principal in (ALARMS, RULES)] == [1, 1]
    assert len(resources(templates, "AWS::Lambda::Permission")) == 2
    wired = [*resources(templates, "AWS::CloudWatch::Alarm"), *resources(templates, "AWS::Events::Rule")]
    assert len(wired) == 120
    named = {
        json.dumps(each["AlarmActions"][0] if wire == "alarm" else each["Targets"][0]["Arn"])
        for each in wired
    }
    assert len(named) == 1


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("arn", ["token", "literal"])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_120_wired_to_an_imported_starter_add_no_permission(environment: str, arn: str, wire: str) -> None:
    app = new_app()
    for number in range(3):
        stack = cdk.Stack(app, f"Stack{number}", env=ENVIRONMENTS[environment])
        text = FUNCTION if arn == "literal" else cdk.CfnParameter(stack, "Function").value_as_string
        WIRES[wire](stack, IncidentStarter.from_function_arn(stack, "Incidents", text), 40)

    templates = synth(app)

    assert resources(templates, "AWS::Lambda::Permission") == []
    kinds = resources(templates, "AWS::CloudWatch::Alarm") + resources(templates, "AWS::Events::Rule")
    assert len(kinds) == 120


@pytest.mark.parametrize("flags", FLAGS)
def test_nested_stacks_work_both_ways(flags: str) -> None:
    app = new_app(flags=FLAGS[flags])
    above, below = cdk.Stack(app, "Above"), cdk.Stack(app, "Below")
    inner = new_starter(cdk.NestedStack(above, "Inner"))
    outer = new_starter(below)
    wire_alarms(above, inner, 2)
    wire_rules(above, inner, 2)
    wire_alarms(cdk.NestedStack(below, "Inner"), outer, 2)
    wire_rules(cdk.NestedStack(below, "InnerToo"), outer, 2)
    wire_alarms(cdk.NestedStack(above, "Sibling"), inner, 2)

    templates = synth(app)

    assert len(resources(templates, "AWS::Lambda::Permission")) == 4
    assert len(resources(templates, "AWS::CloudWatch::Alarm")) == 6


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_each_stage_has_its_own_starter(environment: str) -> None:
    app = new_app()
    for name in ("Test", "Production"):
        stage = cdk.Stage(app, name, env=ENVIRONMENTS[environment])
        starter = new_starter(cdk.Stack(stage, "Starter"), response_plan=new_plan(cdk.Stack(stage, "Plans")))
        wire_alarms(cdk.Stack(stage, "Alarms"), starter, 2)

    templates = synth(app)

    assert len(permissions(templates, ALARMS)) == 2
    assert len(resources(templates, "AWS::CloudWatch::Alarm")) == 4


def test_another_stage_is_wired_by_a_literal_arn() -> None:
    app = new_app()
    new_starter(cdk.Stack(cdk.Stage(app, "Platform", env=ENVIRONMENT), "Starter"), function_name="incidents")
    stack = cdk.Stack(cdk.Stage(app, "Shop", env=ENVIRONMENT), "Alarms")
    wire_alarms(stack, IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION), 2)
    wire_rules(stack, IncidentStarter.from_function_arn(stack, "IncidentsToo", FUNCTION), 2)

    templates = synth(app)

    assert len(resources(templates, "AWS::Lambda::Permission")) == 2
    assert {each["AlarmActions"][0] for each in resources(templates, "AWS::CloudWatch::Alarm")} == {FUNCTION}
    assert {each["Targets"][0]["Arn"] for each in resources(templates, "AWS::Events::Rule")} == {FUNCTION}


@pytest.mark.parametrize("flags", FLAGS)
def test_another_account_is_wired_by_the_functions_name_and_trusted(flags: str) -> None:
    app = new_app(flags=FLAGS[flags])
    starter = new_starter(
        cdk.Stack(app, "Starter", env=ENVIRONMENT),
        function_name="incidents",
        trusted_accounts=[OTHER_ACCOUNT],
    )
    theirs = cdk.Stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    wire_alarms(theirs, starter, 2)
    wire_rules(theirs, starter, 2)

    templates = synth(app)

    for principal, service, what in ((ALARMS, "cloudwatch", "alarm:*"), (RULES, "events", "rule/*")):
        allowed = permissions(templates, principal)
        assert [each["SourceAccount"] for each in allowed] == [ACCOUNT, OTHER_ACCOUNT]
        assert [flat(each["SourceArn"]).replace("<AWS::Partition>", "aws") for each in allowed] == [
            f"arn:aws:{service}:{REGION}:{account}:{what}" for account in (ACCOUNT, OTHER_ACCOUNT)
        ]
    assert resources(templates["Theirs"], "AWS::Lambda::Permission") == []
    arn = flat(resources(templates["Theirs"], "AWS::CloudWatch::Alarm")[0]["AlarmActions"][0])
    assert arn in (FUNCTION, FUNCTION.replace("arn:aws:", "arn:<AWS::Partition>:"))


def test_trusted_accounts_may_hold_the_own_account_doubles_and_tokens() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Starter", env=ENVIRONMENT)
    tokens = [cdk.CfnParameter(stack, name).value_as_string for name in ("One", "Two")]
    new_starter(stack, trusted_accounts=[OTHER_ACCOUNT, ACCOUNT, OTHER_ACCOUNT, *tokens])

    accounts = [flat(each["SourceAccount"]) for each in permissions(synth(app), ALARMS)]

    assert accounts == [ACCOUNT, OTHER_ACCOUNT, "<One>", "<Two>"]


def test_the_functions_policy_stays_below_1_kb() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Starter", env=ENVIRONMENT)
    starter = new_starter(stack)
    wire_alarms(stack, starter, 40)
    wire_rules(stack, starter, 40)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{'x' * 64}"

    policy = {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [
            {
                "Sid": f"Starter-IncidentsAlarmPermission-{'x' * 12}",
                "Effect": "Allow",
                "Principal": {"Service": each["Principal"]},
                "Action": each["Action"],
                "Resource": arn,
                "Condition": {
                    "StringEquals": {"AWS:SourceAccount": each["SourceAccount"]},
                    "ArnLike": {"AWS:SourceArn": flat(each["SourceArn"])},
                },
            }
            for each in resources(synth(app), "AWS::Lambda::Permission")
        ],
    }

    assert len(json.dumps(policy)) <= 1024


def test_wired_alarms_and_rules_need_no_resource_of_their_own() -> None:
    app = new_app()
    starter = new_starter(cdk.Stack(app, "Starter"))
    stack = cdk.Stack(app, "Wired")
    wire_alarms(stack, starter, 20)
    wire_rules(stack, starter, 20)

    kinds = [each["Type"] for each in synth(app)["Wired"]["Resources"].values()]

    assert sorted(set(kinds)) == ["AWS::CloudWatch::Alarm", "AWS::Events::Rule"]
    assert len(kinds) == 40


def test_the_names_of_alarms_may_be_narrowed() -> None:
    app = new_app()
    new_starter(cdk.Stack(app, "Starter", env=ENVIRONMENT), alarm_name_prefix="shop-")

    [permission] = permissions(synth(app), ALARMS)

    assert flat(permission["SourceArn"]).endswith(f":cloudwatch:{REGION}:{ACCOUNT}:alarm:shop-*")


def test_a_composite_alarm_over_alarms_of_another_stack_and_its_starter_closes_no_cycle() -> None:
    app = new_app()
    part = new_alarm(cdk.Stack(app, "Part"))
    starter = new_starter(cdk.Stack(app, "Starter"))
    part.add_alarm_action(IncidentAction(starter, impact=Impact.LOW))
    rule = cloudwatch.AlarmRule.from_alarm(part, cloudwatch.AlarmState.ALARM)
    whole = cloudwatch.CompositeAlarm(cdk.Stack(app, "Whole"), "Whole", alarm_rule=rule)
    whole.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH))

    only(synth(app), "AWS::CloudWatch::CompositeAlarm")


def test_an_alarm_on_the_starters_own_failures_may_start_an_incident_of_another_starter() -> None:
    app = new_app()
    first, second = (new_starter(cdk.Stack(app, name)) for name in ("First", "Second"))
    stack = cdk.Stack(app, "Watch")
    for name, watched, by in (("One", first, second), ("Two", second, first)):
        alarm = watched.metric_failures().create_alarm(stack, name, threshold=1, evaluation_periods=1)
        alarm.add_alarm_action(IncidentAction(by, impact=Impact.HIGH))

    assert len(resources(synth(app), "AWS::CloudWatch::Alarm")) == 2


def test_a_rule_on_another_bus_is_wired_like_any_other() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Stack")
    bus = events.EventBus(stack, "Bus")
    pattern = events.EventPattern(source=["shop"])
    rule = events.Rule(stack, "Rule", event_bus=bus, event_pattern=pattern)
    rule.add_target(IncidentTarget(new_starter(stack)))

    [permission] = permissions(synth(app), RULES)

    assert flat(permission["SourceArn"]).endswith(":rule/*")
