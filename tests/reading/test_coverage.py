"""What pages for each alarm and rule, and what there is to look at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from constructs_lib.cloud_assembly import UnreadableError
from constructs_lib.reading.assemblies import read_app
from constructs_lib.reading.coverage import cover
from constructs_lib.reading.findings import CODES
from constructs_lib.reading.templates import App, Template
from tests.reading.writing import FUNCTION, PLACE, PLAN, STARTER, alarm, assembly, codes, covered, rows, rule

if TYPE_CHECKING:
    from pathlib import Path

NATIVE = PLAN
SAID = (
    "Too many.\n\n- Impact: 1 - Critical\n- Title: No checkout\n- Runbook: https://wiki.example.com/checkout"
)


def test_an_alarm_pages_as_its_description_says() -> None:
    [row] = rows({"It": alarm(AlarmDescription=SAID)})
    assert (row.kind, row.path, row.wired) == ("alarm", "Shop/It", ("starter",))
    assert (row.plan, row.impact, row.title) == (PLAN, 1, "No checkout")
    assert (row.runbook, row.findings) == ("https://wiki.example.com/checkout", ())


def test_a_rule_pages_as_its_template_says() -> None:
    template = '{"startIncident": {"impact": 2, "title": "{detail.title}"}, "event": <aws.events.event.json>}'
    target = {"Arn": FUNCTION, "Id": "T", "InputTransformer": {"InputTemplate": template}}
    [row] = rows({"It": rule(Targets=[target])})
    assert (row.wired, row.impact, row.title) == (("starter",), 2, "{detail.title}")


def test_an_alarm_pages_through_a_topic() -> None:
    topic = "arn:aws:sns:eu-west-1:111122223333:alerts"
    subscription = {"Protocol": "lambda", "TopicArn": {"Ref": "Topic"}, "Endpoint": FUNCTION}
    [row] = rows(
        {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alerts"}},
            "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
            "It": alarm(AlarmActions=[topic]),
        }
    )
    assert (row.wired, row.plan, row.impact) == (("topic",), PLAN, 3)


def test_what_the_plan_says_counts_where_nothing_else_does() -> None:
    template = {"Title": "From the plan", "Impact": 4}
    plan = {
        "Type": "AWS::SSMIncidents::ResponsePlan",
        "Properties": {"Name": "on-call", "IncidentTemplate": template},
    }
    [row] = rows({"Plan": plan, "It": alarm(AlarmActions=[{"Ref": "Plan"}])})
    assert (row.wired, row.plan, row.impact, row.title) == (("native",), PLAN, 4, "From the plan")


MISTAKES: dict[str, dict[str, Any]] = {
    "actions-disabled": alarm(ActionsEnabled=False),
    "bad-trailer": alarm(AlarmDescription="Impact: 9"),
    "dead-rule": rule(State="DISABLED"),
    "long-description": alarm(AlarmDescription="x" * 1025),
    "lost-trailers": alarm(AlarmDescription="Impact: 1", AlarmActions=["arn:aws:sns:eu-west-1:1:x"]),
    "no-detail-type": rule(EventPattern={"source": ["aws.guardduty"]}),
    "not-wired": alarm(AlarmActions=[]),
    "ok-only": alarm(AlarmActions=[], OKActions=[FUNCTION]),
    "other-region": alarm(AlarmActions=[FUNCTION.replace("eu-west-1", "us-east-1")]),
    "repeated-action": alarm(AlarmActions=[FUNCTION, FUNCTION]),
    "too-many-actions": alarm(AlarmActions=[f"arn:aws:sns:eu-west-1:1:{n}" for n in range(6)]),
    "wired-twice": alarm(AlarmActions=[FUNCTION, NATIVE]),
}


@pytest.mark.parametrize(("code", "resource"), MISTAKES.items())
def test_a_mistake_is_found_and_nothing_else(code: str, resource: dict[str, Any]) -> None:
    assert codes(resource) == [code]


def test_without_a_mistake_nothing_is_found() -> None:
    assert (codes(alarm()), codes(rule())) == ([], [])


@pytest.mark.parametrize("resource", [alarm(), rule()], ids=["alarm", "rule"])
def test_a_starter_that_may_not_be_invoked_is_found(resource: dict[str, Any]) -> None:
    app = App()
    body = {"Resources": {"Starter": STARTER["Starter"], "It": resource}}
    app.templates.append(Template(app, body, "Shop", PLACE, {}))
    [row] = cover(app)
    assert "no-permission" in [finding.code for finding in row.findings]


@pytest.mark.parametrize(
    "properties",
    [{"Targets": []}, {"EventPattern": {"detail": {"state": []}, "detail-type": ["x"]}}],
    ids=["no targets", "an empty list"],
)
def test_a_rule_that_never_fires_is_dead(properties: dict[str, Any]) -> None:
    [row] = rows({"It": rule(**properties)})
    assert not row.pages
    assert [finding.code for finding in row.findings] == ["dead-rule"]


def test_every_code_is_tried() -> None:
    assert {*MISTAKES, "no-permission", "no-runbook"} == set(CODES)


def test_the_errands_of_a_starter_are_no_rules_of_the_app() -> None:
    sweep = rule(Targets=[{"Arn": FUNCTION, "Id": "T", "Input": '{"sweep":{}}'}])
    assert rows({"Sweeper": sweep}) == []


def test_a_logical_id_is_no_part_of_a_construct_path() -> None:
    [named, pathless] = rows(
        {"It": {**alarm(), "Metadata": {"aws:cdk:path": "Shop/It/Resource"}}, "Resource": alarm()}
    )
    assert (named.path, pathless.path) == ("Shop/It", "Shop/Resource")


def test_stacks_refer_to_each_other_strongly_and_weakly(tmp_path: Path) -> None:
    output = {"Value": {"Fn::GetAtt": ["Starter", "Arn"]}, "Export": {"Name": "Platform:Starter"}}
    platform = {"Resources": STARTER, "Outputs": {"Starter": output}}
    shop = {
        "Resources": {
            "Strong": alarm(AlarmActions=[{"Fn::ImportValue": "Platform:Starter"}]),
            "Weak": alarm(
                AlarmActions=[{"Fn::GetStackOutput": {"StackName": "Platform", "OutputName": "Starter"}}]
            ),
        }
    }
    found = covered(assembly(tmp_path / "out", Shop=shop, Platform=platform))
    assert [(row.path, row.wired) for row in found] == [
        ("Shop/Strong", ("starter",)),
        ("Shop/Weak", ("starter",)),
    ]


def test_a_template_in_yaml_is_read_with_its_short_forms(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(
        """
AWSTemplateFormatVersion: 2010-09-09
Conditions:
  IsProd: !Equals [!Ref AWS::Region, us-east-1]
Resources:
  Alerts:
    Type: AWS::SNS::Topic
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions:
        - !If [IsProd, !Sub "arn:aws:ssm-incidents::${AWS::AccountId}:response-plan/on-call", !Ref Alerts]
      Dimensions: [{Name: Topic, Value: !GetAtt Alerts.TopicName}]
"""
    )
    [row] = covered(tmp_path / "shop.yaml")
    assert (row.path, row.wired) == ("shop/Errors", ("native",))
    assert row.plan.endswith(":response-plan/on-call")


def test_what_is_no_yaml_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("a: [")
    with pytest.raises(UnreadableError, match=r"x\.yml cannot be read"):
        read_app(tmp_path / "x.yml")


def test_half_an_assembly_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    app = read_app(assembly(tmp_path / "out", Gone=None, Shop={"Resources": {**STARTER, "It": alarm()}}))
    assert len(cover(app)) == 1
    [problem] = app.problems
    assert problem.startswith("stack Gone is left out: ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("{", "cannot be read"), ("[]", "it has no Resources"), ('{"a": 1}', "it has no Resources")],
)
def test_what_is_no_template_says_so(tmp_path: Path, content: str, sentence: str) -> None:
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(UnreadableError, match=sentence):
        read_app(tmp_path / "x.json")


def test_a_directory_without_a_manifest_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"it has no manifest\.json"):
        read_app(tmp_path)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6) | st.just(FUNCTION),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Ref", "a", "Arn"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["AlarmActions", "OKActions", "AlarmDescription", "ActionsEnabled", "Tags"]), ANYTHING
    ),
    st.dictionaries(st.sampled_from(["EventPattern", "State", "Targets", "Name"]), ANYTHING),
)
def test_whatever_a_template_holds_is_covered(one: dict[str, Any], other: dict[str, Any]) -> None:
    found = rows({"Alarm": alarm(**one), "Rule": rule(**other)})
    assert json.dumps([row.path for row in found])


@pytest.mark.parametrize("is_beside", [False, True], ids=["in the manifest", "in a file of its own"])
def test_an_error_of_a_construct_is_a_problem_though_the_app_was_synthesized(
    is_beside: bool,  # noqa: FBT001 - a case
    tmp_path: Path,
) -> None:
    entry = {"type": "aws:cdk:error", "data": "incident routes: it has no room"}
    said = {"/Shop/Errors/Resource": [{"type": "aws:cdk:warning", "data": "no"}, entry]}
    stack: dict[str, Any] = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.json"}}
    stack |= {"additionalMetadataFile": "Shop.metadata.json"} if is_beside else {"metadata": said}
    (tmp_path / "Shop.json").write_text(json.dumps({"Resources": {"Errors": alarm()}}))
    (tmp_path / "Shop.metadata.json").write_text(json.dumps(said))
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": stack}}))

    assert read_app(tmp_path).problems == [
        (
            "Shop/Errors: its construct has an error, with which CDK deploys nothing: "
            "incident routes: it has no room"
        )
    ]


@pytest.mark.parametrize("text", ["[", "[1]", '{"/Shop": 1}', "[" * 100_000])
def test_metadata_that_cannot_be_read_hides_no_template(text: str, tmp_path: Path) -> None:
    stack = {
        "type": "aws:cloudformation:stack",
        "properties": {"templateFile": "Shop.json"},
        "additionalMetadataFile": "Shop.metadata.json",
    }
    (tmp_path / "Shop.json").write_text(json.dumps({"Resources": {"Errors": alarm()}}))
    (tmp_path / "Shop.metadata.json").write_text(text)
    (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"Shop": stack}}))

    assert [row.path for row in cover(read_app(tmp_path))] == ["Shop/Errors"]


def test_two_targets_of_a_rule_that_tell_one_starter_of_one_plan_are_found() -> None:
    def target(plan: str) -> dict[str, Any]:
        told = json.dumps({"startIncident": {"responsePlanArn": plan}})
        template = f'{told[:-1]}, "event": <aws.events.event.json>}}'
        return {"Arn": FUNCTION, "Id": "T", "InputTransformer": {"InputTemplate": template}}

    assert codes(rule(Targets=[target(PLAN), target(PLAN)])) == ["repeated-action"]
    assert codes(rule(Targets=[target(PLAN), target(f"{PLAN}-2")])) == []
