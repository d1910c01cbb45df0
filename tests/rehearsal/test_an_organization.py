"""The example of an organization: three accounts, read, compared and rehearsed as its pipeline does."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/organisation"
APP = f"{sys.executable} app.py"


def run(cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-m", "constructs_lib.cli", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, whose cdk.out the pipeline's synth step has made."""
    directory = tmp_path_factory.mktemp("organisation")
    for file in EXAMPLE.iterdir():
        if file.is_file():
            shutil.copy(file, directory)
    context = json.loads((directory / "cdk.json").read_text())["context"]
    environment = {
        **os.environ,
        "CDK_OUTDIR": str(directory / "cdk.out"),
        "CDK_CONTEXT_JSON": json.dumps({**context, "aws:cdk:enable-path-metadata": True}),
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "app.py"], cwd=directory, env=environment, check=True, timeout=120)
    return directory


@pytest.fixture(scope="module", params=[[], ["--whole"]], ids=["slice", "whole"])
def rehearsed(example: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What its gate sees, and what the CDK CLI's own deployment of everything shows."""
    done = run(example, "rehearse", "--app", "cdk.out", "--json", *request.param)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def covered(example: Path) -> dict[str, Any]:
    done = run(example, "coverage", "--app", "cdk.out", "--json", "--fail-on", "warning")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("path", "account", "impact", "title"),
    [
        ("ShopProd/Shop/Failing", "333333333333", 2, "Checkout is failing"),
        ("ShopProd/Shop/Threats", "333333333333", 1, "GuardDuty: SSH brute force attack"),
        ("SearchProd/Search/Slow", "444444444444", 2, "Search"),
        ("SearchProd/Search/VerySlow", "444444444444", 3, "Search"),
        ("Incidents/OnCall/Hub/Alarms", "222222222222", 3, "sample in 222222222222"),
    ],
)
def test_each_account_pages_through_the_one_plan(
    rehearsed: dict[str, Any], path: str, account: str, impact: int, title: str
) -> None:
    [outcome] = [each for each in rehearsed["outcomes"] if each["path"] == f"Pipeline/{path}"]
    assert outcome["arn"].split(":")[4] == account
    [incident] = outcome["incidents"]
    request = incident["startIncident"]
    assert request["responsePlanArn"] == "arn:aws:ssm-incidents::222222222222:response-plan/on-call"
    assert request["impact"] == impact
    assert request["title"].startswith(title)
    assert outcome["problems"] == []


def test_nothing_had_to_be_assumed(rehearsed: dict[str, Any]) -> None:
    assert (rehearsed["ok"], rehearsed["assumedResponsePlans"]) == (True, [])


def test_coverage_reads_from_the_templates_what_the_rehearsal_sees(
    rehearsed: dict[str, Any], covered: dict[str, Any]
) -> None:
    seen = {
        outcome["path"]: outcome["incidents"][0]["startIncident"]["impact"]
        for outcome in rehearsed["outcomes"]
        if outcome["incidents"] and "Drill" not in outcome["path"]
    }
    assert {row["path"]: row["impact"] for row in covered["rows"] if row["plan"]} == seen


def test_the_list_that_the_example_keeps_is_what_it_pages(example: Path) -> None:
    done = run(example, "diff", "pager.json", "--app", "cdk.out", "--json", "--fail-on", "info")
    assert json.loads(done.stdout) == {"schemaVersion": 1, "problems": [], "changes": []}


def test_a_forwarder_that_is_gone_stops_the_pipeline(example: Path) -> None:
    accounts = (example / "accounts.py").read_text()
    changed = example / "changed"
    changed.mkdir()
    forwarder = '        AlarmForwarder(platform, "Alarms", hub=BUS)\n'
    assert forwarder in accounts
    (changed / "accounts.py").write_text(accounts.replace(forwarder, "        del platform\n"))
    for file in ("app.py", "cdk.json"):
        shutil.copy(example / file, changed)

    done = run(changed, "diff", str(example / "pager.json"), "--app", APP, "--fail-on", "silenced")

    assert done.returncode == 1
    assert "Pipeline/SearchProd/Search/Slow" in done.stdout


def test_the_pipeline_runs_its_gates_before_it_deploys_anything(example: Path) -> None:
    template = json.loads((example / "cdk.out/Pipeline.template.json").read_text())
    [pipeline] = [
        each["Properties"] for each in template["Resources"].values() if each["Type"].endswith("::Pipeline")
    ]
    steps = [
        (stage["Name"], action["Name"], action["RunOrder"])
        for stage in pipeline["Stages"]
        for action in stage["Actions"]
    ]
    first = [name for stage, name, _ in steps if stage == "Incidents"]
    assert first[:3] == ["Coverage", "Diff", "Rehearsal"]
    assert {order for stage, name, order in steps if stage == "Incidents" and name in first[:3]} == {1}
    assert list(dict.fromkeys(stage for stage, _, _ in steps))[-2:] == ["Incidents", "Members"]
