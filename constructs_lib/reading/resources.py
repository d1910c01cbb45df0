"""A resource of a template, evaluated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts

from .intrinsics import NO_VALUE
from .physical import arn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .templates import Template


@dataclass(frozen=True)
class Resource:
    """A resource of a template.

    Attributes:
        template: where it stands.
        logical_id: its name there.
        type: such as ``AWS::CloudWatch::Alarm``.
        path: its construct path, or stack and logical id where the template has no paths.
        metadata: as it stands in the template.
    """

    template: Template
    logical_id: str
    type: str
    path: str
    metadata: Mapping[str, Any]

    def get(self, name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Evaluate one of its properties; None where it is not there."""
        given = texts.mapping(self.template.definition(self.logical_id).get("Properties")).get(name)
        value = self.template.value(given)
        return None if value is NO_VALUE else value

    def entries(self, name: str) -> list[Any]:
        """Evaluate a property that is a list; an empty one where it is none."""
        found = self.get(name)
        return found if isinstance(found, list) else []

    def properties(self) -> Mapping[str, Any]:
        """Evaluate all of them."""
        return texts.mapping(self.template.value(self.template.definition(self.logical_id).get("Properties")))

    @property
    def name(self) -> str:
        """Its physical name, or a placeholder."""
        return self.template.name(self.logical_id)

    @property
    def arn(self) -> str:
        """Its ARN, or a placeholder."""
        return arn(self.type, self.name, self.template.place)


def construct_path(metadata: Mapping[str, Any]) -> str:
    """Give the path that users know a resource by; an empty text where its template has none.

    Args:
        metadata: the resource's, as it stands in the template.
    """
    return str(metadata.get("aws:cdk:path") or "").removesuffix("/Resource").removesuffix("/Default")
