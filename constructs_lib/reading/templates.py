"""A template that is evaluated, and the app whose other templates it refers to."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from constructs_lib._bundle import texts

from .intrinsics import Intrinsics
from .parameters import default_of, pseudo_parameter
from .physical import arn, name_of, naming_property, reference
from .placeholders import Placeholder
from .resources import Resource, construct_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .physical import Place
    from .references import References


class Asset(NamedTuple):
    """A file, or a directory that is zipped."""

    source: Path
    is_zipped: bool


@dataclass
class App:
    """All templates of an app.

    Attributes:
        templates: in the order of the assembly, nested ones after those around them.
        problems: sentences on what could not be read.
        assets: the files of the assembly, by the key that they are uploaded to.
        references: where given, tells which references stay references.
    """

    templates: list[Template] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    assets: dict[str, Asset] = field(default_factory=dict)
    references: References | None = None
    _exports: dict[str, tuple[Template, object]] | None = None

    def resources(self) -> Iterator[Resource]:
        """Every resource of every template that may be deployed, those of a nested stack after it."""
        for template in self.templates:
            if template.parent is None:
                yield from template.resources_within()

    @contextmanager
    def without_references(self) -> Iterator[None]:
        """Evaluate references to the end while the block runs."""
        before, self.references = self.references, None
        try:
            yield
        finally:
            self.references = before

    def export(self, name: str) -> object:
        """Evaluate an export of any of the stacks."""
        if self._exports is None:
            self._exports = {}
            for template in self.templates:
                for output in template.outputs.values():
                    exported = template.value(texts.mapping(texts.mapping(output).get("Export")).get("Name"))
                    self._exports.setdefault(str(exported), (template, texts.mapping(output).get("Value")))
        if name in self._exports:
            template, node = self._exports[name]
            return template.once(("export", name), node)
        return Placeholder(f"import-of-{name}", f"export {name} of a stack that is not part of this app")

    def output(self, stack: str, name: str) -> object:
        """Evaluate an output of a stack."""
        for template in self.templates:
            if template.stack == stack and template.parent is None and name in template.outputs:
                return template.once(("output", name), texts.mapping(template.outputs[name]).get("Value"))
        return Placeholder(f"output-{name}", f"output {name} of stack {stack}, which is not part of this app")


class Template:
    """A stack's template, or that of a nested stack."""

    def __init__(
        self, app: App, body: Mapping[str, Any], stack: str, place: Place, given: Mapping[str, object]
    ) -> None:
        """Take a template.

        Args:
            app: what it belongs to.
            body: its content.
            stack: the name of its stack.
            place: where that goes.
            given: the values of its parameters that are known.
        """
        self._app, self._body, self._given = app, body, given
        self.stack, self.place = stack, place
        self.names: tuple[str, ...] = (stack,)
        """What users call its stack."""
        self.file: Path | None = None
        self.parent: Template | None = None
        self.id_in_parent = ""
        self.nested: dict[str, Template] = {}
        self._under_way: set[tuple[str, ...]] = set()
        self._conditions: dict[str, bool | None] = {}
        self._intrinsics = Intrinsics(self)

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Its outputs as they stand in it."""
        return texts.mapping(self._body.get("Outputs"))

    def definition(self, logical_id: str) -> Mapping[str, Any]:
        """Return a resource as it stands in the template; nothing where there is none."""
        return texts.mapping(texts.mapping(self._body.get("Resources")).get(logical_id))

    def resources(self) -> Iterator[Resource]:
        """Every resource whose condition does not say that it is left out."""
        for logical_id in texts.mapping(self._body.get("Resources")):
            definition = self.definition(logical_id)
            condition = definition.get("Condition")
            if condition is not None and self.condition(str(condition)) is False:
                continue
            metadata = texts.mapping(definition.get("Metadata"))
            path = construct_path(metadata) or f"{self.stack}/{logical_id}"
            yield Resource(self, logical_id, str(definition.get("Type")), path, metadata)

    def resources_within(self) -> Iterator[Resource]:
        """Every such resource, and those of its nested stacks."""
        for resource in self.resources():
            yield resource
            if resource.logical_id in self.nested:
                yield from self.nested[resource.logical_id].resources_within()

    def is_within_itself(self) -> bool:
        """Tell whether it is nested in a stack of the same template."""
        around = self.parent
        while around is not None:
            if around._body == self._body:  # noqa: SLF001 - the same class
                return True
            around = around.parent
        return False

    def value(self, node: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Evaluate a value of this template."""
        return self._intrinsics.value(node)

    def name(self, logical_id: str) -> str:
        """Give a resource's physical name, or a placeholder."""
        definition = self.definition(logical_id)
        resource_type = str(definition.get("Type"))
        naming = naming_property(resource_type)
        given = texts.mapping(definition.get("Properties")).get(naming) if naming else None
        return name_of(self.stack, logical_id, resource_type, self.once(("name", logical_id), given))

    # -- what functions refer to --------------------------------------------

    def ref(self, name: str) -> object:
        """What a parameter, pseudo parameter or resource is referred to as."""
        if name.startswith("AWS::"):
            return pseudo_parameter(name, self.stack, self.place)
        parameter = texts.mapping(texts.mapping(self._body.get("Parameters")).get(name))
        if parameter or name in self._given:
            return self._parameter(name, parameter)
        definition = self.definition(name)
        if not definition:
            return Placeholder(name, f"{name}, which the template does not define")
        if self._app.references and (kept := self._app.references.to(self, name, "")):
            return kept
        return reference(str(definition.get("Type")), self.name(name), self.place)

    def _parameter(self, name: str, parameter: Mapping[str, Any]) -> object:
        """What was given, what a nested stack's parent gives, or the default."""
        if self.parent is not None:
            around = texts.mapping(self.parent.definition(self.id_in_parent).get("Properties"))
            handed_down = texts.mapping(around.get("Parameters"))
            if name in handed_down:
                return self.parent.once(("parameter", self.id_in_parent, name), handed_down[name])
        return self._given[name] if name in self._given else default_of(name, parameter)

    def attribute(self, logical_id: str, attribute: str) -> object:
        """An attribute of a resource, and of a nested stack an output."""
        definition = self.definition(logical_id)
        resource_type = str(definition.get("Type"))
        if not definition:
            return Placeholder(logical_id, f"{logical_id}, which the template does not define")
        if attribute.startswith("Outputs.") and logical_id in self.nested:
            nested = self.nested[logical_id]
            node = texts.mapping(nested.outputs.get(attribute.partition(".")[2])).get("Value")
            return nested.once(("output", attribute), node)
        if self._app.references and (kept := self._app.references.to(self, logical_id, attribute)):
            return kept
        if attribute in ("Arn", "TopicArn", "AlarmArn", "ResponsePlanArn"):
            return arn(resource_type, self.name(logical_id), self.place)
        naming = naming_property(resource_type)
        if attribute == naming:
            return self.name(logical_id)
        return Placeholder(f"{logical_id}.{attribute}", f"{attribute} of {resource_type} {logical_id}")

    def condition(self, name: str) -> bool | None:
        """Whether a condition holds; None where only a deployment knows."""
        if name not in self._conditions:
            found = self.once(("condition", name), texts.mapping(self._body.get("Conditions")).get(name))
            self._conditions[name] = found if isinstance(found, bool) else None
        return self._conditions[name]

    def mapped(self, name: str, first: str, second: str) -> object:
        """A value of a mapping; None where there is none."""
        return texts.mapping(
            texts.mapping(texts.mapping(self._body.get("Mappings")).get(name)).get(first)
        ).get(second)

    def imported(self, export: str) -> object:
        """An export of another stack."""
        return self._app.export(export)

    def output(self, stack: str, name: str) -> object:
        """An output of another stack."""
        return self._app.output(stack, name)

    def once(self, what: tuple[str, ...], node: object) -> object:
        """Evaluate what may lead back to itself."""
        if what in self._under_way:
            return Placeholder("cycle", f"{' '.join(what)}, which refers to itself")
        self._under_way.add(what)
        try:
            return self.value(node)
        finally:
            self._under_way.discard(what)
