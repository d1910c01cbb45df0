"""Alarm tags say what an alarm's description leaves out."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.validate import ParamValidator
from hypothesis import given, settings, strategies as st
from incident_starter import limits, trailers
from incident_starter.request import STEPS, Layer, draft, request
from incident_starter.tags import Tags, said, tags_of
from incident_starter.texts import one_line
from incident_starter.triggers import Invocation, read

from tests.handler.model import SHAPE
from tests.handler.service import ACCOUNT, OTHER_PLAN, OWN_PLAN, REGION, FakeContext, names, payload
from tests.handler.test_hostile import anything, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from incident_starter.request import Draft
    from incident_starter.starter import Starter

INVOCATION = Invocation("request-1", ACCOUNT, REGION)
OWN = {"responsePlanArn": OWN_PLAN, "impact": 3, "title": "Own"}
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"
WIKI = "https://wiki.example.com"
READ = {
    "keys": {"impact": "pager-impact", "title": "pager-title", "responsePlanArn": "pager-plan"},
    "items": {"runbook": "Runbook", "restart": "Restart [AUTOMATION]"},
    "when": [
        {"key": "team", "value": "shop", "startIncident": {"impact": 2, "title": "Shop: {alarm_name}"}},
        {
            "key": "stage",
            "value": "prod",
            "startIncident": {
                "impact": 4,
                "responsePlanArn": OTHER_PLAN,
                "relatedItems": [{"identifier": {"type": "OTHER", "value": {"url": f"{WIKI}/prod"}}}],
            },
        },
    ],
}


class _Starter:
    """What `Tags` knows of a starter."""

    def __init__(self) -> None:
        self.draft: Callable[..., Draft] = draft


def drafted(
    content: Any, read_in: object = READ, topic: dict[str, Any] | None = None, own: dict[str, Any] = OWN
) -> Draft:
    starter = _Starter()
    Tags(starter, read_in)
    [trigger] = read(content, INVOCATION)
    topics = {} if topic is None else {TOPIC: Layer(topic, [])}
    description = (trigger.configuration or {}).get("description")
    return starter.draft(trigger, Layer(own, []), topics, SHAPE, description)


def tagged(tags: object, description: str = "Too many.", name: str = "alarm_metric") -> dict[str, Any]:
    content: dict[str, Any] = payload(name)
    content["alarmData"]["configuration"]["description"] = description
    content["alarmData"] |= {"alarmTags": tags, "alarmTagsStatus": "SUCCESS"}
    return content


def urls(made: Draft) -> list[str]:
    return [item["identifier"]["value"].get("url", "") for item in made.items.values()]


def test_tags_say_what_the_description_leaves_out() -> None:
    made = drafted(
        tagged(
            {
                "pager-impact": "1 - Critical",
                "pager-title": "Nobody can pay",
                "pager-plan": OTHER_PLAN,
                "runbook": f"{WIKI}/checkout",
                "team": "payments",
            }
        )
    )
    assert (made.impact, made.title, made.plan) == (1, "Nobody can pay", OTHER_PLAN)
    assert [item["title"] for item in made.items.values()] == ["Runbook"]
    assert made.ignored == []


def test_the_starters_own_plan_stays_what_it_falls_back_to() -> None:
    assert drafted(tagged({"pager-plan": OTHER_PLAN})).own_plan == OWN_PLAN


def test_the_description_wins_over_tags_and_its_items_come_first() -> None:
    made = drafted(
        tagged({"pager-impact": "1", "runbook": f"{WIKI}/tag"}, f"Impact: 5\nRunbook: {WIKI}/text")
    )
    assert made.impact == 5
    assert urls(made) == [f"{WIKI}/text", f"{WIKI}/tag"]


def test_tags_win_over_what_a_topic_says() -> None:
    content = payload("topic_metric")
    message = json.loads(content["Records"][0]["Sns"]["Message"])
    message |= {"AlarmTags": [{"Key": "pager-impact", "Value": "1"}], "AlarmDescription": ""}
    content["Records"][0]["Sns"]["Message"] = json.dumps(message)
    arn = content["Records"][0]["Sns"]["TopicArn"]
    starter = _Starter()
    Tags(starter, READ)
    [trigger] = read(content, INVOCATION)
    topics = {arn: Layer({"impact": 4, "title": "Topic", "relatedItems": []}, ["dropped"])}
    made = starter.draft(trigger, Layer(OWN, []), topics, SHAPE, "")
    assert (made.impact, made.title, made.dropped) == (1, "Topic", ["dropped"])


def test_a_rule_wins_over_tags() -> None:
    event = payload("event_alarm")
    event["detail"]["alarmTags"] = {"pager-impact": "1", "pager-title": "Tag"}
    event["detail"]["configuration"].pop("description", None)
    made = drafted({"startIncident": {"impact": 5}, "event": event})
    assert (made.impact, made.title) == (5, "Tag")


def test_what_matches_first_says_it_and_items_add_up() -> None:
    made = drafted(tagged({"team": "shop", "stage": "prod", "runbook": f"{WIKI}/rb"}))
    assert (made.impact, made.title, made.plan) == (2, "Shop: checkout-errors", OTHER_PLAN)
    assert urls(made) == [f"{WIKI}/rb", f"{WIKI}/prod"]


def test_a_tag_of_its_own_wins_over_what_matches() -> None:
    assert drafted(tagged({"team": "shop", "pager-impact": "Low"})).impact == 4


@pytest.mark.parametrize("value", ["Shop", "shop ", "", None, 1])
def test_a_match_is_exact(value: object) -> None:
    assert drafted(tagged({"team": value})).impact == 3


@pytest.mark.parametrize(
    "tags",
    [
        {"pager-impact": "2"},
        [{"Key": "pager-impact", "Value": "2"}],
        [{"key": "pager-impact", "value": "2"}],
    ],
    ids=["an object", "a list", "a list in small letters"],
)
@pytest.mark.parametrize("place", ["alarmData", "top"])
def test_tags_are_found_wherever_cloudwatch_may_put_them(tags: object, place: str) -> None:
    content = tagged({}, "")
    (content["alarmData"] if place == "alarmData" else content)["alarmTags"] = tags
    assert drafted(content).impact == 2


BAD = {
    "an impact of 6": (
        {"pager-impact": "6"},
        "tag 'pager-impact': 'Impact: 6' is ignored: an impact is 1 to 5",
    ),
    "an impact that contradicts itself": ({"pager-impact": "1 - Low"}, "an impact is 1 to 5"),
    "no impact": ({"pager-impact": ""}, "tag 'pager-impact': '' is ignored: a text is needed"),
    "a number": ({"pager-impact": 2}, "tag 'pager-impact': 2 is ignored: a text is needed"),
    "nothing": ({"pager-title": None}, "tag 'pager-title': null is ignored: a text is needed"),
    "a plan's name": ({"pager-plan": "on-call"}, "a full ARN is needed"),
    "a link that is none": (
        {"runbook": "wiki/checkout"},
        "tag 'runbook': 'wiki/checkout' is ignored: a link",
    ),
    "two links": ({"runbook": "https://a https://b"}, "a link or an ARN is needed"),
    "a line break": ({"runbook": "https://a\nImpact: 1"}, "a link or an ARN is needed"),
    "an object": ({"runbook": {"url": "https://a"}}, "tag 'runbook': an object is ignored"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_tag_is_ignored_with_a_sentence(name: str) -> None:
    tags, sentence = BAD[name]
    made = drafted(tagged(tags))
    plain = drafted(tagged({}))
    [ignored] = made.ignored
    assert sentence in ignored
    assert made._replace(ignored=[], raw_data="") == plain._replace(raw_data="")


def test_tags_that_could_not_be_read_are_told() -> None:
    content = tagged({})
    content["alarmData"]["alarmTagsStatus"] = "FAILED"
    assert drafted(content).ignored == ["tags may be missing, their status is 'FAILED'"]


def test_a_line_break_in_a_tag_begins_no_line() -> None:
    made = drafted(tagged({"pager-title": "Down\nImpact: 1"}))
    assert (made.title, made.impact) == ("Down Impact: 1", 3)


@pytest.mark.parametrize("name", [*names("event"), *names("hand"), *names("alarm")])
def test_what_has_none_of_the_tags_is_as_without_the_option(name: str) -> None:
    for trigger in read(payload(name), INVOCATION):
        starter = _Starter()
        Tags(starter, READ)
        description = (trigger.configuration or {}).get("description")
        given_to: Any = (trigger, Layer(OWN, []), {}, SHAPE, description)
        assert starter.draft(*given_to) == draft(*given_to)


def test_a_bad_tag_is_logged_and_counted(
    starter_with: Callable[..., Starter], outcomes: Callable[[], list[dict[str, Any]]]
) -> None:
    answer = starter_with(tags=READ).handle(tagged({"pager-impact": "urgent", "team": "shop"}), FakeContext())
    [line] = outcomes()
    assert answer["outcome"] == "started"
    assert line["BadTrailers"] == 1
    assert line["level"] == "WARN"
    assert "tag 'pager-impact'" in line["ignored"][0]


def test_a_starter_without_the_option_reads_no_tag(
    starter_with: Callable[..., Starter], service: Any
) -> None:
    starter_with().handle(tagged({"pager-impact": "1"}), FakeContext())
    assert service.requests[0]["impact"] == 3


tag_values = texts | st.sampled_from(
    ["1", "2 - High", "High", "6", OTHER_PLAN, "https://x", "arn:aws:s3:::b"]
)
tag_sets = st.dictionaries(
    st.sampled_from(["pager-impact", "pager-title", "pager-plan", "runbook", "restart", "team", "stage"])
    | texts,
    tag_values | anything,
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*names("alarm"), *names("contributor")]),
    tag_sets | st.lists(st.fixed_dictionaries({"Key": texts, "Value": tag_values})) | anything,
    anything,
)
def test_whatever_the_tags_are_the_request_is_one_that_the_service_takes(
    name: str, tags: object, status: object
) -> None:
    content = copy.deepcopy(payload(name))
    content["alarmData"] |= {"alarmTags": tags, "alarmTagsStatus": status}
    made = drafted(content)
    for step in range(len(STEPS)):
        body = request(made, made.plan, step)
        assert limits.problems(body, SHAPE) == []
        assert not ParamValidator().validate(body, SHAPE).has_errors()


@settings(max_examples=200, deadline=None)
@given(anything, tag_sets)
def test_whatever_the_settings_are_nothing_is_raised(read_in: Any, tags: dict[str, object]) -> None:
    made = drafted(tagged(tags), read_in)
    assert made.own_plan == OWN_PLAN


@given(st.sampled_from(["pager-impact", "pager-title", "pager-plan"]), st.text(max_size=60))
def test_a_tag_says_what_the_same_line_of_a_description_says(key: str, value: str) -> None:
    member, label = {
        "pager-impact": ("impact", "Impact"),
        "pager-title": ("title", "Title"),
        "pager-plan": ("responsePlanArn", "Response plan"),
    }[key]
    [partial], _ = said(READ, {key: value})
    line = trailers.parse(f"{label}: {one_line(value)}").partial
    assert partial.get(member) == line.get(member)


@pytest.mark.parametrize("name", names("contributor"))
def test_the_tags_of_a_contributors_alarm_count_as_well(name: str) -> None:
    assert str(drafted(payload(name)).title).startswith("Shop: ")


def test_tags_of_two_places_are_one_set_and_the_alarms_own_win() -> None:
    content = tagged({"a": "1", "b": "2"})
    content["alarmTags"] = {"b": "3", "c": "4"}
    [trigger] = read(content, INVOCATION)
    assert tags_of(trigger) == ({"a": "1", "b": "2", "c": "4"}, [])
