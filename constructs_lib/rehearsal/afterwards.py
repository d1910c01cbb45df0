"""What follows a first incident: its alarm again, and an Incident Manager that does not take the next one."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from .evidence import Evidence, Marks
from .outcome import Outcome, Status
from .trial import Stage
from .wiring import Wired

_CALLS = 100  # more than one event makes of it, with all its attempts


class _Failure(NamedTuple):
    """A way in which Incident Manager does not take an incident."""

    code: str
    fired: str
    falls_back_at_once: bool


_FAILURES = (
    _Failure("ServiceQuotaExceededException", "while Incident Manager refuses", falls_back_at_once=True),
    _Failure(
        "ConflictException", "while Incident Manager fails until Lambda gives up", falls_back_at_once=False
    ),
)


def afterwards(stage: Stage, tried: Mapping[str, Outcome]) -> Iterator[Outcome]:
    """Try out what a starter does after its first incident, with one alarm of each.

    Args:
        stage: where all alarms and rules were tried.
        tried: what became of them, by ARN.
    """
    for arn, starter in stage.wiring.starters.items():
        alarms = _alarms_of(stage, arn, tried)
        if not alarms:
            continue
        if starter.configuration.get("ledger", {}).get("key", {"by": "never"}) != {"by": "never"}:
            # An OK action shows the recovery too.
            yield _again(stage, max(alarms, key=lambda wired: arn in str(wired.description.get("OKActions"))))
        if starter.configuration.get("fallback"):
            # A composite alarm needs most: what it says has to be looked up.
            wired = max(alarms, key=lambda wired: "AlarmRule" in wired.description)
            incidents = [incident.arn for incident in tried[wired.subject.arn].incidents]
            for failure in _FAILURES:
                yield _failing(stage, wired, incidents, failure)


def _alarms_of(stage: Stage, function_arn: str, tried: Mapping[str, Outcome]) -> list[Wired]:
    """List the alarms that have started an incident through this starter, and through no other."""
    return [
        wired
        for wired in stage.wiring.wired
        if wired.subject.kind == "alarm"
        and wired.targets == [wired.subject.arn]
        and function_arn in str(wired.description)
        and wired.subject.arn in tried
        and tried[wired.subject.arn].status is Status.STARTED
        and tried[wired.subject.arn].incidents
    ]


def _again(stage: Stage, wired: Wired) -> Outcome:
    return replace(stage.try_out(wired), fired=f"{wired.state} again")


def _failing(stage: Stage, wired: Wired, incidents: Iterable[str], failure: _Failure) -> Outcome:
    """Let Incident Manager fail for good; the alarm's incident is over, so that another one is wanted."""
    aws = stage.aws
    for arn in incidents:
        aws.incident_records[arn].status = "RESOLVED"  # as a person does, of whatever account
    marks = Marks.of(aws)
    aws.fail_next(failure.code, times=_CALLS, retry_after=time.time())
    try:
        outcome = stage.try_out(wired)
    finally:
        aws.stop_failing()
    evidence = Evidence.since(marks, aws, frozenset({wired.subject.arn}))
    problems = outcome.problems if evidence.denied else ()
    if not evidence.fell_back:
        problems = (*outcome.problems, "no fallback was told")
    elif failure.falls_back_at_once and evidence.failed:
        problems = (*outcome.problems, "the fallback was told by the second function only")
    return replace(
        outcome,
        status=Status.FAILED if problems else Status.STARTED,
        fired=f"{wired.state} {failure.fired}",
        problems=problems,
        notes=() if problems else ("the fallback is told instead",),
    )
