"""A month of 500 alarms: incidents, appends, missed pages and quota; `python -m benchmarks.simulate`.

The starter is the real one, in the virtual world of the ledger's tests. Beside it stand two ways to
do without a ledger: an incident for each ALARM, and a client token that is the same for 15 minutes.
Incident Manager allows 200 incidents of a plan in a month; what is refused pages nobody.
"""

import heapq
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "lambda"))

from tests.ledger.world import Change, Incident, World, error, virtual_time

DAYS, ALARMS, FLAPPING, STORM = 30, 500, 5, 300
QUOTA = 200
STORM_DAYS = (10, 20)
_DAY, _MINUTE = 86_400, 60
_START = 1_800_000_000.0
_SHARE_OF_QUIET_ALARMS = 0.2  # that have a problem in the month
_TOKEN_SECONDS = 15 * _MINUTE


@dataclass(frozen=True, order=True)
class Move:
    """An alarm's move, and whether it begins a problem that somebody has to hear of."""

    at: float
    alarm: str
    state: str
    is_news: bool = False


def a_month() -> Iterator[Move]:
    """Yield what 500 alarms do: five flap every two minutes, 300 storm twice, the rest is quiet."""
    chance = random.Random(1)  # noqa: S311 - the same month each time
    moves: list[Move] = []
    for number in range(FLAPPING):
        for at in range(number * 7, DAYS * _DAY, 2 * _MINUTE):
            moves += [
                Move(at, f"flapping {number}", "ALARM", at == number * 7),
                Move(at + 55, f"flapping {number}", "OK"),
            ]
    for number in range(FLAPPING, ALARMS):
        if chance.random() < _SHARE_OF_QUIET_ALARMS:
            began = chance.uniform(0, DAYS * _DAY - 7200)
            moves += [
                Move(began, f"quiet {number}", "ALARM", is_news=True),
                Move(began + chance.uniform(120, 7000), f"quiet {number}", "OK"),
            ]
    for day in STORM_DAYS:
        for number in range(STORM):
            began = day * _DAY + chance.uniform(0, 2 * _MINUTE)
            moves += [
                Move(began, f"storm {number}", "ALARM", is_news=True),
                Move(began + 3600, f"storm {number}", "OK"),
            ]
    return iter(sorted(moves))


@dataclass
class Result:
    """What came of a month."""

    asked: int = 0
    incidents: int = 0
    appends: int = 0
    missed: int = 0


class Month(World):
    """The world with a memory that is short enough for a month, and the service's quota."""

    def __init__(self) -> None:
        super().__init__(resolveAfter=600, storm={"maxIncidents": 20, "per": 300})
        self.refused = 0
        self._due_at: list[tuple[float, str]] = []
        self._states: dict[str, Change] = {}

    def move(self, move: Move) -> str:
        """Let an alarm move, and deliver that."""
        self.now = _START + move.at
        known = self._states.get(move.alarm)
        change = Change(0, move.alarm, move.state, known.state if known else "OK", 3, _PLAN, self.now)
        self._states[move.alarm] = change
        self.changes = []
        try:
            return str(self._run(change.payload())["outcome"])
        except Exception:  # noqa: BLE001 - refused for good: the month's quota is used up
            return "missed"

    def sweep_until(self, moment: float) -> None:
        """Let the sweeper run in each minute in which something is due."""
        while self._due_at and self._due_at[0][0] <= moment:
            self.now = max(self.now, heapq.heappop(self._due_at)[0] + 1)
            self.sweep()

    def _put(self, key: str, entry: dict[str, Any], version: int, now: float) -> bool:
        if due := entry.get("due"):
            heapq.heappush(self._due_at, (due, key))
        return super()._put(key, entry, version, now)

    def _due(self, now: float) -> list[str]:
        found = []
        for key, (text, _) in self.entries.items():
            if '"due"' in text and 0 < json.loads(text)["due"] <= now:
                found.append(key)
        return found

    def _start(self, **request: Any) -> dict[str, Any]:  # noqa: ANN401 - the world's own
        if len(self.incidents) >= QUOTA:
            self.refused += 1
            raise error(self.over_quota, "start_incident")
        return super()._start(**request)

    def _describe_alarms(self, *, AlarmNames: list[str], **_: object) -> dict[str, Any]:  # noqa: N803 - the API's name
        self.changes = [self._states[name] for name in AlarmNames if name in self._states]
        return super()._describe_alarms(AlarmNames=AlarmNames)

    def _check_resolve(self, incident: Incident) -> None:
        """The tests check that; here nobody remembers every change."""


_PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/checkout"


def with_ledger(moves: list[Move]) -> Result:
    """Run the month through the real starter."""
    world, result = Month(), Result()
    with virtual_time(world):
        for move in moves:
            world.sweep_until(_START + move.at)
            outcome = world.move(move)
            result.appends += outcome in {"appended", "joined"}
            result.missed += outcome == "missed" and move.is_news
    result.incidents = len(world.incidents)
    result.asked = result.incidents + world.refused
    return result


def without_ledger(moves: list[Move], token_seconds: float) -> Result:
    """Start an incident for each ALARM whose token is new, until the quota is used up."""
    result, tokens = Result(), set()
    for move in moves:
        token = (move.alarm, move.at // token_seconds if token_seconds else move.at)
        if move.state != "ALARM" or token in tokens:
            continue
        tokens.add(token)
        result.asked += 1
        if result.incidents < QUOTA:
            result.incidents += 1
        else:
            result.missed += move.is_news
    return result


def main() -> None:
    """Print the three ways side by side."""
    moves = list(a_month())
    news = sum(move.is_news for move in moves)
    alarms = sum(move.state == "ALARM" for move in moves)
    table = Table(
        "way",
        "incidents asked for",
        "started",
        "appended or joined",
        "new problems that paged nobody",
        title=f"{DAYS} days, {ALARMS} alarms, {alarms:,} moves into ALARM, {news} new problems, one plan",
    )
    for name, result in (
        ("an incident for each ALARM", without_ledger(moves, 0)),
        ("a token for 15 minutes", without_ledger(moves, _TOKEN_SECONDS)),
        ("the ledger, storms beyond 20 in 5 minutes", with_ledger(moves)),
    ):
        table.add_row(
            name,
            f"{result.asked:,}",
            f"{result.incidents} of {QUOTA}",
            f"{result.appends:,}",
            str(result.missed),
        )
    Console(width=130).print(table)


if __name__ == "__main__":
    main()
