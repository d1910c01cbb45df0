"""What became of each message of a final queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import Any

SCHEMA_VERSION = 1


class Fate(str, Enum):
    """What became of a message."""

    REDRIVEN = "redriven"
    """The function did what it had failed to do; the message is gone."""
    DELETED = "deleted"
    """The operator did not want it any more; the message is gone."""
    FAILED = "failed"
    """The function failed again, or the message could not be deleted; it stays."""
    NOT_OURS = "notOurs"
    """It is nothing that this function could do; it stays."""
    SKIPPED = "skipped"
    """The operator wanted to leave it; it stays."""
    WOULD_REDRIVE = "wouldRedrive"
    """A dry run; it stays."""
    WOULD_DELETE = "wouldDelete"
    """A dry run; it stays."""


class End(str, Enum):
    """Why a redrive ended."""

    EMPTY = "empty"
    """No message was left that had not been tried."""
    LIMIT = "limit"
    """As many were tried as were to be."""
    REFUSED = "refused"
    """AWS refused what every further message would need."""
    INTERRUPTED = "interrupted"


GONE = frozenset({Fate.REDRIVEN, Fate.DELETED})
TO_DO = frozenset({Fate.WOULD_REDRIVE, Fate.WOULD_DELETE})


@dataclass(frozen=True)
class Redriven:
    """One message.

    Attributes:
        id: of the message.
        fate: what became of it.
        subject: what had happened, in a few words.
        happened: when.
        alarm_state: the state of its alarm by now; empty where there is none or it cannot be seen.
        outcome: what the function returned.
        reason: why it stays or was deleted, as a sentence.
    """

    id: str
    fate: Fate
    subject: str
    happened: datetime | None
    alarm_state: str = ""
    outcome: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def incidents(self) -> list[str]:
        """ARNs of the incidents that it started, or had started before."""
        outcomes = self.outcome.get("outcomes", [self.outcome])
        return [str(each["incidentRecordArn"]) for each in outcomes if each.get("incidentRecordArn")]


@dataclass
class Report:
    """A whole redrive.

    Attributes:
        function: ARN of the starter's function.
        queue: URL of the queue.
        dry_run: whether nothing was to be done.
        began: when.
        messages: one per message, in the order they came.
        notes: what else the operator should know.
        end: why it ended.
        problem: what AWS refused, as a sentence.
    """

    function: str
    queue: str
    dry_run: bool
    began: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    messages: list[Redriven] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    end: End = End.EMPTY
    problem: str = ""

    @property
    def is_ok(self) -> bool:
        """Whether every message is gone."""
        return self.end is End.EMPTY and all(each.fate in GONE for each in self.messages)

    def count(self, fate: Fate) -> int:
        """Return how many messages have a fate."""
        return sum(each.fate is fate for each in self.messages)

    def age(self, message: Redriven) -> int | None:
        """Return how many seconds ago something happened when the redrive began."""
        return None if message.happened is None else int((self.began - message.happened).total_seconds())


def to_json(report: Report) -> dict[str, Any]:
    """Return the documented JSON object of a redrive.

    Args:
        report: what was done.
    """
    return {
        "schemaVersion": SCHEMA_VERSION,
        "ok": report.is_ok,
        "function": report.function,
        "queue": report.queue,
        "dryRun": report.dry_run,
        "counts": {fate.value: report.count(fate) for fate in Fate},
        "end": report.end.value,
        "problem": report.problem or None,
        "notes": report.notes,
        "messages": [
            {
                "messageId": each.id,
                "fate": each.fate.value,
                "subject": each.subject,
                "happened": None if each.happened is None else each.happened.isoformat(),
                "ageSeconds": report.age(each),
                "alarmState": each.alarm_state or None,
                "outcome": dict(each.outcome) or None,
                "reason": each.reason or None,
            }
            for each in report.messages
        ],
    }
