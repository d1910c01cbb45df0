"""How alarms stand by now: whoever redrives an old ALARM wants to know whether it still burns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .deployed_starter import Client
from .errors import sentence

_UNKNOWN = ""


@dataclass
class AlarmStates:
    """States of the alarms of one account and Region; each is asked for once.

    Attributes:
        client: of CloudWatch.
        problem: why no state can be told, as a sentence; empty while it can.
    """

    client: Client
    problem: str = ""
    _known: dict[str, str] = field(default_factory=dict)

    def of(self, alarms: Sequence[str]) -> str:
        """Tell the state that some alarms share, or nothing: they differ, are gone, or cannot be seen.

        Args:
            alarms: their names.
        """
        states = {self._state(name) for name in alarms}
        return states.pop() if len(states) == 1 else _UNKNOWN

    def _state(self, name: str) -> str:
        if name not in self._known and not self.problem:
            try:
                self._known[name] = self._asked(name)
            except (BotoCoreError, ClientError) as error:
                self.problem = sentence(error)
        return self._known.get(name, _UNKNOWN)

    def _asked(self, name: str) -> str:
        kinds: list[str] = self.client.meta.service_model.shape_for("AlarmType").enum
        found: dict[str, Any] = self.client.describe_alarms(AlarmNames=[name], AlarmTypes=kinds)
        alarms = [each for listed in found.values() if isinstance(listed, list) for each in listed]
        return next((str(alarm["StateValue"]) for alarm in alarms), _UNKNOWN)
