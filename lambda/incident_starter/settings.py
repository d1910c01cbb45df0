"""The starter's own configuration: one environment variable, read once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from .errors import ConfigurationError
from .layers import Layer, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import StructureShape

VARIABLE = "INCIDENT_STARTER"


class Settings(NamedTuple):
    """What the construct wrote."""

    own: Layer
    topics: Mapping[str, Layer]


def read(environ: Mapping[str, str], shape: StructureShape) -> Settings:
    """Read the variable; a bad decoration is dropped, a bad plan is an error.

    Raises:
        ConfigurationError: There is no plan to start.
    """
    content = environ.get(VARIABLE)
    if not content:
        message = f"the environment variable {VARIABLE} is missing: deploy the function by its construct"
        raise ConfigurationError(message)
    try:
        configuration = json.loads(content)
    except (RecursionError, ValueError):
        message = f"the environment variable {VARIABLE} holds no JSON"
        raise ConfigurationError(message) from None
    if not isinstance(configuration, dict):
        message = f"the environment variable {VARIABLE} holds no JSON object"
        raise ConfigurationError(message)
    own = clean(configuration.get("startIncident"), "starter", shape)
    if "responsePlanArn" not in own.partial:
        why = "; ".join(own.dropped) or "startIncident.responsePlanArn is missing"
        message = f"the environment variable {VARIABLE} names no response plan: {why}"
        raise ConfigurationError(message)
    topics = configuration.get("topics")
    return Settings(
        own,
        {arn: clean(partial, f"topic {arn}", shape) for arn, partial in topics.items()}
        if isinstance(topics, dict)
        else {},
    )
