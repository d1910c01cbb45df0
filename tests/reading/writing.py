"""Templates and assemblies, written by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.reading.assemblies import read_app
from constructs_lib.reading.coverage import Row, cover
from constructs_lib.reading.physical import Place
from constructs_lib.reading.templates import App, Template
from tests.written_assembly import write_assembly

if TYPE_CHECKING:
    from pathlib import Path

PLACE = Place("111122223333", "eu-west-1")
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:incidents"
PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"
STARTER: dict[str, Any] = {
    "Starter": {
        "Type": "AWS::Lambda::Function",
        "Metadata": {"cdk-incident-starter": {"starter": 1}},
        "Properties": {
            "FunctionName": "incidents",
            "Environment": {
                "Variables": {
                    "INCIDENT_STARTER": json.dumps({"startIncident": {"responsePlanArn": PLAN, "impact": 3}})
                }
            },
        },
    },
    **{
        f"May{number}": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {"FunctionName": {"Fn::GetAtt": ["Starter", "Arn"]}, "Principal": principal},
        }
        for number, principal in enumerate(("lambda.alarms.cloudwatch.amazonaws.com", "events.amazonaws.com"))
    },
}


def template(**body: Any) -> Template:
    """A template on its own."""
    app = App()
    app.templates.append(Template(app, body, "Shop", PLACE, {}))
    return app.templates[0]


def value(node: object, **body: Any) -> Any:
    """Evaluate something in a template."""
    return template(**body).value(node)


def alarm(**properties: Any) -> dict[str, Any]:
    """An alarm that is wired to the starter, unless said otherwise."""
    wired = {"AlarmActions": [FUNCTION], "MetricName": "Errors", "Namespace": "Shop"}
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": {**wired, **properties}}


def rule(**properties: Any) -> dict[str, Any]:
    """A rule that is wired to the starter, unless said otherwise."""
    pattern = {"source": ["aws.guardduty"], "detail-type": ["GuardDuty Finding"]}
    wired = {"EventPattern": pattern, "State": "ENABLED", "Targets": [{"Arn": FUNCTION, "Id": "T"}]}
    return {"Type": "AWS::Events::Rule", "Properties": {**wired, **properties}}


def rows(resources: dict[str, Any], **body: Any) -> list[Row]:
    """Cover a template with a starter and these resources."""
    app = App()
    content = {"Resources": {**STARTER, **resources}, **body}
    app.templates.append(Template(app, content, "Shop", PLACE, {}))
    return cover(app)


def codes(resource: dict[str, Any]) -> list[str]:
    """Name what coverage finds about one alarm or rule that has a runbook or not."""
    [row] = rows({"It": resource})
    return [finding.code for finding in row.findings if finding.code != "no-runbook"]


def assembly(directory: Path, **stacks: Any) -> Path:
    """Write a cloud assembly of templates."""
    return write_assembly(directory, stacks, "aws://111122223333/eu-west-1")


def covered(path: Path) -> list[Row]:
    """Read and cover."""
    return cover(read_app(path))
