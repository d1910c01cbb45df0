"""What the bundled function costs: its cold start beside a bare boto3 client, its work, its size."""

import contextlib
import io
import statistics
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from constructs_lib._bundle.options import unused_files

from .cold_start import EVENT, PLAN, Context
from .pairs import ratios, run

if TYPE_CHECKING:
    from incident_starter.starter import Starter

SOURCE = Path(__file__).parents[1] / "lambda"
_ANSWER = (
    b'{"incidentRecordArn": "arn:aws:ssm-incidents::111122223333:incident-record/on-call/1", '
    b'"Attributes": {"counted": {"N": "1"}}}'
)
"""For Incident Manager and for the table: each reads what is its own."""
_EVENTS = 500


def rows(rounds: int) -> Iterator[tuple[str, str, str]]:
    """What was measured, its value, and its limit."""
    cpu: dict[str, list[float]] = {"bare": [], "ours": [], "ledger": []}
    memory: dict[str, list[float]] = {"bare": [], "ours": [], "ledger": []}
    with _incident_manager() as endpoint:
        environment = {
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "AWS_ENDPOINT_URL_SSM_INCIDENTS": endpoint,
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
        }
        for number in range(rounds + 1):
            for variant in list(cpu):
                milliseconds, megabytes = run("benchmarks.cold_start", variant, environment=environment)
                if number:  # the first round fills the caches
                    cpu[variant].append(milliseconds)
                    memory[variant].append(megabytes)
        starter, client = _starter(), _client(endpoint)
        own = [_microseconds(lambda: starter.handle(EVENT, Context())) for _ in range(rounds)]
        call = [_microseconds(lambda: client.start_incident(responsePlanArn=PLAN)) for _ in range(rounds)]
    yield "cold start and first call, boto3 alone", f"{statistics.median(cpu['bare']):.0f} ms CPU", ""
    yield "cold start and first call, x boto3 alone", ratios(cpu["ours"], cpu["bare"]), "<= 0.92"
    yield "the same with a ledger, x without", ratios(cpu["ledger"], cpu["ours"]), "<= 1.35"
    yield "memory after the first call", f"{statistics.median(memory['ours']):.0f} MB", "<= 46 MB"
    yield "own work per event", f"{statistics.median(own):.0f} us CPU", ""
    yield "own work per event, x one call of boto3", ratios(own, call), "<= 0.05"
    yield "bundle without options and ledger, zipped", f"{_zipped():,} bytes", "<= 20,480"


def _starter() -> "Starter":
    """A starter whose client answers at once."""
    sys.path.insert(0, str(SOURCE))
    from botocore.session import get_session  # noqa: PLC0415 - late, only these rows need it
    from incident_starter.starter import Starter  # noqa: PLC0415

    session = get_session()
    environment = {"INCIDENT_STARTER": f'{{"startIncident": {{"responsePlanArn": "{PLAN}"}}}}'}
    answer = mock.Mock(meta=_client(None).meta)
    answer.start_incident = lambda **_: {"incidentRecordArn": "arn"}
    return Starter(environment, answer, session)


def _client(endpoint: str | None) -> Any:  # noqa: ANN401 - boto3 makes its methods at run time
    import boto3  # noqa: PLC0415 - late, only these rows need it

    return boto3.client(
        "ssm-incidents",
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="benchmark",
        aws_secret_access_key="benchmark",  # noqa: S106 - it signs nothing that leaves
    )


def _microseconds(do: Callable[[], object]) -> float:
    """What it takes of this thread's CPU; the endpoint has threads of its own."""
    with contextlib.redirect_stdout(io.StringIO()):
        do()
        began = time.thread_time()
        for _ in range(_EVENTS):
            do()
        return (time.thread_time() - began) / _EVENTS * 1_000_000


def _zipped() -> int:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(SOURCE.glob("incident_starter/*.py")):
            if path.name not in unused_files():
                archive.write(path, path.relative_to(SOURCE))
    return buffer.getbuffer().nbytes


@contextlib.contextmanager
def _incident_manager() -> Iterator[str]:
    """An endpoint that starts every incident at once."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(_ANSWER)))
            self.end_headers()
            self.wfile.write(_ANSWER)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
