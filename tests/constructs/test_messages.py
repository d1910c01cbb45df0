"""The price of wiring in messages to Node, exactly."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentStarter,
    IncidentTarget,
    Ledger,
    RelatedItem,
)
from tests.constructs.apps import new_alarm, new_rule, new_stack, new_starter
from tests.constructs.messages import counted_messages

OVERRIDES: dict[str, Any] = {
    "impact": Impact.HIGH,
    "title": "Checkout fails",
    "related_items": [RelatedItem.url("https://wiki.example.com", title="Runbook")],
}


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return new_stack()


@pytest.fixture(scope="module")
def starter(stack: cdk.Stack) -> IncidentStarter:
    return new_starter(stack)


@pytest.fixture
def alarm(stack: cdk.Stack, request: pytest.FixtureRequest) -> cloudwatch.Alarm:
    return new_alarm(stack, request.node.name)


@pytest.mark.parametrize(("ledger", "most"), [(Ledger.off(), 44), (Ledger(), 60)], ids=["none", "a ledger"])
def test_making_a_starter_costs_few_messages(ledger: Ledger, most: int) -> None:
    home = new_stack()
    with counted_messages() as messages:
        new_starter(home, ledger=ledger)
    assert len(messages) <= most


def test_an_action_without_overrides_costs_one_message_per_alarm(
    alarm: cloudwatch.Alarm, starter: IncidentStarter
) -> None:
    action = IncidentAction(starter)
    with counted_messages() as messages:
        alarm.add_alarm_action(action)
    assert len(messages) == 1


def test_an_action_with_overrides_costs_five_messages_per_alarm_after_the_first(
    stack: cdk.Stack, alarm: cloudwatch.Alarm, starter: IncidentStarter
) -> None:
    action = IncidentAction(starter, **OVERRIDES)
    new_alarm(stack, "First").add_alarm_action(action)
    with counted_messages() as messages:
        alarm.add_alarm_action(action)
    assert len(messages) == 5


def test_the_same_action_in_a_second_list_costs_two_messages(
    alarm: cloudwatch.Alarm, starter: IncidentStarter
) -> None:
    action = IncidentAction(starter, **OVERRIDES)
    alarm.add_alarm_action(action)
    with counted_messages() as messages:
        alarm.add_ok_action(action)
    assert len(messages) == 2


@pytest.mark.parametrize("overrides", [{}, OVERRIDES], ids=["without overrides", "with overrides"])
def test_making_an_action_costs_one_message(starter: IncidentStarter, overrides: dict[str, Any]) -> None:
    with counted_messages() as messages:
        IncidentAction(starter, **overrides)
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("overrides", "cost"), [({}, 2), (OVERRIDES, 4)], ids=["without overrides", "with overrides"]
)
def test_a_wired_rule_costs_at_most_four_messages_its_target_included(
    stack: cdk.Stack, starter: IncidentStarter, overrides: dict[str, Any], cost: int
) -> None:
    rule = new_rule(stack, f"Rule{cost}")
    with counted_messages() as messages:
        rule.add_target(IncidentTarget(starter, **overrides))
    assert len(messages) == cost


def test_details_and_items_cost_no_message() -> None:
    with counted_messages() as messages:
        items = [
            RelatedItem.url("https://wiki.example.com"),
            RelatedItem.arn("arn:aws:sqs:eu-west-1:111122223333:orders"),
        ]
        IncidentDetails(impact=Impact.HIGH, title="{alarm_name}", related_items=items).description("Text.")
        RelatedItem.pager_duty("Q1")
        RelatedItem.metric_definition("{}")
    assert len(messages) == 0
