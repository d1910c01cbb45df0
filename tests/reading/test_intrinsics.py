"""Each intrinsic function, as CloudFormation's own documentation shows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from constructs_lib.reading.placeholders import Placeholder, is_known
from tests.reading.writing import template, value

MAPPINGS = {"RegionMap": {"eu-west-1": {"HVM64": "ami-1"}}}
DOCUMENTED: list[tuple[object, object]] = [
    ({"Fn::Join": [":", ["a", "b", "c"]]}, "a:b:c"),
    ({"Fn::Select": ["1", ["apples", "grapes", "oranges"]]}, "grapes"),
    ({"Fn::Split": ["|", "a|b|c"]}, ["a", "b", "c"]),
    (
        {"Fn::Sub": "arn:aws:ec2:${AWS::Region}:${AWS::AccountId}:vpc"},
        "arn:aws:ec2:eu-west-1:111122223333:vpc",
    ),
    ({"Fn::Sub": ["www.${Domain}", {"Domain": {"Ref": "AWS::Region"}}]}, "www.eu-west-1"),
    ({"Fn::Sub": "${!Literal}"}, "${Literal}"),
    ({"Fn::FindInMap": ["RegionMap", {"Ref": "AWS::Region"}, "HVM64"]}, "ami-1"),
    ({"Fn::FindInMap": ["RegionMap", "none", "HVM64", {"DefaultValue": "ami-0"}]}, "ami-0"),
    ({"Fn::Base64": "valueToEncode"}, "dmFsdWVUb0VuY29kZQ=="),
    ({"Fn::Cidr": ["192.168.0.0/24", 2, 5]}, ["192.168.0.0/27", "192.168.0.32/27"]),
    ({"Fn::Length": [1, 2, 3]}, 3),
    ({"Fn::ToJsonString": {"key1": "value1"}}, '{"key1":"value1"}'),
    ({"Fn::GetAZs": ""}, ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
    ({"Fn::If": ["IsProd", "yes", "no"]}, "no"),
    ({"Fn::If": ["IsNotProd", "yes", "no"]}, "yes"),
    ({"Fn::If": ["Either", "yes", "no"]}, "yes"),
    ({"Fn::If": ["Both", "yes", "no"]}, "no"),
    ({"A": {"Ref": "AWS::NoValue"}, "B": 1}, {"B": 1}),
    ({"Ref": "Stage"}, "test"),
    ({"Ref": "Zones"}, ["a", "b"]),
    ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:eu-west-1:111122223333:orders"),
    ({"Fn::GetAtt": "Queue.QueueName"}, "orders"),
    ({"Ref": "Plan"}, "arn:aws:ssm-incidents::111122223333:response-plan/on-call"),
]
BODY: dict[str, Any] = {
    "Mappings": MAPPINGS,
    "Parameters": {
        "Stage": {"Type": "String", "Default": "test"},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "Open": {"Type": "String"},
        "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"},
    },
    "Conditions": {
        "IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
        "IsNotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
        "Either": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsNotProd"}]},
        "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "IsNotProd"}]},
        "Unknown": {"Fn::Equals": [{"Ref": "Open"}, "yes"]},
        "Round": {"Fn::Not": [{"Condition": "Round"}]},
    },
    "Resources": {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}},
        "Plan": {"Type": "AWS::SSMIncidents::ResponsePlan", "Properties": {"Name": "on-call"}},
        "Database": {"Type": "AWS::RDS::DBInstance"},
        "Loop": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "Loop"}}},
    },
}


@pytest.mark.parametrize(("node", "expected"), DOCUMENTED)
def test_what_a_template_alone_can_answer_is_answered(node: object, expected: object) -> None:
    found = value(node, **BODY)
    assert found == expected
    assert is_known(found)


@pytest.mark.parametrize(
    ("node", "why"),
    [
        ({"Ref": "Open"}, "parameter Open"),
        ({"Ref": "Image"}, "parameter Image"),
        ({"Ref": "Nowhere"}, "Nowhere, which the template does not define"),
        (
            {"Fn::GetAtt": ["Database", "Endpoint.Address"]},
            "Endpoint.Address of AWS::RDS::DBInstance Database",
        ),
        ({"Fn::ImportValue": "Theirs"}, "export Theirs of a stack that is not part of this app"),
        ({"Fn::GetStackOutput": {"StackName": "Theirs", "OutputName": "X"}}, "output X of stack Theirs"),
        ({"Fn::FindInMap": ["RegionMap", "mars", "HVM64"]}, "HVM64 of mars in mapping RegionMap"),
        ({"Fn::Unheard": [1]}, "what Fn::Unheard makes"),
        ({"Fn::Select": ["7", ["one"]]}, "what Fn::Select makes of"),
        ({"Fn::Sub": "${Open}/x"}, "parameter Open"),
        ("{{resolve:ssm:/plan:1}}", "the value of ssm:/plan:1"),
        ({"Fn::GetAtt": ["Loop", "Arn"]}, "name Loop, which refers to itself"),
    ],
)
def test_what_only_a_deployment_knows_is_marked_and_says_why(node: object, why: str) -> None:
    found = value(node, **BODY)
    assert isinstance(found, Placeholder)
    assert why in found.why


def test_a_condition_that_nobody_knows_keeps_its_resource() -> None:
    conditions = ("IsProd", "IsNotProd", "Unknown", "Round")
    resources = {name: {"Type": "AWS::SNS::Topic", "Condition": name} for name in conditions}
    kept = [each.logical_id for each in template(**{**BODY, "Resources": resources}).resources()]
    assert kept == ["IsNotProd", "Unknown", "Round"]


NAMES = [
    "Fn::Cidr",
    "Fn::FindInMap",
    "Fn::GetAtt",
    "Fn::If",
    "Fn::Join",
    "Fn::Select",
    "Fn::Split",
    "Fn::Sub",
]
NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["Stage", "Queue.Arn", "${Loop}"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["Ref", "Condition", "x", *NAMES]),
            inner,
            max_size=2,
        )
    ),
    max_leaves=12,
)


@given(NODES)
def test_nothing_in_a_template_raises(node: object) -> None:
    value(node, **{**BODY, "Conditions": {**BODY["Conditions"], "Any": node}})
    value({"Fn::If": ["Any", node, node]}, **{**BODY, "Conditions": {"Any": node}})


def test_what_is_nested_without_end_is_marked() -> None:
    node: object = "deep"
    for _ in range(500):
        node = {"Fn::Join": ["", [node]]}
    assert not is_known(value(node))


def test_a_reference_to_a_queue_is_its_address() -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders"}}
    address = value({"Ref": "Queue"}, Resources={"Queue": queue})
    assert address == "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
