"""What the docs show of routes and guard rails is what the code does."""

import re
from pathlib import Path

import pytest

from constructs_lib import cli
from constructs_lib.policy.guard_rails import RULES
from constructs_lib.routes.alarm_match import AlarmKind
from constructs_lib.routes.routes_file import MATCHES

DOCS = Path(__file__).parents[2] / "docs"
ROUTES, RAILS = ((DOCS / name).read_text(encoding="utf-8") for name in ("routes.md", "guard-rails.md"))


def test_the_file_of_routes_and_its_tests_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    routes, tests = re.findall(r"```yaml\n(.*?)```", ROUTES, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("routes.yaml").write_text(routes)
    Path("routes.tests.yaml").write_text(tests)

    assert cli.main(["routes", "test", "routes.yaml", "routes.tests.yaml"]) == 0, capsys.readouterr().out

    Path("routes.tests.yaml").write_text(tests.partition("  - alarm: {name")[0].replace("low", "1"))
    capsys.readouterr()
    assert cli.main(["routes", "test", "routes.yaml", "routes.tests.yaml"]) == 1
    [shown] = re.findall(r"```text\n(.*?)```", ROUTES, re.DOTALL)
    assert capsys.readouterr().out == shown

    Path("routes.yaml").write_text(routes.replace("path: ", "paht: "))
    assert cli.main(["routes", "test", "routes.yaml", "routes.tests.yaml"]) == 2
    told = capsys.readouterr().err.strip().removeprefix("incident-starter: ")
    assert f"`{told}`" in ROUTES


def test_every_condition_kind_and_rule_is_explained() -> None:
    assert {*re.findall(r"^\| `(\w+)` \| ", ROUTES, re.MULTILINE)} == {*MATCHES}
    assert all(f"`{kind.value}`" in ROUTES for kind in AlarmKind)
    assert tuple(re.findall(r"^\| `([\w-]+)` \| ", RAILS, re.MULTILINE)) == RULES
