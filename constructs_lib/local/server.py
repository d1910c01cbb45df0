"""Serves an ASGI application on loopback from a thread of this process."""

# ruff: noqa: ANN401 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from constructs_lib.local.errors import LocalAwsError

_START_TIMEOUT = 10.0
_STOP_TIMEOUT = 5.0


class LoopbackServer:
    """A server on 127.0.0.1 and a free port, chosen when the object is made."""

    def __init__(self) -> None:
        """Reserve the port."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._started = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, app: Any) -> None:
        """Serve until :meth:`stop`."""
        self._thread = threading.Thread(target=self._run, args=(app,), name="local-aws", daemon=True)
        self._thread.start()
        if not self._started.wait(_START_TIMEOUT):
            message = f"the local AWS did not start within {_START_TIMEOUT:.0f} seconds"
            raise LocalAwsError(message)

    def stop(self) -> None:
        """Stop serving and free the port; safe to call twice, and without start."""
        if self.loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(_STOP_TIMEOUT)
        self._socket.close()

    def _run(self, app: Any) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._serve(app))

    async def _serve(self, app: Any) -> None:
        from hypercorn.asyncio import serve  # noqa: PLC0415 - belongs to the extra
        from hypercorn.config import Config  # noqa: PLC0415 - belongs to the extra

        self.loop = asyncio.get_running_loop()
        self.loop.set_default_executor(ThreadPoolExecutor(max_workers=32, thread_name_prefix="local-aws"))
        self._stop = asyncio.Event()
        config = Config()
        config.bind = [f"fd://{os.dup(self._socket.fileno())}"]  # the server closes its own
        config.keep_alive_timeout = 75
        config.graceful_timeout = 0.2
        config.accesslog = None
        config.errorlog = None
        self.loop.call_soon(self._started.set)
        await serve(app, config, shutdown_trigger=self._stop.wait)
