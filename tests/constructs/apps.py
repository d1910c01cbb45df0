"""Small CDK apps for the tests, and their templates as plain dicts."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_events as events, aws_ssmincidents as ssmincidents
from constructs import Construct

from constructs_lib import IncidentStarter

Template = dict[str, Any]

ACCOUNT, OTHER_ACCOUNT, REGION = "111122223333", "444455556666", "eu-west-1"
PLAN = f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/on-call"
OTHER_PLAN = f"arn:aws:ssm-incidents::{OTHER_ACCOUNT}:response-plan/security"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:incidents"
ENVIRONMENT = cdk.Environment(account=ACCOUNT, region=REGION)
OTHER_ENVIRONMENT = cdk.Environment(account=OTHER_ACCOUNT, region=REGION)
CURRENT_FLAGS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]

ALARMS, RULES, TOPICS = "lambda.alarms.cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"

synthesized: list[Path] = []
"""Every cloud assembly of the session: the last tests hold all of them against cfn-lint."""


def new_app(*, flags: Mapping[str, Any] | None = None) -> cdk.App:
    return cdk.App(context=CURRENT_FLAGS if flags is None else flags, analytics_reporting=False)


def new_stack(id: str = "Stack", *, env: cdk.Environment | None = None) -> cdk.Stack:
    return cdk.Stack(new_app(), id, env=env)


def new_starter(scope: Construct, **options: Any) -> IncidentStarter:
    return IncidentStarter(scope, "Incidents", **{"response_plan": PLAN, **options})


def new_alarm(scope: Construct, id: str = "Alarm", **options: Any) -> cloudwatch.Alarm:
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
    return metric.create_alarm(scope, id, threshold=1, evaluation_periods=1, **options)


def new_rule(scope: Construct, id: str = "Rule") -> events.Rule:
    return events.Rule(scope, id, event_pattern=events.EventPattern(source=["aws.guardduty"]))


def new_plan(scope: Construct, id: str = "Plan", *, name: str = "database") -> ssmincidents.CfnResponsePlan:
    return ssmincidents.CfnResponsePlan(
        scope, id, name=name, incident_template={"title": "Something is wrong", "impact": 3}
    )


def plan_with_token_name(scope: Construct, id: str = "Plan") -> ssmincidents.CfnResponsePlan:
    return new_plan(scope, id, name=cdk.CfnParameter(scope, f"{id}Name").value_as_string)


def synth(of: Construct) -> dict[str, Template]:
    """The templates of the whole app, nested stacks and Stages included, by file name."""
    app = of.node.root
    assert isinstance(app, cdk.App)
    directory = Path(app.synth().directory)
    synthesized.append(directory)
    found = {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(directory.rglob("*.template.json"))
    }
    assert found
    return found


def template_of(stack: cdk.Stack) -> Template:
    template = synth(stack)[stack.artifact_id]
    assert isinstance(template, dict)
    return template


def resources(templates: Template | Mapping[str, Template], type: str) -> list[dict[str, Any]]:
    """The properties of all resources of a type, of one template or of many."""
    all_templates = [templates] if "Resources" in templates else list(templates.values())
    return [
        resource.get("Properties", {})
        for template in all_templates
        for resource in template.get("Resources", {}).values()
        if resource["Type"] == type
    ]


def only(templates: Template | Mapping[str, Template], type: str) -> dict[str, Any]:
    [found] = resources(templates, type)
    return found


def permissions(templates: Template | Mapping[str, Template], principal: str) -> list[dict[str, Any]]:
    return [
        each for each in resources(templates, "AWS::Lambda::Permission") if each["Principal"] == principal
    ]


def statements(templates: Template | Mapping[str, Template], action: str) -> list[dict[str, Any]]:
    """The IAM statements that name the action, of all policies."""
    return [
        statement
        for policy in resources(templates, "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if action in _listed(statement["Action"])
    ]


def allowed(templates: Template | Mapping[str, Template], action: str) -> list[str]:
    """What the action is allowed on, flattened and sorted."""
    return sorted(
        flat(resource)
        for statement in statements(templates, action)
        for resource in _listed(statement["Resource"])
    )


def flat(value: object) -> str:
    """A template's value on one line, with `<Name>` for a Ref and `<Name.Attribute>` for Fn::GetAtt."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::Join": [str(delimiter), [*parts]]}:
            return delimiter.join(map(flat, parts))
    return json.dumps(value)


def warnings(of: Construct) -> list[str]:
    """The text of every warning in the app."""
    return list(_annotations(of.node.root, "aws:cdk:warning"))


def _annotations(root: Any, kind: str) -> Iterator[str]:
    for construct in root.node.find_all():
        for entry in construct.node.metadata:
            if entry.type == kind:
                yield str(entry.data)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
