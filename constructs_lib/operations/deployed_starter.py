"""A starter that is deployed: found by its function, and invoked so that its answer is known."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .errors import OperationError, sentence

_HANDLER = "incident_starter.handler.handler"
_VARIABLE = "INCIDENT_STARTER"
_CALL = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 3})
_MARGIN = 10  # seconds that an invocation takes beyond the function's own timeout, cold start included

Client = Any  # boto3 makes its clients at run time


@dataclass(frozen=True)
class Answer:
    """What an invocation came to.

    Attributes:
        outcome: what the function returned; empty when it failed.
        error: why it failed, as a sentence; empty when it did not.
        error_type: the function's exception, by name.
    """

    outcome: Mapping[str, Any]
    error: str = ""
    error_type: str = ""


@dataclass(frozen=True)
class DeployedStarter:
    """A function in an account, and the operator's credentials there.

    Attributes:
        name: what Lambda calls it, as the operator gave it.
        arn: its ARN, with its qualifier if one was given.
        timeout: of one invocation, in seconds.
        session: the operator's.
        has_drills: whether it can drill by itself, as far as the operator may see.
    """

    name: str
    arn: str
    timeout: int
    session: boto3.Session
    has_drills: bool = False

    @property
    def region(self) -> str:
        """Where it runs."""
        return self.arn.split(":")[3]

    @property
    def account(self) -> str:
        """Who owns it."""
        return self.arn.split(":")[4]

    @property
    def unqualified_arn(self) -> str:
        """The function's ARN, whatever version or alias was named."""
        return unqualified(self.arn)

    @property
    def qualifier(self) -> str:
        """The version or alias; each has a configuration of its own for what fails."""
        return self.arn.removeprefix(self.unqualified_arn).removeprefix(":") or "$LATEST"

    def client(self, service: str) -> Client:
        """Make a client in the function's Region.

        Args:
            service: as boto3 names it.
        """
        make: Any = self.session.client
        return make(service, region_name=self.region, config=_CALL)

    def invoke(self, payload: object) -> Answer:
        """Invoke the function and wait for its answer.

        Args:
            payload: what to send, JSON.

        Raises:
            ClientError: Lambda refused the invocation.
            BotoCoreError: Lambda could not be reached, or did not answer.
        """
        said = self._patient.invoke(FunctionName=self.name, Payload=json.dumps(payload).encode())
        try:
            result = json.loads(said["Payload"].read())
        except ValueError:
            result = None
        found: dict[str, Any] = result if isinstance(result, dict) else {}
        if said.get("FunctionError"):
            kind, message = str(found.get("errorType", "")), str(found.get("errorMessage", ""))
            told = f"{kind}: {message}" if kind else message or "the function failed without saying why"
            return Answer({}, " ".join(told.split()), kind)
        if not {"outcome", "outcomes"} & found.keys():
            return Answer({}, "the function answered something else than a starter does")
        return Answer(found)

    @cached_property
    def _patient(self) -> Client:
        """A client that waits as long as the function may run; a second try would only run it twice."""
        config = _CALL.merge(Config(read_timeout=self.timeout + _MARGIN, retries={"total_max_attempts": 1}))
        make: Any = self.session.client
        return make("lambda", region_name=self.region, config=config)


def unqualified(function_arn: str) -> str:
    """Return the ARN without a version or alias.

    Args:
        function_arn: of a function.
    """
    return ":".join(function_arn.split(":")[:7])


def find_starter(function: str, *, region: str | None, profile: str | None) -> DeployedStarter:
    """Find a deployed starter.

    Args:
        function: the name or ARN of its function, with or without a qualifier.
        region: where it is; by default what its ARN or the operator's configuration says.
        profile: of the operator's configuration; by default the usual chain of credentials.

    Raises:
        OperationError: there is no such function, it is no starter, or it cannot be looked at.
    """
    of_arn = function.split(":")[3] if function.startswith("arn:") and function.count(":") > 5 else None  # noqa: PLR2004
    if region and of_arn and region != of_arn:
        message = f"--region {region} is not the Region of {function}"
        raise OperationError(message)
    try:
        session = boto3.Session(profile_name=profile, region_name=region or of_arn)
        if session.region_name is None:
            message = "no Region: give --region, or the function's ARN"
            raise OperationError(message)
        make: Any = session.client
        found = make("lambda", config=_CALL).get_function_configuration(FunctionName=function)
    except (BotoCoreError, ClientError) as error:
        message = f"the function {function} cannot be looked at: {sentence(error)}"
        raise OperationError(message) from None
    if found.get("Handler") != _HANDLER:
        message = f"the function {function} is no starter: its handler is {found.get('Handler')}"
        raise OperationError(message)
    has_drills = "drills" in _configuration(found)
    return DeployedStarter(function, found["FunctionArn"], found["Timeout"], session, has_drills)


def _configuration(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what the construct told the function; nothing where it is encrypted with a key of others."""
    try:
        told = json.loads(found.get("Environment", {}).get("Variables", {}).get(_VARIABLE, "{}"))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
