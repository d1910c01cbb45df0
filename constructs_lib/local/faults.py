"""Failures to come, for the services that stand in for AWS's own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

CONNECTION_FAULTS = frozenset({"reset", "hang", "lost-reply"})


@dataclass(frozen=True)
class Fault:
    """One failure to come: an error of the service, or of the connection."""

    name: str
    operation: str
    region: str | None = None
    retry_after: float | None = None


@dataclass
class Faults:
    """Failures that wait for their call, oldest first."""

    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault, times: int) -> None:
        """Let the next calls of its operation fail."""
        with self._lock:
            self._waiting += [fault] * times

    def take(self, operation: str, region: str) -> Fault | None:
        """Return the failure that this call meets, and forget it."""
        with self._lock:
            for position, fault in enumerate(self._waiting):
                if fault.operation == operation and fault.region in {None, region}:
                    return self._waiting.pop(position)
        return None

    def is_waiting(self, operation: str, region: str) -> bool:
        """Whether a call would fail."""
        with self._lock:
            return any(
                fault.operation == operation and fault.region in {None, region} for fault in self._waiting
            )

    def forget(self) -> None:
        """Let everything succeed again."""
        with self._lock:
            self._waiting.clear()


def check_name(fault: Fault, errors: Collection[str]) -> None:
    """Refuse what neither a service nor a connection can fail with.

    Raises:
        ValueError: the sentence lists what they can.
    """
    if fault.name not in CONNECTION_FAULTS and fault.name not in errors:
        known = ", ".join([*sorted(errors), *sorted(CONNECTION_FAULTS)])
        message = f"unknown fault {fault.name!r}: give one of {known}"
        raise ValueError(message)
