"""Shares as CloudFormation makes them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from constructs_lib.local import hooks
from constructs_lib.local.resource_handlers import Created, Handler, Properties, written
from constructs_lib.local.shares import Share

if TYPE_CHECKING:
    from constructs_lib.local.shares import Shares


def share_resources(shares: Shares) -> Handler:
    """Return how a share is made, changed and deleted."""

    def put(name: str, properties: Properties) -> Created:
        responses = hooks.module("core.responses")
        place = f"{responses.get_region()}:{responses.get_account_id()}"
        arn = f"arn:aws:ram:{place}:resource-share/{uuid.uuid5(uuid.NAMESPACE_URL, name)}"
        resources, principals = (tuple(properties.get(key) or ()) for key in ("ResourceArns", "Principals"))
        shares.by_arn[arn] = Share(resources, principals)
        return arn, {"Arn": arn}

    return written(put, lambda arn: shares.by_arn.pop(arn, None))
