"""Failures to come, for the services that stand in for AWS's own."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

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

    def forget(self) -> None:
        """Let everything succeed again."""
        with self._lock:
            self._waiting.clear()
