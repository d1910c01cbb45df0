"""The front door: routes Incident Manager and OpsCenter to stand-ins, tells the rest who is calling."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks, mute_rules
from constructs_lib.local.callers import Caller
from constructs_lib.local.faults import CONNECTION_FAULTS
from constructs_lib.local.incident_records import answer
from constructs_lib.local.ops_items_api import OPERATIONS
from constructs_lib.local.topic_faults import refusal

if TYPE_CHECKING:
    from constructs_lib.local.callers import Callers
    from constructs_lib.local.incidents_api import IncidentsApi
    from constructs_lib.local.mute_rules import MuteRules
    from constructs_lib.local.ops_items_api import OpsItemsApi
    from constructs_lib.local.replies import Reply
    from constructs_lib.local.topic_faults import TopicFaults

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Gateway:
    """An ASGI application in front of the emulator's."""

    def __init__(
        self,
        callers: Callers,
        incidents: IncidentsApi,
        ops_items: OpsItemsApi,
        topic_faults: TopicFaults,
        muted: MuteRules,
        *,
        source_of_trace: Callable[[str], str | None],
    ) -> None:
        """Remember the rooms behind the door."""
        self._callers = callers
        self._incidents = incidents
        self._ops_items = ops_items
        self._topic_faults = topic_faults
        self._mute_rules = muted
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
        service = _signing_service(headers) if scope["type"] == "http" else ""
        operation = headers.get("x-amz-target", "").rpartition(".")[2]
        if service == "ssm-incidents":
            target = (scope["path"], scope.get("query_string", b"").decode())
            caller = self._caller(headers, access_key)
            await _reply(answer(self._incidents, target, await _read_body(receive), caller), receive, send)
        elif service == "ssm" and operation in OPERATIONS:
            caller = self._caller(headers, access_key)
            await _reply(self._ops_items.answer(operation, await _read_body(receive), caller), receive, send)
        elif service == "monitoring" and operation == mute_rules.OPERATION:
            caller = self._caller(headers, access_key)
            await _reply(self._mute_rules.answer(await _read_body(receive), caller), receive, send)
        elif service == "sns" and self._topic_faults.faults.is_waiting("Publish", _signing_region(headers)):
            await self._publish(scope, headers, receive, send)
        else:
            await hooks.module("app").app(scope, receive, send)

    def _caller(self, headers: Mapping[str, str], access_key: str) -> Caller:
        responses = hooks.module("core.responses")
        responses.set_request_account_id(access_key)
        root = headers.get("x-amzn-trace-id", "").partition(";")[0].removeprefix("Root=")
        region = _signing_region(headers)
        return Caller(access_key, responses.get_account_id(), region, self._source_of_trace(root))

    async def _publish(
        self, scope: dict[str, Any], headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        """Let the message fail, or let the emulator have what was read."""
        body = await _read_body(receive)
        fault = self._topic_faults.take(body, _signing_region(headers))
        read = [{"type": "http.request", "body": body, "more_body": False}]

        async def again() -> dict[str, Any]:
            return read.pop() if read else await receive()

        if fault is None:
            await hooks.module("app").app(scope, again, send)
        elif fault.name == "hang":
            await _wait_for_disconnect(receive)
        elif fault.name in CONNECTION_FAULTS:
            if fault.name == "lost-reply":
                await hooks.module("app").app(scope, again, _swallow)
            _abort_connection(send)
        else:
            status, xml = refusal(fault)
            await _send_whole(send, status, [(b"content-type", b"text/xml")], xml)


async def _swallow(_message: dict[str, Any]) -> None:
    """Let nobody hear of an answer."""


async def _reply(reply: Reply, receive: Receive, send: Send) -> None:
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
    headers = [(b"content-type", b"application/json")]
    if reply.error:
        headers.append((b"x-amzn-errortype", reply.error.encode()))
    await _send_whole(send, reply.status, headers, body)


async def _send_whole(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _credential_scope(headers: Mapping[str, str]) -> list[str]:
    """Return access key, date, Region, service and an ending, each empty in an unsigned request."""
    _, _, after = headers.get("authorization", "").partition("Credential=")
    return [*after.partition(",")[0].split("/"), "", "", "", ""]


def _signing_service(headers: Mapping[str, str]) -> str:
    return _credential_scope(headers)[3]


def _signing_region(headers: Mapping[str, str]) -> str:
    return _credential_scope(headers)[2]
