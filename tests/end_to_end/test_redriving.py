"""What a starter failed with is tried again by an operator: one incident each, and an empty queue."""

from __future__ import annotations

import json
import re
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from constructs_lib import cli
from constructs_lib.operations import command
from constructs_lib.operations.deployed_starter import find_starter
from constructs_lib.operations.final_queue import find_queue
from constructs_lib.operations.redrive import Options, Redrive
from tests.end_to_end.shop import plan_arn
from tests.end_to_end.till import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.operations.redrive_report import Report
    from tests.end_to_end.assemblies import Change, Template
    from tests.end_to_end.scene import Scene

FOUND_AGAIN = plan_arn("found-again")
REFUSED = "ServiceQuotaExceededException"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Watch an empty queue no longer than needed."""
    monkeypatch.setattr(command, "_WAIT_SECONDS", 0)


@dataclass
class Operator:
    """Whoever runs the command."""

    scene: Scene
    output: pytest.CaptureFixture[str]

    def redrives(self, *arguments: str, stack: str = "Till") -> tuple[int, dict[str, Any]]:
        """Run the command; its exit code and its JSON come back."""
        self.output.readouterr()
        function = self.scene.outputs(stack)["Function"]
        code = cli.main(["redrive", "--function", function, "--json", *arguments])
        output = self.output.readouterr()
        assert output.out, output.err
        return code, json.loads(output.out)


@pytest.fixture
def operator(till: Scene, capsys: pytest.CaptureFixture[str]) -> Iterator[Operator]:
    queue = till.outputs("Till")["DeadLetters"]
    till.messages(queue)  # what other tests left
    yield Operator(till, capsys)
    till.messages(queue)


def fail(scene: Scene, what: str = "disk", stack: str = "Till") -> None:
    """An event that the function can not turn into an incident."""
    scene.aws.fail_next(REFUSED)
    scene.event(SOURCE, "Bare", {"till": stack, "what": what})


def waiting(scene: Scene, stack: str = "Till") -> int:
    """How many messages lie in the queue and can be seen."""
    url = scene.outputs(stack)["DeadLetters"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    said = scene.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    assert said[names[1]] == "0"
    return int(said[names[0]])


def lose_the_plan(template: Template) -> None:
    del template["Resources"]["Plan"]
    text = json.dumps(template)
    for reference in ('{"Ref": "Plan"}', '{"Fn::GetAtt": ["Plan", "Arn"]}'):
        text = text.replace(reference, json.dumps(FOUND_AGAIN))
    template.clear()
    template.update(json.loads(text))


def test_given_a_plan_that_was_missing_when_it_is_there_then_redriving_starts_one_incident_and_no_second(
    changed_till: Callable[[Change], Scene], capsys: pytest.CaptureFixture[str]
) -> None:
    scene = changed_till(lose_the_plan)
    operator = Operator(scene, capsys)
    scene.event(SOURCE, "Bare", {"till": "Changed"})
    assert (scene.incidents, waiting(scene, "Changed")) == ([], 1)

    code, report = operator.redrives(stack="Changed")
    [message] = report["messages"]
    assert (code, message["fate"], waiting(scene, "Changed")) == (1, "failed", 1)
    assert f"Could not find response plan {FOUND_AGAIN}" in message["reason"]

    scene.aws.add_response_plan(FOUND_AGAIN)
    code, report = operator.redrives(stack="Changed")
    [message] = report["messages"]
    assert (code, report["ok"], waiting(scene, "Changed")) == (0, True, 0)
    assert (message["fate"], message["outcome"]["incidentRecordArn"]) == ("redriven", scene.incident.arn)
    assert message["subject"] == f"event Bare of {SOURCE}"

    assert operator.redrives(stack="Changed")[1]["messages"] == []
    assert len(scene.incidents) == 1


def test_given_an_incident_whose_answer_was_lost_when_it_is_redriven_then_it_is_the_same_incident(
    operator: Operator,
) -> None:
    scene = operator.scene
    scene.aws.fail_next("lost-reply")
    fail(scene)
    assert (len(scene.incidents), waiting(scene)) == (1, 1)
    assert operator.redrives()[0] == 0
    assert [incident.deduplicated for incident in scene.incidents] == [False, True]


def test_given_a_request_by_hand_without_a_token_when_it_is_redriven_then_it_is_the_same_incident(
    operator: Operator,
) -> None:
    scene = operator.scene
    scene.aws.fail_next("lost-reply")
    scene.aws.fail_next(REFUSED)
    scene.aws.client("lambda").invoke(
        FunctionName=scene.outputs("Till")["Function"],
        InvocationType="Event",
        Payload=b'{"startIncident": {"title": "Smoke"}}',
    )
    scene.aws.wait_idle()
    assert (len(scene.incidents), waiting(scene)) == (1, 1)
    code, report = operator.redrives()
    assert (code, report["messages"][0]["subject"]) == (0, "Smoke")
    assert [incident.deduplicated for incident in scene.incidents] == [False, True]


def test_given_several_failures_when_one_fails_again_then_it_alone_stays(operator: Operator) -> None:
    scene = operator.scene
    for what in ("disk", "network", "power"):
        fail(scene, what)
    scene.aws.fail_next(REFUSED)
    code, report = operator.redrives()
    assert (code, report["counts"]["redriven"], report["counts"]["failed"]) == (1, 2, 1)
    assert waiting(scene) == 1
    assert operator.redrives()[0] == 0
    assert sorted(each.deduplicated for each in scene.incidents) == [False, False, False]


def test_given_messages_that_are_not_the_starters_when_redriven_then_they_are_told_and_left(
    operator: Operator,
) -> None:
    scene = operator.scene
    other = "arn:aws:lambda:us-east-1:123456789012:function:other"
    poison = [
        "<not json>",
        '{"hello": "world"}',
        json.dumps({"requestContext": {"functionArn": other}, "requestPayload": {"startIncident": {}}}),
    ]
    url = scene.outputs("Till")["DeadLetters"]
    for body in poison:
        scene.aws.client("sqs").send_message(QueueUrl=url, MessageBody=body)
    fail(scene)
    code, report = operator.redrives()
    reasons = {each["reason"] for each in report["messages"] if each["fate"] == "notOurs"}
    assert (code, report["counts"]["redriven"], report["counts"]["notOurs"]) == (1, 1, 3)
    assert reasons > {"it is no JSON", f"it was meant for {other}"}
    assert any(reason.startswith("unknown payload: got an object") for reason in reasons)
    assert (len(scene.incidents), waiting(scene)) == (1, 3)
    scene.aws.client("sqs").purge_queue(QueueUrl=url)


def test_given_a_dry_run_when_it_ends_then_nothing_was_done(operator: Operator) -> None:
    scene = operator.scene
    fail(scene)
    code, report = operator.redrives("--dry-run")
    assert (code, report["dryRun"], report["messages"][0]["fate"]) == (1, True, "wouldRedrive")
    assert (scene.incidents, waiting(scene)) == ([], 1)


def test_given_two_runs_at_once_when_they_end_then_each_failure_started_one_incident(
    operator: Operator,
) -> None:
    scene = operator.scene
    for number in range(6):
        fail(scene, f"disk {number}")
    starter = find_starter(scene.outputs("Till")["Function"], region=None, profile=None)
    reports: list[Report] = []

    def run() -> None:
        queue = find_queue(starter, url=None, wait=0)
        reports.append(Redrive(starter, queue, Options()).run())

    runs = [threading.Thread(target=run) for _ in range(2)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert [report.is_ok for report in reports] == [True, True]
    assert sum(len(report.messages) for report in reports) == 6
    assert [incident.deduplicated for incident in scene.incidents] == [False] * 6
    assert waiting(scene) == 0


def fail_with_the_alarm(scene: Scene) -> str:
    """An alarm that the function can not turn into an incident; it stays in ALARM."""
    name = scene.outputs("Till")["Noticed"]  # no composite alarm stands above it
    if scene.state_of(name) != "OK":
        scene.alarm(name, "OK")
    scene.aws.fail_next(REFUSED)
    scene.alarm(name)
    return name


def test_given_an_alarm_that_recovered_when_redriven_then_it_pages_and_its_state_is_told(
    operator: Operator,
) -> None:
    scene = operator.scene
    name = fail_with_the_alarm(scene)
    scene.alarm(name, "OK")
    code, report = operator.redrives()
    [message] = report["messages"]
    assert (code, message["alarmState"], message["subject"]) == (0, "OK", f"alarm {name} ALARM")
    assert scene.request["title"] == f"Till: {name}"


def test_given_an_alarm_that_recovered_when_the_operator_does_not_want_it_then_it_is_left_or_deleted(
    operator: Operator,
) -> None:
    scene = operator.scene
    scene.alarm(fail_with_the_alarm(scene), "OK")
    code, report = operator.redrives("--skip-recovered")
    [message] = report["messages"]
    assert (code, message["fate"], message["reason"]) == (1, "skipped", "its alarm is OK by now")
    assert operator.redrives("--skip-recovered", "--delete-skipped", "--dry-run")[0] == 1
    assert waiting(scene) == 1
    code, report = operator.redrives("--skip-recovered", "--delete-skipped")
    assert (code, report["counts"]["deleted"], waiting(scene)) == (0, 1, 0)
    assert scene.incidents == []


def test_given_an_alarm_that_still_burns_when_recovered_ones_are_left_then_it_pages(
    operator: Operator,
) -> None:
    scene = operator.scene
    fail_with_the_alarm(scene)
    code, report = operator.redrives("--skip-recovered")
    assert (code, report["messages"][0]["alarmState"]) == (0, "ALARM")
    assert len(scene.incidents) == 1


def test_given_an_event_of_yesterday_when_old_ones_are_left_then_only_the_new_one_pages(
    operator: Operator,
) -> None:
    scene = operator.scene
    fail(scene, "new")
    scene.aws.fail_next(REFUSED)
    scene.event(SOURCE, "Bare", {"till": "Till", "what": "old"}, time="2026-01-01T00:00:00Z")
    code, report = operator.redrives("--skip-older-than", "6h")
    fates = {each["fate"]: each for each in report["messages"]}
    assert (code, set(fates)) == (1, {"redriven", "skipped"})
    assert fates["skipped"]["happened"] == "2026-01-01T00:00:00+00:00"
    assert fates["skipped"]["ageSeconds"] > 21_600
    assert len(scene.incidents) == 1


def test_given_a_limit_when_more_lie_there_then_the_rest_waits(operator: Operator) -> None:
    scene = operator.scene
    fail(scene, "one")
    fail(scene, "two")
    code, report = operator.redrives("--limit", "1")
    assert (code, report["end"], len(report["messages"]), waiting(scene)) == (1, "limit", 1, 1)


def test_given_what_a_rule_could_not_deliver_when_redriven_then_the_bare_payload_starts_it(
    operator: Operator,
) -> None:
    scene = operator.scene
    url = scene.outputs("Till")["DeadLetters"]
    event = {"id": "undelivered", "source": SOURCE, "detail-type": "Bare", "detail": {}}
    scene.aws.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(event))
    assert operator.redrives()[0] == 0
    assert scene.request["title"] == "Till: Bare"


def test_given_a_queue_that_hands_on_when_redriven_then_the_final_one_is_emptied(
    operator: Operator,
) -> None:
    scene = operator.scene
    sqs, first = scene.aws.client("sqs"), scene.outputs("Till")["DeadLetters"]
    final = sqs.create_queue(QueueName="final")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=final, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    fail(scene)
    [record] = scene.messages(first)
    sqs.send_message(QueueUrl=final, MessageBody=json.dumps(record))
    sqs.send_message(QueueUrl=first, MessageBody="on its way")
    policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    sqs.set_queue_attributes(QueueUrl=first, Attributes={"RedrivePolicy": policy})
    try:
        code, report = operator.redrives()
    finally:
        sqs.set_queue_attributes(QueueUrl=first, Attributes={"RedrivePolicy": ""})
        sqs.purge_queue(QueueUrl=first)
        sqs.delete_queue(QueueUrl=final)
    assert (code, report["queue"], len(scene.incidents)) == (0, final, 1)
    [note] = report["notes"]
    assert note.startswith("about 1 more in ")
    assert first.rpartition("/")[2] in note


def test_given_the_documented_rights_when_everything_is_done_then_no_call_needs_another(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: set[str] = set()

    class Watched(boto3.Session):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self.events.register("before-call", note)

    def note(model: Any, **_: object) -> None:
        action = {"Invoke": "InvokeFunction"}.get(model.name, model.name)
        action = re.sub(r"\d+$", "", action)
        called.add(f"{model.service_model.endpoint_prefix.replace('monitoring', 'cloudwatch')}:{action}")

    monkeypatch.setattr(boto3, "Session", Watched)
    fail_with_the_alarm(operator.scene)
    fail(operator.scene, "again")
    operator.scene.aws.fail_next(REFUSED)
    assert operator.redrives()[1]["counts"]["failed"] == 1
    assert operator.redrives()[0] == 0
    text = (Path(__file__).parents[2] / "docs/operating.md").read_text(encoding="utf-8")
    policy = json.loads(text.partition("```json\n")[2].partition("```")[0])
    listed = [each["Action"] for each in policy["Statement"]]
    assert called == {action for each in listed for action in ([each] if isinstance(each, str) else each)}


def test_given_no_rich_when_redriven_then_lines_say_it(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(operator.scene)
    for module in ("rich", "rich.console"):
        monkeypatch.setitem(sys.modules, module, None)
    function = operator.scene.outputs("Till")["Function"]
    assert cli.main(["redrive", "--function", function]) == 0
    first, last = operator.output.readouterr().out.splitlines()
    assert first.startswith(f"redriven: event Bare of {SOURCE} (")
    assert operator.scene.incident.arn in first
    assert last == "✓ The message is gone"


def test_given_a_person_at_a_terminal_when_redriven_then_a_table_says_it(operator: Operator) -> None:
    fail(operator.scene)
    function = operator.scene.outputs("Till")["Function"]
    assert cli.main(["redrive", "--function", function, "--dry-run"]) == 1
    output = operator.output.readouterr().out
    assert "would be redriven" in output
    assert "1 of 1 messages would be dealt with; nothing was done" in output
