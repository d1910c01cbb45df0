"""Alarms and rules of every kind, stack, Stage and account reach the starter, and take their words along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.neighbours import OTHER_ENVIRONMENT, RUNBOOK, SHARED_PLAN
from tests.end_to_end.shop import OTHER_ACCOUNT, REGION, SOURCE, plan_arn

if TYPE_CHECKING:
    from tests.end_to_end.scene import Scene


@pytest.mark.parametrize("name", ["promql", "anomaly", "log"])
def test_given_an_alarm_of_a_rarer_kind_when_it_fires_then_its_words_arrive(shop: Scene, name: str) -> None:
    shop.alarm(name)
    assert (shop.request["impact"], shop.request["title"]) == (2, name)
    assert shop.request["relatedItems"][0] == RUNBOOK.to_request()
    assert shop.request["triggerDetails"]["triggerArn"].endswith(f":alarm:{name}")


def test_given_an_alarm_on_two_starters_of_two_stacks_when_it_fires_then_each_starts_its_own(
    shop: Scene,
) -> None:
    shop.alarm("shared", reason="twice")
    by_plan = {incident.plan_arn: incident.request for incident in shop.incidents}
    assert by_plan.keys() == {plan_arn("on-call"), plan_arn("bank")}
    assert by_plan[plan_arn("on-call")]["impact"] == 3
    assert not by_plan[plan_arn("bank")].keys() & {"impact", "title"}


def test_given_an_alarm_in_a_nested_stack_with_its_own_plan_when_it_fires_then_that_plan_starts(
    shop: Scene,
) -> None:
    shop.alarm("nested")
    assert shop.incident.plan_arn == plan_arn("nested")
    assert shop.request["title"] == "Nested"


def test_given_a_plan_that_another_account_shares_when_an_alarm_names_it_then_it_starts(shop: Scene) -> None:
    shop.aws.add_response_plan(SHARED_PLAN)
    shop.alarm("of-another-account")
    assert shop.incident.plan_arn == SHARED_PLAN
    assert shop.denied == []


def test_given_a_rule_that_listens_to_an_alarm_when_it_fires_then_the_rule_wins_over_the_trailers(
    shop: Scene,
) -> None:
    shop.alarm("watched")
    assert shop.request["title"] == "By rule: watched is ALARM"
    assert shop.request["impact"] == 4
    assert shop.request["relatedItems"][0] == RUNBOOK.to_request()


def test_given_a_rule_that_listens_to_an_alarm_when_it_recovers_then_nothing_starts(shop: Scene) -> None:
    shop.alarm("watched", "OK")
    assert shop.incidents == []
    assert shop.record["OkIgnored"] == 1


@pytest.mark.parametrize("prefix", ["guest", "staged"])
def test_given_a_starter_known_by_its_arn_when_alarms_and_rules_of_another_app_fire_then_it_starts(
    shop: Scene, prefix: str
) -> None:
    shop.alarm(f"{prefix}-alarm", "OK")
    shop.begin()
    shop.alarm(f"{prefix}-alarm")
    assert (shop.request["impact"], shop.request["title"]) == (4, "A guest")
    shop.begin()
    shop.event(SOURCE, f"{prefix}-event", {})
    assert shop.request["title"] == "A guest's rule"
    assert ":rule/" in str(shop.incident.source)
    assert shop.incident.plan_arn == plan_arn("on-call")


def test_given_a_trusted_account_when_its_alarm_fires_then_the_starter_of_this_account_starts(
    shop: Scene,
) -> None:
    arn = f"arn:aws:cloudwatch:{REGION}:{OTHER_ENVIRONMENT.account}:alarm:abroad-alarm"
    shop.aws.set_alarm_state(arn, "OK")
    shop.begin()
    shop.aws.set_alarm_state(arn, "ALARM")
    shop.aws.wait_idle()
    assert (shop.request["impact"], shop.request["title"]) == (4, "A guest")
    assert shop.incident.plan_arn == plan_arn("on-call")
    assert shop.incident.source == arn
    assert f":{OTHER_ACCOUNT}:orders" in str(shop.request["relatedItems"])


def test_given_a_trusted_account_when_its_composite_alarm_fires_then_the_defaults_apply(shop: Scene) -> None:
    arn = f"arn:aws:cloudwatch:{REGION}:{OTHER_ENVIRONMENT.account}:alarm:abroad-down"
    shop.aws.set_alarm_state(arn, "OK")
    shop.begin()
    shop.aws.set_alarm_state(arn, "ALARM")
    shop.aws.wait_idle()
    assert shop.request["impact"] == 3
    assert "answers" not in shop.record  # an alarm of another account is not looked up
