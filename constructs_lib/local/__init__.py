"""An embedded local AWS that runs the whole path from alarm or event to incident.

Nothing here needs Docker, npm or an account, and nothing here imports a
construct. The emulator itself starts with :class:`LocalAws` and needs the
``local`` extra.
"""

from __future__ import annotations

from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.local_aws import LocalAws
from constructs_lib.local.records import DeniedCall, FailedDelivery, Incident, Invocation

__all__ = ["DeniedCall", "FailedDelivery", "Incident", "Invocation", "LocalAws", "LocalAwsError"]
