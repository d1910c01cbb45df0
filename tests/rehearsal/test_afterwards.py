"""After its first incident: the alarm again, and an Incident Manager that does not take the next one."""

import json
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from constructs_lib.rehearsal import Status, show, to_json
from tests.rehearsal.made_up import FAILED, STARTED, report

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def afterwards() -> dict[str, Any]:
    """What the project's own app does, by what was done to it."""
    command = [sys.executable, "-m", "constructs_lib.cli", "rehearse", "--json"]
    done = subprocess.run(
        [*command, "--app", f"{sys.executable} app.py"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    told = json.loads(done.stdout)
    assert (done.returncode, told["ok"]) == (0, True), told
    return {outcome["fired"]: outcome for outcome in told["afterwards"]}


def test_an_alarm_that_burns_again_is_told_to_its_incident(afterwards: dict[str, Any]) -> None:
    again = afterwards["ALARM again"]
    assert again["path"] == "Shop/Failing"  # the one that tells its recovery
    assert again["notes"] == [
        "it is told to an incident that is open already, which pages nobody",
        "its recovery is told to the incident",
    ]


@pytest.mark.parametrize("how", ["refuses", "fails until Lambda gives up"])
def test_the_fallback_is_told_of_what_incident_manager_does_not_take(
    afterwards: dict[str, Any], how: str
) -> None:
    outcome = afterwards[f"ALARM while Incident Manager {how}"]
    [told] = outcome["told"]
    assert outcome["path"] == "Shop/Down"  # the composite alarm, which has to be looked up
    assert (told["sink"], told["fallback"], told["impact"]) == ("OpsItem", True, 1)
    assert (outcome["status"], outcome["incidents"]) == ("started", [])


def test_what_fails_afterwards_fails_the_rehearsal() -> None:
    broken = replace(report(STARTED), afterwards=(replace(FAILED, fired="ALARM again"),))
    assert not broken.is_ok
    assert to_json(broken)["counts"]["failed"] == 0  # counted are the subjects, each once
    assert to_json(broken)["afterwards"][0]["status"] == Status.FAILED.value
    shown = StringIO()
    show(broken, Console(file=shown, width=120))
    assert "1 started their incidents, 1 did not go on as configured" in shown.getvalue()
