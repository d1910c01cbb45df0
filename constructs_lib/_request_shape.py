"""The inputs of Incident Manager's calls, read from botocore's model without the rest of botocore.

`limits` reads a shape by these few attributes. botocore's own loader and classes have them too, but
cost a tenth of a second of imports, which every `cdk synth` would pay.
"""

import gzip
import json
from collections.abc import Mapping
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_MODEL = "data/ssm-incidents/*/service-2.json*"


class Shape:
    """One shape of the model, with the attributes that botocore's own shapes have."""

    def __init__(self, shapes: Mapping[str, Any], name: str) -> None:
        self._shapes = shapes
        self.name = name
        self.metadata: Mapping[str, Any] = shapes[name]
        self.type_name: str = self.metadata["type"]
        self.required_members: list[str] = self.metadata.get("required", [])
        self.is_tagged_union: bool = self.metadata.get("union", False)

    @cached_property
    def members(self) -> dict[str, "Shape"]:
        """The members of a structure."""
        members = self.metadata.get("members", {})
        return {name: Shape(self._shapes, member["shape"]) for name, member in members.items()}

    @cached_property
    def key(self) -> "Shape":
        """What a map's keys are."""
        return Shape(self._shapes, self.metadata["key"]["shape"])

    @cached_property
    def value(self) -> "Shape":
        """What a map's values are."""
        return Shape(self._shapes, self.metadata["value"]["shape"])

    @cached_property
    def member(self) -> "Shape":
        """What a list is a list of."""
        return Shape(self._shapes, self.metadata["member"]["shape"])


def request_shape() -> Shape:
    """The shape of StartIncident's input."""
    return input_shape("StartIncident")


@cache
def input_shape(operation: str) -> Shape:
    """The shape of an operation's input."""
    model = _model()
    return Shape(model["shapes"], model["operations"][operation]["input"]["shape"])


@cache
def _model() -> Any:  # noqa: ANN401 - JSON
    """Incident Manager's model, as botocore ships it."""
    package = find_spec("botocore")
    places = package.submodule_search_locations if package is not None else None
    found = [
        path for place in places or () for path in Path(place).glob("data/ssm-incidents/*/service-2.json*")
    ]
    if not found:
        message = "botocore brings no model of ssm-incidents: install boto3 anew"
        raise RuntimeError(message)
    newest = max(found)
    content = gzip.decompress(newest.read_bytes()) if newest.suffix == ".gz" else newest.read_bytes()
    return json.loads(content)
