"""An app without any wiring gets routes in one line, covers, and rehearses with the pages that they name."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

APPS = Path(__file__).parent / "apps"
APP = f"{sys.executable} app.py"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("unwired")
    shutil.copy(APPS / "unwired.py", directory / "app.py")
    shutil.copy(APPS / "unwired.routes.yaml", directory / "routes.yaml")
    return directory


def run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "constructs_lib.cli", *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture(scope="module")
def incidents(directory: Path) -> dict[str, list[dict[str, Any]]]:
    """The requests of the incidents that each alarm started, by its path."""
    rehearsed = run(directory, "rehearse", "--app", APP, "--json")
    assert rehearsed.returncode == 0, rehearsed.stderr
    return {
        outcome["path"]: [incident["startIncident"] for incident in outcome["incidents"]]
        for outcome in json.loads(rehearsed.stdout)["outcomes"]
    }


def links(request: dict[str, Any]) -> list[str]:
    values = [item["identifier"]["value"] for item in request["relatedItems"]]
    return [value["url"] for value in values if "wiki.example.com" in value.get("url", "")]


def test_each_alarm_starts_the_incident_of_its_route(incidents: dict[str, list[dict[str, Any]]]) -> None:
    [errors], [inner] = incidents["Shop/Errors"], incidents["Shop/Nested/Inner"]
    [heartbeat] = incidents["Shop/Heartbeat"]

    assert (errors["impact"], inner["impact"], heartbeat["impact"]) == (4, 4, 1)
    assert heartbeat["title"] == "Shop: heartbeat"
    assert links(heartbeat) == ["https://wiki.example.com/heartbeat"]


def test_an_alarm_of_another_library_is_routed_like_any_other(
    incidents: dict[str, list[dict[str, Any]]],
) -> None:
    [(_, [queue])] = [each for each in incidents.items() if each[0].startswith("Shop/Monitoring")]

    assert queue["impact"] == 3
    assert links(queue) == ["https://wiki.example.com/queues"]


def test_what_is_routed_to_nobody_pages_nobody(directory: Path) -> None:
    covered = run(directory, "coverage", "--app", APP, "--json")

    rows = {row["path"]: row for row in json.loads(covered.stdout)["rows"]}
    pages = {path.rpartition("/")[2]: bool(row["plan"]) for path, row in rows.items()}
    assert pages.pop("Noise") is False
    assert all(pages.values())
    assert rows["Shop/Heartbeat"]["runbook"] == "https://wiki.example.com/heartbeat"
