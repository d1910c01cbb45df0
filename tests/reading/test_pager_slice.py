"""Of an app only what pages, and what that needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.reading.assemblies import read_app
from constructs_lib.reading.pager_slice import PagerSlice, pager_slice
from constructs_lib.reading.slice_templates import SliceStack, slice_templates
from tests.reading.writing import FUNCTION, PLAN, STARTER, alarm, assembly, rule

if TYPE_CHECKING:
    from pathlib import Path

TO_STARTER = {"Fn::GetAtt": ["Starter", "Arn"]}
DATABASE = {"Type": "AWS::RDS::DBInstance", "Properties": {"VPCSecurityGroups": [{"Ref": "Group"}]}}
NETWORK = {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {}}}


def of(tmp_path: Path, **stacks: Any) -> PagerSlice:
    bodies = {name: {"Resources": body} for name, body in stacks.items()}
    return pager_slice(read_app(assembly(tmp_path / "out", **bodies)))


def templates(tmp_path: Path, **stacks: Any) -> dict[str, SliceStack]:
    return {stack.name: stack for stack in slice_templates(of(tmp_path, **stacks))}


def listed(found: PagerSlice) -> list[tuple[str, str, str]]:
    return [(each.path, each.property, each.why) for each in found.substitutions]


def test_what_an_alarm_watches_is_stood_in_for_and_listed(tmp_path: Path) -> None:
    watching = alarm(AlarmActions=[TO_STARTER], Dimensions=[{"Name": "DB", "Value": {"Ref": "Db"}}])
    found = of(tmp_path, Shop={**STARTER, **NETWORK, "Db": DATABASE, "Slow": watching})
    [stack] = slice_templates(found)
    assert [*stack.body["Resources"]] == ["Starter", "May0", "May1", "Slow"]
    slow = stack.body["Resources"]["Slow"]["Properties"]
    assert slow["AlarmActions"] == [TO_STARTER]
    assert slow["Dimensions"] == [{"Name": "DB", "Value": "Shop-Db"}]
    assert listed(found) == [("Shop/Slow", "Dimensions[0].Value", "the name of AWS::RDS::DBInstance Db")]


def test_networks_keys_and_layers_are_left_out_and_listed(tmp_path: Path) -> None:
    of_starter = STARTER["Starter"]["Properties"]
    clothed = {
        **STARTER["Starter"],
        "Properties": {
            **of_starter,
            "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
            "Layers": [{"Ref": "Layer"}],
            "VpcConfig": {"SecurityGroupIds": [{"Ref": "Group"}]},
            "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}},
        },
    }
    dead = {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}, "DelaySeconds": 3}}
    found = of(tmp_path, Shop={**STARTER, **NETWORK, "Starter": clothed, "Dead": dead})
    [stack] = slice_templates(found)
    assert stack.body["Resources"]["Dead"]["Properties"] == {"DelaySeconds": 3}
    made = stack.body["Resources"]["Starter"]["Properties"]
    assert {*made} == {*of_starter, "DeadLetterConfig"}
    left_out = [(path, name) for path, name, why in listed(found) if why.startswith("left out")]
    assert left_out == [
        ("Shop/Starter", "KmsKeyArn"),
        ("Shop/Starter", "Layers"),
        ("Shop/Starter", "VpcConfig"),
        ("Shop/Dead", "KmsMasterKeyId"),
    ]


def test_a_table_keeps_its_encryption_but_not_a_key_of_ones_own(tmp_path: Path) -> None:
    def table(**encryption: Any) -> dict[str, Any]:
        properties = {"SSESpecification": {"SSEEnabled": True, **encryption}}
        return {"Type": "AWS::DynamoDB::Table", "Properties": properties}

    starter = json.loads(json.dumps(STARTER))
    starter["Starter"]["Properties"]["Tags"] = [
        {"Key": "of", "Value": {"Fn::Sub": "${Plain.Arn} ${Keyed.Arn}"}}
    ]
    resources = {**starter, "Plain": table(), "Keyed": table(KMSMasterKeyId="k")}
    made = templates(tmp_path, Shop=resources)["Shop"].body["Resources"]
    assert made["Plain"]["Properties"] == {"SSESpecification": {"SSEEnabled": True}}
    assert made["Keyed"]["Properties"] == {}


def test_other_actions_and_targets_are_left_out_and_listed(tmp_path: Path) -> None:
    scaling = "arn:aws:autoscaling:eu-west-1:111122223333:scalingPolicy:p"
    function = {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "theirs"}}
    theirs = {"Arn": {"Fn::GetAtt": ["Theirs", "Arn"]}, "Id": "Theirs"}
    found = of(
        tmp_path,
        Shop={
            **STARTER,
            "Theirs": function,
            "Busy": alarm(AlarmActions=[scaling, TO_STARTER]),
            "Bad": rule(Targets=[theirs, {"Arn": TO_STARTER, "Id": "Ours"}]),
        },
    )
    made = slice_templates(found)[0].body["Resources"]
    assert "Theirs" not in made
    assert made["Busy"]["Properties"]["AlarmActions"] == [TO_STARTER]
    assert [target["Id"] for target in made["Bad"]["Properties"]["Targets"]] == ["Ours"]
    assert [why for _, _, why in listed(found)] == [
        f"left out: {scaling} starts no incident",
        "left out: arn:aws:lambda:eu-west-1:111122223333:function:theirs starts no incident",
    ]


@pytest.mark.parametrize(
    "action", [PLAN, "arn:aws:lambda:eu-west-1:111122223333:function:elsewhere", FUNCTION + ":live"]
)
def test_what_pages_natively_or_through_another_app_is_kept(tmp_path: Path, action: str) -> None:
    made = templates(tmp_path, Shop={**STARTER, "It": alarm(AlarmActions=[action])})["Shop"].body["Resources"]
    assert made["It"]["Properties"]["AlarmActions"] == [action]


def test_an_alarm_that_pages_nobody_is_not_deployed_but_named(tmp_path: Path) -> None:
    found = of(tmp_path, Shop={**STARTER, "Lonely": alarm(AlarmActions=[]), "It": alarm()})
    assert [each.path for each in found.left] == ["Shop/Lonely"]
    assert "Lonely" not in slice_templates(found)[0].body["Resources"]


def test_what_a_composite_alarm_looks_at_comes_with_it(tmp_path: Path) -> None:
    composite = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "Properties": {
            "AlarmRule": {"Fn::Sub": 'ALARM("${Child}") OR ALARM("Other")'},
            "AlarmActions": [TO_STARTER],
        },
    }
    found = of(tmp_path, Shop={**STARTER, "Child": alarm(AlarmActions=[]), "Any": composite})
    made = slice_templates(found)[0].body["Resources"]
    assert made["Any"]["Properties"]["AlarmRule"] == {
        "Fn::Join": ["", ['ALARM("', {"Ref": "Child"}, '") OR ALARM("Other")']]
    }
    assert found.left == []


def test_what_belongs_to_a_role_queue_or_topic_comes_with_it(tmp_path: Path) -> None:
    starter = json.loads(json.dumps(STARTER))
    starter["Starter"]["Properties"]["Role"] = {"Fn::GetAtt": ["Role", "Arn"]}
    policy = {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Resource": {"Fn::GetAtt": ["Db", "Arn"]}}}
    others = {"Roles": [{"Ref": "Others"}], "PolicyDocument": {}}
    subscription = {"TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": TO_STARTER}
    mail = {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@example.com"}
    resources = {
        **starter,
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Others": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Policy": {"Type": "AWS::IAM::Policy", "Properties": policy},
        "OthersPolicy": {"Type": "AWS::IAM::Policy", "Properties": others},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {}},
        "TopicPolicy": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [{"Ref": "Topic"}]}},
        "Heard": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
        "Mailed": {"Type": "AWS::SNS::Subscription", "Properties": mail},
        "Db": DATABASE,
        "It": alarm(AlarmActions=[{"Ref": "Topic"}]),
    }
    made = templates(tmp_path, Shop=resources)["Shop"].body["Resources"]
    assert {*made} - {*STARTER} == {"Role", "Policy", "Topic", "TopicPolicy", "Heard", "It"}
    assert made["It"]["Properties"]["AlarmActions"] == [{"Ref": "Topic"}]


def test_the_function_of_the_fallback_comes_with_its_queue_and_no_other_consumer(tmp_path: Path) -> None:
    starter = json.loads(json.dumps(STARTER))
    starter["Starter"]["Properties"]["DeadLetterConfig"] = {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    mapping = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}

    def function(variable: str) -> dict[str, Any]:
        environment = {"Variables": {variable: "{}"}}
        return {"Type": "AWS::Lambda::Function", "Properties": {"Environment": environment}}

    def feeding(name: str) -> dict[str, Any]:
        properties = {**mapping, "FunctionName": {"Ref": name}}
        return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}

    resources = {
        **starter,
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "Second": function("INCIDENT_FALLBACK"),
        "Undelivered": feeding("Second"),
        "Curious": function("ANY"),
        "Taking": feeding("Curious"),
    }
    made = templates(tmp_path, Shop=resources)["Shop"].body["Resources"]
    assert {*made} - {*STARTER} == {"Queue", "Second", "Undelivered"}


def test_what_another_stack_exports_is_imported_from_the_slice(tmp_path: Path) -> None:
    export = {"Value": TO_STARTER, "Export": {"Name": "Platform:Starter"}}
    shop = {"Resources": {"It": alarm(AlarmActions=[{"Fn::ImportValue": "Platform:Starter"}])}}
    platform = {"Resources": STARTER, "Outputs": {"Starter": export}}
    app = read_app(assembly(tmp_path / "out", Shop=shop, Platform=platform))
    first, second = slice_templates(pager_slice(app))
    assert (first.name, second.name) == ("Platform", "Shop")
    [action] = second.body["Resources"]["It"]["Properties"]["AlarmActions"]
    [output] = first.body["Outputs"].values()
    assert output == {"Value": TO_STARTER, "Export": {"Name": action["Fn::ImportValue"]}}


def test_only_the_asked_stacks_are_taken_with_what_they_need(tmp_path: Path) -> None:
    export = {"Value": TO_STARTER, "Export": {"Name": "Platform:Starter"}}
    imported = alarm(AlarmActions=[{"Fn::ImportValue": "Platform:Starter"}])
    app = read_app(
        assembly(
            tmp_path / "out",
            Platform={"Resources": {**STARTER, "Own": alarm()}, "Outputs": {"Starter": export}},
            Shop={"Resources": {"It": imported}},
            Bank={"Resources": {"It": imported}},
        )
    )
    shop = next(template for template in app.templates if template.stack == "Shop")
    made = {
        stack.name: [*stack.body["Resources"]]
        for stack in slice_templates(pager_slice(app, frozenset({shop})))
    }
    assert made == {"Platform": [*STARTER], "Shop": ["It"]}


def test_a_nested_stack_becomes_a_part_of_the_stack_around_it(tmp_path: Path) -> None:
    directory = tmp_path / "out"
    inner = {
        "Parameters": {"Told": {"Type": "String"}, "Limit": {"Type": "Number"}},
        "Resources": {"It": alarm(AlarmActions=[{"Ref": "Told"}], Threshold={"Ref": "Limit"})},
    }
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {
            "TemplateURL": {"Fn::Sub": "https://s3.${AWS::Region}.${AWS::URLSuffix}/b/inner.json"},
            "Parameters": {"Told": TO_STARTER, "Limit": "5"},
        },
    }
    assembly(directory, Shop={"Resources": {**STARTER, "Nested": nested}})
    (directory / "inner.nested.template.json").write_text(json.dumps(inner))
    files = {"inner": {"source": {"path": "inner.nested.template.json", "packaging": "file"}}}
    (directory / "Shop.assets.json").write_text(json.dumps({"files": files}))
    [stack] = slice_templates(pager_slice(read_app(directory)))
    properties = stack.body["Resources"]["NestedIt"]["Properties"]
    assert (properties["AlarmActions"], properties["Threshold"]) == ([TO_STARTER], "5")


def test_stacks_that_need_each_other_are_deployed_all_the_same(tmp_path: Path) -> None:
    def exporting(resources: dict[str, Any], name: str) -> dict[str, Any]:
        output = {"Value": {"Fn::GetAtt": [name, "Arn"]}, "Export": {"Name": name}}
        return {"Resources": resources, "Outputs": {"It": output}}

    starter = json.loads(json.dumps(STARTER))
    starter["Starter"]["Properties"]["DeadLetterConfig"] = {"TargetArn": {"Fn::ImportValue": "Queue"}}
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "dead"}}
    watching = alarm(AlarmActions=[{"Fn::ImportValue": "Starter"}])
    app = read_app(
        assembly(
            tmp_path / "out",
            One=exporting(starter, "Starter"),
            Two=exporting({"Queue": queue, "It": watching}, "Queue"),
        )
    )
    first, second = slice_templates(pager_slice(app))
    assert second.body["Resources"]["Starter"]["Properties"]["DeadLetterConfig"]["TargetArn"] == {
        "Fn::ImportValue": "Two:Queue:Arn"
    }
    assert first.body["Resources"]["It"]["Properties"]["AlarmActions"] == [FUNCTION]


def test_what_it_waits_for_is_waited_for_if_it_is_there(tmp_path: Path) -> None:
    waiting = {**alarm(AlarmActions=[TO_STARTER]), "DependsOn": ["Starter", "Db"]}
    made = templates(tmp_path, Shop={**STARTER, "Db": DATABASE, "It": waiting})["Shop"].body["Resources"]
    assert made["It"]["DependsOn"] == ["Starter"]


def test_a_mark_in_json_stays_a_reference(tmp_path: Path) -> None:
    starter = json.loads(json.dumps(STARTER))
    told = {"Fn::ToJsonString": {"queue": {"Ref": "Queue"}}}
    starter["Starter"]["Properties"]["Environment"]["Variables"]["MORE"] = told
    made = templates(tmp_path, Shop={**starter, "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}})
    variables = made["Shop"].body["Resources"]["Starter"]["Properties"]["Environment"]["Variables"]
    assert variables["MORE"] == {"Fn::Join": ["", ['{"queue":"', {"Ref": "Queue"}, '"}']]}


BUS = "arn:aws:events:eu-west-1:111122223333:event-bus/incidents"


def alarms_on(**properties: Any) -> dict[str, Any]:
    pattern = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    return rule(EventPattern=pattern, **properties)


HUB: dict[str, Any] = {
    **STARTER,
    "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "incidents"}},
    "In": {
        "Type": "AWS::Events::EventBusPolicy",
        "Properties": {"EventBusName": {"Ref": "Bus"}, "StatementId": "In"},
    },
    "Alarms": alarms_on(EventBusName={"Ref": "Bus"}, Targets=[{"Arn": TO_STARTER, "Id": "T"}]),
}
SENDS: dict[str, Any] = {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {}},
    "May": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}]}},
    "Sends": alarms_on(Targets=[{"Arn": BUS, "Id": "T", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}]),
}


@pytest.mark.parametrize("asked", [None, "Search"])
def test_an_alarm_that_is_forwarded_comes_with_its_way_to_the_hub(tmp_path: Path, asked: str | None) -> None:
    bodies = {"Hub": HUB, "Platform": SENDS, "Search": {"Slow": alarm(AlarmActions=[])}}
    app = read_app(assembly(tmp_path / "out", **{name: {"Resources": body} for name, body in bodies.items()}))
    wanted = frozenset(each for each in app.templates if each.stack == asked) if asked else None
    found = pager_slice(app, wanted)
    kept = {stack.name: {*stack.body["Resources"]} for stack in slice_templates(found)}
    assert kept == {"Hub": {*HUB}, "Platform": {*SENDS}, "Search": {"Slow"}}
    assert found.left == []


def test_a_forwarder_without_an_alarm_is_not_deployed(tmp_path: Path) -> None:
    assert [*templates(tmp_path, Hub=HUB, Platform=SENDS)] == ["Hub"]


@pytest.mark.parametrize("plan", [PLAN, {"Ref": "Plan"}], ids=["by ARN", "by reference"])
def test_a_share_of_a_plan_is_deployed_and_no_other(tmp_path: Path, plan: Any) -> None:
    made = {"Name": "on-call", "IncidentTemplate": {"Title": "Down", "Impact": 3}}
    share = {"Type": "AWS::RAM::ResourceShare", "Properties": {"Name": "plan", "ResourceArns": [plan]}}
    other = {
        "Type": "AWS::RAM::ResourceShare",
        "Properties": {"Name": "net", "ResourceArns": ["arn:aws:ec2:::x"]},
    }
    plans = {"Plan": {"Type": "AWS::SSMIncidents::ResponsePlan", "Properties": made}}
    found = templates(tmp_path, Shop={**plans, "Share": share, "Other": other})["Shop"]
    assert {*found.body["Resources"]} == {"Plan", "Share"}
