"""What a rehearsal shows to people and prints for pipelines."""

import io
import json

import pytest
from rich.console import Console

from constructs_lib.rehearsal import Outcome, Report, show, to_json
from tests.rehearsal.made_up import (
    BARE,
    FAILED,
    FOREIGN_PLAN,
    NO_SAMPLE,
    NOT_TRIED,
    NOT_WIRED,
    STARTED,
    report,
)


def shown(made_up: Report, width: int = 110, *, colours: bool = False) -> str:
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=colours, color_system="truecolor" if colours else None
    )
    show(made_up, console)
    return file.getvalue()


EVERYTHING = report(NOT_WIRED, FAILED, STARTED, BARE, NOT_TRIED, NO_SAMPLE, assumed=(FOREIGN_PLAN,))


def test_an_incident_is_shown_with_impact_plan_title_and_items() -> None:
    text = shown(report(STARTED))
    for expected in (
        "✓ Shop/Checkout",
        "alarm · ALARM",
        "2 High",
        "on-call",
        "Checkout is [failing]",
        "Runbook [draft]",
    ):
        assert expected in text


def test_what_comes_from_the_plan_is_said_to() -> None:
    text = shown(report(BARE))
    assert "as planned" in text
    assert "the plan's own title" in text


def test_failures_are_red_and_say_why() -> None:
    text = shown(report(FAILED), colours=True)
    assert "\x1b[31mRole may not perform ssm-incidents:StartIncident" in text
    assert "✗ 1 of 1 did not start their incidents" in text


def test_alarms_wired_to_nothing_come_last() -> None:
    text = shown(EVERYTHING)
    order = ("Shop/Release", "Shop/Checkout", "Not tried", "Shop/Off", "Wired to nothing", "Shop/Loose")
    positions = [text.index(each) for each in order]
    assert positions == sorted(positions)
    assert FOREIGN_PLAN in text


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in shown(EVERYTHING, width).splitlines()) <= width


def test_a_report_without_anything_wired_says_so() -> None:
    assert "Nothing in this app is wired to a starter" in shown(report(NOT_WIRED))


@pytest.mark.parametrize(
    ("outcomes", "is_ok"),
    [
        ((STARTED, NOT_TRIED, NOT_WIRED), True),
        ((), True),
        ((STARTED, FAILED), False),
        ((STARTED, NO_SAMPLE), True),
    ],
)
def test_one_failure_fails_the_rehearsal(outcomes: tuple[Outcome, ...], is_ok: bool) -> None:  # noqa: FBT001
    assert report(*outcomes).is_ok is is_ok


def test_json_has_its_documented_members() -> None:
    told = json.loads(json.dumps(to_json(EVERYTHING)))
    assert set(told) == {
        "schemaVersion",
        "ok",
        "complete",
        "region",
        "account",
        "counts",
        "assumedResponsePlans",
        "outcomes",
        "afterwards",
        "substitutions",
        "unread",
    }
    assert told["counts"] == {"started": 2, "failed": 1, "noSample": 1, "notTried": 1, "notWired": 1}
    assert told["outcomes"][1] == {
        "kind": "rule",
        "path": "Shop/Release",
        "name": "Shop-Release-1A2B",
        "stack": "Shop",
        "arn": "arn:aws:rule:Release",
        "status": "failed",
        "fired": "CodePipeline Pipeline Execution State Change",
        "incidents": [],
        "problems": ["Role may not perform ssm-incidents:StartIncident", "the event is kept in Dead"],
        "notes": [],
        "event": {"source": "aws.codepipeline"},
    }


def test_json_carries_the_request_as_it_was_received() -> None:
    [outcome] = to_json(report(STARTED))["outcomes"]
    assert outcome["incidents"][0]["startIncident"] == STARTED.incidents[0].request
