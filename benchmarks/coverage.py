"""What reading an app's templates costs: 50 stacks, 4,000 alarms, in a process of its own."""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .pairs import run

STACKS, ALARMS = 50, 4000
_FUNCTION = {"Fn::ImportValue": "Platform:Starter"}


def rows(_rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    seconds, megabytes = run("benchmarks.coverage")
    yield f"coverage of {ALARMS:,} alarms in {STACKS} stacks", f"{seconds:.2f} s", "<= 3 s"
    yield "its memory", f"{megabytes:.0f} MB", "<= 300 MB"


def main() -> None:
    """Read a written assembly; print seconds, imports included, and megabytes."""
    with tempfile.TemporaryDirectory() as name:
        _write(Path(name))
        began = time.perf_counter()
        from constructs_lib.reading.assemblies import read_app  # noqa: PLC0415 - a part of the cost
        from constructs_lib.reading.coverage import cover  # noqa: PLC0415

        found = cover(read_app(Path(name)))
        seconds = time.perf_counter() - began
    assert sum(row.pages for row in found) == ALARMS  # noqa: S101 - what was measured is what is meant
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{seconds} {megabytes}\n")


def _write(directory: Path) -> None:
    told = {"startIncident": {"responsePlanArn": "arn:aws:ssm-incidents::111122223333:response-plan/on-call"}}
    starter = {
        "Type": "AWS::Lambda::Function",
        "Metadata": {"cdk-incident-starter": {"starter": 1}},
        "Properties": {"Environment": {"Variables": {"INCIDENT_STARTER": json.dumps(told)}}},
    }
    export = {"Value": {"Fn::GetAtt": ["Starter", "Arn"]}, "Export": {"Name": "Platform:Starter"}}
    stacks = {"Platform": {"Resources": {"Starter": starter}, "Outputs": {"Starter": export}}}
    for number in range(STACKS):
        alarms = {f"Alarm{each}": _alarm(each) for each in range(ALARMS // STACKS)}
        queues = {f"Queue{each}": {"Type": "AWS::SQS::Queue"} for each in range(ALARMS // STACKS)}
        stacks[f"Shop{number}"] = {"Resources": {**alarms, **queues}}
    artifacts = {}
    for name, body in stacks.items():
        (directory / f"{name}.template.json").write_text(json.dumps(body))
        properties = {"templateFile": f"{name}.template.json"}
        environment = "aws://111122223333/eu-west-1"
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": properties,
        }
    (directory / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))


def _alarm(number: int) -> dict[str, object]:
    queue = {"Name": "QueueName", "Value": {"Fn::GetAtt": [f"Queue{number}", "QueueName"]}}
    description = f"- Impact: 2 - High\n- Runbook: https://wiki.example.com/{number}"
    properties = {
        "AlarmActions": [_FUNCTION],
        "AlarmDescription": description,
        "Dimensions": [queue],
        "MetricName": "ApproximateAgeOfOldestMessage",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


if __name__ == "__main__":
    main()
