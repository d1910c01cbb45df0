"""What a function writes is told with the invocation that wrote it, whole, however busy the machine is.

The emulator gives what a function writes 5 to 250 ms to arrive. On a busy machine that is too little: the
lines come with the next invocation, or never. Here a function's process says itself where the lines of an
invocation end.
"""

# ruff: noqa: ANN401, SLF001 - the emulator is untyped, its gaps private

from __future__ import annotations

import queue
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks

if TYPE_CHECKING:
    from collections.abc import Iterator

_END = "END RequestId:"
_END_SECONDS = 10.0
_ANSWERED = "        _real_stdout.flush()\n\nrun()\n"
_LINE_FIRST = f"""\
        os.write(2, b"{_END}\\n")
"""


@contextmanager
def whole_logs() -> Iterator[None]:
    """Let the emulator wait for the end of a log, for as long as the context lasts."""
    runtime = hooks.module("core.lambda_runtime")
    with ExitStack() as stack:
        for name, replacement in {
            "_PYTHON_WORKER_SCRIPT": _ending_each_log(runtime._PYTHON_WORKER_SCRIPT),
            "Worker": _reading_each_log(runtime.Worker),
        }.items():
            stack.enter_context(hooks.replaced("core.lambda_runtime", name, replacement))
        yield


def _ending_each_log(script: str) -> str:
    """The script of a Python function's process, which writes a last line before it answers."""
    head, answered, tail = script.rpartition(_ANSWERED)
    assert answered, "ministack's script answers in another way now"  # noqa: S101 - its version is pinned
    return head + _LINE_FIRST + answered + tail


def _reading_each_log(worker: Any) -> Any:
    """The emulator's class of functions' processes, which reads up to that last line."""

    class Worker(worker):  # type: ignore[misc]
        def _read_stderr(self) -> None:
            self._proc.reader = threading.current_thread()
            super()._read_stderr()

        def _drain_stderr(self) -> str:
            # The process has ended, and all that it wrote was read by then.
            lines = super()._drain_stderr().splitlines()
            return "\n".join(line for line in lines if line != _END)

        def _drain_stderr_bounded(self, **waits: float) -> str:
            if self._proc is None:
                return self._drain_stderr()
            if not self.config.get("Runtime", "").startswith("python"):
                return str(super()._drain_stderr_bounded(**waits))
            lines = []
            while (line := self._next_line()) not in {_END, None}:
                lines.append(line)
            return "\n".join(lines)

        def _next_line(self) -> str | None:
            try:
                return str(self._stderr_queue.get(timeout=_END_SECONDS))
            except queue.Empty:
                return None

    return Worker
