"""Response plans in starters, of others, and granted: who names them how, and who may start what."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_sns as sns
from constructs import Construct

from constructs_lib import IncidentAction, IncidentTarget, IResponsePlan, ResponsePlan
from tests.constructs.apps import (
    CURRENT_FLAGS,
    ENVIRONMENT,
    OTHER_ENVIRONMENT,
    OTHER_PLAN,
    PLAN,
    allowed,
    flat,
    new_alarm,
    new_app,
    new_rule,
    new_stack,
    new_starter,
    only,
    resources,
    statements,
    synth,
    template_of,
)
from tests.constructs.test_response_plans import CONTACT, logical_id, new_response_plan, new_role

START, TAG = "ssm-incidents:StartIncident", "ssm-incidents:TagResource"
ENGAGE, CREATE = "ssm-contacts:StartEngagement", "ssm:CreateOpsItem"
THROUGH_INCIDENT_MANAGER = {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}}
LITERAL = "arn:<AWS::Partition>:ssm-incidents::<AWS::AccountId>:response-plan/"
both_reference_strengths = pytest.mark.parametrize("flags", [CURRENT_FLAGS, {}], ids=["weak", "strong"])


# -- in a starter ------------------------------------------------------------------------------------


@both_reference_strengths
def test_a_plan_beside_the_alarm_closes_no_cycle(flags: dict[str, object]) -> None:
    app = new_app(flags=flags)
    starter = new_starter(cdk.Stack(app, "Starter"))
    stack = cdk.Stack(app, "Alarms")
    plan = new_response_plan(stack)
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=plan))

    templates = synth(app)

    literal = f"{LITERAL}{plan.response_plan_name}"
    assert allowed(templates, START) == [literal, PLAN]
    description = flat(only(templates["Alarms"], "AWS::CloudWatch::Alarm")["AlarmDescription"])
    assert description == f"- Response plan: {literal}"


@both_reference_strengths
def test_a_starters_own_plan_may_stand_beside_the_alarms_too(flags: dict[str, object]) -> None:
    app = new_app(flags=flags)
    stack = cdk.Stack(app, "Alarms")
    own = new_response_plan(stack, "Own", response_plan_name="own")
    token = new_response_plan(stack, "Token", response_plan_name=name_known_later(stack))
    starter = new_starter(
        cdk.Stack(app, "Starter"), response_plan=own, additional_response_plans=[new_response_plan(stack)]
    )
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=token))

    templates = synth(app)

    assert len(allowed(templates["Starter"], START)) == 2
    assert allowed(templates["Alarms"], START) == [f"<{logical_id(token)}>"]


def name_known_later(scope: Construct) -> str:
    return str(cdk.CfnParameter(scope, "Name").value_as_string)


def test_a_plan_of_the_starters_own_stack_is_made_before_the_starter() -> None:
    stack = new_stack()
    plan = new_response_plan(stack)
    new_starter(stack, response_plan=plan)

    assert allowed(template_of(stack), START) == [f"<{logical_id(plan)}>"]


def test_a_plan_of_another_account_is_named_by_that_account() -> None:
    app = new_app()
    plan = new_response_plan(cdk.Stack(app, "Plans", env=OTHER_ENVIRONMENT), response_plan_name="security")
    starters = cdk.Stack(app, "Starters", env=ENVIRONMENT)
    new_starter(starters, response_plan=plan)

    assert allowed(synth(app)["Starters"], START) == [OTHER_PLAN]


def test_metrics_of_a_starter_know_the_plan_by_its_name() -> None:
    stack = new_stack()
    plan = new_response_plan(stack, response_plan_name="checkout")
    starter = new_starter(cdk.Stack(new_app(), "Other"))

    metric = starter.metric_incidents_started(response_plan=plan)

    assert metric.dimensions is not None
    assert metric.dimensions["ResponsePlan"] == "checkout"


@both_reference_strengths
def test_one_plan_beside_the_alarms_serves_all_that_a_starter_in_another_stack_has(
    flags: dict[str, object],
) -> None:
    app = new_app(flags=flags)
    stack = cdk.Stack(app, "Everything")
    plan = new_response_plan(stack, response_plan_name="checkout")
    starter = new_starter(cdk.Stack(app, "Starter"), response_plan=plan)
    starter.monitor(sns.Topic(starter, "Watchers"))
    starter.schedule_drill(events.Schedule.rate(cdk.Duration.days(1)), response_plan=plan)
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=plan))
    new_rule(stack).add_target(IncidentTarget(starter, response_plan=plan))

    templates = synth(app)

    assert allowed(templates, START) == [f"{LITERAL}checkout"]
    assert cdk.Stack.of(starter).dependencies == []


# -- of others ---------------------------------------------------------------------------------------


def test_a_plan_of_others_is_named_by_its_arn() -> None:
    stack = new_stack()
    theirs = ResponsePlan.from_response_plan_arn(stack, "Theirs", OTHER_PLAN)
    new_starter(cdk.Stack(stack.node.root, "Starter"), response_plan=theirs)  # type: ignore[arg-type]

    assert theirs.response_plan_arn == OTHER_PLAN
    assert theirs.response_plan_name == "security"
    assert theirs.env.account == "444455556666"
    assert allowed(synth(stack)["Starter"], START) == [OTHER_PLAN]


def test_a_plan_of_others_is_named_by_its_name_in_this_account() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Starter")
    named = ResponsePlan.from_response_plan_name(cdk.Stack(app, "Names"), "Theirs", "on-call")
    new_starter(stack, response_plan=named)

    templates = synth(app)

    assert allowed(templates["Starter"], START) == [f"{LITERAL}on-call"]
    assert stack.dependencies == []


def test_a_plan_of_others_by_a_token_is_taken_apart_at_deployment() -> None:
    stack = new_stack()
    arn = cdk.CfnParameter(stack, "Arn").value_as_string
    theirs = ResponsePlan.from_response_plan_arn(stack, "Theirs", arn)
    theirs.grant_start_incident(new_role(stack))

    template = template_of(stack)

    assert allowed(template, START) == ["<Arn>"]
    assert "incident-record" in allowed(template, TAG)[0]


# -- grants ------------------------------------------------------------------------------------------


def test_who_may_start_incidents_may_do_what_makes_them_page_and_nothing_else() -> None:
    stack = new_stack()
    plan = new_response_plan(stack, response_plan_name="checkout", engagements=[CONTACT])

    grant = plan.grant_start_incident(new_role(stack))

    assert grant.success
    template = template_of(stack)
    [policy] = resources(template, "AWS::IAM::Policy")
    assert len(policy["PolicyDocument"]["Statement"]) == 4
    assert allowed(template, START) == [f"<{logical_id(plan)}>"]
    records = "arn:<AWS::Partition>:ssm-incidents::<AWS::AccountId>:incident-record/checkout/*"
    assert allowed(template, TAG) == [records]
    assert allowed(template, ENGAGE) == [CONTACT]
    assert allowed(template, CREATE) == ["*"]
    for action in (ENGAGE, CREATE):
        [statement] = statements(template, action)
        assert statement["Condition"] == THROUGH_INCIDENT_MANAGER


@pytest.mark.parametrize(
    "make", [new_response_plan, lambda s: ResponsePlan.from_response_plan_arn(s, "P", PLAN)]
)
def test_where_no_engagement_is_known_any_may_be_engaged(make: Any) -> None:
    stack = new_stack()
    plan: IResponsePlan = make(stack)

    plan.grant_start_incident(new_role(stack))

    assert allowed(template_of(stack), ENGAGE) == ["*"]


def test_a_role_of_another_stack_is_granted_the_plan_by_name() -> None:
    app = new_app()
    plan = new_response_plan(cdk.Stack(app, "Plans"), response_plan_name="checkout")
    people = cdk.Stack(app, "People")

    plan.grant_start_incident(new_role(people))

    assert allowed(synth(app)["People"], START) == [f"{LITERAL}checkout"]
    assert people.dependencies == []


def test_a_starter_has_the_very_rights_that_a_plan_grants() -> None:
    app = new_app()
    plan = new_response_plan(cdk.Stack(app, "Plans"), response_plan_name="checkout")
    starters, people = cdk.Stack(app, "Starters"), cdk.Stack(app, "People")
    new_starter(starters, response_plan=plan)
    plan.grant_start_incident(new_role(people))

    templates = synth(app)

    for action in (START, TAG, ENGAGE, CREATE):
        assert allowed(templates["Starters"], action) == allowed(templates["People"], action)
