"""The one look-up: the description of a composite alarm whose payload may lack it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .texts import is_utf8

if TYPE_CHECKING:
    from botocore.session import Session

    from .alarms import Alarm
    from .triggers import Invocation

_CONNECT_SECONDS = 1
_READ_SECONDS = 2


class Descriptions:
    """Looks descriptions up; its client is made when the first one is needed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._client: Any = None

    def of(self, alarm: Alarm, invocation: Invocation, answers: list[str]) -> str | None:
        """Read an alarm's description, or None where it can not be read.

        A page does not wait for it: one attempt, a short timeout, and the starter's
        defaults when it fails. Alarms of other accounts and Regions are not looked up.
        """
        if (alarm.account, alarm.region) != (invocation.account, invocation.region):
            return None
        if not is_utf8(alarm.name):
            return None
        try:
            if self._client is None:
                self._client = self._make_client()
            found = self._client.describe_alarms(AlarmNames=[alarm.name], AlarmTypes=["CompositeAlarm"])
        except (BotoCoreError, ClientError) as error:
            answers.append(f"DescribeAlarms: {error}")
            return None
        for described in found.get("CompositeAlarms", ()):
            description = described.get("AlarmDescription")
            return description if isinstance(description, str) else None
        return None

    def _make_client(self) -> Any:  # noqa: ANN401 - botocore makes its methods at run time
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_READ_SECONDS,
            retries={"total_max_attempts": 1},
        )
        return self._session.create_client("cloudwatch", config=config)
