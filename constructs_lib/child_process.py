"""Runs a command that starts others: the CDK CLI, an app. Whatever ends it ends all of them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_END_SECONDS = 5
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has none


def run(
    command: str | Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], object],
) -> tuple[int, list[str]]:
    """Run a command to its end; an exception or Ctrl-C ends it and all it started.

    Args:
        command: a line for the shell, or the words of a command.
        cwd: where.
        environment: all that it sees.
        on_line: is told every line that it writes, while it runs.

    Returns:
        Its status and its lines.

    Raises:
        OSError: it cannot be started.
    """
    process = subprocess.Popen(  # noqa: S603 - our own command, or the user's
        command,
        shell=isinstance(command, str),
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    lines: list[str] = []
    try:
        for line in process.stdout or ():
            lines.append(line.rstrip("\n"))
            on_line(lines[-1])
        return process.wait(), lines
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a process and all it started: the CLI runs the user's app, which runs jsii's Node."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)
    _signal_group(process, _KILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, number)
        elif process.poll() is None:
            process.kill()
