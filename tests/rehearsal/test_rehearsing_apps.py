"""The command on real apps, in processes of their own: the CDK CLI, the Lambda, everything."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.slow_starter import SLOW_STARTER
from tests.written_assembly import write_assembly

APPS = Path(__file__).parent / "apps"
COMMAND = [sys.executable, "-m", "constructs_lib.cli", "rehearse"]


def rehearse(cwd: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, input=stdin, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def app_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("app")
    shutil.copy(APPS / "every_wiring.py", directory / "app.py")
    return directory


@pytest.fixture(scope="module")
def rehearsed(app_directory: Path) -> subprocess.CompletedProcess[str]:
    return rehearse(app_directory, "--app", "python app.py", "--json")


@pytest.fixture(scope="module")
def outcomes(rehearsed: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    return {outcome["path"]: outcome for outcome in json.loads(rehearsed.stdout)["outcomes"]}


@pytest.mark.parametrize(
    ("path", "impact", "title"),
    [
        ("Shop/Heartbeat", 4, None),
        ("Shop/Nested/Inner", 4, "Nested"),
        ("Shop/Notifying", 2, None),
        ("Shop/Lonely", 4, "rehearsal"),
        ("Shop/OnBus", 4, "Price 6"),
        ("Shop/Daily", 4, "Daily"),
        ("Shop/Ours/Drill", 5, "[DRILL] Does this starter still page?"),
        ("Prod/Shop/Deep", 4, None),
    ],
)
def test_what_is_wired_starts_its_incident(
    outcomes: dict[str, Any], path: str, impact: int, title: str | None
) -> None:
    [incident] = outcomes[path]["incidents"]
    request = incident["startIncident"]
    assert (outcomes[path]["status"], outcomes[path]["problems"]) == ("started", [])
    assert (request["impact"], request["title"]) == (impact, title or outcomes[path]["name"])


def test_an_alarm_with_two_starters_starts_two_incidents_and_a_foreign_plan_is_assumed(
    outcomes: dict[str, Any], rehearsed: subprocess.CompletedProcess[str]
) -> None:
    foreign = "arn:aws:ssm-incidents::222233334444:response-plan/theirs"
    requests = [incident["startIncident"] for incident in outcomes["Shop/Twice"]["incidents"]]
    plans = {request["responsePlanArn"]: request.get("impact") for request in requests}
    assert plans == {"arn:aws:ssm-incidents::123456789012:response-plan/ours": 1, foreign: 1}
    assert json.loads(rehearsed.stdout)["assumedResponsePlans"] == [foreign]


def test_a_missing_permission_fails_the_rehearsal_and_says_so(
    outcomes: dict[str, Any], rehearsed: subprocess.CompletedProcess[str]
) -> None:
    [problem] = outcomes["Shop/Refused"]["problems"]
    assert rehearsed.returncode == 1
    assert json.loads(rehearsed.stdout)["ok"] is False
    assert "is not authorized to perform lambda:InvokeFunction" in problem


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("Shop/Recovery", "notTried", "it is wired for OK only"),
        ("Shop/Disabled", "notTried", "its actions are disabled"),
        ("Shop/Off", "notTried", "the rule is disabled"),
        ("Shop/Elsewhere", "notTried", "function:elsewhere, which is not part of this app"),
        ("Shop/Impossible", "noSample", "account no-account"),
    ],
)
def test_what_is_not_tried_says_why(outcomes: dict[str, Any], path: str, status: str, reason: str) -> None:
    assert (outcomes[path]["status"], outcomes[path]["incidents"]) == (status, [])
    assert reason in " ".join(outcomes[path]["problems"])


def test_a_scheduled_drill_is_closed_again(outcomes: dict[str, Any]) -> None:
    assert outcomes["Shop/Ours/Drill"]["notes"] == ["a drill: its incident is closed again"]
    assert outcomes["Shop/Ours/Drill"]["fired"] == "Scheduled Event"


def test_an_alarm_without_a_starter_is_wired_to_nothing(outcomes: dict[str, Any]) -> None:
    assert outcomes["Shop/Unwired"]["status"] == "notWired"


def test_a_topic_that_an_alarm_notifies_is_tried_through_the_alarm(outcomes: dict[str, Any]) -> None:
    assert "Shop/Notified" not in outcomes


def test_nothing_is_written_into_the_directory_of_the_app(
    app_directory: Path, rehearsed: subprocess.CompletedProcess[str]
) -> None:
    assert rehearsed.stdout
    assert [entry.name for entry in app_directory.iterdir()] == ["app.py"]


def test_an_app_that_breaks_is_told_from_a_broken_rehearsal(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text(json.dumps({"app": "python -c \"raise SystemExit('no such team')\""}))
    result = rehearse(tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-1] == "incident-starter: the app does not synthesize"
    assert "no such team" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_resource_that_cannot_be_deployed_is_named(tmp_path: Path) -> None:
    assembly = write_assembly(
        tmp_path / "assembly", {"Shop": {"Resources": {"Ballast": {"Type": "AWS::Nowhere::Ballast"}}}}
    )
    result = rehearse(tmp_path, "--app", str(assembly), "--whole")
    assert result.returncode == 2
    assert "the local AWS cannot deploy Ballast (AWS::Nowhere::Ballast)" in result.stderr.splitlines()[-1]


@pytest.fixture
def temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setenv("TMPDIR", str(directory))
    return directory


@pytest.mark.skipif(os.name != "posix", reason="signals are sent to POSIX processes")
@pytest.mark.parametrize("phase", ["Synthesizing", "Firing"])
def test_an_interrupt_leaves_no_process_and_no_file(
    app_directory: Path, tmp_path: Path, temporary_files: Path, phase: str
) -> None:
    slow = write_assembly(tmp_path / "assembly", {"Shop": {"Resources": SLOW_STARTER}})
    command = [*COMMAND, "--app", str(slow) if phase == "Firing" else "python app.py"]
    with subprocess.Popen(command, cwd=app_directory, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        while not process.stderr.readline().startswith(phase):
            assert process.poll() is None
        time.sleep(0.7)  # until the app, or the function, runs
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        rest = process.stderr.read()
    assert process.returncode == 130
    assert time.monotonic() - began < 10
    assert rest.splitlines()[-1] == "incident-starter: interrupted, everything was taken down"
    assert list(temporary_files.iterdir()) == []
    assert [entry.name for entry in app_directory.iterdir()] == ["app.py"]
    assert _processes_with(str(temporary_files)) == []


def _processes_with(text: str) -> list[str]:
    """Return the command lines and environments of processes that mention a directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            told = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
        except OSError:
            continue
        if text.encode() in told and int(entry.name) != os.getpid():
            found.append(told.decode(errors="replace"))
    return found


def test_coverage_reads_from_the_templates_what_the_rehearsal_sees(
    app_directory: Path, outcomes: dict[str, Any]
) -> None:
    command = [*COMMAND[:-1], "coverage", "--json", "--app", f"{sys.executable} app.py"]
    done = subprocess.run(command, cwd=app_directory, capture_output=True, text=True, check=True, timeout=120)
    rows = {row["path"]: row for row in json.loads(done.stdout)["rows"]}
    # Through a stage, a nested stack and a topic. What is refused is found here and fails there.
    [refused, *_] = rows.pop("Shop/Refused")["findings"]
    assert refused["code"] == "no-permission"
    paging = {
        path: (row["plan"], row["impact"]) for path, row in rows.items() if row["plan"] and path in outcomes
    }
    seen = {
        path: (request["responsePlanArn"], request["impact"])
        for path, outcome in outcomes.items()
        if outcome["kind"] != "topic" and "Drill" not in path and outcome["incidents"]
        for request in [outcome["incidents"][0]["startIncident"]]
    }
    assert paging.pop("Shop/Impossible")[1] == 4  # no sample event can be made for it
    assert paging == seen
