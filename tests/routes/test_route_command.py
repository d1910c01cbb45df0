"""`incident-starter routes test`: what it prints, and its exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib import cli

ROUTES = """\
version: 1
default: platform
routes:
  - name: shop
    match: {path: "Shop/**"}
    starter: shop
    impact: high
    response_plan: arn:aws:ssm-incidents::111122223333:response-plan/shop
    related_items: [{url: "https://wiki.example.com/shop", title: Runbook}]
  - match: {stage: dev}
    page: false
"""
TESTS = """\
version: 1
tests:
  - alarm: {path: Shop/Errors, kind: math, namespace: [Shop, AWS/SQS], tags: {team: shop}}
    expect:
      starter: shop
      impact: 2
      response_plan: shop
      related_items: ["https://wiki.example.com/shop"]
  - name: nobody is woken for dev
    alarm: {name: errors, stage: Dev}
    expect: {page: false}
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("routes.yaml").write_text(ROUTES)
    Path("tests.yaml").write_text(TESTS)


def run(*more: str) -> int:
    return cli.main(["routes", "test", "routes.yaml", "tests.yaml", *more])


def test_all_as_expected_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out == (
        "ok      tests.yaml:3: Shop/Errors\n"
        "        shop, impact 2 (high), plan shop\n"
        "ok      tests.yaml:9: nobody is woken for dev\n"
        "        starts no incident\n"
        "2 tests, all as expected\n"
    )


def test_what_differs_is_told_with_the_routes_that_decided_and_exits_with_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tests.yaml").write_text(TESTS.replace("impact: 2", "impact: 1").replace("page: false", "impact: 3"))

    assert run() == 1
    assert capsys.readouterr().out == (
        "differs tests.yaml:3: Shop/Errors\n"
        "        impact  expected  1 (critical)\n"
        "                got       2 (high)\n"
        "        through routes.yaml:4: routes[0] (shop)\n"
        "differs tests.yaml:9: nobody is woken for dev\n"
        "        page  expected  true\n"
        "              got       false, it starts no incident\n"
        "        through routes.yaml:10: routes[1]\n"
        "2 tests, 2 of them differ\n"
    )


def test_a_route_that_matches_too_and_comes_too_late_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    more = "  - {name: errors, match: {path: '*/Errors', kind: math}, impact: 1}\n"
    Path("routes.yaml").write_text(ROUTES + more)
    Path("tests.yaml").write_text(TESTS.replace("impact: 2", "impact: 1"))

    assert run() == 1
    assert (
        "        through routes.yaml:4: routes[0] (shop)\n"
        "        matches too, and comes too late: routes.yaml:12: routes[2] (errors)\n"
    ) in capsys.readouterr().out


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--json") == 0

    document = json.loads(capsys.readouterr().out)
    assert document["counts"] == {"tests": 2, "differ": 0}
    assert document["tests"][0]["starters"] == ["shop"]
    assert document["tests"][0]["request"]["impact"] == 2
    assert document["tests"][1]["pages"] is False


MISTAKES = {
    "an unknown key of an alarm": (
        ("kind: math", "kin: math"),
        "tests.yaml:3: tests[0].alarm.kin: unknown key 'kin'",
    ),
    "a kind that is none": (
        ("math", "maths"),
        "tests.yaml:3: tests[0].alarm.kind: got 'maths', allowed are anomaly",
    ),
    "the path of an L2 alarm's own resource": (
        ("path: Shop/Errors", "path: Shop/Resource/Default"),
        "tests.yaml:3: tests[0].alarm.path: got 'Shop/Resource/Default', which matches no alarm, as",
    ),
    "nothing expected": (
        ("{page: false}", "{}"),
        "tests.yaml:11: tests[1].expect: got nothing, at least one of impact",
    ),
    "no alarm": (
        ("    alarm: {name: errors, stage: Dev}\n", ""),
        "tests.yaml:9: tests[1]: the key 'alarm' is missing",
    ),
    "silence and an impact": (
        ("{page: false}", "{page: false, impact: 1}"),
        "tests.yaml:11: tests[1].expect: got page: false beside other values",
    ),
    "a newer version": (
        ("version: 1", "version: 9"),
        "tests.yaml:1: version: got 9, this version reads 1: it was",
    ),
    "tags as a list": (
        ("{team: shop}", "[shop]"),
        "tests.yaml:3: tests[0].alarm.tags: got a list, values by the keys",
    ),
    "no tests": (
        (TESTS, "version: 1\ntests: []"),
        "tests.yaml:2: tests: got no tests, at least one is needed",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_the_tests_is_told_with_its_line_and_exits_with_2(
    mistake: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (good, bad), sentence = MISTAKES[mistake]
    assert good in TESTS
    Path("tests.yaml").write_text(TESTS.replace(good, bad, 1))

    assert run() == 2
    assert capsys.readouterr().err.startswith(f"incident-starter: {sentence}")


def test_a_mistake_in_the_routes_exits_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    Path("routes.yaml").write_text(ROUTES.replace("version: 1", "version: 3"))

    assert run() == 2
    assert "routes.yaml:1: version: got 3, this version reads 1" in capsys.readouterr().err


def test_it_imports_no_construct() -> None:
    code = (
        "import sys; from constructs_lib import cli; "
        "cli.main(['routes', 'test', 'routes.yaml', 'tests.yaml']); "
        "print([name for name in ('aws_cdk', 'jsii', 'constructs') if name in sys.modules])"
    )
    root = Path(cli.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(root)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.splitlines()[-1] == "[]"
