"""What coverage says of alarms whose tags a starter reads."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from constructs_lib.reading.coverage import Row, cover
from constructs_lib.reading.templates import App, Template
from tests.reading.writing import PLACE, PLAN, STARTER, alarm

OTHER_PLAN = PLAN.replace("on-call", "shop")
TAGS = {
    "keys": {"impact": "pager-impact"},
    "items": {"runbook": "Runbook"},
    "when": [{"key": "team", "value": "shop", "startIncident": {"impact": 2, "responsePlanArn": OTHER_PLAN}}],
}
PROPAGATING = {"AlarmTagsPropagation": {"Enabled": True}}


def row(tags: dict[str, str], read: object = TAGS, **properties: Any) -> Row:
    resources = copy.deepcopy(STARTER)
    told = {"startIncident": {"responsePlanArn": PLAN, "impact": 3}, "tags": read}
    resources["Starter"]["Properties"]["Environment"]["Variables"]["INCIDENT_STARTER"] = json.dumps(told)
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    resources["It"] = alarm(**{"Tags": listed, "ActionConfiguration": PROPAGATING, **properties})
    app = App()
    app.templates.append(Template(app, {"Resources": resources}, "Shop", PLACE, {}))
    [found] = cover(app)
    return found


def test_an_alarm_pages_as_its_tags_say() -> None:
    found = row({"pager-impact": "1", "runbook": "https://wiki.example.com/rb", "team": "shop"})
    assert (found.impact, found.plan, found.runbook) == (1, OTHER_PLAN, "https://wiki.example.com/rb")
    assert found.findings == ()


def test_the_description_wins_over_tags() -> None:
    found = row({"pager-impact": "1"}, AlarmDescription="Impact: 5")
    assert found.impact == 5


@pytest.mark.parametrize(
    "propagation",
    [
        None,
        {},
        {"AlarmTagsPropagation": {"Enabled": "false"}},
        {"AlarmTagsPropagation": {"Enabled": True, "IncludedTagKeys": ["team"]}},
        {"AlarmTagsPropagation": {"Enabled": True, "ExcludedTagKeys": ["pager-impact"]}},
    ],
)
def test_a_tag_that_is_not_sent_along_says_nothing(propagation: Any) -> None:
    assert row({"pager-impact": "1"}, ActionConfiguration=propagation).impact == 3


def test_a_bad_tag_is_a_finding() -> None:
    found = row({"pager-impact": "urgent"})
    assert found.impact == 3
    sentences = [finding.sentence for finding in found.findings if finding.code == "bad-trailer"]
    expected = "tag 'pager-impact': 'Impact: urgent' is ignored: an impact is 1 to 5, its name, or both as in"
    assert sentences == [f"{expected} 2 - High"]


@pytest.mark.parametrize("read", [None, "x", {}, {"when": [{"key": "a", "value": "b"}], "keys": 1}])
def test_whatever_a_starter_was_told_to_read_is_read_without_harm(read: object) -> None:
    assert row({"a": "b", "pager-impact": "1"}, read).impact == 3
