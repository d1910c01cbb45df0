"""What the options of a starter may be."""

import re
from collections.abc import Sequence
from functools import cache

from aws_cdk import Annotations, Duration, Stack, Token
from constructs import Construct

_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 30, 900
_ACCOUNT = re.compile(r"\d{12}")


def checked_timeout(timeout: Duration | None) -> Duration:
    """The function's timeout, 60 seconds by default.

    Raises:
        ValueError: it is too short for a start that must be repeated, or longer than Lambda allows.
    """
    if timeout is None:
        return Duration.seconds(60)
    seconds = timeout.to_seconds()
    if not _SHORTEST_TIMEOUT <= seconds <= _LONGEST_TIMEOUT:
        message = (
            f"timeout: got {seconds:g} seconds, allowed are {_SHORTEST_TIMEOUT} to {_LONGEST_TIMEOUT}: "
            "a start that must be repeated or stripped takes several calls"
        )
        raise ValueError(message)
    return timeout


def checked_accounts(accounts: Sequence[str] | None) -> list[str]:
    """The trusted accounts, each once.

    Raises:
        ValueError: one is no account id.
    """
    for account in accounts or ():
        if not isinstance(account, str) or not (_ACCOUNT.fullmatch(account) or Token.is_unresolved(account)):
            message = f"trusted_accounts: got {account!r}, account ids of 12 digits are needed"
            raise ValueError(message)
    return list(dict.fromkeys(accounts or ()))


def warn_without_incident_manager(scope: Construct) -> None:
    """Warn where the stack's Region is known and the service does not exist in it."""
    region = Stack.of(scope).region
    if Token.is_unresolved(region) or region in _regions_with_incident_manager():
        return
    known = ", ".join(sorted(_regions_with_incident_manager()))
    Annotations.of(scope).add_warning_v2(
        "cdk-incident-starter:regionWithoutIncidentManager",
        f"Incident Manager does not exist in {region}, every start would fail; it exists in {known}",
    )


@cache
def _regions_with_incident_manager() -> frozenset[str]:
    """The Regions of the service, from botocore's own list of endpoints."""
    from botocore.loaders import Loader  # noqa: PLC0415 - late, only concrete Regions ask

    partitions = Loader().load_data("endpoints")["partitions"]
    return frozenset(
        region
        for partition in partitions
        for region in partition["services"].get("ssm-incidents", {}).get("endpoints", {})
        if not region.startswith("fips-")
    )
