"""Mute rules of alarms: which are muted now, and ListAlarmMuteRules, which the emulator lacks."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.local.callers import Denial, is_allowed
from constructs_lib.local.replies import Reply, denied

if TYPE_CHECKING:
    from constructs_lib.local.callers import Caller, Callers

OPERATION = "ListAlarmMuteRules"
_ACTION = f"cloudwatch:{OPERATION}"


@dataclass
class MuteRules:
    """The alarms that a mute rule holds back now, by name; each has a rule of its own."""

    callers: Callers
    muted: set[str] = field(default_factory=set)

    def answer(self, body: bytes, caller: Caller) -> Reply:
        """Answer one ListAlarmMuteRules call."""
        if not is_allowed(caller, _ACTION, "*", {}):
            return denied(self.callers, caller, Denial(_ACTION, "*"))
        name = str(json.loads(body or b"{}").get("AlarmName", ""))
        arn = f"arn:aws:cloudwatch:{caller.region}:{caller.account_id}:alarm-mute-rule:{name}"
        found = [{"AlarmMuteRuleArn": arn, "Status": "ACTIVE"}] if name in self.muted else []
        return Reply(200, {"AlarmMuteRuleSummaries": found})
