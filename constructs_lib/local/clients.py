"""boto3 clients that cannot leave this machine."""

# ruff: noqa: ANN401, S106 - clients are made at run time, and their secret is none

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

_READ_SECONDS = 120


@dataclass
class Clients:
    """Makes clients once; an account's id is its access key."""

    _made: dict[tuple[str, str, str], Any] = field(default_factory=dict)

    def get(self, service: str, *, endpoint_url: str, account_id: str, region: str) -> Any:
        """Return a client of an account and Region that retries nothing and asks no proxy."""
        key = (service, account_id, region)
        if key not in self._made:
            session = boto3.session.Session(
                aws_access_key_id=account_id,
                aws_secret_access_key="local",
                region_name=region,
            )
            config = Config(proxies={}, retries={"total_max_attempts": 1}, read_timeout=_READ_SECONDS)
            make: Any = session.client
            self._made[key] = make(service, endpoint_url=endpoint_url, config=config)
        return self._made[key]

    def close(self) -> None:
        """Close the connections of all clients."""
        for client in self._made.values():
            client.close()
        self._made.clear()
