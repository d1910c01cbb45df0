"""The second function's entry point: `incident_starter.fallback.handler`."""

import os

from .calling import make_client, make_session
from .undelivered import Undelivered

_session = make_session()
handler = Undelivered(os.environ, make_client(_session), _session).handle
"""Tell the fallback of what the first function did not deliver."""
