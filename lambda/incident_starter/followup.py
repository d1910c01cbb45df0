"""What is done with an incident after its start: reading, telling, linking, resolving."""

import json
import random
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from .calling import Client, error_code, is_trouble

_ATTEMPTS = 8
_LONGEST_WAIT = 5.0  # seconds
_LONGEST_DATA = 10_000  # of the 12,000 that a timeline event takes, escapes included
REFUSALS = (BotoCoreError, ClientError)


def is_throttled(error: BotoCoreError | ClientError) -> bool:
    """Tell whether a call was refused only for there being too many."""
    return "Throttl" in error_code(error)


class Record(NamedTuple):
    """What matters of an incident record."""

    is_open: bool
    impact: int


class Incidents:
    """Incident Manager's operations on started incidents; trouble is met by a few jittered retries."""

    def __init__(self, client: Client, has_time: Callable[[float], bool]) -> None:
        self._client = client
        self._has_time = has_time

    def record(self, arn: str) -> Record:
        """Read an incident as people see it now; one that somebody has deleted is over."""
        try:
            found = self._insist("get_incident_record", arn=arn)["incidentRecord"]
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return Record(is_open=False, impact=0)
        return Record(found["status"] == "OPEN", found["impact"])

    def tell(self, arn: str, identity: str, moment: float, text: str) -> None:
        """Write a line into the timeline, once for each identity."""
        self._insist(
            "create_timeline_event",
            incidentRecordArn=arn,
            clientToken=sha256(f"{arn} {identity} {text[:20]}".encode()).hexdigest(),
            eventTime=int(moment),
            eventType="Custom Event",
            eventData=json.dumps(text[:_LONGEST_DATA], ensure_ascii=False),
        )

    def link(self, arn: str, item: dict[str, Any]) -> None:
        """Add one related item."""
        token = sha256(f"{arn} {json.dumps(item, sort_keys=True)}".encode()).hexdigest()
        update = {"itemToAdd": item}
        self._insist(
            "update_related_items", incidentRecordArn=arn, clientToken=token, relatedItemsUpdate=update
        )

    def resolve(self, arn: str) -> None:
        """Close an incident."""
        self._update(arn, "RESOLVED", status="RESOLVED")

    def raise_impact(self, arn: str, impact: int) -> None:
        """Make an incident more urgent."""
        self._update(arn, f"impact {impact}", impact=impact)

    def plan_impact(self, plan: str) -> int:
        """Read the impact of a plan's incidents that name none themselves."""
        found = self._insist("get_response_plan", arn=plan)
        return int(found["incidentTemplate"]["impact"])

    def _update(self, arn: str, what: str, **change: object) -> None:
        token = sha256(f"{arn} {what} {time.time() // 60}".encode()).hexdigest()
        self._insist("update_incident_record", arn=arn, clientToken=token, **change)

    def _insist(self, operation: str, **request: object) -> Any:  # botocore's answer
        call: Callable[..., Any] = getattr(self._client, operation)
        for attempt in range(_ATTEMPTS):
            try:
                return call(**request)
            except REFUSALS as error:
                is_last = attempt == _ATTEMPTS - 1 or not self._has_time(_LONGEST_WAIT)
                if is_last or not is_trouble(error, error_code(error)):
                    raise
                time.sleep(random.uniform(0.1, min(_LONGEST_WAIT, 0.4 * 2**attempt)))
        raise AssertionError
