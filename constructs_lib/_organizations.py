"""Accounts and organizations: how those who are trusted or shared with are named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ._checks import check_list, check_text, has_token

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACCOUNT = re.compile(r"[0-9]{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_ARN_OF_MANY = re.compile(
    r"arn:aws[a-z-]*:organizations::[0-9]{12}:(organization/o-[a-z0-9]{10,32}"
    r"|ou/o-[a-z0-9]{10,32}/ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})"
)
_ARN_OF_ONE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/\S+")


def check_organization(organization_id: str | None) -> None:
    """The id of an organization.

    Raises:
        ValueError: it is none.
    """
    if organization_id is None:
        return
    check_text("organization_id", organization_id)
    if not has_token(organization_id) and not _ORGANIZATION.fullmatch(organization_id):
        message = (
            f"organization_id: got {organization_id!r}, an organization's id is needed, such as "
            "'o-a1b2c3d4e5': aws organizations describe-organization says it"
        )
        raise ValueError(message)


def check_accounts(name: str, accounts: Sequence[str] | None) -> list[str]:
    """Account ids, each once.

    Raises:
        ValueError: it is no list, or one is no account id.
    """
    found: list[str] = []
    for account in check_list(name, accounts or ()):
        if not isinstance(account, str) or not (has_token(account) or _ACCOUNT.fullmatch(account)):
            message = f"{name}: got {account!r}, account ids of 12 digits are needed"
            raise ValueError(message)
        if account not in found:
            found.append(account)
    return found


def check_principals(principals: Sequence[str]) -> list[str]:
    """Whom Resource Access Manager shares with: accounts, organizations, units of them, roles or users.

    Raises:
        ValueError: it is no list, an empty one, or one is none of these.
    """
    found: list[str] = []
    for principal in check_list("principals", principals):
        text = check_text("principals", principal)
        known = (_ACCOUNT, _ARN_OF_MANY, _ARN_OF_ONE)
        if not has_token(text) and not any(pattern.fullmatch(text) for pattern in known):
            hint = ", an organization by its ARN" if _ORGANIZATION.fullmatch(text) else ""
            message = (
                f"principals: got {text!r}, allowed are account ids of 12 digits and the ARNs of an "
                "organization ('arn:aws:organizations::MANAGEMENT_ACCOUNT:organization/o-...'), of one of "
                f"its units (':ou/o-.../ou-...'), of an IAM role or of a user: name it in full{hint}"
            )
            raise ValueError(message)
        if text not in found:
            found.append(text)
    if not found:
        message = (
            "principals: got none, so that the plan would be shared with nobody: name accounts or the "
            "organization's ARN"
        )
        raise ValueError(message)
    return found
