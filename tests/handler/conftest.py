"""What the handler's tests share."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from incident_starter.calling import make_client
from incident_starter.starter import Starter

from tests.handler.model import SHAPE
from tests.handler.service import OWN_PLAN, Service, one_session

if TYPE_CHECKING:
    from collections.abc import Callable


DEFAULTS = {"responsePlanArn": OWN_PLAN, "impact": 3, "title": "{alarm_name} in {account}"}


@pytest.fixture(scope="session")
def shape() -> Any:
    """StartIncident's request, as botocore's model describes it."""
    return SHAPE


def here_only(real: Callable[..., Any], fake: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for a function of the clock, in this thread only: a local AWS of other tests has its own."""
    here = threading.get_ident()

    def called(*arguments: Any) -> Any:
        return (fake if threading.get_ident() == here else real)(*arguments)

    return called


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let nobody wait; what would have been waited for is listed."""
    seconds: list[float] = []
    monkeypatch.setattr("time.sleep", here_only(time.sleep, seconds.append))
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    return seconds


@pytest.fixture
def service() -> Service:
    """Answers of the service, `STARTED` unless a test says otherwise."""
    return Service()


@pytest.fixture
def starter_with(service: Service) -> Callable[..., Starter]:
    """Make a starter with a configuration, over the service's stand-in."""

    def make(start_incident: object = DEFAULTS, **more: object) -> Starter:
        configuration = {"startIncident": start_incident, **more}
        session = one_session()
        environ = {"INCIDENT_STARTER": json.dumps(configuration)}
        return Starter(environ, service.connect(make_client(session)), session)

    return make


@pytest.fixture
def starter(starter_with: Callable[..., Starter]) -> Starter:
    """A starter with the usual defaults."""
    return starter_with()


@pytest.fixture
def outcomes(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[dict[str, Any]]]:
    """Read the lines that were logged since the last time."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
