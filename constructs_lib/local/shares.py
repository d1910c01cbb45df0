"""Shares of Resource Access Manager: whose resources other accounts may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.local.organization import Organization


@dataclass(frozen=True)
class Share:
    """What is shared, and with whom: accounts, organizations, units, roles and users."""

    resources: Sequence[str]
    principals: Sequence[str]


@dataclass
class Shares:
    """Every share by its ARN; a unit of an organization counts as all of it."""

    organization: Organization
    by_arn: dict[str, Share] = field(default_factory=dict)

    def reach(self, resource_arn: str, account_id: str, role_arn: str = "") -> bool:
        """Whether a resource is shared with an account, or with one of its roles."""
        return any(
            self._means(principal, account_id, role_arn)
            for share in self.by_arn.values()
            if resource_arn in share.resources
            for principal in share.principals
        )

    def _means(self, principal: str, account_id: str, role_arn: str) -> bool:
        if ":organizations:" in principal:
            _, _, _, _, _, resource = principal.split(":", 5)
            return self.organization.has(resource.split("/")[1], account_id)
        return principal == account_id or (principal == role_arn and bool(role_arn))
