"""References that stay references: marks in evaluated texts, and what becomes of them in a new template."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from .placeholders import Placeholder

if TYPE_CHECKING:
    from .templates import Template

_OPEN, _CLOSE = "\ue000", "\ue001"
"""Of the private use area: nothing that a template says."""
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


def has_mark(text: str) -> bool:
    """Tell whether a part of an evaluated text refers to a resource."""
    return _OPEN in text


class Reference(NamedTuple):
    """A resource that something refers to.

    Attributes:
        template: where it stands.
        logical_id: its name there.
        attribute: which of its attributes; empty for what ``Ref`` makes of it.
    """

    template: Template
    logical_id: str
    attribute: str


class References:
    """Puts a mark where an evaluated text refers to a resource that will be deployed as well."""

    def __init__(self, is_kept: Callable[[Template, str], bool]) -> None:
        """Take what is kept.

        Args:
            is_kept: tells whether a resource of a template is one that will be deployed.
        """
        self._is_kept = is_kept
        self._marks: dict[Reference, str] = {}
        self._references: list[Reference] = []

    def to(self, template: Template, logical_id: str, attribute: str) -> str:
        """Return the mark of a reference; an empty text where the resource is not kept."""
        if not self._is_kept(template, logical_id):
            return ""
        reference = Reference(template, logical_id, attribute)
        if reference not in self._marks:
            self._marks[reference] = f"{_OPEN}{len(self._references)}{_CLOSE}"
            self._references.append(reference)
        return self._marks[reference]

    def within(self, value: object) -> Iterator[Reference]:
        """Find every reference in an evaluated value."""
        if isinstance(value, str):
            for found in _MARK.finditer(value):
                yield self._references[int(found[1])]
        elif isinstance(value, Mapping):
            for name, each in value.items():
                yield from self.within(name)
                yield from self.within(each)
        elif isinstance(value, list):
            for each in value:
                yield from self.within(each)

    def rendered(self, value: object, render: Callable[[Reference], object]) -> object:
        """Write an evaluated value for a template again.

        Args:
            value: with marks.
            render: gives what stands for a reference: a function of CloudFormation, or a text.
        """
        if isinstance(value, str):
            return self._text(value, render) if _OPEN in value else str(value)
        if isinstance(value, Mapping):
            return {self._key(name, render): self.rendered(each, render) for name, each in value.items()}
        if isinstance(value, list):
            return [self.rendered(each, render) for each in value]
        return value

    def _key(self, name: str, render: Callable[[Reference], object]) -> str:
        """Write a member's name, which can be no function."""
        return _MARK.sub(lambda found: str(render(self._references[int(found[1])])), name)

    def _text(self, text: str, render: Callable[[Reference], object]) -> object:
        parts: list[object] = []
        for position, piece in enumerate(_MARK.split(text)):
            made = render(self._references[int(piece)]) if position % 2 else piece
            if isinstance(made, str) and parts and isinstance(parts[-1], str):
                parts[-1] += made
            elif made != "":
                parts.append(made)
        return parts[0] if len(parts) == 1 else {"Fn::Join": ["", parts]}


def unknowns(value: object, path: str = "") -> Iterator[tuple[str, Placeholder]]:
    """Find what stands in for something, and where.

    Args:
        value: an evaluated value.
        path: where that stands.
    """
    if isinstance(value, Placeholder):
        yield path, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from unknowns(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from unknowns(each, f"{path}[{number}]")
