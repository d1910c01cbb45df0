"""Every event ends as an incident, with the fallback, or whole in the dead-letter queue: never nowhere."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.end_to_end.assemblies import Template, add_variant, new_app, resources_of_type
from tests.end_to_end.conftest import deployed
from tests.end_to_end.harbour import SOURCE, Harbour, both, instead, one_after_the_other

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from constructs_lib.local import LocalAws, OpsItem
    from tests.end_to_end.assemblies import Change
    from tests.end_to_end.scene import Scene

REFUSALS = ["AccessDeniedException", "ResourceNotFoundException", "ServiceQuotaExceededException"]
FIRST = {"Handler": "incident_starter.handler.handler"}
SECOND = {"Handler": "incident_starter.fallback.handler"}


@dataclass
class Quay:
    """One stack of the app, from a moment on."""

    scene: Scene
    stack: str

    def __post_init__(self) -> None:
        self.outputs = self.scene.outputs(self.stack)
        for name in ("Heard", "Urgent", "DeadLetters"):
            self.scene.messages(self.outputs[name])
        self._ops_items = len(self.aws.ops_items)

    @property
    def aws(self) -> LocalAws:
        return self.scene.aws

    @property
    def ops_items(self) -> list[OpsItem]:
        return self.aws.ops_items[self._ops_items :]

    @property
    def ops_item(self) -> dict[str, Any]:
        [item] = self.ops_items
        return item.request

    def heard(self) -> list[dict[str, Any]]:
        """What subscribers of the topic heard; it is gone afterwards."""
        found: list[dict[str, Any]] = self.scene.messages(self.outputs["Heard"])
        return found

    def dead_letters(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.scene.messages(self.outputs["DeadLetters"])
        return found

    def alarm(self) -> None:
        self.scene.alarm(self.outputs["Alarm"])

    def ship(self, ship: str = "Anna") -> None:
        self.scene.event(SOURCE, "Arrival", {"stack": self.stack, "ship": ship})

    def by_hand(self, **request: Any) -> Any:
        return self.aws.invoke(self.outputs["Function"], {"startIncident": request})

    def send(self, payload: object) -> None:
        """Invoke the starter as a service does."""
        self.aws.client("lambda").invoke(
            FunctionName=self.outputs["Function"],
            InvocationType="Event",
            Payload=json.dumps(payload).encode(),
        )
        self.aws.wait_idle()


@pytest.fixture(scope="session")
def harbour_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("harbour")
    app = new_app(directory)
    for name, options in (("Fallback", both), ("Instead", instead), ("Both", one_after_the_other)):
        Harbour(app, name, options)
    app.synth()
    return directory


@pytest.fixture
def scene(local_aws_session: LocalAws, harbour_assembly: Path) -> Scene:
    return deployed(local_aws_session, harbour_assembly, "Both")


@pytest.fixture
def fallback(scene: Scene) -> Quay:
    return Quay(scene, "Fallback")


@pytest.fixture
def changed(scene: Scene, harbour_assembly: Path, tmp_path: Path) -> Iterator[Callable[..., Quay]]:
    """Deploy one of the stacks as `Changed`, with something changed in its template."""
    assembly = tmp_path / "harbour"
    shutil.copytree(harbour_assembly, assembly)

    def deploy(change: Change, stack: str = "Fallback") -> Quay:
        add_variant(assembly, stack, "Changed", change)
        scene.aws.deploy(assembly, stacks=["Changed"])
        return Quay(scene, "Changed")

    yield deploy
    scene.aws.wait_idle()
    cloudformation = scene.aws.client("cloudformation")
    cloudformation.delete_stack(StackName="Changed")
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName="Changed", WaiterConfig={"Delay": 0.02, "MaxAttempts": 500}
    )


def functions(template: Template, which: dict[str, Any]) -> dict[str, Any]:
    [found] = [
        each
        for each in resources_of_type(template, "AWS::Lambda::Function").values()
        if each.items() >= which.items()
    ]
    return found


def hasty(template: Template) -> None:
    """An invocation has the time for one attempt."""
    functions(template, FIRST)["Timeout"] = 8


def cut_off(template: Template) -> None:
    """An invocation ends before its call does."""
    functions(template, FIRST)["Timeout"] = 2


def crashing(template: Template) -> None:
    """The function does not even load."""
    functions(template, FIRST)["Environment"]["Variables"]["PYTHONHOME"] = "/nowhere"


def without(action: str) -> Change:
    def change(template: Template) -> None:
        for policy in resources_of_type(template, "AWS::IAM::Policy").values():
            document = policy["PolicyDocument"]
            document["Statement"] = [
                each for each in document["Statement"] if action not in each["Action"] or "Condition" in each
            ]

    return change


@pytest.mark.parametrize("error", REFUSALS)
def test_given_a_refusal_for_good_when_an_alarm_fires_then_the_fallback_is_told_at_once(
    fallback: Quay, error: str
) -> None:
    fallback.aws.fail_next(error)
    fallback.alarm()
    assert fallback.scene.incidents == []
    item = fallback.ops_item
    assert (item["Title"], item["Severity"], item["Category"]) == ("The harbour burns", "1", "Availability")
    assert error in item["Description"]
    [message] = fallback.heard()
    assert (message["title"], message["cause"], message["impact"]) == ("The harbour burns", error, 1)
    assert message["payload"]["alarmArn"] == fallback.outputs["AlarmArn"]
    [invocation] = fallback.scene.invocations
    assert (invocation.attempts, invocation.error) == (1, None)
    assert fallback.scene.record["Fallbacks"] == 1
    assert (fallback.scene.failed, fallback.dead_letters()) == ([], [])


def test_given_the_plan_is_gone_when_an_event_comes_then_the_fallback_names_it(fallback: Quay) -> None:
    plans = fallback.aws._emulator.incidents.plans
    gone = plans.pop("arn:aws:ssm-incidents::123456789012:response-plan/Fallback")
    try:
        fallback.ship()
    finally:
        plans[gone.arn] = gone
    item = fallback.ops_item
    assert item["Title"] == "Ship Anna"
    assert item["OperationalData"]["incident-starter/responsePlanArn"]["Value"] == gone.arn
    assert "ResourceNotFoundException" in item["OperationalData"]["incident-starter/reason"]["Value"]


def test_given_a_filter_of_impacts_when_the_fallback_is_told_then_only_what_is_urgent_passes(
    fallback: Quay,
) -> None:
    fallback.aws.fail_next("AccessDeniedException", times=2)
    fallback.ship()
    fallback.alarm()
    [urgent] = fallback.scene.messages(fallback.outputs["Urgent"])
    assert json.loads(urgent["Message"])["title"] == "The harbour burns"
    assert urgent["Subject"] == "[Critical] The harbour burns"
    assert len(fallback.heard()) == 2


def test_given_an_event_by_hand_when_it_is_refused_then_the_caller_hears_where_it_went(
    fallback: Quay,
) -> None:
    fallback.aws.fail_next("AccessDeniedException")
    told = fallback.by_hand(title="Fog", clientToken="fog-1")
    [item] = fallback.ops_items
    assert told["outcome"] == "fallback"
    assert told["opsItemId"] == item.id
    assert len(told["messageIds"]) == 1


def test_given_the_same_news_twice_when_both_are_refused_then_there_is_one_ops_item_while_it_is_open(
    fallback: Quay,
) -> None:
    fallback.aws.fail_next("AccessDeniedException", times=3)
    first = fallback.by_hand(title="Fog", clientToken="fog-2")
    assert fallback.by_hand(title="Fog", clientToken="fog-2")["opsItemId"] == first["opsItemId"]
    assert len(fallback.ops_items) == 1
    fallback.aws.client("ssm").update_ops_item(OpsItemId=first["opsItemId"], Status="Resolved")
    assert fallback.by_hand(title="Fog", clientToken="fog-2")["opsItemId"] != first["opsItemId"]


def test_given_throttling_to_the_end_when_lambda_gives_up_then_the_second_function_tells_it(
    changed: Callable[..., Quay],
) -> None:
    quay = changed(hasty)
    quay.aws.fail_next("ThrottlingException", times=3)
    quay.ship("Bella")
    assert quay.scene.incidents == []
    first, second = quay.scene.invocations
    assert (first.attempts, second.error) == (3, None)
    assert "ThrottlingException" in str(first.error)
    item = quay.ops_item
    assert item["Title"] == "Ship Bella"
    reason = item["OperationalData"]["incident-starter/reason"]["Value"]
    assert reason.startswith("RetriesExhausted after 3 attempts: ")
    assert "ThrottlingException" in reason
    [message] = quay.heard()
    assert message["payload"]["detail"]["ship"] == "Bella"
    *_, told = quay.scene.records
    assert (told["Fallbacks"], told["FunctionName"]) == (1, quay.outputs["Function"])
    assert quay.dead_letters() == []


@pytest.mark.parametrize("change", [cut_off, crashing])
def test_given_a_function_that_dies_when_lambda_gives_up_then_the_second_function_tells_it(
    changed: Callable[..., Quay], change: Change
) -> None:
    quay = changed(change)
    if change is cut_off:
        quay.aws.fail_next("hang", times=3)
    quay.alarm()
    assert quay.scene.incidents == []
    item = quay.ops_item
    assert (item["Title"], item["Severity"]) == ("The harbour burns", "1")
    assert quay.ops_items[0].source == quay.outputs["AlarmArn"]
    assert len(quay.heard()) == 1
    assert quay.dead_letters() == []


def test_given_what_nobody_can_read_when_it_arrives_then_the_fallback_is_told_raw(fallback: Quay) -> None:
    fallback.send({"tide": "high"})
    assert fallback.ops_item["Title"] == "Unreadable event"
    [message] = fallback.heard()
    assert message["payload"] == {"tide": "high"}
    assert fallback.scene.failed == []


@pytest.mark.parametrize(
    ("operation", "error", "told"),
    [("CreateOpsItem", "OpsItemLimitExceededException", "topic"), ("Publish", "InternalError", "opsItem")],
)
def test_given_one_sink_is_down_when_the_other_takes_it_then_that_is_enough(
    fallback: Quay, operation: str, error: str, told: str
) -> None:
    fallback.aws.fail_next("AccessDeniedException")
    fallback.aws.fail_next(error, times=2, operation=operation)
    fallback.ship()
    assert len(fallback.heard()) == (told == "topic")
    assert len(fallback.ops_items) == (told == "opsItem")
    record = fallback.scene.record
    assert (record["Fallbacks"], record["SinkFailures"]) == (1, 1)
    fallback.aws._emulator.ops_items.faults.forget()


def test_given_a_sink_whose_answer_is_lost_when_it_is_asked_again_then_there_is_one_ops_item(
    fallback: Quay,
) -> None:
    fallback.aws.fail_next("AccessDeniedException")
    fallback.aws.fail_next("lost-reply", operation="CreateOpsItem")
    fallback.ship()
    assert len(fallback.ops_items) == 1
    assert fallback.scene.record["opsItemId"] == fallback.ops_items[0].id


def test_given_sinks_that_are_down_when_all_have_given_up_then_the_event_lies_whole_in_the_last_queue(
    changed: Callable[..., Quay],
) -> None:
    # GIVEN sinks that may not be told, by either function
    quay = changed(
        lambda template: (without("sns:Publish")(template), without("ssm:CreateOpsItem")(template))
    )
    quay.aws.fail_next("ServiceQuotaExceededException", times=3)
    # WHEN an event is refused by Incident Manager too
    quay.ship("Clara")
    # THEN it is where it would be without a fallback, as Lambda wrote it down
    [letter] = quay.dead_letters()
    assert letter["requestPayload"]["event"]["detail"]["ship"] == "Clara"
    assert "ServiceQuotaExceededException" in letter["responsePayload"]["errorMessage"]
    assert letter["requestContext"]["condition"] == "RetriesExhausted"
    assert (quay.ops_items, quay.heard()) == ([], [])
    assert {each.action for each in quay.scene.denied} == {"ssm:CreateOpsItem", "sns:Publish"}
    first, *seconds = quay.scene.invocations
    assert first.attempts == 3
    assert len(seconds) == 5
    assert all(json.loads(json.dumps(each.payload))["Records"] for each in seconds)
    assert {record["outcome"] for record in quay.scene.records} == {"failed"}


def test_given_a_second_function_that_may_not_read_its_queue_then_it_cannot_be_deployed(
    changed: Callable[..., Quay],
) -> None:
    with pytest.raises(LocalAwsError, match="does not have permissions to call ReceiveMessage on SQS"):
        changed(without("sqs:ReceiveMessage"))


@pytest.fixture
def sink(scene: Scene) -> Quay:
    return Quay(scene, "Instead")


def test_given_a_sink_when_an_alarm_fires_then_it_stands_in_for_incident_manager(sink: Quay) -> None:
    sink.alarm()
    assert sink.scene.incidents == []
    item = sink.ops_item
    assert (item["Title"], item["Severity"]) == ("The harbour burns", "1")
    [message] = sink.heard()
    assert (message["outcome"], message["cause"]) == ("sent", "sink")
    record = sink.scene.record
    assert (record["Sent"], record["outcome"], record["level"]) == (1, "sent", "INFO")
    assert sink.scene.denied == []


def test_given_a_sink_when_an_event_and_a_hand_come_then_both_are_sent(sink: Quay) -> None:
    sink.ship("Dora")
    told = sink.by_hand(title="Fog", impact=5)
    assert told["outcome"] == "sent"
    assert [item.request["Title"] for item in sink.ops_items] == ["Ship Dora", "Fog"]
    assert [item.request["Severity"] for item in sink.ops_items] == ["3", "4"]


def test_given_a_sink_when_an_alarm_is_ok_then_nothing_is_sent(sink: Quay) -> None:
    sink.scene.alarm(sink.outputs["Alarm"])
    before = len(sink.ops_items)
    sink.aws.set_alarm_state(sink.outputs["Alarm"], "OK")
    sink.aws.wait_idle()
    assert len(sink.ops_items) == before


def test_given_a_sink_that_refuses_when_there_is_a_fallback_then_that_is_told_at_once(scene: Scene) -> None:
    quay = Quay(scene, "Both")
    quay.aws.fail_next("OpsItemLimitExceededException", operation="CreateOpsItem")
    quay.alarm()
    assert quay.ops_items == []
    [message] = quay.heard()
    assert (message["outcome"], message["cause"]) == ("fallback", "OpsItemLimitExceededException")
    assert quay.scene.failed == []


def test_given_a_sink_in_trouble_to_the_end_when_lambda_gives_up_then_the_fallback_is_told(
    changed: Callable[..., Quay],
) -> None:
    quay = changed(lambda _template: None, "Both")
    quay.aws.fail_next("InternalServerError", times=6, operation="CreateOpsItem")
    quay.ship()
    [message] = quay.heard()
    assert message["reason"].startswith("RetriesExhausted after 3 attempts: ")
    assert (quay.ops_items, quay.dead_letters()) == ([], [])
