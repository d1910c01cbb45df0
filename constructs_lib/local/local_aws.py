"""The embedded local AWS: one object to start, deploy to, provoke and look at."""

# ruff: noqa: ANN401 - the emulator's clients are untyped

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import Self

from constructs_lib.local.alarms import move_alarm
from constructs_lib.local.assembly import deploy_assembly
from constructs_lib.local.cdk_cli import CdkCli
from constructs_lib.local.clients import Clients
from constructs_lib.local.emulator import Emulator
from constructs_lib.local.environment import child_environment
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.event_records import put_event
from constructs_lib.local.faults import Fault
from constructs_lib.local.incidents_api import ResponsePlan, Unknowns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.local import records

DEFAULT_ACCOUNT = "123456789012"


class LocalAws:
    """A local AWS in this process, reachable on loopback only.

    Use it as a context manager. Everything it remembers is about what was deployed to it; whatever ends
    the block, no process, directory or environment variable stays behind.

    Args:
        region: The Region of environment-agnostic stacks and of clients.
        account_id: The account of environment-agnostic stacks and of clients.
        retry_delay: Seconds before Lambda's first asynchronous retry, and again as many before the
            second; on AWS it is one minute.
    """

    def __init__(
        self, region: str = "us-east-1", *, account_id: str = DEFAULT_ACCOUNT, retry_delay: float = 0.1
    ) -> None:
        """Prepare; nothing starts before the block is entered."""
        self.region = region
        self.account_id = account_id
        self._emulator = Emulator(region, account_id, retry_delay)
        self._running = ExitStack()
        self._clients = Clients()

    def __enter__(self) -> Self:
        """Start."""
        self._running.enter_context(self._emulator.running())
        return self

    def __exit__(self, *raised: object) -> None:
        """Stop."""
        self._clients.close()
        self._running.close()

    # -- where it is -------------------------------------------------------

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        return self._emulator.endpoint_url

    def environ(self) -> dict[str, str]:
        """Return the environment for child processes: nothing of the caller's AWS set-up, all of ours."""
        return child_environment(
            endpoint_url=self.endpoint_url,
            region=self.region,
            account_id=self.account_id,
            home=self._emulator.home,
        )

    def client(self, service: str, *, account_id: str | None = None, region: str | None = None) -> Any:
        """Return a boto3 client bound to the local endpoint."""
        return self._clients.get(
            service,
            endpoint_url=self.endpoint_url,
            account_id=account_id or self.account_id,
            region=region or self.region,
        )

    # -- deploying ---------------------------------------------------------

    def deploy(self, assembly: str | Path, stacks: Sequence[str] | None = None) -> None:
        """Deploy a synthesized cloud assembly (``cdk.out``) with boto3 alone.

        Args:
            assembly: The directory that ``app.synth()`` or ``cdk synth`` wrote.
            stacks: Names or ids of the stacks to deploy; those they depend on are deployed as well.
                Default: all.

        Raises:
            LocalAwsError: A stack holds what cannot be deployed, or failed.
        """
        deploy_assembly(self, Path(assembly), stacks)

    def cdk(
        self,
        *arguments: str,
        app: str | None = None,
        cwd: str | Path | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        """Run the real CDK CLI against the local AWS.

        Args:
            arguments: The command and its options, as in ``"deploy", "--all"``.
            app: The app's command, if cdk.json does not name it.
            cwd: Where the app lives; default: the current directory.
            on_line: Called with every line of output while it runs.

        Raises:
            LocalAwsError: The CLI failed, or a part it needs is missing.
        """
        unsupported = self._emulator.cloudformation.unsupported
        unsupported.clear()
        CdkCli(self.environ(), lambda: unsupported).run(
            arguments, app=app, cwd=Path(cwd) if cwd else Path.cwd(), on_line=on_line or (lambda _line: None)
        )

    def add_response_plan(
        self, arn_or_name: str, *, incident_tags: bool = False, engagements: Sequence[str] = ()
    ) -> str:
        """Make a response plan known that no deployed template creates, and return its ARN.

        Args:
            arn_or_name: A plan's ARN (of another account: it counts as shared with every account here),
                or the name of a plan of this account.
            incident_tags: Whether the plan tags its incidents, which takes another permission of whoever
                starts one.
            engagements: ARNs of the contacts the plan engages.
        """
        named = f"arn:aws:ssm-incidents::{self.account_id}:response-plan/{arn_or_name}"
        arn = arn_or_name if arn_or_name.startswith("arn:") else named
        self._emulator.incidents.plans[arn] = ResponsePlan(
            arn, has_incident_tags=incident_tags, shared=True, engagements=tuple(engagements)
        )
        return arn

    def set_organization(self, organization_id: str, accounts: Sequence[str]) -> None:
        """Say which accounts are members of the one organization; all others are strangers to it.

        Until then every account is a member of whatever organization a bus's policy or a share names.

        Args:
            organization_id: Its id, as in ``"o-a1b2c3d4e5"``.
            accounts: The account ids of its members.
        """
        organization = self._emulator.organization
        organization.id, organization.accounts = organization_id, frozenset(accounts)

    # -- provoking ---------------------------------------------------------

    def set_alarm_state(
        self,
        name: str,
        state: str,
        reason: str = "Set in the local AWS",
        reason_data: Mapping[str, Any] | str | None = None,
    ) -> None:
        """Move an alarm, by name or ARN, into ALARM, OK or INSUFFICIENT_DATA.

        As on AWS nothing is sent when the alarm is in that state already.

        Raises:
            LocalAwsError: There is no such alarm or state.
        """
        move_alarm(self.client, name, state, reason, reason_data)

    def mute_alarm(self, name: str) -> None:
        """Let a mute rule hold an alarm's actions back; its events come, and say so."""
        self._emulator.mute_rules.muted.add(name)

    def unmute_alarm(self, name: str) -> None:
        """End what `mute_alarm` began. On AWS the alarm then acts anew by itself; here it does not."""
        self._emulator.mute_rules.muted.discard(name)

    def put_event(self, event: Mapping[str, Any]) -> str:
        """Put an event on a bus: an entry of PutEvents, or a whole event as rules see it; returns its id.

        Unlike PutEvents it accepts sources that begin with ``aws.``.
        """
        return put_event(event, region=self.region, account_id=self.account_id)

    def invoke(self, function_name: str, payload: object) -> Any:
        """Invoke a function, wait for it and return its decoded result.

        Raises:
            LocalAwsError: The function failed; the message has its error.
        """
        answer = self.client("lambda").invoke(
            FunctionName=function_name, Payload=json.dumps(payload).encode()
        )
        result = json.loads(answer["Payload"].read() or b"null")
        if answer.get("FunctionError"):
            message = f"{function_name} failed: {result.get('errorMessage', result)}"
            raise LocalAwsError(message)
        return result

    def wait_idle(self, timeout: float = 30) -> None:
        """Return when every asynchronous delivery has ended, its retries included.

        A queue that a function is fed from counts: it is empty then, or holds only what keeps failing and
        no redrive policy takes away.

        Raises:
            LocalAwsError: Something is still under way after the timeout.
        """
        self._emulator.event_sources.wait_idle(timeout)

    def fail_next(
        self,
        name: str,
        times: int = 1,
        retry_after: float | None = None,
        *,
        operation: str = "StartIncident",
        region: str | None = None,
    ) -> None:
        """Make the next calls of Incident Manager, OpsCenter or SNS fail.

        Args:
            name: An error of the service, as in ``"ThrottlingException"``, or ``"reset"`` (the connection
                breaks), ``"hang"`` (no answer comes), ``"lost-reply"`` (the call does its work, then the
                connection breaks).
            times: How many calls.
            retry_after: ``retryAfter`` of a ConflictException, in epoch seconds.
            operation: As in ``"CreateTimelineEvent"``, ``"CreateOpsItem"`` or ``"Publish"``.
            region: Only calls to this Region's endpoint. Default: any.
        """
        self._emulator.fail_next(Fault(name, operation, region, retry_after), times)

    def stop_failing(self) -> None:
        """Let every call succeed again, however many failures are left of `fail_next`."""
        self._emulator.stop_failing()

    def set_unknowns(self, unknowns: Unknowns) -> None:
        """Choose what the local Incident Manager does where AWS's behaviour is not documented."""
        self._emulator.incidents.unknowns = unknowns

    # -- looking -----------------------------------------------------------

    @property
    def incidents(self) -> list[records.Incident]:
        """Every StartIncident call that succeeded, oldest first."""
        return list(self._emulator.incidents.incidents)

    @property
    def incident_records(self) -> dict[str, records.IncidentRecord]:
        """Every incident by its ARN, as it stands now: status, impact, related items, timeline."""
        return dict(self._emulator.incidents.records)

    @property
    def ops_items(self) -> list[records.OpsItem]:
        """Every OpsItem that was created, oldest first."""
        return list(self._emulator.ops_items.items)

    @property
    def messages(self) -> list[records.PublishedMessage]:
        """Every message that a topic was told, oldest first."""
        return list(self._emulator.topics.messages)

    @property
    def failed_deliveries(self) -> list[records.FailedDelivery]:
        """What was refused or lost on its way to a function, or failed in it for good."""
        return list(self._emulator.deliveries.failed)

    @property
    def invocations(self) -> list[records.Invocation]:
        """Every asynchronous invocation that has ended, with its attempts and its log."""
        return list(self._emulator.deliveries.invocations)

    @property
    def denied_calls(self) -> list[records.DeniedCall]:
        """Every call of a function that IAM refused, whatever the function made of it."""
        return list(self._emulator.callers.denied)

    def reset(self) -> None:
        """Forget everything: stacks, plans, incidents, faults. The process stays."""
        self._emulator.reset()
