"""Drills: an incident of impact 5 through the whole path, closed by itself; docs/operating.md.

In the bundle of a starter with scheduled drills only. `{"drill": {...}}` alone takes StartIncident's
members; the title gets a mark in front and the impact is 5, whatever it says.
"""

import random
import time
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .calling import ATTEMPT_MILLISECONDS, LONGEST_WAIT, Client, error_code, is_trouble
from .request import Draft
from .starter import Context, Starter
from .texts import epoch_millis, mapping, text
from .triggers import Invocation, Payload, Trigger, UnknownPayloadError

_MARK = "[DRILL]"
_TITLE = "Does this starter still page?"
_OWN = {"clientToken", "time"}


class DrillNotClosedError(Exception):
    """The incident of a drill is still open. Another try finds the same incident and closes it."""


class Drills:
    """What stands around a starter's start because of its drills."""

    def __init__(self, starter: Starter, client: Client) -> None:
        self._client = client
        self._start, self._refuse, self._one = starter.start, starter.refuse, starter.one
        starter.start = self.start  # type: ignore[method-assign]
        starter.refuse = self.refuse  # type: ignore[method-assign]

    def refuse(self, payload: object, error: UnknownPayloadError, context: Context) -> dict[str, Any]:
        """Drill when that is what is asked for."""
        asked = mapping(payload)
        if asked.keys() != {"drill"} or not isinstance(asked["drill"], dict):
            return self._refuse(payload, error, context)
        _, _, _, region, account, *_ = (*str(context.invoked_function_arn).split(":"), *[""] * 5)
        invocation = Invocation(context.aws_request_id, account, region)
        return self._one(_trigger(asked["drill"], invocation), invocation, context)

    def start(
        self, trigger: Trigger, made: Draft, context: Context, counts: dict[str, int], facts: dict[str, Any]
    ) -> dict[str, Any]:
        """Start an incident, and close a drill's again.

        Raises:
            DrillNotClosedError: The service was troubled until the time ran out. What it refused is only
                told: another try would be refused as well.
        """
        answer = self._start(trigger, made, context, counts, facts)
        arn = answer.get("incidentRecordArn")
        if trigger.kind != "drill" or not arn:
            return answer
        try:
            self._close(arn, context, counts)
        except (BotoCoreError, ClientError) as error:
            counts["DrillsLeftOpen"] = 1
            code = error_code(error)
            facts["answers"] = [*facts["answers"], f"UpdateIncidentRecord: {code}"]
            facts["error"] = message = f"{arn} is still open: {error}"
            if _may_pass(error, code):
                raise DrillNotClosedError(message) from error
            return {"outcome": "drilled", "incidentRecordArn": arn, "closed": False}
        counts["Drills"] = 1
        return {"outcome": "drilled", "incidentRecordArn": arn, "closed": True}

    def _close(self, arn: str, context: Context, counts: dict[str, int]) -> None:
        """Resolve an incident, again while there is time and the service is troubled."""
        tries = 0
        while True:
            try:
                self._client.update_incident_record(arn=arn, status="RESOLVED")
            except (BotoCoreError, ClientError) as error:
                pause = random.uniform(0.2, min(LONGEST_WAIT, 0.5 * 2**tries))
                too_late = context.get_remaining_time_in_millis() < pause * 1000 + ATTEMPT_MILLISECONDS
                if too_late or not _may_pass(error, error_code(error)):
                    raise
                tries += 1
                counts["Retries"] += 1
                time.sleep(pause)
            else:
                return


def _trigger(asked: Payload, invocation: Invocation) -> Trigger:
    """Read a drill; whoever repeats one names its time or token, and so starts no second."""
    moment = text(asked.get("time"))
    identity = text(asked.get("clientToken")) or moment or invocation.request_id
    request = {name: member for name, member in asked.items() if name not in _OWN}
    title = f"{_MARK} {text(asked.get('title')) or _TITLE}"
    return Trigger(
        kind="drill",
        identity=("drill", identity),
        values={"alarm_name": "Drill", "account": invocation.account, "region": invocation.region},
        payload={"drill": asked},
        partial={**request, "title": title, "impact": 5},
        millis=epoch_millis(moment),
    )


def _may_pass(error: BotoCoreError | ClientError, code: str) -> bool:
    """Tell whether the same call may fare better: an incident that has just begun may still be changing."""
    return is_trouble(error, code) or code == "ConflictException"
