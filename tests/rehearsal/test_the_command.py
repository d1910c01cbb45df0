"""Exit codes and sentences of the command, without deploying anything."""

import importlib.util
import io
import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib import cli, rehearsal
from constructs_lib.local import LocalAwsError
from constructs_lib.rehearsal import Options, Outcome, Report, Watcher
from tests.rehearsal.made_up import FAILED, NO_SAMPLE, NOT_TRIED, NOT_WIRED, STARTED, report


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """Return what the rehearsal was asked for; it answers that all is well."""
    options: list[Options] = []
    answer_with(monkeypatch, report(STARTED, NOT_WIRED), options)
    return options


def answer_with(
    monkeypatch: pytest.MonkeyPatch, answer: Report | BaseException, asked: list[Options] | None = None
) -> None:
    def rehearse(options: Options, watcher: Watcher) -> Report:
        watcher.phase("Pretending")
        if asked is not None:
            asked.append(options)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(rehearsal, "rehearse", rehearse)


def test_all_well_is_0(asked: list[Options], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rehearse", "--app", "python app.py", "--region", "eu-west-1", "--timeout", "5"]) == 0
    assert (asked[0].app, asked[0].region, asked[0].timeout) == ("python app.py", "eu-west-1", 5.0)
    assert "✓ It started" in capsys.readouterr().out


def test_a_failure_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    answer_with(monkeypatch, report(STARTED, FAILED))
    assert cli.main(["rehearse", "--app", "python app.py"]) == 1


@pytest.mark.parametrize("untried", [NOT_TRIED, NO_SAMPLE])
def test_something_that_could_not_be_tried_is_3_and_a_failure_beside_it_1(
    monkeypatch: pytest.MonkeyPatch, untried: Outcome
) -> None:
    answer_with(monkeypatch, report(STARTED, untried))
    assert cli.main(["rehearse", "--app", "python app.py"]) == 3
    answer_with(monkeypatch, report(FAILED, untried))
    assert cli.main(["rehearse", "--app", "python app.py"]) == 1


def test_what_could_not_be_read_is_3_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    half = replace(report(STARTED), unread=("stack Bank is left out: it cannot be read",))
    answer_with(monkeypatch, half)
    assert cli.main(["rehearse", "--app", "python app.py"]) == 3
    assert "stack Bank is left out" in capsys.readouterr().out


def test_the_page_is_written_beside_the_table(
    asked: list[Options], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "page.html"
    assert cli.main(["rehearse", "--app", "python app.py", "--html", str(file)]) == 0
    assert "Shop/Checkout" in file.read_text(encoding="utf-8")
    assert cli.main(["rehearse", "--app", "python app.py", "--html", str(tmp_path / "no" / "page.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    assert asked[0].whole is False


def test_everything_is_deployed_on_demand(asked: list[Options]) -> None:
    assert cli.main(["rehearse", "--app", "python app.py", "--whole"]) == 0
    assert asked[0].whole is True


def test_json_is_all_that_goes_to_stdout(asked: list[Options], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rehearse", "--app", "python app.py", "--json"]) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["ok"] is True
    assert output.err == "Pretending ...\n"


@pytest.mark.parametrize(
    "error",
    [rehearsal.RehearsalError("the app does not synthesize", "its last line"), LocalAwsError("no Node")],
)
def test_what_cannot_be_tried_is_2_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
) -> None:
    answer_with(monkeypatch, error)
    assert cli.main(["rehearse", "--app", "python app.py"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"incident-starter: {error}"


def test_an_interrupt_is_130_and_gives_the_signals_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.getsignal(signal.SIGINT)
    answer_with(monkeypatch, KeyboardInterrupt())
    assert cli.main(["rehearse", "--app", "python app.py"]) == 130
    assert signal.getsignal(signal.SIGINT) is before


def test_without_app_cdk_json_must_name_one(
    asked: list[Options], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["rehearse"]) == 2
    assert "no app: give one with --app" in capsys.readouterr().err
    (tmp_path / "cdk.json").write_text('{"app": "python shop.py"}')
    assert cli.main(["rehearse"]) == 0
    assert asked[0].app is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "the event is no JSON"),
        ("[]", 'an object with the texts "source" and "detail-type"'),
        ('{"source": "shop"}', 'an object with the texts "source" and "detail-type"'),
        ('{"source": "shop", "detail-type": "Sold", "detail": "it"}', 'the "detail" of the event'),
    ],
)
def test_a_bad_event_is_2(
    asked: list[Options], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, sentence: str
) -> None:
    (tmp_path / "event.json").write_text(text)
    assert cli.main(["rehearse", "--app", "python app.py", "--event", str(tmp_path / "event.json")]) == 2
    assert sentence in capsys.readouterr().err
    assert asked == []


def test_an_event_can_come_from_stdin(asked: list[Options], monkeypatch: pytest.MonkeyPatch) -> None:
    event = {"source": "shop", "detail-type": "Sold"}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(event)))
    assert cli.main(["rehearse", "--app", "python app.py", "--event", "-"]) == 0
    assert asked[0].event == event


def test_a_missing_event_file_is_2(asked: list[Options], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rehearse", "--app", "python app.py", "--event", os.devnull + "/none"]) == 2
    assert "the event cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["rehearse", "--timeout", "0"], ["rehearse", "--timeout", "soon"], ["fly"]]
)
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        cli.main(arguments)
    assert exit_info.value.code == 2


def test_without_the_extra_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def find_spec(name: str, *arguments: Any) -> Any:
        return None if name in ("rich", "ministack") else found(name, *arguments)

    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    assert cli.main(["rehearse", "--app", "python app.py"]) == 2
    expected = "rich, ministack is not installed: pip install 'cdk-incident-starter[local]' brings it"
    assert capsys.readouterr().err == f"incident-starter: {expected}\n"


def test_neither_the_command_nor_the_rehearsal_starts_jsii() -> None:
    code = "import sys, constructs_lib.cli, constructs_lib.rehearsal; sys.exit('jsii' in sys.modules)"
    assert os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-c", code) == 0
