"""What the local AWS recorded during one trial, and what it says about the trial."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib.local import DeniedCall, FailedDelivery, Incident, Invocation, LocalAws

from .outcome import StartedIncident, ToldSink
from .told_sinks import OUTCOMES, told_sinks

_ALL_OF_IT = "full"
_SAME_EVENT = "one incident for the same event, through another rule as well"
_TOLD = {
    "appended": "it is told to an incident that is open already, which pages nobody",
    "duplicate": _SAME_EVENT,
    "joined": "it joins the incident of a storm",
    "recovered": "its recovery is told to the incident",
}
"""What a starter with a ledger tells an incident that was started before, and what to say of it."""

_REFUSED = ": AccessDeniedException"
# Nothing answers a function whose logs are refused, nor one whose incident has a runbook that is.
_UNANSWERED = ("logs:", "ssm:StartAutomationExecution", "sts:AssumeRole")
_LOOK_UP = "cloudwatch:DescribeAlarms"
_UNAUTHORIZED = re.compile(
    r"assumed-role/([^/\s]+)/\S+ is not authorized to perform: (\S+)(?: on resource: (\S+))?"
)


@dataclass(frozen=True)
class Marks:
    """How much had been recorded when a trial began."""

    incidents: int
    failed: int
    denied: int
    invocations: int

    @classmethod
    def of(cls, aws: LocalAws) -> "Marks":
        """Count what is there."""
        return cls(
            len(aws.incidents), len(aws.failed_deliveries), len(aws.denied_calls), len(aws.invocations)
        )


@dataclass(frozen=True)
class Evidence:
    """What was recorded since; of alarms, rules and topics only what comes from the one on trial."""

    incidents: tuple[StartedIncident, ...]
    others: tuple[Incident, ...]
    failed: tuple[FailedDelivery, ...]
    denied: tuple[DeniedCall, ...]
    logged: tuple[Mapping[str, Any], ...]
    told: tuple[ToldSink, ...] = ()

    @classmethod
    def since(cls, marks: Marks, aws: LocalAws, sources: frozenset[str]) -> "Evidence":
        """Collect.

        Args:
            marks: what had been recorded before.
            aws: where.
            sources: ARNs that the trial's incidents come from.
        """
        incidents = [each for each in aws.incidents[marks.incidents :] if not each.deduplicated]
        invocations = [each for each in aws.invocations[marks.invocations :] if each.source in sources]
        logged = tuple(record for each in invocations for record in _records(each))
        started = [
            StartedIncident(each.arn, each.request)
            for each in sorted(incidents, key=lambda each: each.plan_arn)  # several starters race
            if each.source in sources
        ]
        told = {str(record.get("incident")) for record in logged if record["outcome"] in _TOLD}
        told |= {
            each.arn
            for each in aws.incidents[marks.incidents :]
            if each.deduplicated and each.source in sources
        }
        told -= {each.arn for each in started}
        first = {each.arn: each for each in reversed(aws.incidents)}
        started += [StartedIncident(arn, first[arn].request) for arn in sorted(told & first.keys())]
        return cls(
            tuple(started),
            tuple(each for each in incidents if each.source not in sources),
            tuple(each for each in aws.failed_deliveries[marks.failed :] if each.source in sources),
            tuple(aws.denied_calls[marks.denied :]),
            logged,
            tuple(
                sink for record in logged if record["outcome"] in OUTCOMES for sink in told_sinks(aws, record)
            ),
        )

    def problems(self, expected: int) -> list[str]:
        """Say what went wrong, each thing once and the cause first.

        Args:
            expected: how many incidents should have been started.
        """
        answers = [str(answer) for record in self.logged for answer in record.get("answers", ())]
        heard = " ".join([*answers, *(delivery.reason for delivery in self.failed)])
        causes = [
            _denial(_name(each.role_arn), each.action, each.resource)
            for each in self.denied
            if each.action.partition(":")[2] in heard or _was_refused(each.action, answers)
        ]
        causes += [_shortened(answer) for answer in answers if not (causes and _is_denial(answer))]
        for delivery in self.failed:
            if not (causes and ":function:" in delivery.target and _is_denial(delivery.reason)):
                causes.append(_shortened(delivery.reason))
            if delivery.kept_in and not self.fell_back:
                causes.append(f"the event is kept in {_name(delivery.kept_in)}")
        started = len(self.incidents) + sum(record["outcome"] == "sent" for record in self.logged)
        if self.fell_back:
            sinks = dict.fromkeys(each.sink for each in self.told if each.is_fallback)
            causes.append(f"the fallback was told instead: {', '.join(sinks)}")
        elif started < expected and not causes:
            causes.append(
                f"no incident appeared: {started} of {expected}" if expected > 1 else "no incident appeared"
            )
        elif causes and started >= expected:
            causes.append(self._what_was_started())
        return list(dict.fromkeys(causes))

    def notes(self, paths: Mapping[str, str]) -> list[str]:
        """Say what is remarkable.

        Args:
            paths: construct paths by ARN, to name what else started an incident.
        """
        notes = [
            str(note)
            for record in self.logged
            for kind in ("ignored", "dropped")
            for note in record.get(kind, ())
        ]
        notes += ["a drill: its incident is closed again" for record in self.logged if record.get("Drills")]
        notes += [_TOLD[record["outcome"]] for record in self.logged if record["outcome"] in _TOLD]
        notes += [f"also pages through {paths.get(each.source or '', each.source)}" for each in self.others]
        return list(dict.fromkeys(notes))

    @property
    def fell_back(self) -> bool:
        """Whether a fallback was told, by either function."""
        return any(record["outcome"] == "fallback" for record in self.logged)

    def _what_was_started(self) -> str:
        if self.told:
            return "another sink was told all the same"
        if any(record.get("PlanFallbacks") for record in self.logged):
            return "an incident was started with the starter's own plan instead"
        less = [str(record["sent"]) for record in self.logged if record.get("sent") not in (None, _ALL_OF_IT)]
        return (
            f"an incident was started with less: {less[0]}"
            if less
            else "an incident was started all the same"
        )


def _records(invocation: Invocation) -> Iterator[Mapping[str, Any]]:
    """Find the handler's own lines in what an invocation wrote."""
    for line in invocation.log.splitlines():
        _, brace, rest = line.partition("{")
        try:
            record = json.loads(brace + rest)
        except ValueError:
            continue
        if isinstance(record, dict) and "outcome" in record:
            yield record


def _was_refused(action: str, answers: Sequence[str]) -> bool:
    """Whether a denial belongs to this trial, not to what it set off, though no answer names the action."""
    if action.startswith(_UNANSWERED):
        return True
    return action != _LOOK_UP and any(answer.endswith(_REFUSED) for answer in answers)


def _is_denial(text: str) -> bool:
    """Whether the denied calls tell the same in fewer words."""
    return text.endswith(_REFUSED) or _UNAUTHORIZED.search(text) is not None


def _shortened(text: str) -> str:
    """Say what is missing, where the service says it at length."""
    found = _UNAUTHORIZED.search(text)
    return _denial(*found.groups()) if found else text


def _denial(who: str, action: str, resource: str | None) -> str:
    return f"{who} may not perform {action}" + (f" on {resource}" if resource else "")


def _name(arn: str) -> str:
    return arn.rpartition(":")[2].rpartition("/")[2] or arn
