"""microburst between the functions and the local AWS: it fails as AWS and networks do, on the wire."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aiohttp import web
from microburst.app import make_app  # type: ignore[import-untyped]
from microburst.core.pipeline import Microburst  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterator

_END_SECONDS = 0.2


class UnreliableWire:
    """A proxy that does as its rules say, and tells what it did."""

    def __init__(self, url: str) -> None:
        self.url = url

    def break_with(self, *rules: dict[str, Any]) -> None:
        """Fail as these rules say from now on, and forget what was done before."""
        self._ask("DELETE", "fired")
        self._ask("POST", "rules", list(rules))

    @property
    def done(self) -> list[str]:
        """What was done to which operation, oldest first."""
        return [f"{each['operation']} {each['action']}" for each in self._ask("GET", "fired")]

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_microburst/{what}", data, method=method)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)


@contextmanager
def unreliable_wire(upstream: str) -> Iterator[UnreliableWire]:
    """Run the proxy in a thread of this process."""
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(
        make_app(Microburst(upstream)), shutdown_timeout=_END_SECONDS, handler_cancellation=True
    )

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        return f"http://{host}:{port}"

    url = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield UnreliableWire(url)
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
