"""The limits of a plan: the service's from botocore's model, CloudFormation's where it allows less."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam, aws_ssmincidents as ssmincidents
from hypothesis import given, settings, strategies as st

from constructs_lib import Impact, ResponsePlan, Runbook, RunbookVariable
from constructs_lib._plan_checks import LESS, check_member, check_tags, check_values, shape_of
from constructs_lib.local.plan_properties import plan_problems
from tests.constructs.apps import new_app

CONTACT = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/"


def schema() -> dict[str, Any]:
    """CloudFormation's schema of a plan, as cfn-lint brings it."""
    cfnlint = pytest.importorskip("cfnlint")
    for path in (Path(cfnlint.__file__).parent / "data" / "schemas" / "resources").glob("*.json"):
        text = path.read_text()
        if '"typeName": "AWS::SSMIncidents::ResponsePlan"' in text:
            found = json.loads(text)
            assert isinstance(found, dict)
            return found
    raise AssertionError(path)


def test_where_cloudformation_allows_less_than_the_service_its_limit_counts() -> None:
    definitions = schema()["definitions"]
    template, automation = definitions["IncidentTemplate"]["properties"], definitions["SsmAutomation"]
    parameters = ("actions", "[]", "ssmAutomation", "parameters")
    limits = {
        ("incidentTemplate", "title"): template["Title"]["maxLength"],
        ("incidentTemplate", "dedupeString"): template["DedupeString"]["maxLength"],
        ("incidentTemplate", "notificationTargets"): template["NotificationTargets"]["maxItems"],
        ("displayName",): schema()["properties"]["DisplayName"]["maxLength"],
        ("engagements",): schema()["properties"]["Engagements"]["maxItems"],
        ("tags",): schema()["properties"]["Tags"]["maxItems"],
        parameters: automation["properties"]["Parameters"]["maxItems"],
        (*parameters, "key"): definitions["SsmParameter"]["properties"]["Key"]["maxLength"],
    }

    for path, theirs in limits.items():
        assert shape_of(*path).metadata["max"] <= theirs, path
    assert {
        "summary": template["Summary"]["maxLength"],
        "values": definitions["SsmParameter"]["properties"]["Values"]["maxItems"],
    } == LESS


def test_a_tag_key_is_taken_where_both_take_it() -> None:
    theirs = re.compile(schema()["definitions"]["Tag"]["properties"]["Key"]["pattern"])
    service = re.compile(shape_of("tags", "key").metadata["pattern"])
    characters = [*map(chr, range(32, 300))]

    taken = [each for each in characters if refusal(check_tags, "tags", {each: "x"}) is None]

    assert taken == [each for each in characters if theirs.match(each) and service.match(each)]


def refusal(check: Callable[..., object], *arguments: object) -> str | None:
    """What a check says, or nothing if it takes what it got."""
    try:
        check(*arguments)
    except ValueError as error:
        return str(error)
    return None


texts = st.text(max_size=300)
places = st.sampled_from(
    [("incidentTemplate", "title"), ("name",), ("engagements", "[]"), ("tags", "value"), ("displayName",)]
)


@given(texts, places)
@settings(max_examples=500, deadline=None)
def test_a_text_is_taken_as_it_is_or_refused_with_a_sentence(text: str, place: tuple[str, ...]) -> None:
    sentence = refusal(check_member, "anything", text, *place)

    if sentence is None:
        assert 0 < len(text) <= shape_of(*place).metadata["max"]
        assert check_member("anything", text, *place) == text
    else:
        assert sentence.startswith("anything: got ")
        assert "\n" not in sentence


@given(st.lists(texts, max_size=12))
@settings(max_examples=200, deadline=None)
def test_values_are_refused_only_for_their_number_for_one_twice_or_for_what_cannot_be_sent(
    values: list[str],
) -> None:
    fine = 1 <= len(values) <= 10 and len(set(values)) == len(values) and all(map(is_sendable, values))

    assert (refusal(check_values, "values", values) is None) == fine


def is_sendable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


some_text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=202)
tags = st.dictionaries(
    st.text("abzAZ09+-=._:/", min_size=1, max_size=12), st.text("abz09 _=@:.+-/", max_size=12), max_size=3
)
plans = st.fixed_dictionaries(
    {"title": some_text, "impact": st.sampled_from(Impact)},
    optional={
        "summary": some_text.map(lambda text: text * 20),
        "dedupe_string": some_text,
        "display_name": some_text,
        "response_plan_name": st.text("abzAZ09-_", min_size=1, max_size=202),
        "engagements": st.lists(st.builds(f"{CONTACT}{{}}".format, st.integers(0, 9)), max_size=6),
        "incident_tags": tags,
        "tags": tags,
    },
)
runbooks: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    document=st.text("abzAZ09-_.:/", min_size=3, max_size=130),
    version=st.none() | some_text,
    parameters=st.none()
    | st.dictionaries(
        some_text.map(lambda text: text[:51]),
        st.sampled_from(RunbookVariable) | some_text | st.lists(some_text, min_size=1, max_size=11),
        min_size=1,
        max_size=4,
    ),
)


@pytest.fixture(scope="module")
def app() -> cdk.App:
    return new_app()


@given(options=plans, runbook=st.none() | runbooks)
@settings(max_examples=150, deadline=None)
def test_what_is_taken_here_is_taken_by_the_judge_of_the_local_aws(
    app: cdk.App, options: dict[str, Any], runbook: dict[str, Any] | None
) -> None:
    scope = cdk.Stack(app, f"Stack{len(app.node.children)}")
    if runbook is not None:
        role = iam.Role.from_role_arn(scope, "Role", "arn:aws:iam::111122223333:role/runbooks")
        try:
            options = options | {"runbook": Runbook(**runbook, role=role)}
        except ValueError:
            return
    try:
        plan = ResponsePlan(scope, "Plan", **options)
    except ValueError:
        return
    resource = plan.node.default_child
    assert isinstance(resource, ssmincidents.CfnResponsePlan)

    assert plan_problems(capitalised(scope.resolve(resource._cfn_properties))) == []


def capitalised(value: Any) -> Any:
    """Properties as a template has them."""
    match value:
        case dict():
            return {name[:1].upper() + name[1:]: capitalised(member) for name, member in value.items()}
        case list():
            return [capitalised(member) for member in value]
    return value
