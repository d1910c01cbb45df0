"""What the options of a starter may be."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from aws_cdk import Annotations

from ._checks import check_count, check_duration, check_list, check_text, has_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import Duration, aws_sqs as sqs
    from constructs import Construct

_SHORTEST_TIMEOUT, _LONGEST_TIMEOUT = 30, 900
_SHORTEST_AGE, _LONGEST_AGE = 60, 21_600
_MOST_RETRIES = 2
_LEAST_MEMORY, _MOST_MEMORY = 128, 10_240
_MOST_CONCURRENT = 10_000
_ACCOUNT = re.compile(r"[0-9]{12}")
_CONTACT = re.compile(r"arn:aws[a-z-]*:ssm-contacts:\S+")
_WILDCARD = re.compile(r"[*?]")


def check_delivery(
    timeout: Duration | None,
    retry_attempts: int,
    max_event_age: Duration | None,
    dead_letter_queue: sqs.IQueue | None,
) -> None:
    """How often and for how long Lambda tries, and what happens then.

    Raises:
        ValueError: the timeout is too short for a start that must be repeated or stripped, which takes
            several calls, or a value is not what Lambda allows.
    """
    check_count("retry_attempts", retry_attempts, 0, _MOST_RETRIES)
    if timeout is not None:
        check_duration("timeout", timeout, _SHORTEST_TIMEOUT, _LONGEST_TIMEOUT)
    if max_event_age is not None:
        check_duration("max_event_age", max_event_age, _SHORTEST_AGE, _LONGEST_AGE)
    if dead_letter_queue is not None and dead_letter_queue.fifo:
        message = "dead_letter_queue: got a FIFO queue, Lambda sends failed events to standard queues only"
        raise ValueError(message)


def check_size(memory_size: int, reserved_concurrent_executions: int | None) -> None:
    """How much of Lambda the function has.

    Raises:
        ValueError: Lambda does not allow it, or no page could ever start.
    """
    check_count("memory_size", memory_size, _LEAST_MEMORY, _MOST_MEMORY)
    if reserved_concurrent_executions is not None:
        check_count("reserved_concurrent_executions", reserved_concurrent_executions, 1, _MOST_CONCURRENT)


def check_source(what: str, account: str, region: str, *, accounts: Sequence[str], own_region: str) -> None:
    """Refuse an alarm or a topic that could be wired and would never page.

    Tokens may turn out to be anything and pass.

    Raises:
        ValueError: its account may not invoke the function, or its Region is another.
    """
    if not any(map(has_token, (account, *accounts))) and account not in accounts:
        message = (
            f"{what} is of account {account}, allowed are {', '.join(accounts)}: add it to trusted_accounts, "
            "or it would never page"
        )
        raise ValueError(message)
    if not has_token(f"{region}{own_region}") and region != own_region:
        message = (
            f"{what} is of Region {region}, the function of {own_region}: a starter serves its own Region, "
            "make one there"
        )
        raise ValueError(message)


def check_name_prefix(prefix: str | None) -> None:
    """What the names of alarms begin with.

    Raises:
        ValueError: it is no text, or holds a wildcard.
    """
    if prefix is not None and (bad := _WILDCARD.search(check_text("alarm_name_prefix", prefix))):
        message = (
            f"alarm_name_prefix: got {prefix!r} with {bad.group()!r}, the beginning of the names is needed, "
            "without wildcards"
        )
        raise ValueError(message)


def check_contacts(contacts: Sequence[str] | None) -> None:
    """Whom Incident Manager may engage.

    Raises:
        ValueError: it is no list, an empty one, or one holds what is no ARN of a contact.
    """
    if contacts is None:
        return
    if not check_list("engagement_contacts", contacts):
        message = (
            "engagement_contacts: got no contact, so that incidents would page nobody: name some, or leave "
            "it out to allow those that the plans name"
        )
        raise ValueError(message)
    for contact in contacts:
        check_text("engagement_contacts", contact)
        if not has_token(contact) and not _CONTACT.fullmatch(contact):
            message = (
                f"engagement_contacts: got {contact!r}, full ARNs are needed, such as "
                "'arn:aws:ssm-contacts:eu-west-1:111122223333:contact/NAME'"
            )
            raise ValueError(message)


def allowed_accounts(own: str, trusted: Sequence[str] | None) -> dict[str, str]:
    """The accounts whose alarms and rules may invoke the function, each once.

    Returns:
        Account by what tells its permissions from the others'; an account id that is a token cannot
        stand in a construct's id, so its position does.

    Raises:
        ValueError: one is no account id.
    """
    accounts = {"": own}
    for position, account in enumerate(check_list("trusted_accounts", trusted or ())):
        if not isinstance(account, str) or not (_ACCOUNT.fullmatch(account) or has_token(account)):
            message = f"trusted_accounts: got {account!r}, account ids of 12 digits are needed"
            raise ValueError(message)
        if account not in accounts.values():
            accounts[f"Token{position}" if has_token(account) else account] = account
    return accounts


def warn_without_incident_manager(scope: Construct, region: str) -> None:
    """Warn where the stack's Region is known and the service does not exist in it."""
    if has_token(region) or region in regions_with_incident_manager():
        return
    known = ", ".join(sorted(regions_with_incident_manager()))
    Annotations.of(scope).add_warning_v2(
        "cdk-incident-starter:regionWithoutIncidentManager",
        f"Incident Manager does not exist in {region}, every start there would fail; it exists in {known}",
    )


@cache
def regions_with_incident_manager() -> frozenset[str]:
    """The Regions of the service, from botocore's own list of endpoints."""
    from botocore.loaders import Loader  # noqa: PLC0415 - late, only where a Region is named

    partitions = Loader().load_data("endpoints")["partitions"]
    return frozenset(
        region
        for partition in partitions
        for region in partition["services"].get("ssm-incidents", {}).get("endpoints", {})
        if not region.startswith("fips-")
    )
