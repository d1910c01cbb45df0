"""What an alarm or rule watches, by which the pager diff knows it again when it is renamed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from .pager import STATES
from .placeholders import Placeholder

if TYPE_CHECKING:
    from .resources import Resource

_CALLED_AND_WIRED = {
    "ActionConfiguration",
    "ActionsEnabled",
    "AlarmDescription",
    "AlarmName",
    "Description",
    "Name",
    "State",
    "Tags",
    "Targets",
    *STATES.values(),
}


def digest(resource: Resource) -> str:
    """Give a digest of what an alarm or rule watches, the same under another name and wired otherwise.

    Args:
        resource: the alarm or rule.
    """
    properties = {
        name: value for name, value in resource.properties().items() if name not in _CALLED_AND_WIRED
    }
    return sha256(json.dumps(_lasting(properties), sort_keys=True, default=str).encode()).hexdigest()[:16]


def _lasting(value: object) -> object:
    """Leave out what changes with every name: what only a deployment knows."""
    if isinstance(value, Placeholder):
        return "?"
    if isinstance(value, Mapping):
        return {name: _lasting(each) for name, each in value.items()}
    return [_lasting(each) for each in value] if isinstance(value, list) else value
