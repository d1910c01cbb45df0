"""An embedded local AWS that runs the whole path from alarm or event to incident.

Nothing here needs Docker, npm or an account, and nothing here imports a
construct. The emulator itself starts with :class:`LocalAws` and needs the
``local`` extra. Names are imported on first use: the pytest plugin loads with
every pytest run.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.local.errors import LocalAwsError
    from constructs_lib.local.incidents_api import Unknowns
    from constructs_lib.local.local_aws import LocalAws
    from constructs_lib.local.records import (
        DeniedCall,
        FailedDelivery,
        Incident,
        IncidentRecord,
        Invocation,
        OpsItem,
        PublishedMessage,
    )

__all__ = [
    "DeniedCall",
    "FailedDelivery",
    "Incident",
    "IncidentRecord",
    "Invocation",
    "LocalAws",
    "LocalAwsError",
    "OpsItem",
    "PublishedMessage",
    "Unknowns",
]

_HOMES = {"LocalAws": "local_aws", "LocalAwsError": "errors", "Unknowns": "incidents_api"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'records')}"), name)
