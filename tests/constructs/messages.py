"""Counts the messages that Python sends to Node: what a construct costs, exactly."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from jsii._kernel.providers.process import _NodeProcess


@dataclass
class Messages:
    """The messages sent so far, by the name of their kind."""

    kinds: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.kinds)


@contextmanager
def counted_messages() -> Iterator[Messages]:
    """Count the messages to Node while the context lasts."""
    messages = Messages()
    send = _NodeProcess.send

    def counting(process: _NodeProcess, request: Any, response_type: Any) -> Any:
        messages.kinds.append(type(request).__name__)
        return send(process, request, response_type)

    with mock.patch.object(_NodeProcess, "send", counting):
        yield messages
