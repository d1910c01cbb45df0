"""The pager slice: the resources of an app that an alarm needs to wake somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts

from .forwarded import BUS, Forwards
from .pager import ALARMS, RULE, STATES, Pager, is_starter, read_pager, tells_fallback, unqualified
from .plan_stand_ins import stand_ins
from .references import Reference, References, unknowns
from .slice_kinds import ATTACHED, KEPT, MAPPING, REFERRING, is_stripped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .resources import Resource
    from .templates import App, Template

_FUNCTION = "AWS::Lambda::Function"
_SUBSCRIPTION, _SHARE = "AWS::SNS::Subscription", "AWS::RAM::ResourceShare"


@dataclass(frozen=True)
class Substitution:
    """Something that is deployed otherwise than the app says.

    Attributes:
        path: the construct's.
        property: which property of it.
        stand_in: what stands there; empty where nothing does.
        why: what that stands for, or why it is left out.
    """

    path: str
    property: str
    stand_in: str
    why: str


@dataclass
class PagerSlice:
    """What of an app is deployed to see who is paged.

    Attributes:
        app: the app.
        references: the marks in the evaluated properties.
        kept: the resources, with their evaluated properties, in the order of the templates.
        substitutions: what is deployed otherwise than the app says.
        left: the alarms that nothing pages for.
    """

    app: App
    references: References
    kept: list[tuple[Resource, Mapping[str, Any]]] = field(default_factory=list)
    substitutions: list[Substitution] = field(default_factory=list)
    left: list[Resource] = field(default_factory=list)

    def plausible(self, reference: Reference) -> object:
        """Give what a reference probably is once it is deployed."""
        template, logical_id, attribute = reference
        with self.app.without_references():
            return template.attribute(logical_id, attribute) if attribute else template.ref(logical_id)


def pager_slice(app: App, wanted: frozenset[Template] | None = None) -> PagerSlice:
    """Find what of an app pages, and what that needs.

    Args:
        app: its templates.
        wanted: the templates whose alarms and rules are meant. Default: all. What they need is taken
            from every template.
    """
    return _Slicing(app, read_pager(app), wanted).done()


class _Slicing:
    """Follows references from what pages to what that needs."""

    def __init__(self, app: App, pager: Pager, wanted: frozenset[Template] | None) -> None:
        self._pager = pager
        self._wanted = wanted
        self._resources = {(each.template, each.logical_id): each for each in app.resources()}
        self._functions = {str(each.arn) for each in self._resources.values() if each.type == _FUNCTION}
        self._slice = PagerSlice(app, References(self._may_be_kept))
        forwards = Forwards(pager)
        seeds = [each for each in self._resources.values() if self._is_seed(each)]
        for alarm in [each for each in self._resources.values() if each.type in ALARMS]:
            passed = [rule for way in forwards.ways(alarm) for rule in way.rules if self._is_wanted(alarm)]
            seeds += [self._resources[each.template, each.logical_id] for each in (alarm, *passed) if passed]
        app.references = self._slice.references
        self._kept: dict[tuple[Template, str], Mapping[str, Any]] = {}
        for resource in seeds:
            self._keep(resource)

    def done(self) -> PagerSlice:
        attached = {
            key: self._anchors(each) for key, each in self._resources.items() if each.type in ATTACHED
        }
        while found := [
            self._resources[key]
            for key, anchors in attached.items()
            if key not in self._kept
            and all(any(each in self._kept for each in referred) for referred in anchors)
        ]:
            for resource in found:
                self._keep(resource)
        made = self._slice
        made.app.references = None
        made.kept = [(each, self._kept[key]) for key, each in self._resources.items() if key in self._kept]
        made.left = [
            each
            for each in self._resources.values()
            if each.type in ALARMS and not self._is_kept(each) and self._is_wanted(each)
        ]
        return made

    # -- what is kept -------------------------------------------------------

    def _may_be_kept(self, template: Template, logical_id: str) -> bool:
        resource = self._resources.get((template, logical_id))
        return resource is not None and (
            is_starter(resource) or tells_fallback(resource) or resource.type in KEPT
        )

    def _is_kept(self, resource: Resource) -> bool:
        return (resource.template, resource.logical_id) in self._kept

    def _is_wanted(self, resource: Resource) -> bool:
        return self._wanted is None or resource.template in self._wanted

    def _is_seed(self, resource: Resource) -> bool:
        if not self._is_wanted(resource):
            return False
        if resource.type == _FUNCTION:
            return is_starter(resource)
        if resource.type in ALARMS:
            actions = [each for name in STATES.values() for each in resource.entries(name)]
            return any(self._pages(str(action)) for action in actions)
        if resource.type == RULE:
            targets = resource.entries("Targets")
            return any(self._pages(str(texts.mapping(target).get("Arn"))) for target in targets)
        if resource.type == _SUBSCRIPTION:
            return unqualified(resource.get("Endpoint")) in self._pager.starters
        shares_plan = resource.type == _SHARE and ":response-plan/" in str(resource.get("ResourceArns"))
        return shares_plan or resource.type.startswith("AWS::SSMIncidents::")

    def _pages(self, arn: str) -> bool:
        """Whether a starter or a plan is behind it, or a function of another app, which may be a starter."""
        is_foreign = ":lambda:" in arn and ":function:" in arn and unqualified(arn) not in self._functions
        return is_foreign or ":response-plan/" in arn or bool(self._pager.starters_behind(arn))

    def _anchors(self, resource: Resource) -> list[list[tuple[Template, str]]]:
        """What an attached resource is attached to, per property; nothing where it feeds somebody else."""
        within = self._slice.references.within
        if resource.type == MAPPING and not [*within(resource.get("FunctionName"))]:
            return [[]]
        return [
            [(found.template, found.logical_id) for found in within(resource.get(name))]
            for name in ATTACHED[resource.type]
        ]

    def _keep(self, resource: Resource) -> None:
        waiting = [resource]
        while waiting:
            resource = waiting.pop()
            if self._is_kept(resource):
                continue
            properties = dict(self._concrete(resource))
            self._kept[resource.template, resource.logical_id] = properties
            referred = self._slice.references.within(properties)
            waiting += [self._resources[found.template, found.logical_id] for found in referred]

    # -- what they become ---------------------------------------------------

    def _concrete(self, resource: Resource) -> Iterator[tuple[str, Any]]:
        """Evaluate the properties of a resource, as far as they are deployed."""
        names = texts.mapping(resource.template.definition(resource.logical_id).get("Properties"))
        for name in names:
            if is_stripped(resource.type, name, names[name]):
                self._substitute(resource, name, "", "left out: it decides nothing about who is paged")
                continue
            value = self._evaluated(resource, name)
            if value is None:
                continue
            if name in STATES.values() and resource.type in ALARMS:
                value = self._paging(resource, name, value)
            elif name == "Targets" and resource.type == RULE:
                value = self._paging_targets(resource, value)
            value = stand_ins(resource.type, name, value, resource.template.place)
            for where, found in unknowns(value, name):
                self._substitute(resource, where, self._readable(found), found.why)
            yield name, value

    def _evaluated(self, resource: Resource, name: str) -> object:
        if name in REFERRING.get(resource.type, (name,)):
            return resource.get(name)
        with self._slice.app.without_references():
            return resource.get(name)

    def _paging(self, alarm: Resource, name: str, actions: object) -> list[Any]:
        """Leave out the actions that page nobody: what they act on is not deployed."""
        kept = []
        for action in texts.entries(actions):
            plain = self._readable(action)
            if self._pages(plain) or action in kept:
                kept.append(action)
            else:
                self._substitute(alarm, name, "", f"left out: {plain} starts no incident")
        return kept

    def _paging_targets(self, rule: Resource, targets: object) -> list[Any]:
        kept = []
        for target in texts.entries(targets):
            plain = self._readable(texts.mapping(target).get("Arn"))
            if self._pages(plain) or BUS in plain:
                kept.append(target)
            else:
                self._substitute(rule, "Targets", "", f"left out: {plain} starts no incident")
        return kept

    def _readable(self, value: object) -> str:
        """Write a text with what is plausible in place of its marks."""
        return str(self._slice.references.rendered(value, self._slice.plausible))

    def _substitute(self, resource: Resource, name: str, stand_in: str, why: str) -> None:
        self._slice.substitutions.append(Substitution(resource.path, name, stand_in, why))
