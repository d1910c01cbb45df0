"""The handler in Lambda's real runtime client, in a process of its own, on this machine alone.

Lambda's Runtime API hands invocations to the runtime client; a second endpoint stands in for
ssm-incidents. Both are plain HTTP on the loopback interface.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.handler.service import ACCOUNT, REGION, STARTED

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE_ROOT = Path(__file__).parents[2] / "lambda"
_PREFIX = "/2018-06-01/runtime"
_PATIENCE = 15
_LOST = "lost"


class Result(NamedTuple):
    """What one invocation answered."""

    value: Any
    error_type: str


@dataclass
class Endpoint:
    """What both servers share with the test."""

    answers: list[Any] = field(default_factory=list)
    """The service's next answers: a status and a body, or "lost" for none at all."""

    requests: list[dict[str, Any]] = field(default_factory=list)
    invocations: queue.Queue[tuple[str, bytes] | None] = field(default_factory=queue.Queue)
    results: queue.Queue[Result] = field(default_factory=queue.Queue)
    process: subprocess.Popen[str] | None = None

    def invoke(self, payload: object, request_id: str = "request-1") -> Result:
        """Invoke the function and wait for its answer."""
        self.invocations.put((request_id, json.dumps(payload).encode()))
        return self.results.get(timeout=_PATIENCE)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_GET(self) -> None:
        invocation = self.endpoint.invocations.get()
        if invocation is None:
            self.close_connection = True
            return
        request_id, body = invocation
        self._send(
            200,
            body,
            {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(int((time.time() + 60) * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:starter",
            },
        )

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"null")
        if not self.path.startswith(_PREFIX):
            self._answer_as_the_service(content)
            return
        failed = self.path.endswith("/error")
        error_type = content["errorType"] if failed else ""
        self.endpoint.results.put(Result(content, error_type))
        self._send(202, b'{"status":"OK"}', {})

    def _answer_as_the_service(self, content: dict[str, Any]) -> None:
        self.endpoint.requests.append(content)
        answer = self.endpoint.answers.pop(0) if self.endpoint.answers else STARTED
        if answer == _LOST:
            self.close_connection = True
            return
        status, body = answer
        self._send(status, json.dumps(body).encode(), {"x-amzn-errortype": body.get("__type", "")})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: the function is killed while it waits for its next invocation."""


@contextmanager
def running(configuration: object, log: Path) -> Iterator[Endpoint]:
    """Run the function until the block ends; what it prints goes to a file."""
    endpoint = Endpoint()
    handler = type("Handler", (_Handler,), {"endpoint": endpoint})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"127.0.0.1:{server.server_port}"
    with log.open("w", encoding="utf-8") as output:
        endpoint.process = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", "incident_starter.handler.handler"],
            cwd=SOURCE_ROOT,
            env={
                "AWS_ACCESS_KEY_ID": "test",
                "AWS_CONFIG_FILE": "/dev/null",
                "AWS_DEFAULT_REGION": REGION,
                "AWS_ENDPOINT_URL_SSM_INCIDENTS": f"http://{address}",
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
                "AWS_LAMBDA_FUNCTION_NAME": "starter",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                "AWS_LAMBDA_LOG_FORMAT": "JSON",
                "AWS_LAMBDA_RUNTIME_API": address,
                "AWS_REGION": REGION,
                "AWS_SECRET_ACCESS_KEY": "test",
                "INCIDENT_STARTER": json.dumps(configuration),
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield endpoint
        finally:
            endpoint.process.kill()
            endpoint.process.wait()
            endpoint.invocations.put(None)
            server.shutdown()
            thread.join()
            server.server_close()
