"""The front door: routes Incident Manager to its stand-in and tells the rest who is calling."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import Caller
from constructs_lib.local.incident_records import answer

if TYPE_CHECKING:
    from constructs_lib.local.callers import Callers
    from constructs_lib.local.incidents_api import IncidentsApi, Reply

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Gateway:
    """An ASGI application in front of the emulator's."""

    def __init__(
        self, callers: Callers, incidents: IncidentsApi, source_of_trace: Callable[[str], str | None]
    ) -> None:
        """Remember the rooms behind the door."""
        self._callers = callers
        self._incidents = incidents
        self._source_of_trace = source_of_trace

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one connection's request."""
        if scope["type"] == "lifespan":
            await _answer_lifespan(receive, send)
            return
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope.get("headers", [])
        }
        access_key = hooks.module("core.router").extract_access_key_id(headers)
        self._callers.enforce_for(access_key)
        if scope["type"] == "http" and _signing_service(headers) == "ssm-incidents":
            target = (scope["path"], scope.get("query_string", b"").decode())
            await self._incident_manager(target, headers, access_key, receive, send)
            return
        await hooks.module("app").app(scope, receive, send)

    async def _incident_manager(
        self,
        target: tuple[str, str],
        headers: dict[str, str],
        access_key: str,
        receive: Receive,
        send: Send,
    ) -> None:
        body = await _read_body(receive)
        responses = hooks.module("core.responses")
        responses.set_request_account_id(access_key)
        root = headers.get("x-amzn-trace-id", "").partition(";")[0].removeprefix("Root=")
        caller = Caller(
            access_key, responses.get_account_id(), _signing_region(headers), self._source_of_trace(root)
        )
        reply = answer(self._incidents, target, body, caller)
        if reply.connection_fault == "hang":
            await _wait_for_disconnect(receive)
        elif reply.connection_fault:
            _abort_connection(send)
        else:
            await _respond(send, reply)


async def _answer_lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _read_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _abort_connection(send: Send) -> None:
    """Close the socket with a reset: neither the server nor ASGI offers that, so walk to the transport."""
    owner: Any = send
    while not hasattr(owner, "writer"):
        owner = owner.__self__ if hasattr(owner, "__self__") else owner.send
    owner.writer.transport.abort()


async def _respond(send: Send, reply: Reply) -> None:
    body = json.dumps(reply.body).encode() if reply.status != HTTPStatus.NO_CONTENT else b""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if reply.error:
        headers.append((b"x-amzn-errortype", reply.error.encode()))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _credential_scope(headers: dict[str, str]) -> list[str]:
    """Return access key, date, Region, service and an ending, each empty in an unsigned request."""
    _, _, after = headers.get("authorization", "").partition("Credential=")
    return [*after.partition(",")[0].split("/"), "", "", "", ""]


def _signing_service(headers: dict[str, str]) -> str:
    return _credential_scope(headers)[3]


def _signing_region(headers: dict[str, str]) -> str:
    return _credential_scope(headers)[2]
