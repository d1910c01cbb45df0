"""Every error of StartIncident, in the path of a real event: retried, stepped down, or kept whole."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.assemblies import Change, Template, only
from tests.end_to_end.shop import plan_arn
from tests.end_to_end.till import SOURCE, other_plan, own_plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.end_to_end.scene import Scene

    ChangedTill = Callable[[Change], Scene]

STEPS = [
    "full",
    "without derived items and raw data",
    "without items and trigger details",
    "plan and impact",
    "plan",
]
RESOURCES = ["arn:aws:s3:::orders"]


def bare(scene: Scene, stack: str = "Till") -> None:
    """An event whose rule says nothing: it starts the starter's own plan."""
    scene.event(SOURCE, "Bare", {"till": stack}, resources=RESOURCES)


def wrapped(scene: Scene, stack: str = "Till") -> None:
    """An event whose rule names another plan."""
    scene.event(SOURCE, "Wrapped", {"till": stack, "what": "disk"}, resources=RESOURCES)


def patient(template: Template) -> None:
    """Lambda repeats a failed event twice."""
    only(template, "AWS::Lambda::EventInvokeConfig")["MaximumRetryAttempts"] = 2


def hasty(template: Template) -> None:
    """An invocation has the time for one attempt, and Lambda repeats it twice."""
    patient(template)
    only(template, "AWS::Lambda::Function")["Timeout"] = 8


def kept(scene: Scene, stack: str = "Till") -> dict[str, Any]:
    """The only message of the starter's failure queue, which is what `failed_deliveries` says too."""
    [message] = scene.messages(scene.outputs(stack)["DeadLetters"])
    [failed] = scene.failed
    assert failed.kept_in is not None
    assert message["requestPayload"] == failed.payload
    assert isinstance(message, dict)
    return message


@pytest.mark.parametrize("error", ["ThrottlingException", "InternalServerException"])
def test_given_an_error_that_passes_when_an_event_comes_then_the_same_request_is_sent_again(
    till: Scene, error: str
) -> None:
    till.aws.fail_next(error)
    bare(till)
    assert till.request["responsePlanArn"] == own_plan("Till")
    assert till.record["Retries"] == 1
    assert till.record["sent"] == "full"
    assert till.record["token"] == till.request["clientToken"]
    assert till.invocations[0].attempts == 1


def test_given_throttling_outlasts_an_invocation_when_lambda_repeats_it_then_one_incident_starts(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(hasty)
    scene.aws.fail_next("ThrottlingException")
    bare(scene, "Changed")
    assert scene.incident.plan_arn == own_plan("Changed")
    [invocation] = scene.invocations
    assert (invocation.attempts, invocation.error) == (2, None)
    assert scene.failed == []


@pytest.mark.parametrize("refusals", [1, 2, 3, 4])
def test_given_refusals_as_invalid_when_an_event_comes_then_each_time_less_is_sent(
    till: Scene, refusals: int
) -> None:
    till.aws.fail_next("ValidationException", times=refusals)
    wrapped(till)
    request = till.request
    assert request["responsePlanArn"] == other_plan("Till")
    assert request.get("impact") == (2 if refusals < 4 else None)
    assert request.get("title") == ("Database: disk" if refusals < 3 else None)
    given = [item["title"] for item in request.get("relatedItems", [])]
    assert given == (["Database", "Till"] if refusals < 2 else [])
    assert ("triggerDetails" in request) == (refusals < 2)
    assert "rawData" not in request.get("triggerDetails", {})
    record = till.record
    assert record["sent"] == STEPS[refusals]
    assert record["StepDowns"] == refusals
    assert record["answers"] == [f"{step}: ValidationException" for step in STEPS[:refusals]]


def test_given_a_plan_that_is_refused_with_anything_when_a_rule_names_it_then_the_starters_own_is_full(
    till: Scene,
) -> None:
    till.aws.fail_next("ValidationException", times=5)
    wrapped(till)
    assert till.incident.plan_arn == own_plan("Till")
    assert (till.request["impact"], till.request["title"]) == (2, "Database: disk")
    assert "rawData" in till.request["triggerDetails"]
    assert till.record["PlanFallbacks"] == 1


def test_given_even_the_plan_alone_is_refused_when_an_event_comes_then_it_is_kept_whole(till: Scene) -> None:
    # The event has no impact but the starter's: every step is another request.
    till.aws.fail_next("ValidationException", times=5)
    bare(till)
    assert till.incidents == []
    message = kept(till)
    assert message["requestPayload"]["detail"] == {"till": "Till"}
    assert "ValidationException" in message["responsePayload"]["errorMessage"]
    assert till.record["StepDowns"] == 4
    assert till.record["Failures"] == 1


def test_given_a_conflict_that_says_when_to_retry_when_an_event_comes_then_it_is_heeded(till: Scene) -> None:
    begun = time.time()
    till.aws.fail_next("ConflictException", retry_after=begun + 1.5)
    bare(till)
    assert till.record["Retries"] == 1
    assert till.record["token"] == till.request["clientToken"]
    assert time.time() >= begun + 0.5  # the service tells whole seconds


def test_given_a_conflict_that_stays_when_an_event_comes_then_it_is_kept_whole(till: Scene) -> None:
    till.aws.fail_next("ConflictException", times=2, retry_after=time.time())
    bare(till)
    assert till.incidents == []
    assert "ConflictException" in kept(till)["responsePayload"]["errorMessage"]


@pytest.mark.parametrize("error", ["AccessDeniedException", "ResourceNotFoundException"])
def test_given_another_plan_is_refused_when_a_rule_names_it_then_the_starters_own_stands_in(
    till: Scene, error: str
) -> None:
    till.aws.fail_next(error)
    wrapped(till)
    assert till.incident.plan_arn == own_plan("Till")
    assert (till.request["impact"], till.request["title"]) == (2, "Database: disk")
    assert till.record["PlanFallbacks"] == 1
    assert till.record["answers"] == [f"full: {error}"]


@pytest.mark.parametrize(
    "error", ["AccessDeniedException", "ResourceNotFoundException", "ServiceQuotaExceededException"]
)
def test_given_the_starters_own_plan_is_refused_when_an_event_comes_then_it_is_kept_whole(
    till: Scene, error: str
) -> None:
    till.aws.fail_next(error)
    bare(till)
    assert till.incidents == []
    message = kept(till)
    assert message["requestPayload"]["detail"] == {"till": "Till"}
    assert message["requestPayload"]["resources"] == RESOURCES
    assert error in message["responsePayload"]["errorMessage"]
    assert message["requestContext"]["approximateInvokeCount"] == 1
    assert till.record["Failures"] == 1
    assert error in till.record["error"]


def test_given_an_error_that_stays_when_lambda_has_repeated_it_twice_then_the_event_is_kept_whole(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(patient)
    scene.aws.fail_next("ServiceQuotaExceededException", times=3)
    bare(scene, "Changed")
    assert scene.incidents == []
    message = kept(scene, "Changed")
    assert message["requestPayload"]["detail"] == {"till": "Changed"}
    assert message["requestContext"]["approximateInvokeCount"] == 3
    assert message["requestContext"]["condition"] == "RetriesExhausted"


def test_given_a_plan_that_does_not_exist_when_it_is_named_then_the_starters_own_stands_in(
    shop: Scene,
) -> None:
    shop.by_hand("incidents", responsePlanArn=plan_arn("gone"), title="Where to?")
    assert shop.incident.plan_arn == plan_arn("on-call")
    assert shop.request["title"] == "Where to?"
    assert shop.denied == []


def test_given_a_starter_whose_own_plan_is_gone_when_an_event_comes_then_it_is_kept_whole(
    changed_till: ChangedTill,
) -> None:
    def lose_the_plan(template: Template) -> None:
        del template["Resources"]["Plan"]
        text = json.dumps(template)
        for reference in ('{"Ref": "Plan"}', '{"Fn::GetAtt": ["Plan", "Arn"]}'):
            text = text.replace(reference, json.dumps(plan_arn("gone")))
        template.clear()
        template.update(json.loads(text))

    scene = changed_till(lose_the_plan)
    bare(scene, "Changed")
    assert scene.incidents == []
    answer = kept(scene, "Changed")["responsePayload"]["errorMessage"]
    assert f"Could not find response plan {plan_arn('gone')}" in answer


def test_given_a_connection_that_breaks_when_an_event_comes_then_the_same_request_is_sent_again(
    till: Scene,
) -> None:
    till.aws.fail_next("reset")
    bare(till)
    assert not till.incident.deduplicated
    assert till.record["Retries"] == 1


def test_given_a_reply_that_is_lost_when_the_request_is_sent_again_then_there_is_one_incident(
    till: Scene,
) -> None:
    till.aws.fail_next("lost-reply")
    bare(till)
    first, second = till.incidents
    assert (first.arn, first.request) == (second.arn, second.request)
    assert second.deduplicated
