"""What a rehearsal of 400 alarms takes, of which the local AWS could deploy no stack as a whole."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ALARMS, STACKS = 400, 4
_APP = f"""
import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_ec2 as ec2, aws_rds as rds, aws_ssmincidents
from constructs_lib import Impact, IncidentAction, IncidentStarter

app = cdk.App()
platform = cdk.Stack(app, "Platform")
plan = aws_ssmincidents.CfnResponsePlan(
    platform, "Plan", name="on-call", incident_template={{"title": "Something burns", "impact": 3}}
)
starter = IncidentStarter(platform, "Incidents", response_plan=plan, impact=Impact.LOW)
for number in range({STACKS}):
    stack = cdk.Stack(app, f"Shop{{number}}")
    engine = rds.DatabaseInstanceEngine.MYSQL
    database = rds.DatabaseInstance(stack, "Db", engine=engine, vpc=ec2.Vpc(stack, "Vpc"))
    for each in range({ALARMS // STACKS}):
        metric = database.metric_cpu_utilization()
        alarm = cloudwatch.Alarm(stack, f"A{{each}}", metric=metric, threshold=each, evaluation_periods=1)
        alarm.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH, title=f"Too busy: {{each}}"))
app.synth()
"""


def rows(_rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "app.py").write_text(_APP)
        began = time.perf_counter()
        command = [sys.executable, "-m", "constructs_lib.cli", "rehearse", "--json"]
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, "--app", f"{sys.executable} {name}/app.py"],
            check=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - began
    told = json.loads(done.stdout)
    assert told["counts"]["started"] == ALARMS, told["counts"]  # noqa: S101 - as is meant
    yield f"rehearsal of {ALARMS} alarms, synthesis included", f"{seconds:.0f} s", "<= 60 s"
