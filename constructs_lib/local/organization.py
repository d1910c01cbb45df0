"""The organization that the accounts of the local AWS belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = "aws:principalorgid"


@dataclass
class Organization:
    """Who is a member; until somebody says, every account is one of whatever organization is asked for."""

    id: str | None = None
    accounts: frozenset[str] = field(default_factory=frozenset)

    def forget(self) -> None:
        """Let every account be a member again."""
        self.id, self.accounts = None, frozenset()

    def of(self, account_id: str, policy: Mapping[str, Any]) -> str | None:
        """Return the organization of an account, as a policy's condition compares it."""
        if self.id is None:
            return next(_asked_for(policy), None)
        return self.id if account_id in self.accounts else None

    def has(self, organization_id: str, account_id: str) -> bool:
        """Whether an account is a member of an organization."""
        return self.id is None or (self.id == organization_id and account_id in self.accounts)


def _asked_for(policy: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a generator of whatever the policy says
    for statement in policy.get("Statement") or ():
        for compared in (statement.get("Condition") or {}).values():
            for key, values in compared.items():
                if key.lower() == _KEY:
                    yield from values if isinstance(values, list) else [values]
