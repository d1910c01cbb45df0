"""What is said about a trial, from what the local AWS recorded."""

import json
from dataclasses import dataclass, field
from typing import Any, cast

from constructs_lib.local import DeniedCall, FailedDelivery, Incident, Invocation, LocalAws
from constructs_lib.rehearsal.evidence import Evidence, Marks

ALARM = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:checkout"
OTHER = "arn:aws:events:us-east-1:123456789012:rule/states"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:starter"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:dead"
ROLE = "arn:aws:iam::123456789012:role/starter-role"
PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/on-call"
NO_RIGHT = (
    "DescribeAlarms: An error occurred (AccessDenied) when calling the DescribeAlarms operation: "
    "User: arn:aws:sts::123456789012:assumed-role/starter-role/starter is not authorized to perform: "
    "cloudwatch:DescribeAlarms because no identity-based policy allows it"
)


@dataclass
class Recorded:
    """What a local AWS shows of a run."""

    incidents: list[Incident] = field(default_factory=list)
    failed_deliveries: list[FailedDelivery] = field(default_factory=list)
    denied_calls: list[DeniedCall] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)


def incident(source: str = ALARM, *, deduplicated: bool = False) -> Incident:
    return Incident("arn", PLAN, {"responsePlanArn": PLAN}, ROLE, deduplicated, source)


def invocation(error: str | None = None, **record: Any) -> Invocation:
    log = f"START\n{json.dumps({'outcome': 'started', **record})}\nEND"
    return Invocation(FUNCTION, ALARM, {}, 1, error, log)


def evidence(*, before: Recorded | None = None, **recorded: Any) -> Evidence:
    marks = Marks.of(cast("LocalAws", before or Recorded()))
    return Evidence.since(marks, cast("LocalAws", Recorded(**recorded)), frozenset({ALARM}))


def test_an_incident_without_trouble_is_no_problem() -> None:
    found = evidence(incidents=[incident()], invocations=[invocation(sent="full")])
    assert (len(found.incidents), found.problems(1)) == (1, [])


def test_nothing_at_all_is_a_problem() -> None:
    assert evidence().problems(1) == ["no incident appeared"]
    assert evidence(incidents=[incident()]).problems(2) == ["no incident appeared: 1 of 2"]


def test_one_event_that_two_rules_take_is_one_incident_of_both() -> None:
    both = [incident(OTHER), incident(deduplicated=True)]
    assert [each.arn for each in evidence(incidents=both).incidents] == ["arn"]
    known = evidence(
        incidents=[incident(OTHER)], invocations=[invocation(outcome="duplicate", incident="arn")]
    )
    assert (len(known.incidents), known.problems(1)) == (1, [])
    assert "one incident for the same event, through another rule as well" in known.notes({})


def test_what_an_open_incident_is_told_counts_as_its_page() -> None:
    earlier = Recorded(incidents=[incident()])
    told = invocation(outcome="appended", incident="arn")
    found = evidence(before=earlier, incidents=earlier.incidents, invocations=[told])
    assert ([each.arn for each in found.incidents], found.problems(1)) == (["arn"], [])
    assert found.notes({}) == ["it is told to an incident that is open already, which pages nobody"]


def test_only_what_came_since_the_trial_began_counts() -> None:
    earlier = Recorded(incidents=[incident()])
    assert evidence(before=earlier, incidents=[incident()]).incidents == ()


def test_a_repeated_call_is_no_second_incident() -> None:
    assert len(evidence(incidents=[incident(), incident(deduplicated=True)]).incidents) == 1


def test_a_refused_action_is_said_once_and_where_the_event_is_kept() -> None:
    found = evidence(
        denied_calls=[DeniedCall(ROLE, "ssm-incidents:StartIncident", PLAN)] * 3,
        invocations=[invocation("AccessDeniedException", answers=["full: AccessDeniedException"])],
        failed_deliveries=[
            FailedDelivery(ALARM, FUNCTION, "starter failed 3 times: full: AccessDeniedException", {}, QUEUE)
        ],
    )
    assert found.problems(1) == [
        f"starter-role may not perform ssm-incidents:StartIncident on {PLAN}",
        "the event is kept in dead",
    ]


def test_a_look_up_that_was_refused_fails_an_incident_that_started() -> None:
    found = evidence(incidents=[incident()], invocations=[invocation(sent="full", answers=[NO_RIGHT])])
    assert found.problems(1) == [
        "starter-role may not perform cloudwatch:DescribeAlarms",
        "an incident was started all the same",
    ]


def test_a_denial_of_what_the_trial_set_off_is_not_held_against_it() -> None:
    found = evidence(
        incidents=[incident()], denied_calls=[DeniedCall(ROLE, "cloudwatch:DescribeAlarms", "*")]
    )
    assert found.problems(1) == []


def test_a_missing_permission_for_the_logs_is_a_problem_though_no_answer_tells_it() -> None:
    found = evidence(incidents=[incident()], denied_calls=[DeniedCall(ROLE, "logs:PutLogEvents", "group")])
    assert found.problems(1)[0] == "starter-role may not perform logs:PutLogEvents on group"


def test_an_incident_with_less_than_configured_is_a_problem() -> None:
    record = invocation(sent="plan and impact", answers=["full: ValidationException"], StepDowns=3)
    assert evidence(incidents=[incident()], invocations=[record]).problems(1) == [
        "full: ValidationException",
        "an incident was started with less: plan and impact",
    ]


def test_an_incident_of_another_plan_than_configured_is_a_problem() -> None:
    record = invocation(sent="full", answers=["full: ResourceNotFoundException"], PlanFallbacks=1)
    problems = evidence(incidents=[incident()], invocations=[record]).problems(1)
    assert problems[-1] == "an incident was started with the starter's own plan instead"


def test_ignored_lines_and_other_pages_are_notes() -> None:
    found = evidence(
        incidents=[incident(), incident(OTHER)],
        invocations=[invocation(ignored=["'Impact: 9' is ignored: an impact is one of 1 to 5"])],
    )
    assert found.problems(1) == []
    assert found.notes({OTHER: "Shop/States"}) == [
        "'Impact: 9' is ignored: an impact is one of 1 to 5",
        "also pages through Shop/States",
    ]
