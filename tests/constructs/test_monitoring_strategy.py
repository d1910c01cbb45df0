"""What the alarms of cdk-monitoring-constructs say of their incidents."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import cdk_monitoring_constructs as monitoring
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from hypothesis import given, strategies as st

from constructs_lib import (
    AlarmTags,
    Impact,
    IncidentAlarmActionStrategy,
    IncidentDetails,
    IncidentStarter,
    RelatedItem,
)
from constructs_lib._bundle import texts, titles, trailers
from constructs_lib.monitoring import _expanded
from tests.constructs.apps import (
    ALARMS,
    ENVIRONMENT,
    OTHER_ENVIRONMENT,
    OTHER_PLAN,
    flat,
    new_alarm,
    new_app,
    new_plan,
    new_starter,
    permissions,
    resources,
    synth,
    warnings,
)
from tests.constructs.messages import counted_messages
from tests.constructs.mistakes import Mistake

WIKI = "https://wiki.example.com"
IMPACTS = {"Critical": Impact.CRITICAL, "Warning": Impact.LOW}
NO_STARTER: Any = "incidents"
HANDBOOK = RelatedItem.url(f"{WIKI}/on-call", title="Handbook")


class Watched(cdk.Stack):
    """A facade with a strategy, and alarms on one metric."""

    def __init__(self, *, composed: bool = False, **says: Any) -> None:
        app = new_app()
        home = cdk.Stack(app, "Home")
        super().__init__(app, "Watched")
        self.starter = new_starter(home)
        self.strategy = IncidentAlarmActionStrategy(self.starter, **says)
        action: Any = self.strategy
        if composed:
            noop = monitoring.NoopAlarmActionStrategy()
            action = monitoring.MultipleAlarmActionStrategy([noop, self.strategy])
        self.facade = monitoring.MonitoringFacade(
            self,
            "Facade",
            alarm_factory_defaults=monitoring.AlarmFactoryDefaults(
                actions_enabled=True, alarm_name_prefix="Shop", action=action
            ),
        )

    def watch(self, name: str = "orders", disambiguator: str = "Critical", **says: Any) -> "Watched":
        self.facade.monitor_custom(
            alarm_friendly_name=name,
            human_readable_name=name,
            metric_groups=[
                monitoring.CustomMetricGroup(
                    title=name,
                    metrics=[
                        monitoring.CustomMetricWithAlarm(
                            metric=cloudwatch.Metric(namespace="Shop", metric_name=name),
                            alarm_friendly_name=name,
                            add_alarm={
                                disambiguator: monitoring.CustomThreshold(
                                    threshold=1,
                                    comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
                                    **says,
                                )
                            },
                        )
                    ],
                )
            ],
        )
        return self

    def alarms(self, kind: str = "Alarm") -> list[dict[str, Any]]:
        return resources(synth(self), f"AWS::CloudWatch::{kind}")

    def said(self, kind: str = "Alarm") -> dict[str, Any]:
        """What the function reads in the only alarm's description."""
        [alarm] = self.alarms(kind)
        read = trailers.parse(flat(alarm["AlarmDescription"]))
        assert read.ignored == []
        return read.partial


def links(partial: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (item["title"], *item["identifier"]["value"].values()) for item in partial.get("relatedItems", ())
    ]


@pytest.mark.parametrize(
    ("disambiguator", "impact"), [("Critical", 1), ("Warning", 4), ("Informational", None)]
)
def test_the_disambiguator_is_the_impact(disambiguator: str, impact: int | None) -> None:
    watched = Watched(impacts=IMPACTS).watch(disambiguator=disambiguator)
    assert watched.said().get("impact") == impact


def test_runbook_and_documentation_are_related_items_and_not_written_twice() -> None:
    runbook = RelatedItem.url(f"{WIKI}/orders?v=2", title="How to help")
    watched = Watched(related_items=[HANDBOOK, runbook]).watch(
        runbook_link=f"{WIKI}/orders?v=2", documentation_link=f"{WIKI}/docs"
    )
    [alarm] = watched.alarms()
    assert links(watched.said()) == [
        ("Runbook", f"{WIKI}/orders?v=2"),
        ("Documentation", f"{WIKI}/docs"),
        ("Handbook", f"{WIKI}/on-call"),
    ]
    assert alarm["AlarmDescription"].count("orders?v=2") == 1


def test_nothing_is_added_below_a_description_that_says_all_already() -> None:
    watched = Watched(related_items=[HANDBOOK]).watch(runbook_link=f"{WIKI}/on-call")
    [alarm] = watched.alarms()
    assert alarm["AlarmDescription"].endswith(f"Runbook: {WIKI}/on-call")


def test_the_dedupe_string_stands_in_the_title() -> None:
    watched = Watched(title="{dedupe_string} ({disambiguator}): {reason} {{dedupe_string}}").watch(
        dedupe_string_override="any {orders}"
    )
    title = watched.said()["title"]
    assert title == "any {{orders}} (Critical): {reason} {{dedupe_string}}"
    assert titles.render(title, {"reason": "late"}) == "any {orders} (Critical): late {dedupe_string}"


def test_without_a_dedupe_string_the_alarms_name_stands_in_the_title() -> None:
    assert Watched(title="{dedupe_string}!").watch().said()["title"] == "{alarm_name}!"


def test_a_plan_per_disambiguator_may_be_started() -> None:
    watched = Watched(response_plans={"Warning": OTHER_PLAN})
    watched.watch("orders").watch("mails", "Warning")
    by_name = {alarm["AlarmName"]: alarm["AlarmDescription"] for alarm in watched.alarms()}
    plans = {name: trailers.parse(text).partial.get("responsePlanArn") for name, text in by_name.items()}
    assert plans == {"Shop-orders-Critical": None, "Shop-mails-Warning": OTHER_PLAN}
    assert OTHER_PLAN in str(resources(synth(watched), "AWS::IAM::Policy"))


def test_custom_params_win_over_everything_and_their_items_come_first() -> None:
    details = IncidentDetails(
        impact=Impact.HIGH,
        title="Nobody can pay",
        response_plan=OTHER_PLAN,
        related_items=[RelatedItem.url(f"{WIKI}/war-room", title="War room")],
    )
    says: Any = {"impacts": IMPACTS, "title": "{disambiguator}", "related_items": [HANDBOOK]}
    watched = Watched(**says).watch(
        custom_params={"startIncident": details.to_request(), "theirs": ["left alone"]}
    )
    said = watched.said()
    assert (said["impact"], said["title"], said["responsePlanArn"]) == (2, "Nobody can pay", OTHER_PLAN)
    assert links(said) == [("War room", f"{WIKI}/war-room"), ("Handbook", f"{WIKI}/on-call")]
    assert OTHER_PLAN in str(resources(synth(watched), "AWS::IAM::Policy"))


def test_a_link_of_the_alarm_and_of_the_strategy_stands_once() -> None:
    mine = RelatedItem.url(f"{WIKI}/on-call", title="Mine")
    said = Watched(related_items=[HANDBOOK]).watch(
        custom_params={"startIncident": IncidentDetails(related_items=[mine]).to_request()}
    )
    assert links(said.said()) == [("Mine", f"{WIKI}/on-call")]


def test_a_plan_of_the_app_may_stand_in_custom_params() -> None:
    watched = Watched()
    details = IncidentDetails(response_plan=new_plan(watched, name="orders"))
    watched.watch(custom_params={"startIncident": details.to_request()})
    assert ":response-plan/orders" in flat(watched.alarms()[0]["AlarmDescription"])
    assert ":response-plan/orders" in str(resources(synth(watched), "AWS::IAM::Policy"))


def test_a_composite_alarm_says_its_own() -> None:
    watched = Watched(impacts=IMPACTS).watch("orders").watch("mails")
    watched.facade.create_composite_alarm_using_disambiguator(
        "Critical",
        disambiguator="Warning",
        runbook_link=f"{WIKI}/all",
        custom_params={"startIncident": {"title": "All of it"}},
    )
    said = watched.said("CompositeAlarm")
    assert (said["impact"], said["title"], links(said)) == (4, "All of it", [("Runbook", f"{WIKI}/all")])


def test_the_deprecated_composite_alarm_of_sample_counts_pages_and_its_parts_do_not() -> None:
    watched = Watched(impacts=IMPACTS).watch(min_metric_samples_to_alarm=5)
    assert watched.said("CompositeAlarm")["impact"] == 1
    assert [alarm.get("AlarmActions") for alarm in watched.alarms()] == [None, None]


@pytest.mark.parametrize("composed", [False, True], ids=["alone", "among multiple"])
def test_an_alarm_tells_of_its_recovery_too_unless_told_otherwise(composed: bool) -> None:  # noqa: FBT001
    [alarm] = Watched(composed=composed, impacts=IMPACTS).watch().alarms()
    assert alarm["AlarmActions"] == alarm["OKActions"]
    assert "InsufficientDataActions" not in alarm
    [alarm] = Watched(composed=composed, ok_actions=False, insufficient_data_actions=True).watch().alarms()
    assert alarm["AlarmActions"] == alarm["InsufficientDataActions"]
    assert "OKActions" not in alarm


def test_alarms_of_a_facade_can_send_their_tags_along() -> None:
    tags = AlarmTags(impact="pager-impact")
    watched = Watched(alarm_tags=tags).watch("orders").watch("mails")
    watched.facade.create_composite_alarm_using_disambiguator("Critical", disambiguator="Critical")
    propagation = {"Enabled": True, "IncludedTagKeys": ["pager-impact"]}
    for alarm in watched.alarms() + watched.alarms("CompositeAlarm"):
        assert alarm["ActionConfiguration"]["AlarmTagsPropagation"] == propagation


def test_any_number_of_alarms_adds_no_permission_and_no_warning() -> None:
    watched = Watched(impacts=IMPACTS)
    for number in range(5):
        watched.watch(f"service{number}")
    assert len(permissions(synth(watched), ALARMS)) == 1
    assert warnings(watched) == []


@pytest.mark.parametrize(("says", "cost"), [({}, 9), ({"impacts": IMPACTS, "title": "{dedupe_string}"}, 12)])
def test_an_alarm_costs_few_messages_and_six_of_them_are_the_structs(says: dict[str, Any], cost: int) -> None:
    """What jsii asks of the struct that cdk-monitoring-constructs hands over is not for us to save."""
    watched = Watched(**says)
    noop = monitoring.NoopAlarmActionStrategy()
    watched.watch("first").watch("without", action_override=noop)
    with counted_messages() as without:
        watched.watch("second", action_override=noop)
    with counted_messages() as messages:
        watched.watch("third")
    assert len(messages) - len(without) == cost


def test_python_code_may_add_the_actions_itself() -> None:
    watched = Watched()
    alarm = cloudwatch.Metric(namespace="Shop", metric_name="X").create_alarm(
        watched, "X", threshold=1, evaluation_periods=1
    )
    strategy = IncidentAlarmActionStrategy(watched.starter, impacts=IMPACTS)
    strategy.add_alarm_actions(alarm=alarm, action=strategy, disambiguator="Warning", custom_tags=["x"])
    assert watched.said()["impact"] == 4


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_a_dedupe_string_is_read_back_as_it_was(before: str, dedupe_string: str, after: str) -> None:
    title = f"{_escaped(before)}{{dedupe_string}}{_escaped(after)}"
    filled = _expanded(title, {"dedupe_string": dedupe_string, "disambiguator": None})
    assert titles.render(filled, {}) == texts.one_line(f"{before}{dedupe_string}{after}")


def _escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def strategy(**says: Any) -> Callable[[], object]:
    return lambda: Watched(**says)


def custom(partial: object, **says: Any) -> Callable[[], object]:
    return lambda: Watched(**says).watch(custom_params={"startIncident": partial})


def two_strategies() -> None:
    watched = Watched(impacts=IMPACTS)
    other = IncidentAlarmActionStrategy(watched.starter, impacts={"Critical": Impact.LOW})
    watched.watch(action_override=monitoring.MultipleAlarmActionStrategy([watched.strategy, other]))


def another_account() -> None:
    app = new_app()
    named = new_starter(cdk.Stack(app, "Home", env=ENVIRONMENT), function_name="incidents")
    theirs = cdk.Stack(app, "Theirs", env=OTHER_ENVIRONMENT)
    alarm = new_alarm(theirs)
    strategy = IncidentAlarmActionStrategy(named)
    strategy.add_alarm_actions(alarm=alarm, action=strategy)


MISTAKES = {
    "two strategies that differ": Mistake(
        two_strategies,
        ("Watched/Facade/Shop-orders-Critical: got two incident actions with different details",),
    ),
    "an alarm of another account": Mistake(another_account, ("Theirs/Alarm", "of account 444455556666")),
    "no starter": Mistake(lambda: IncidentAlarmActionStrategy(NO_STARTER), ("an IncidentStarter is needed",)),
    "a tag's key": Mistake(strategy(alarm_tags="pager-impact"), ("Home/Incidents: alarm_tags: got",)),
    "impacts in a list": Mistake(strategy(impacts=[1]), ("impacts: got [1]", "a dict by disambiguator")),
    "one item and none in a list": Mistake(strategy(related_items=HANDBOOK), ("a list of RelatedItem",)),
    "an impact of 6": Mistake(strategy(impacts={"Critical": 6}), ("Home/Incidents: impact: got 6",)),
    "an empty disambiguator": Mistake(strategy(impacts={"": 1}), ("impacts: a disambiguator: got ''",)),
    "a plan's name": Mistake(strategy(response_plans={"Critical": "on-call"}), ("a full ARN is needed",)),
    "an unknown placeholder": Mistake(strategy(title="{dedupe}"), ("Home/Incidents", "'{dedupe}'")),
    "a metric": Mistake(
        strategy(related_items=[RelatedItem.metric_definition("{}")]),
        ("an alarm's description can carry links and ARNs only",),
    ),
    "a text as custom params": Mistake(
        custom("high"),
        ("Watched/Facade/Shop-orders-Critical: custom_params['startIncident']: got 'high'",),
    ),
    "an unknown member": Mistake(custom({"severity": 1}), ("got 'severity', an alarm can say impact",)),
    "a member of a hand": Mistake(custom({"clientToken": "x"}), ("got 'clientToken'",)),
    "an impact by name": Mistake(custom({"impact": "HIGH"}), ("custom_params", "impact: got 'HIGH'")),
    "an item by its link": Mistake(custom({"relatedItems": [WIKI]}), ("an item of StartIncident is needed",)),
    "one item and no list": Mistake(custom({"relatedItems": {"a": 1}}), ("a list of values is needed",)),
    "an item without a link": Mistake(
        custom({"relatedItems": [RelatedItem.pager_duty("PD1", title="PagerDuty").to_request()]}),
        ("custom_params", "an alarm's description can carry links and ARNs only"),
    ),
    "an item of two values": Mistake(
        custom({"relatedItems": [{"identifier": {"type": "OTHER", "value": {"url": WIKI, "arn": "x"}}}]}),
        ("custom_params",),
    ),
    "too long a title": Mistake(
        lambda: Watched(title="{dedupe_string}").watch(dedupe_string_override="x" * 201),
        ("Watched/Facade/Shop-orders-Critical: title: got 201 characters",),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_its_sentence(name: str) -> None:
    MISTAKES[name].gets_its_sentence()


def test_an_imported_starter_serves_as_well() -> None:
    stack = cdk.Stack(new_app(), "Mine")
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:incidents"
    theirs = IncidentStarter.from_function_arn(stack, "Theirs", arn)
    facade = monitoring.MonitoringFacade(
        stack,
        "Facade",
        alarm_factory_defaults=monitoring.AlarmFactoryDefaults(
            actions_enabled=True,
            alarm_name_prefix="Shop",
            action=IncidentAlarmActionStrategy(theirs, impacts=IMPACTS),
        ),
    )
    facade.monitor_log(
        log_group_name="x",
        human_readable_name="x",
        alarm_friendly_name="x",
        pattern="ERROR",
        add_max_incoming_logs_alarm={"Critical": monitoring.MaxUsageCountThreshold(max_count=1)},
    )
    [alarm] = resources(synth(stack), "AWS::CloudWatch::Alarm")
    assert alarm["AlarmActions"] == [arn]
