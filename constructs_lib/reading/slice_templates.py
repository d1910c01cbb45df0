"""A pager slice as templates: one per stack, its nested stacks within it, in the order of deployment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .pager_slice import PagerSlice
    from .physical import Place
    from .references import Reference
    from .resources import Resource
    from .templates import Template


@dataclass
class SliceStack:
    """A stack of a slice.

    Attributes:
        name: the stack's own name.
        place: where it goes.
        resources: the resources of the app by their logical ids in this stack.
        body: its template.
    """

    name: str
    place: Place
    resources: dict[str, Resource] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


def slice_templates(pager_slice: PagerSlice) -> list[SliceStack]:
    """Write the templates of a slice; a stack comes after those whose outputs it imports.

    Args:
        pager_slice: what pages.
    """
    return _Writing(pager_slice).done()


class _Writing:
    def __init__(self, pager_slice: PagerSlice) -> None:
        self._slice = pager_slice
        self._stacks: dict[Template, SliceStack] = {}
        self._needed: dict[Template, dict[Template, None]] = {}
        for resource, properties in pager_slice.kept:
            root = _root(resource.template)
            stack = self._stacks.setdefault(root, SliceStack(str(root.stack), root.place))
            stack.resources[_id(resource.template, resource.logical_id)] = resource
            needed = self._needed.setdefault(root, {})
            for reference in pager_slice.references.within(properties):
                needed[_root(reference.template)] = None
        self._order = self._sorted()

    def done(self) -> list[SliceStack]:
        for stack in self._stacks.values():
            stack.body = {"Resources": {}, "Outputs": {}}
        for resource, properties in self._slice.kept:
            self._write(resource, properties)
        return [self._stacks[root] for root in self._order]

    def _sorted(self) -> list[Template]:
        """Put the stacks into an order; of a circle the first one goes without what comes later."""
        order: dict[Template, None] = {}
        under_way: set[Template] = set()

        def visit(root: Template) -> None:
            if root in order or root in under_way:
                return
            under_way.add(root)
            for needed in self._needed[root]:
                visit(needed)
            order[root] = None

        for root in self._stacks:
            visit(root)
        return [*order]

    def _write(self, resource: Resource, properties: Mapping[str, Any]) -> None:
        root = _root(resource.template)
        rendered = self._slice.references.rendered(properties, lambda found: self._rendered(root, found))
        definition: dict[str, Any] = {"Type": resource.type, "Properties": rendered}
        waits_for = [*self._depended_on(resource)]
        if waits_for:
            definition["DependsOn"] = waits_for
        self._stacks[root].body["Resources"][_id(resource.template, resource.logical_id)] = definition

    def _depended_on(self, resource: Resource) -> Iterator[str]:
        template = resource.template
        named = template.definition(resource.logical_id).get("DependsOn")
        for logical_id in [named] if isinstance(named, str) else texts.entries(named):
            if (name := _id(template, str(logical_id))) in self._stacks[_root(template)].resources:
                yield name

    def _rendered(self, root: Template, reference: Reference) -> object:
        template, logical_id, attribute = reference
        name, other = _id(template, logical_id), _root(template)
        function = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
        if other is root:
            return function
        is_there_before = self._order.index(other) < self._order.index(root)
        if other.place != root.place or not is_there_before:
            return self._slice.plausible(reference)
        export = f"{other.stack}:{name}:{attribute or 'Ref'}"
        output = f"{name}{attribute or 'Ref'}".replace(".", "")
        self._stacks[other].body["Outputs"][output] = {"Value": function, "Export": {"Name": export}}
        return {"Fn::ImportValue": export}


def _root(template: Template) -> Template:
    while template.parent is not None:
        template = template.parent
    return template


def _id(template: Template, logical_id: str) -> str:
    """Give a resource's logical id in the template of the outermost stack."""
    while template.parent is not None:
        logical_id, template = f"{template.id_in_parent}{logical_id}", template.parent
    return logical_id
