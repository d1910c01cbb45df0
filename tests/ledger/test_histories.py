"""Any history at all: alarms, people, faults, crashes and deliveries in any order keep every promise."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.ledger.invariants import broken
from tests.ledger.world import PLANS, World, virtual_time

SOAK = os.environ.get("HISTORIES")
"""How many histories nobody has seen before; without it the same 2,000 run each time."""
ALARMS = st.sampled_from(["errors", "latency", "backlog"])
FAILURES = st.lists(
    st.sampled_from(["ThrottlingException", "InternalServerException", "ConflictException", "lost"]),
    min_size=1,
    max_size=4,
) | st.sampled_from(["ConflictException", "AccessDeniedException"]).map(lambda code: [code] * 40)
STEPS = st.integers(1, 14)


class Histories(RuleBasedStateMachine):
    """Everything that can happen."""

    def __init__(self) -> None:
        super().__init__()
        self._running = ExitStack()
        self.world: World

    @initialize(
        storm=st.sampled_from([None, {"maxIncidents": 1, "per": 300}, {"maxIncidents": 2, "per": 60}]),
        resolve_after=st.sampled_from([None, 60, 300]),
        key=st.sampled_from(["alarm", "alarm", "contributor"]),
    )
    def begin(self, storm: Any, resolve_after: int | None, key: str) -> None:
        more = {"storm": storm} if storm else {}
        self.world = World(resolveAfter=resolve_after, key={"by": key}, **more)
        self._running.enter_context(virtual_time(self.world))

    @rule(
        alarm=ALARMS,
        state=st.sampled_from(["ALARM", "ALARM", "OK", "INSUFFICIENT_DATA"]),
        impact=st.sampled_from([None, 1, 2, 3, 3, 4]),
        contributor=st.sampled_from(["a", "b"]),
    )
    def an_alarm_changes(self, alarm: str, state: str, impact: int | None, contributor: str) -> None:
        has_contributors = alarm == "backlog"
        self.world.change(
            alarm,
            "OK" if has_contributors and state == "INSUFFICIENT_DATA" else state,
            impact=impact,
            contributor=contributor if has_contributors else "",
            plan=PLANS[has_contributors],
        )

    @precondition(lambda self: self.world.waiting)
    @rule(data=st.data(), crash_at=st.none() | STEPS)
    def a_delivery_comes(self, data: Any, crash_at: int | None) -> None:
        change = data.draw(st.sampled_from(self.world.waiting))
        self.world.crash_at = crash_at
        self.world.deliver(change)

    @precondition(lambda self: len(self.world.waiting) > 1)
    @rule(data=st.data(), at=STEPS, crash_at=st.none() | STEPS)
    def a_delivery_comes_amid_another(self, data: Any, at: int, crash_at: int | None) -> None:
        world = self.world
        change = data.draw(st.sampled_from(world.waiting))
        other = data.draw(st.sampled_from([each for each in world.waiting if each is not change]))
        world.crash_at = crash_at
        world.interrupt_at = (at, lambda: other in world.waiting and world.deliver(other))
        world.deliver(change)
        world.interrupt_at = None

    @precondition(lambda self: self.world.changes)
    @rule(data=st.data())
    def a_delivery_comes_once_more(self, data: Any) -> None:
        done = [change for change in self.world.changes if change.outcome]
        if done:
            self.world.deliver(data.draw(st.sampled_from(done)), again=True)

    @rule(crash_at=st.none() | STEPS)
    def the_sweeper_runs(self, crash_at: int | None) -> None:
        self.world.crash_at = crash_at
        self.world.sweep()

    @precondition(lambda self: self.world.waiting)
    @rule(data=st.data(), at=STEPS)
    def a_delivery_comes_amid_a_sweep(self, data: Any, at: int) -> None:
        other = data.draw(st.sampled_from(self.world.waiting))
        self.world.interrupt_at = (at, lambda: other in self.world.waiting and self.world.deliver(other))
        self.world.sweep()
        self.world.interrupt_at = None

    @precondition(lambda self: self.world.open_incidents())
    @rule(data=st.data())
    def a_person_resolves(self, data: Any) -> None:
        self.world.resolve_by_hand(data.draw(st.sampled_from(self.world.open_incidents())))

    @rule(seconds=st.sampled_from([1, 30, 61, 301, 1800, 3700]))
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(failures=FAILURES)
    def incident_manager_fails(self, failures: list[str]) -> None:
        self.world.failures = failures

    @rule()
    def the_table_goes_down(self) -> None:
        self.world.table_is_down = self.world.table_was_down = True

    @precondition(lambda self: self.world.table_is_down)
    @rule()
    def the_table_comes_back(self) -> None:
        self.world.table_is_down = False

    @invariant()
    def no_promise_is_broken_on_the_way(self) -> None:
        if hasattr(self, "world"):
            assert self.world.violations == []

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.world.table_is_down = False
                self.world.failures = []
                self.world.deliver_all()
                assert broken(self.world) == []
                self.world.sweep()
                self.world.pass_time(4000)
                self.world.sweep()
                assert broken(self.world) == []
        finally:
            self._running.close()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=int(SOAK or 2000),
    derandomize=SOAK is None,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)
