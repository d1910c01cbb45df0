"""Shows how far a rehearsal is: live on a terminal, one line per phase elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.markup import escape
from rich.status import Status

_SPINNER = 4


class Watcher(Protocol):
    """Is told how far a rehearsal is."""

    def phase(self, name: str) -> None:
        """A part of the rehearsal begins."""

    def line(self, text: str) -> None:
        """The CDK CLI wrote a line."""

    def trial(self, path: str, number: int, total: int) -> None:
        """An alarm, rule or topic is tried."""


class _Live:
    """A spinner with the phase and what happens in it."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._phase = ""

    def phase(self, name: str) -> None:
        self._phase = name
        self._status.update(f"[bold]{name}[/]")

    def line(self, text: str) -> None:
        words = " ".join(text.split())
        if words:
            room = max(0, self._status.console.width - len(self._phase) - _SPINNER)
            self._status.update(f"[bold]{self._phase}[/] [dim]{escape(words[:room])}[/]")

    def trial(self, path: str, number: int, total: int) -> None:
        self._status.update(f"[bold]Firing {number} of {total}[/] [cyan]{escape(path)}[/]")


class _Plain:
    """A line per phase."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def phase(self, name: str) -> None:
        self._console.print(f"{name} ...", markup=False, highlight=False)

    def line(self, text: str) -> None:
        del text  # the CLI's own output is shown when it fails

    def trial(self, path: str, number: int, total: int) -> None:
        self._console.print(
            f"Firing {number} of {total}: {path}", markup=False, highlight=False, soft_wrap=True
        )


class Silent:
    """Shows nothing."""

    def phase(self, name: str) -> None:
        """Show nothing."""

    def line(self, text: str) -> None:
        """Show nothing."""

    def trial(self, path: str, number: int, total: int) -> None:
        """Show nothing."""


@contextmanager
def watching(console: Console) -> Iterator[Watcher]:
    """Show the progress while the block runs.

    Args:
        console: where; on a terminal the progress is gone when the block ends.
    """
    if not console.is_terminal:
        yield _Plain(console)
        return
    with console.status("", spinner="dots") as status:
        yield _Live(status)
