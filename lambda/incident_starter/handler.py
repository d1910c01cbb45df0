"""The function's entry point: `incident_starter.handler.handler`."""

import os
from typing import Any

from botocore.session import get_session

from .calling import make_client
from .starter import Context, Starter

# Made at import, where a function gets a whole CPU: a lazy client would be paid for while
# something burns.
_session = get_session()
_starter = Starter(os.environ, make_client(_session), _session)


def handler(event: object, context: Context) -> dict[str, Any]:
    """Start an incident for an event; see `Starter.handle`."""
    return _starter.handle(event, context)
