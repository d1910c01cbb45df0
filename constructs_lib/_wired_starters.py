"""Which starters are the action of an alarm: what else takes those alarms has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .starter_interface import IIncidentStarter

# For as long as the process, which jsii keeps every construct for anyway; asking Node would take messages
# for each alarm.
_wired: dict[int, IIncidentStarter] = {}


def note_alarm_action(starter: IIncidentStarter) -> None:
    """Remember that alarms have the starter as their action."""
    _wired[id(starter)] = starter


def starters_of_alarms() -> Sequence[IIncidentStarter]:
    """The starters that are an action of alarms, of all apps of the process."""
    return list(_wired.values())
