"""Sample events match the patterns they are made from, as the local EventBridge judges them."""

import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from constructs_lib._event_patterns import ABSENT, matches, matching_value
from constructs_lib.local import hooks
from constructs_lib.rehearsal.sample_events import sample_events, scheduled_event
from tests.catalogue import cases

ACCOUNT, REGION = "123456789012", "eu-west-1"


def is_matched(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    eventbridge = hooks.module("services.eventbridge")
    payload = eventbridge._event_from_test_payload(event)
    return bool(eventbridge._matches_pattern(json.dumps(pattern), payload))


def samples(pattern: dict[str, Any]) -> list[dict[str, Any]]:
    return list(sample_events(pattern, account=ACCOUNT, region=REGION))


@pytest.mark.parametrize(
    "pattern",
    [
        {"source": ["aws.guardduty"], "detail": {"severity": [{"numeric": [">=", 7]}]}},
        {"source": ["aws.guardduty"], "detail": {"severity": [{"numeric": [">", 0, "<", 0.5]}]}},
        {"detail-type": ["CodePipeline Pipeline Execution State Change"], "detail": {"state": ["CANCELED"]}},
        {"source": ["aws.securityhub"], "detail": {"findings": {"Severity": {"Label": ["HIGH"]}}}},
        {"source": [{"prefix": "com."}], "resources": [{"suffix": "/production"}]},
        {"source": [{"anything-but": {"prefix": "aws."}}], "detail": {"n": [{"anything-but": [1, 0, 42]}]}},
        {"detail": {"gone": [{"exists": False}], "there": [{"exists": True}]}},
        {"detail": {"path": [{"wildcard": "/a/*/b\\*"}], "who": [{"equals-ignore-case": "ME"}]}},
        {"detail": {"address": [{"cidr": "10.1.0.0/16"}], "flag": [None, True]}},
        {"detail": {"name": [{"prefix": {"equals-ignore-case": "Shop"}}]}},
        {"source": ["shop"], "$or": [{"detail": {"a": [1]}}, {"detail": {"b": [{"exists": True}]}}]},
        {"detail": {"$or": [{"x": [{"numeric": ["<", 5]}]}, {"y": ["z"]}], "state": ["on"]}},
        {"account": ["111122223333"], "region": ["us-east-1"], "version": ["0"]},
    ],
)
def test_the_first_sample_matches(pattern: dict[str, Any]) -> None:
    assert is_matched(pattern, samples(pattern)[0])


TEXTS = st.text(st.characters(codec="ascii", categories=["Lu", "Ll", "Nd", "Pd"]), min_size=1, max_size=8)
NUMBERS = st.integers(-1000, 1000)
MATCHERS = st.one_of(
    TEXTS,
    NUMBERS,
    st.booleans(),
    st.none(),
    TEXTS.map(lambda text: {"prefix": text}),
    TEXTS.map(lambda text: {"suffix": text}),
    TEXTS.map(lambda text: {"equals-ignore-case": text}),
    TEXTS.map(lambda text: {"wildcard": f"{text}*x*{text}"}),
    TEXTS.map(lambda text: {"anything-but": text}),
    st.lists(TEXTS, min_size=1, max_size=4).map(lambda texts: {"anything-but": texts}),
    st.lists(NUMBERS, min_size=1, max_size=4).map(lambda numbers: {"anything-but": numbers}),
    st.sampled_from(["prefix", "suffix", "wildcard"]).flatmap(
        lambda kind: TEXTS.map(lambda text: {"anything-but": {kind: text}})
    ),
    st.booleans().map(lambda exists: {"exists": exists}),
    st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), NUMBERS).map(
        lambda each: {"numeric": list(each)}
    ),
    st.tuples(NUMBERS, st.integers(1, 50)).map(
        lambda bounds: {"numeric": [">", bounds[0], "<=", bounds[0] + bounds[1]]}
    ),
)
FIELDS = st.lists(MATCHERS, min_size=1, max_size=3)
NAMES = st.sampled_from(["a", "b", "c", "state"])
DETAILS = st.recursive(
    st.dictionaries(NAMES, FIELDS, min_size=1, max_size=3),
    lambda inner: st.dictionaries(NAMES, st.one_of(FIELDS, inner), min_size=1, max_size=3),
    max_leaves=6,
)
PATTERNS = st.fixed_dictionaries(
    {"source": st.lists(TEXTS.map(lambda text: {"prefix": text}) | TEXTS, min_size=1, max_size=2)},
    optional={
        "detail": DETAILS,
        "detail-type": st.lists(TEXTS, min_size=1),
        "resources": st.lists(TEXTS.map(lambda text: {"suffix": text}), min_size=1, max_size=2),
    },
)


@settings(max_examples=300, deadline=None)
@given(PATTERNS)
def test_a_sample_of_any_pattern_matches(pattern: dict[str, Any]) -> None:
    assert is_matched(pattern, samples(pattern)[0])


@settings(max_examples=200, deadline=None)
@given(PATTERNS, DETAILS, DETAILS)
def test_one_branch_of_alternatives_matches(
    pattern: dict[str, Any], first: dict[str, Any], second: dict[str, Any]
) -> None:
    alternatives = {**pattern, "$or": [{"detail": {"first": first}}, {"detail": {"second": second}}]}
    assert any(is_matched(alternatives, event) for event in samples(alternatives))


@settings(max_examples=300, deadline=None)
@given(FIELDS, st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()))
def test_a_value_is_judged_as_the_local_eventbridge_judges_it(field: list[Any], value: object) -> None:
    event = {"source": "s", "detail-type": "d", "detail": {"field": value}}
    assert matches(value, field) == is_matched({"detail": {"field": field}}, event)


def test_a_typical_value_stays_where_it_matches() -> None:
    assert matching_value([{"numeric": [">=", 7]}], 8) == 8


def test_a_member_that_must_not_exist_is_left_out() -> None:
    assert matching_value([{"exists": False}], "typical") is ABSENT


def test_a_well_known_event_brings_its_usual_members() -> None:
    [event] = samples({"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]})
    assert event["detail"]["title"].startswith("SSH brute force")
    assert (event["detail"]["accountId"], event["account"]) == (ACCOUNT, ACCOUNT)


@pytest.mark.parametrize("name", cases.CASES)
def test_a_rule_of_the_catalogue_is_sent_its_own_sample(name: str) -> None:
    pattern = cases.CASES[name].event.pattern
    [event] = sample_events(pattern, account=cases.ACCOUNT, region=cases.REGION)
    assert event == {**cases.sample(name), "id": event["id"], "time": event["time"]}


def test_a_schedule_sends_the_scheduled_event_of_its_rule() -> None:
    arn = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/daily"
    event = scheduled_event(arn)
    assert (event["source"], event["detail-type"], event["resources"]) == (
        "aws.events",
        "Scheduled Event",
        [arn],
    )
