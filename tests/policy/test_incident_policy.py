"""Guard rails at a real synthesis: what CDK's report says, and what an acknowledgement takes out of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_events as events,
    aws_sns as sns,
)

from constructs_lib import (
    AlarmForwarder,
    AlarmMatch,
    Impact,
    IncidentAction,
    IncidentPolicy,
    IncidentRoutes,
    IncidentStarter,
    IncidentTarget,
    PolicyLevel,
    RelatedItem,
    Route,
)
from constructs_lib.policy.guard_rails import burning_in
from tests.constructs.apps import (
    CURRENT_FLAGS,
    FUNCTION,
    OTHER_ENVIRONMENT,
    new_alarm,
    new_app,
    new_rule,
    new_starter,
)

RUNBOOK = RelatedItem.url("https://wiki.example.com/shop", title="Runbook of the shop")


class Told(NamedTuple):
    rule: str
    severity: str
    path: str


def app_of(stage: str) -> tuple[cdk.App, cdk.Stack, IncidentStarter]:
    app = new_app(flags={**CURRENT_FLAGS, "stage": stage})
    return app, cdk.Stack(app, "Shop"), new_starter(cdk.Stack(app, "Home"))


def report(app: cdk.App) -> list[dict[str, Any]]:
    """The violations of CDK's own report."""
    fails(app)
    file = Path(app.outdir) / "validation-report.json"
    [plugin] = [
        each
        for each in json.loads(file.read_text())["pluginReports"]
        if each["pluginName"] == "incident-policy"
    ]
    return list(plugin["violations"])


def told(app: cdk.App) -> list[Told]:
    return sorted(
        Told(violation["ruleName"], violation["severity"], place["constructPath"].removesuffix("/Resource"))
        for violation in report(app)
        for place in violation["violatingConstructs"]
    )


def fails(app: cdk.App) -> bool:
    try:
        app.synth()
    except RuntimeError as error:
        return "ValidationFailed" in str(error)
    return False


def urgent_without_runbook(stack: cdk.Stack, starter: IncidentStarter) -> None:
    new_alarm(stack).add_alarm_action(IncidentAction(starter, impact=Impact.HIGH))


def unrouted(stack: cdk.Stack, _: IncidentStarter) -> None:
    new_alarm(stack)


def wired_twice(stack: cdk.Stack, starter: IncidentStarter) -> None:
    new_alarm(stack).add_alarm_action(
        IncidentAction(starter, impact=Impact.LOW), actions.SsmIncidentAction("on-call")
    )


def loud(stack: cdk.Stack, starter: IncidentStarter) -> None:
    new_alarm(stack).add_alarm_action(IncidentAction(starter, impact=Impact.HIGH, related_items=[RUNBOOK]))


def loud_rule(stack: cdk.Stack, starter: IncidentStarter) -> None:
    new_rule(stack, "Alarm").add_target(IncidentTarget(starter, impact=Impact.MEDIUM))


def as_loud_as_its_plan(stack: cdk.Stack, starter: IncidentStarter) -> None:
    new_alarm(stack).add_alarm_action(IncidentAction(starter))


VIOLATED: dict[str, tuple[str, Callable[[cdk.Stack, IncidentStarter], None], str]] = {
    "impact 2 without a runbook": ("prod", urgent_without_runbook, "runbook"),
    "an alarm of prod that tells nobody": ("Production", unrouted, "routed"),
    "two pages for one problem": ("prod", wired_twice, "wired-once"),
    "impact 2 outside of prod": ("dev", loud, "quiet-elsewhere"),
    "a rule with impact 3 outside of prod": ("dev", loud_rule, "quiet-elsewhere"),
    "an impact that only the plan knows outside of prod": ("", as_loud_as_its_plan, "quiet-elsewhere"),
}


@pytest.mark.parametrize("violation", VIOLATED)
def test_a_violated_guard_rail_fails_the_synthesis_with_the_constructs_path(violation: str) -> None:
    stage, make, rule = VIOLATED[violation]
    app, stack, starter = app_of(stage)
    make(stack, starter)
    IncidentPolicy().apply(app)

    assert told(app) == [(rule, "error", "Shop/Alarm")]


@pytest.mark.parametrize("violation", VIOLATED)
def test_who_has_a_reason_acknowledges_it(violation: str) -> None:
    stage, make, rule = VIOLATED[violation]
    app, stack, starter = app_of(stage)
    make(stack, starter)
    IncidentPolicy().apply(app)
    cdk.Validations.of(stack).acknowledge(
        cdk.Acknowledgment(id=f"incident-policy::{rule}", reason="nobody uses it yet")
    )

    assert not fails(app)


@pytest.mark.parametrize("violation", VIOLATED)
def test_a_guard_rail_warns_or_is_off_if_the_policy_says_so(violation: str) -> None:
    stage, make, rule = VIOLATED[violation]
    for level in (PolicyLevel.WARNING, PolicyLevel.OFF):
        app, stack, starter = app_of(stage)
        make(stack, starter)
        options: dict[str, Any] = {rule.replace("-", "_"): level}
        IncidentPolicy(**options).apply(app)

        assert not fails(app)
        if level is PolicyLevel.WARNING:
            assert told(app) == [(rule, "warning", "Shop/Alarm")]


def test_what_keeps_every_rule_is_not_told() -> None:
    app, stack, starter = app_of("prod")
    loud(stack, starter)
    IncidentPolicy().apply(app)

    assert not fails(app)


def test_routes_help_to_keep_them() -> None:
    app, stack, starter = app_of("prod")
    new_alarm(stack)
    IncidentRoutes(
        default=starter,
        routes=[Route(AlarmMatch(stage="prod"), impact=Impact.CRITICAL, related_items=[RUNBOOK])],
    ).apply(app)
    IncidentPolicy().apply(app)

    assert not fails(app)


def test_alarms_of_stages_and_nested_stacks_are_judged_by_their_stage() -> None:
    app = new_app()
    for name in ("Dev", "Prod"):
        stack = cdk.Stack(cdk.Stage(app, name), "Shop")
        new_alarm(cdk.NestedStack(stack, "Nested"))
    IncidentPolicy().apply(app)

    assert told(app) == [("routed", "error", "Prod/Shop/Nested/Alarm")]


def test_stages_within_stacks_and_stages_are_found() -> None:
    app = new_app()
    outer = cdk.Stage(cdk.Stack(app, "Pipeline"), "Europe")
    new_alarm(cdk.Stack(cdk.Stage(outer, "Prod"), "Shop"))
    new_alarm(cdk.Stack(outer, "Shared"))
    IncidentPolicy(prod="europe-prod").apply(app)

    assert told(app) == [("routed", "error", "Pipeline/Europe/Prod/Shop/Alarm")]


def test_the_children_of_a_composite_alarm_that_pages_need_no_action_of_their_own() -> None:
    app, stack, starter = app_of("prod")
    one, other = new_alarm(stack, "One"), new_alarm(stack, "Other", alarm_name="other")
    cloudwatch.CompositeAlarm(
        stack, "All", alarm_rule=cloudwatch.AlarmRule.any_of(one, other)
    ).add_alarm_action(IncidentAction(starter, impact=Impact.LOW))
    new_alarm(stack, "Alone")
    IncidentPolicy().apply(app)

    assert told(app) == [("routed", "error", "Shop/Alone")]


def test_the_children_of_a_composite_alarm_within_one_that_pages_need_no_action_either() -> None:
    app, stack, starter = app_of("prod")
    one = new_alarm(stack, "One")
    inner = cloudwatch.CompositeAlarm(stack, "Inner", alarm_rule=cloudwatch.AlarmRule.any_of(one))
    outer = cloudwatch.CompositeAlarm(stack, "Outer", alarm_rule=cloudwatch.AlarmRule.any_of(inner))
    outer.add_alarm_action(IncidentAction(starter, impact=Impact.LOW))
    new_alarm(stack, "Alone")
    IncidentPolicy().apply(app)

    assert told(app) == [("routed", "error", "Shop/Alone")]


def test_an_alarm_that_keeps_a_composite_one_quiet_does_not_page_by_it() -> None:
    app, stack, starter = app_of("prod")
    burns, quiets = new_alarm(stack, "Burns"), new_alarm(stack, "Quiets")
    rule = cloudwatch.AlarmRule.all_of(burns, cloudwatch.AlarmRule.not_(quiets))
    cloudwatch.CompositeAlarm(stack, "All", alarm_rule=rule).add_alarm_action(
        IncidentAction(starter, impact=Impact.LOW)
    )
    IncidentPolicy().apply(app)

    assert told(app) == [("routed", "error", "Shop/Quiets")]


@pytest.mark.parametrize(
    ("rule", "burning"),
    [
        ('ALARM("a") AND NOT OK(b) AND NOT ALARM(c) AND OK(d)', ["a", "b"]),
        ("NOT (ALARM(a) OR OK('b'))", ["b"]),
        ("NOT (NOT ALARM(a) AND (OK(b) OR NOT (OK(c))))", ["a", "b"]),
        ("INSUFFICIENT_DATA(a) OR TRUE", []),
        ('ALARM("NOT (a)") OR ALARM(not-b)', ["NOT (a)", "not-b"]),
        ("ALARM(a)) OR ALARM(b)", ["a", "b"]),
        (
            "ALARM( arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a )",
            ["arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a"],
        ),
    ],
)
def test_what_sets_a_composite_alarm_off_is_found_in_its_rule(rule: str, burning: list[str]) -> None:
    assert [*burning_in(rule)] == burning


def test_what_tells_a_starter_of_another_app_or_a_hub_pages() -> None:
    app = new_app(flags={**CURRENT_FLAGS, "stage": "prod"})
    stack = cdk.Stack(app, "Shop")
    starter = IncidentStarter.from_function_arn(stack, "Starter", FUNCTION)
    new_alarm(stack, "Routed")
    new_alarm(stack, "Disabled", actions_enabled=False)
    member = cdk.Stack(app, "Member", env=OTHER_ENVIRONMENT)
    AlarmForwarder(member, "Forwarder", hub="arn:aws:events:eu-west-1:777788889999:event-bus/incidents")
    new_alarm(member, "Forwarded")
    IncidentRoutes(default=starter).apply(stack)
    IncidentPolicy().apply(app)

    assert told(app) == [("routed", "error", "Shop/Disabled")]


def test_an_alarm_whose_actions_are_disabled_is_told_so() -> None:
    app, stack, starter = app_of("prod")
    new_alarm(stack, actions_enabled=False)
    IncidentRoutes(default=starter).apply(app)
    IncidentPolicy().apply(app)

    [violation] = report(app)
    assert violation["description"].endswith("nobody is paged when it burns: its actions are disabled")
    assert violation["suggestedFix"].startswith("enable them, ")


def test_an_app_that_does_not_say_its_stage_is_told_how() -> None:
    app, stack, starter = app_of("")
    loud(stack, starter)
    IncidentPolicy(prod=["live-*", "prod"]).apply(app)

    [violation] = report(app)
    assert violation["suggestedFix"].endswith("if this is production, say so: -c stage=live-")


def test_what_watches_a_starter_is_no_alarm_of_the_app() -> None:
    app, stack, starter = app_of("prod")
    starter.monitor(sns.Topic(stack, "Topic"))
    starter.schedule_drill(events.Schedule.rate(cdk.Duration.days(1)))
    IncidentRoutes(default=starter).apply(app)
    IncidentPolicy().apply(app)

    assert not fails(app)


def test_more_alarms_than_a_plan_can_serve_are_a_warning() -> None:
    app, stack, starter = app_of("prod")
    for number in range(3):
        new_alarm(stack, f"Alarm{number}").add_alarm_action(IncidentAction(starter, impact=Impact.LOW))
    IncidentPolicy(max_alarms_per_plan=2).apply(app)

    assert told(app) == [("alarms-per-plan", "warning", "Shop/Alarm2")]
    [violation] = report(app)
    assert violation["description"] == (
        "3 alarms and rules page the plan on-call, at most 2 may: it starts 200 incidents a month and no "
        "more, 66.7 for each"
    )
    assert not fails(app)


SENTENCES = {
    "runbook": "it pages with impact 2 (high), and whoever is paged finds no runbook",
    "routed": "it is in production, and nobody is paged when it burns",
    "wired-once": "it starts an incident natively and through a starter: two pages for one problem",
    "quiet-elsewhere": (
        "it pages in stage dev with impact 2 (high), outside of prod* nothing may page above 4 (low)"
    ),
}


def test_the_sentences_are_the_ones_that_were_looked_at() -> None:
    found = {}
    for stage, make, rule in list(VIOLATED.values())[:4]:
        app, stack, starter = app_of(stage)
        make(stack, starter)
        IncidentPolicy().apply(app)
        [violation] = report(app)
        found[rule] = violation["description"]

    assert found == SENTENCES


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "a level that is none": (
        lambda: IncidentPolicy(runbook="error"),  # type: ignore[arg-type]
        "runbook: got 'error', allowed are PolicyLevel.ERROR, PolicyLevel.WARNING, PolicyLevel.OFF",
    ),
    "no alarms per plan": (
        lambda: IncidentPolicy(max_alarms_per_plan=0),
        "max_alarms_per_plan: got 0, allowed are 1 to 200",
    ),
    "an impact that is none": (
        lambda: IncidentPolicy(runbook_from=7),  # type: ignore[arg-type]
        "runbook_from: impact: got 7, allowed are",
    ),
    "no stage": (
        lambda: IncidentPolicy(prod=[]),
        "stage: got [], one value or a list of at least one is needed",
    ),
    "nothing as its stage": (
        lambda: IncidentPolicy(prod=None),  # type: ignore[arg-type]
        "prod: stage: got None, one value or a list of at least one is needed",
    ),
    "a stack": (
        lambda: IncidentPolicy().apply(cdk.Stack(new_app(), "Stack")),  # type: ignore[arg-type]
        "of type Stack, an app is needed: CDK validates all of its Stages together",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_its_sentence(mistake: str) -> None:
    make, sentence = MISTAKES[mistake]

    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        make()

    assert sentence in str(caught.value)
