"""The real CDK CLI, with the Node of the extra and nothing from the network."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local import LocalAwsError, cdk_cli

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

APP = """
import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

app = cdk.App()
stack = cdk.Stack(app, "Shop")
{body}
app.synth()
"""
ALARM = """
cloudwatch.CfnAlarm(stack, "Alarm", alarm_name="errors", comparison_operator="GreaterThanThreshold",
    evaluation_periods=1, threshold=1, namespace="Shop", metric_name="Errors", statistic="Sum", period=60)
"""
SATELLITE = 'cdk.CfnResource(stack, "Satellite", type="AWS::GroundStation::Config")'


@pytest.fixture
def app_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty directory; the template validator of CDK takes seconds and is not ours to test."""
    monkeypatch.setenv("CDK_VALIDATION", "false")
    return tmp_path


def write(directory: Path, body: str) -> str:
    """Write an app and return its command."""
    (directory / "app.py").write_text(APP.format(body=body))
    return f"{sys.executable} app.py"


def test_an_app_is_bootstrapped_and_deployed_and_leaves_nothing(aws: LocalAws, app_in: Path) -> None:
    lines: list[str] = []
    app = write(app_in, ALARM)
    aws.cdk("bootstrap", f"aws://{aws.account_id}/{aws.region}", app=app, cwd=app_in, on_line=lines.append)
    assert any("bootstrapped" in line for line in lines)
    lines.clear()
    aws.cdk("deploy", "--all", app=app, cwd=app_in, on_line=lines.append)
    assert any("CREATE_COMPLETE" in line and "AWS::CloudWatch::Alarm" in line for line in lines)
    (alarm,) = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["AlarmName"] == "errors"
    assert [path.name for path in app_in.iterdir()] == ["app.py"]

    app = write(app_in, SATELLITE)
    with pytest.raises(LocalAwsError) as caught:
        aws.cdk("deploy", "--all", app=app, cwd=app_in)
    assert str(caught.value) == (
        "cdk deploy --all failed: the local AWS cannot deploy Satellite (AWS::GroundStation::Config)"
    )


def test_an_app_that_fails_shows_what_it_said(aws: LocalAws, app_in: Path) -> None:
    (app_in / "app.py").write_text("raise SystemExit('no such plan')")
    with pytest.raises(LocalAwsError, match=r"(?s)cdk synth failed:.*no such plan"):
        aws.cdk("synth", app=f"{sys.executable} app.py", cwd=app_in)


def test_ctrl_c_ends_the_cli_and_the_app_it_runs(aws: LocalAws, app_in: Path) -> None:
    (app_in / "app.py").write_text("import time; print('running', flush=True); time.sleep(60)")

    def interrupt(line: str) -> None:
        if "running" in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        aws.cdk("synth", app=f"{sys.executable} {app_in / 'app.py'}", cwd=app_in, on_line=interrupt)
    assert not any(str(app_in) in command_line(process) for process in Path("/proc").glob("[0-9]*"))


def command_line(process: Path) -> str:
    """Return a process's command line, empty when it has just ended."""
    try:
        return (process / "cmdline").read_text("latin-1")
    except OSError:
        return ""


def test_a_missing_cli_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(LocalAwsError, match="the CDK CLI is not installed: pip install"):
        cdk_cli.cli_command()


def test_a_missing_node_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(LocalAwsError, match="the CDK CLI needs Node: pip install"):
        cdk_cli.node_executable()
