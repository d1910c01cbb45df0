"""A starter whose events end elsewhere is rehearsed too."""

import io
import json
import shutil
from typing import Any, cast

import pytest
from rich.console import Console

from constructs_lib.local import FailedDelivery, Invocation, LocalAws, OpsItem, PublishedMessage
from constructs_lib.rehearsal import Outcome, Status, ToldSink, show, to_json
from constructs_lib.rehearsal.evidence import Evidence, Marks
from tests.rehearsal.made_up import RUNBOOK, report, subject
from tests.rehearsal.test_evidence import ALARM, FUNCTION, QUEUE, Recorded, invocation
from tests.rehearsal.test_rehearsing_apps import APPS, rehearse

MESSAGE = json.dumps(
    {"default": json.dumps({"title": "Nobody can pay", "impact": 2, "relatedItems": [RUNBOOK]})}
)
ITEM = OpsItem(
    "oi-1",
    "arn",
    {
        "Title": "Nobody can pay",
        "OperationalData": {
            "incident-starter/impact": {"Value": "2"},
            "incident-starter/relatedItems": {"Value": json.dumps([RUNBOOK])},
        },
    },
    "role",
)


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    directory = tmp_path_factory.mktemp("sinks")
    shutil.copy(APPS / "sinks.py", directory / "app.py")
    done = rehearse(directory, "--app", "python app.py", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("path", "title", "impact"),
    [("Shop/Checkout", "Nobody can pay", 2), ("Shop/Findings", "A finding", None)],
)
def test_what_is_wired_reaches_both_sinks(
    rehearsed: dict[str, Any], path: str, title: str, impact: int | None
) -> None:
    outcomes = {outcome["path"]: outcome for outcome in rehearsed["outcomes"]}
    outcome = outcomes[path]
    assert (outcome["status"], outcome["incidents"], outcome["problems"]) == ("started", [], [])
    assert [told["sink"] for told in outcome["told"]] == ["OpsItem", "on-call"]
    assert {(told["title"], told["impact"], told["fallback"]) for told in outcome["told"]} == {
        (title, impact, False)
    }


def test_the_plan_of_a_starter_with_a_sink_is_not_missed(rehearsed: dict[str, Any]) -> None:
    assert rehearsed["assumedResponsePlans"] == []


def evidence(*invocations: Invocation, failed: list[FailedDelivery] | None = None) -> Evidence:
    recorded = Recorded(invocations=list(invocations), failed_deliveries=failed or [])
    aws: Any = recorded
    aws.ops_items, aws.messages = [ITEM], [PublishedMessage("m-1", "arn:aws:sns:::on-call", MESSAGE, "")]
    return Evidence.since(Marks.of(cast("LocalAws", Recorded())), aws, frozenset({ALARM}))


def test_what_a_sink_was_told_is_no_problem() -> None:
    found = evidence(invocation(outcome="sent", opsItemId="oi-1", messageIds=["m-1"]))
    assert found.problems(1) == []
    assert [(told.sink, told.title, told.impact) for told in found.told] == [
        ("OpsItem", "Nobody can pay", 2),
        ("on-call", "Nobody can pay", 2),
    ]
    assert found.told[0].related_items == found.told[1].related_items


def test_a_sink_that_fails_beside_another_is_a_problem() -> None:
    answers = ["opsItem: OpsItemLimitExceededException"]
    found = evidence(invocation(outcome="sent", messageIds=["m-1"], answers=answers))
    assert found.problems(1) == [*answers, "another sink was told all the same"]


def test_a_fallback_is_a_problem_that_says_who_was_told() -> None:
    refused = invocation(outcome="fallback", opsItemId="oi-1", answers=["full: ResourceNotFoundException"])
    found = evidence(refused)
    assert found.problems(1) == ["full: ResourceNotFoundException", "the fallback was told instead: OpsItem"]
    assert found.told[0].is_fallback


def test_what_the_second_function_told_is_not_said_to_lie_in_a_queue() -> None:
    failed = FailedDelivery(ALARM, FUNCTION, "starter failed 3 times: boom", {}, QUEUE)
    told = Invocation(
        FUNCTION, ALARM, {}, 1, None, json.dumps({"outcome": "fallback", "messageIds": ["m-1"]})
    )
    found = evidence(told, failed=[failed])
    assert found.problems(1) == ["starter failed 3 times: boom", "the fallback was told instead: on-call"]


def test_a_bare_message_is_shown_by_its_first_line() -> None:
    aws: Any = Recorded(invocations=[invocation(outcome="sent", messageIds=["m-2"])])
    aws.ops_items, aws.messages = [], [PublishedMessage("m-2", "arn:aws:sns:::t", "[High] Fire\nwhy", "")]
    found = Evidence.since(Marks.of(cast("LocalAws", Recorded())), aws, frozenset({ALARM}))
    assert [told.title for told in found.told] == ["[High] Fire"]


def test_the_table_shows_where_it_went() -> None:
    told = ToldSink(
        "on-call", "m-1", is_fallback=False, title="Nobody can pay", impact=None, related_items=[]
    )
    outcome = Outcome(subject("alarm", "Checkout"), Status.STARTED, "ALARM", told=(told,))
    output = io.StringIO()
    show(report(outcome), Console(file=output, width=120))
    text = output.getvalue()
    for word in ("on-call", "Nobody can pay", "not said", "It arrived"):
        assert word in text
    [shown] = to_json(report(outcome))["outcomes"]
    assert shown["told"][0]["sink"] == "on-call"
