"""One drill of a deployed starter: started by the function, seen to be closed by whoever runs it."""

import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .deployed_starter import Answer, Client, DeployedStarter
from .errors import is_useless, sentence

SCHEMA_VERSION = 1
_MARK, _TITLE = "[DRILL]", "Does this starter still page?"
_LONGEST_TITLE = 200
_RECORD = re.compile(r"arn:\S+:incident-record/[^\s:]+")
_LOOKS, _PAUSE = 5, 1.0  # seconds: what was written may be read a little later
RESOLVED = "RESOLVED"


@dataclass
class Drilled:
    """What came of a drill.

    Attributes:
        function: ARN of the starter's function.
        incident: ARN of the incident; empty when none was started.
        title: as Incident Manager has it.
        impact: as Incident Manager has it.
        status: the incident's in the end; empty when it could not be seen.
        closed_by: ``function`` or ``operator``; empty when nobody closed it.
        seconds_to_start: until the function had answered.
        seconds: until the incident was seen to be closed.
        notes: what is remarkable but no failure.
        problem: what failed, as a sentence.
        is_unusable: whether nothing could be tried.
        is_interrupted: whether the operator did not want to wait.
    """

    function: str
    incident: str = ""
    title: str = ""
    impact: int | None = None
    status: str = ""
    closed_by: str = ""
    seconds_to_start: float = 0.0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    is_unusable: bool = False
    is_interrupted: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether an incident was started and is closed."""
        return not self.problem and self.status == RESOLVED


def drill(starter: DeployedStarter, *, title: str | None, response_plan: str | None) -> Drilled:
    """Start an incident of impact 5 through a starter, and see that it is closed.

    Args:
        starter: the starter.
        title: what follows the mark of a drill.
        response_plan: ARN of another plan than the starter's.
    """
    drilled, began = Drilled(starter.arn), time.monotonic()
    try:
        _start(starter, drilled, title, response_plan)
        drilled.seconds_to_start = time.monotonic() - began
        if drilled.incident:
            _see_closed(starter.client("ssm-incidents"), drilled)
    except KeyboardInterrupt:
        drilled.is_interrupted = True
        drilled.problem = "interrupted; the incident may be open"
    except (BotoCoreError, ClientError) as error:
        drilled.problem = sentence(error)
        drilled.is_unusable = not drilled.incident and is_useless(error)
    drilled.seconds = time.monotonic() - began
    return drilled


def _start(starter: DeployedStarter, drilled: Drilled, title: str | None, plan: str | None) -> None:
    token = str(uuid.uuid4())
    named: dict[str, Any] = {"clientToken": token, **({"responsePlanArn": plan} if plan else {})}
    if starter.has_drills:
        answer = starter.invoke({"drill": {**named, **({"title": title} if title else {})}})
    else:
        drilled.notes.append(
            "the starter schedules no drills: the incident is started by hand, closed from here"
        )
        marked = f"{_MARK} {title or _TITLE}"[:_LONGEST_TITLE]
        answer = starter.invoke({"startIncident": {**named, "title": marked, "impact": 5}})
    found = _RECORD.search(answer.error)
    drilled.incident = str(answer.outcome.get("incidentRecordArn") or (found[0] if found else ""))
    if answer.outcome.get("closed"):
        drilled.closed_by = "function"
    elif drilled.incident and starter.has_drills:
        drilled.notes.append(answer.error or "the function may not close its incidents: its log says why")
    if not drilled.incident:
        drilled.problem = _no_incident(answer)


def _no_incident(answer: Answer) -> str:
    said = answer.error or f"the starter answered {answer.outcome.get('outcome')!r}"
    return f"no incident was started: {said}"


def _see_closed(client: Client, drilled: Drilled) -> None:
    """Look at the incident; close it where the function has not."""
    arn = drilled.incident
    for look in range(_LOOKS if drilled.closed_by else 1):
        if look:
            time.sleep(_PAUSE)
        if _look(client, drilled) == RESOLVED:
            drilled.closed_by = drilled.closed_by or "function"
            return
    client.update_incident_record(arn=arn, status=RESOLVED)
    drilled.closed_by = "operator"
    for look in range(_LOOKS):
        if look:
            time.sleep(_PAUSE)
        if _look(client, drilled) == RESOLVED:
            return
    drilled.problem = f"it is {drilled.status} though it was closed"


def _look(client: Client, drilled: Drilled) -> str:
    record: dict[str, Any] = client.get_incident_record(arn=drilled.incident)["incidentRecord"]
    drilled.title, drilled.impact = str(record["title"]), int(record["impact"])
    drilled.status = str(record["status"])
    return drilled.status


def to_json(drilled: Drilled) -> dict[str, Any]:
    """Return the documented JSON object of a drill.

    Args:
        drilled: what came of it.
    """
    return {
        "schemaVersion": SCHEMA_VERSION,
        "ok": drilled.is_ok,
        "function": drilled.function,
        "incidentRecordArn": drilled.incident or None,
        "title": drilled.title or None,
        "impact": drilled.impact,
        "status": drilled.status or None,
        "closedBy": drilled.closed_by or None,
        "secondsToStart": round(drilled.seconds_to_start, 3),
        "seconds": round(drilled.seconds, 3),
        "notes": drilled.notes,
        "problem": drilled.problem or None,
    }


def lines(drilled: Drilled) -> list[tuple[str, str]]:
    """Say what came of a drill, each line with the style that rich would give it.

    Args:
        drilled: what came of it.
    """
    said: list[tuple[str, str]] = []
    if drilled.title:
        said.append((f"{drilled.title} · impact {drilled.impact}", "bold"))
    if drilled.incident:
        said.append((drilled.incident, "dim"))
        said.append((f"started after {drilled.seconds_to_start:.1f} s", ""))
    if drilled.status == RESOLVED:
        by = "the function" if drilled.closed_by == "function" else "you"
        said.append((f"closed by {by}, seen after {drilled.seconds:.1f} s", ""))
    said += [(note, "yellow") for note in drilled.notes]
    verdict = "✓ The drill started an incident, and it is closed"
    if not drilled.is_ok:
        opened = f"{drilled.incident} may be open: " if drilled.incident else ""
        verdict = f"✗ {opened}{drilled.problem}"
    return [*said, (verdict, "bold green" if drilled.is_ok else "bold red")]
