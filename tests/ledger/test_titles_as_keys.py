"""One problem for all alarms whose incidents have the same title."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from incident_starter.problems import problem_of
from incident_starter.request import Layer, draft
from incident_starter.triggers import Invocation, read

from tests.handler.model import SHAPE
from tests.handler.service import ACCOUNT, OTHER_PLAN, OWN_PLAN, REGION, payload

BY_TITLE = {"by": "title"}


def key(alarm: str, description: str, state: str = "ALARM", name: str = "alarm_metric") -> str:
    content: Any = copy.deepcopy(payload(name))
    content["alarmArn"] = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{alarm}"
    content["alarmData"]["alarmName"] = alarm
    content["alarmData"]["state"]["value"] = state
    content["alarmData"]["configuration"]["description"] = description
    [trigger] = read(content, Invocation("request-1", ACCOUNT, REGION))
    made = draft(trigger, Layer({"responsePlanArn": OWN_PLAN}, []), {}, SHAPE, description)
    event = problem_of(trigger, made, BY_TITLE)
    assert event is not None
    return event.key


def test_alarms_with_one_title_are_one_problem_and_their_recoveries_too() -> None:
    said = "Title: Orders are late"
    assert key("age", said) == key("size", said) == key("size", said, "OK")


def test_another_title_or_another_plan_is_another_problem() -> None:
    said = "Title: Orders are late"
    assert len({key("age", said), key("age", "Title: {alarm_name}"), key("size", "Title: {alarm_name}")}) == 3
    assert key("age", said) != key("age", f"{said}\nResponse plan: {OTHER_PLAN}")


@pytest.mark.parametrize("name", ["alarm_metric", "contributor_in_data"])
def test_an_alarm_with_the_plans_title_is_a_problem_of_its_own(name: str) -> None:
    assert key("age", "", name=name) == key("age", "", "OK", name)
    assert key("age", "", name=name) != key("size", "", name=name)


def test_a_title_that_reads_like_an_alarms_arn_is_no_alarm() -> None:
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:size"
    assert key("age", f"Title: {arn}") != key("size", "")
