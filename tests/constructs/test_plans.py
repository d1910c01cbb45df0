"""Response plans: which ones a starter may start, and how it refers to them across stacks."""

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk.interfaces import aws_ssmincidents as plan_interfaces
from constructs import Construct

from constructs_lib import Impact, IncidentAction, IncidentStarter, IncidentTarget, Ledger
from tests.constructs.apps import (
    CURRENT_FLAGS,
    FUNCTION,
    OTHER_PLAN,
    PLAN,
    allowed,
    flat,
    new_alarm,
    new_app,
    new_plan,
    new_rule,
    new_stack,
    new_starter,
    only,
    plan_with_token_name,
    statements,
    synth,
    template_of,
    warnings,
)

START, TAG = "ssm-incidents:StartIncident", "ssm-incidents:TagResource"
LITERAL = "arn:<AWS::Partition>:ssm-incidents::<AWS::AccountId>:response-plan/"
both_reference_strengths = pytest.mark.parametrize("flags", [CURRENT_FLAGS, {}], ids=["weak", "strong"])


def test_a_starter_may_start_the_one_plan_it_was_given_and_tag_its_incidents() -> None:
    stack = new_stack()
    new_starter(stack)

    template = template_of(stack)

    assert allowed(template, START) == [PLAN]
    assert allowed(template, TAG) == ["arn:aws:ssm-incidents::111122223333:incident-record/on-call/*"]


def test_a_starter_may_start_exactly_the_plans_that_anyone_named() -> None:
    stack = new_stack()
    starter = new_starter(
        stack, additional_response_plans=[OTHER_PLAN, new_plan(stack, "Listed", name="listed")]
    )
    own = new_plan(stack, "Own", name="own")
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=own))
    for name in ("One", "Two"):
        plan = f"arn:aws:ssm-incidents::111122223333:response-plan/{name}"
        new_rule(stack, name).add_target(IncidentTarget(starter, response_plan=plan))

    template = template_of(stack)

    assert allowed(template, START) == [
        "<Listed>",
        "<Own>",
        "arn:aws:ssm-incidents::111122223333:response-plan/One",
        "arn:aws:ssm-incidents::111122223333:response-plan/Two",
        PLAN,
        OTHER_PLAN,
    ]
    assert len(allowed(template, TAG)) == 6


def test_a_plan_named_twice_is_allowed_once() -> None:
    stack = new_stack()
    starter = new_starter(stack, additional_response_plans=[PLAN, OTHER_PLAN, OTHER_PLAN])
    for _ in range(3):
        IncidentAction(starter, response_plan=PLAN)

    assert allowed(template_of(stack), START) == [PLAN, OTHER_PLAN]


@both_reference_strengths
def test_a_plan_with_a_literal_name_beside_the_alarm_closes_no_cycle(flags: dict[str, object]) -> None:
    app = new_app(flags=flags)
    starter = new_starter(cdk.Stack(app, "Starter"))
    stack = cdk.Stack(app, "Alarms")
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=new_plan(stack)))

    templates = synth(app)

    assert allowed(templates, START) == [f"{LITERAL}database", PLAN]
    description = flat(only(templates["Alarms"], "AWS::CloudWatch::Alarm")["AlarmDescription"])
    assert description == f"- Response plan: {LITERAL}database"


@both_reference_strengths
def test_a_plan_with_a_token_name_beside_the_alarm_is_allowed_by_a_policy_beside_it(
    flags: dict[str, object],
) -> None:
    app = new_app(flags=flags)
    starter = new_starter(cdk.Stack(app, "Starter"))
    stack = cdk.Stack(app, "Alarms")
    plan = plan_with_token_name(stack)
    new_alarm(stack).add_alarm_action(IncidentAction(starter, response_plan=plan))

    templates = synth(app)

    assert allowed(templates["Starter"], START) == [PLAN]
    assert allowed(templates["Alarms"], START) == ["<Plan>"]
    assert len(allowed(templates["Alarms"], TAG)) == 1
    description = flat(only(templates["Alarms"], "AWS::CloudWatch::Alarm")["AlarmDescription"])
    assert description == "- Response plan: <Plan>"


@both_reference_strengths
def test_several_starters_may_start_one_plan_with_a_token_name(flags: dict[str, object]) -> None:
    app = new_app(flags=flags)
    starters = [new_starter(cdk.Stack(app, name)) for name in ("One", "Two")]
    stack = cdk.Stack(app, "Plans")
    plans = [plan_with_token_name(stack, name) for name in ("A", "B")]
    for starter in starters:
        for plan in plans:
            starter.allow_plan(plan)

    assert allowed(synth(app)["Plans"], START) == ["<A>", "<A>", "<B>", "<B>"]


@both_reference_strengths
def test_a_starters_own_plan_with_a_token_name_may_come_from_another_stack(flags: dict[str, object]) -> None:
    app = new_app(flags=flags)
    plans = cdk.Stack(app, "Plans")
    more = [plan_with_token_name(plans, "More"), plan_with_token_name(plans, "Other")]
    stack = cdk.Stack(app, "Starter")
    starter = new_starter(
        stack, response_plan=plan_with_token_name(plans), additional_response_plans=more[:1]
    )
    IncidentAction(starter, response_plan=more[1])

    templates = synth(app)

    assert len(allowed(templates["Starter"], START)) == 3
    assert statements(templates["Plans"], START) == []


def test_a_plan_of_the_starters_own_stack_is_made_before_it_is_used() -> None:
    stack = new_stack()
    new_starter(stack, response_plan=new_plan(stack), ledger=Ledger.off())

    template = template_of(stack)

    assert allowed(template, START) == ["<Plan>"]
    environment = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]["INCIDENT_STARTER"]
    assert flat(environment) == '{"startIncident":{"responsePlanArn":"<Plan>"}}'


def test_a_plan_in_a_parent_or_nested_stack_is_fine() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Parent")
    starter = new_starter(stack, response_plan=new_plan(cdk.NestedStack(stack, "Plans"), name="nested"))
    nested = cdk.NestedStack(stack, "Alarms")
    for number, plan in enumerate((new_plan(nested), plan_with_token_name(nested, "Token"))):
        new_alarm(nested, f"Alarm{number}").add_alarm_action(IncidentAction(starter, response_plan=plan))

    assert len(allowed(synth(app), START)) == 3


@jsii.implements(plan_interfaces.IResponsePlanRef)
class TeamPlan(Construct):
    """A team's own L2: anything with CDK's interface is a plan."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.name = "a name for people"
        self.plan = new_plan(self, name="own")

    @property
    def env(self) -> cdk.interfaces.ResourceEnvironment:
        return self.plan.env

    @property
    def response_plan_ref(self) -> plan_interfaces.ResponsePlanReference:
        return self.plan.response_plan_ref


def test_anything_with_cdks_interface_of_a_plan_is_a_plan() -> None:
    stack = new_stack()
    new_starter(stack, response_plan=TeamPlan(stack, "Team"))

    template = template_of(stack)

    [start] = allowed(template, START)
    assert start.startswith("<TeamPlan")
    [records] = allowed(template, TAG)
    assert "a name for people" not in records


def test_a_plan_by_a_token_arn_is_split_at_deployment() -> None:
    stack = new_stack()
    new_starter(stack, response_plan=cdk.Fn.import_value("PlanArn"))

    template = template_of(stack)

    [start] = allowed(template, START)
    assert "PlanArn" in start
    [records] = allowed(template, TAG)
    assert "incident-record" in records


def test_a_plan_of_an_imported_starter_warns_that_its_owner_must_list_it() -> None:
    stack = new_stack()
    starter = IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION)
    new_alarm(stack).add_alarm_action(IncidentAction(starter, impact=Impact.HIGH, response_plan=OTHER_PLAN))

    [warning] = warnings(stack)

    assert "its owner must list the plan in additional_response_plans" in warning
    assert OTHER_PLAN in warning
    assert statements(template_of(stack), START) == []
