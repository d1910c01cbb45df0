"""How the processes of functions are started and ended."""

# ruff: noqa: ANN401 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from typing import Any

from constructs_lib.local.environment import function_environment

_END_SECONDS = 2.0


class FunctionProcess(subprocess.Popen[Any]):
    """A function's process; once it has ended, nothing of it stays: no child, no pipe."""

    reader: threading.Thread | None = None
    """Who reads what it writes: its pipe is closed only after that."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and clean up after it."""
        status = super().wait(timeout)
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        if self.reader is not None:
            self.reader.join(_END_SECONDS)
        for pipe in (self.stdin, self.stdout, self.stderr):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()
        return status


class FunctionDirectories:
    """Stands in for the module ``tempfile`` there: code lies in the local AWS's own directory."""

    def __init__(self, parent: str) -> None:
        self._parent = parent

    def __getattr__(self, name: str) -> Any:
        """Pass everything but mkdtemp through."""
        return getattr(tempfile, name)

    def mkdtemp(self, prefix: str | None = None) -> str:
        """Make a directory that goes when the local AWS goes."""
        return tempfile.mkdtemp(prefix=prefix, dir=self._parent)


class FunctionProcesses:
    """Stands in for the module ``subprocess`` where the emulator starts functions.

    A function sees its own environment, not the caller's, and a Ctrl-C at the
    terminal reaches the local AWS, which then ends its functions in order.
    """

    def __init__(self) -> None:
        self._started: list[FunctionProcess] = []
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        """Pass everything but Popen through."""
        return getattr(subprocess, name)

    def Popen(self, *arguments: Any, **options: Any) -> FunctionProcess:  # noqa: N802 - its name there
        """Start a function's process."""
        options["env"] = function_environment(options.get("env") or os.environ)
        process = FunctionProcess(*arguments, start_new_session=True, **options)
        with self._lock:
            ended = [each for each in self._started if each.returncode is not None]
            self._started = [each for each in self._started if each not in ended] + [process]
        for each in ended:
            each.wait()
        return process

    def end_all(self) -> None:
        """End every process that has not ended."""
        with self._lock:
            started, self._started = self._started, []
        for process in started:
            if process.poll() is None:
                process.terminate()
        for process in started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_SECONDS)
                continue
            process.kill()
            process.wait()
