"""Routes in a file; docs/routes.md describes it, and routes.schema.json says it to editors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from constructs_lib.impact import Impact
from constructs_lib.related_item import RelatedItem, RelatedItemType

from .alarm_match import AlarmMatch
from .route import Route
from .route_tree import EVERY_ALARM, RouteTree
from .yaml_nodes import Entry, RoutesFileError, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .route import Starter

VERSION = 1
MATCHES = ("kind", "name", "namespace", "path", "stage", "tags")
SAID = ("impact", "related_items", "response_plan", "starter", "title")
ROUTE_KEYS = ("continue", "match", "name", "page", "routes", *SAID)
ROOT_KEYS = ("$schema", "default", "impact", "related_items", "response_plan", "routes", "title", "version")
ITEM_KEYS = ("arn", "title", "type", "url")
_MATCH = "match"
_CHECKED_ALONE = ("name", "response_plan", "title")
"""So that what is wrong with them is told with their own lines."""
_Made = TypeVar("_Made")


def read_routes(file: Path, starter_of: Callable[[str], Starter | None]) -> RouteTree:
    """Read a file of routes.

    Args:
        file: in YAML or JSON.
        starter_of: gives the starter of a name, None where there is none.

    Raises:
        RoutesFileError: something in it is not allowed, in the words of the file with its line and key.
    """
    return _RoutesReader(starter_of).tree(read_yaml(file))


def check_version(version: Entry) -> None:
    """Refuse what a newer version may mean otherwise.

    Raises:
        RoutesFileError: it is not this version's.
    """
    if version.value != VERSION or isinstance(version.value, bool):
        newer = isinstance(version.value, int) and version.value > VERSION
        hint = ": it was written for a newer cdk-incident-starter, upgrade this one" if newer else ""
        version.fail(f"got {version.shown}, this version reads {VERSION}{hint}")


def impact_of(entry: Entry) -> Impact:
    """An impact by number or name.

    Raises:
        RoutesFileError: it is neither.
    """
    value = entry.value
    named = {impact.name.lower(): impact for impact in Impact}
    if isinstance(value, int) and not isinstance(value, bool) and value in {*Impact}:
        return Impact(value)
    if isinstance(value, str) and value.lower().replace(" ", "_") in named:
        return named[value.lower().replace(" ", "_")]
    allowed = ", ".join(f"{impact.value} ({name})" for name, impact in named.items())
    return entry.fail(f"got {entry.shown}, allowed are {allowed}")


class _RoutesReader:
    def __init__(self, starter_of: Callable[[str], Starter | None]) -> None:
        self._starter_of = starter_of
        self._labels: dict[int, str] = {}

    def tree(self, document: Entry) -> RouteTree:
        if isinstance(document.value, dict) and "version" in document.value:
            check_version(document.value["version"])  # before keys that a newer version has
        members = document.members(ROOT_KEYS, required=("version",))
        said = {**members, **({"starter": members["default"]} if "default" in members else {})}
        root = self._route(document, said, EVERY_ALARM)
        try:
            return RouteTree(root, self._labels)
        except ValueError as error:  # begins with the label of a route, which is its place
            raise RoutesFileError(str(error)) from None

    def _route(self, entry: Entry, members: Mapping[str, Entry], match: AlarmMatch) -> Route:
        given: dict[str, Any] = {}
        readers: dict[str, tuple[str, Callable[[Entry], object]]] = {
            "continue": ("continue_matching", Entry.flag),
            "impact": ("impact", impact_of),
            "name": ("name", Entry.text),
            "page": ("page", Entry.flag),
            "related_items": ("related_items", lambda items: [_item(each) for each in items.entries()]),
            "response_plan": ("response_plan", Entry.text),
            "starter": ("starter", self._starter),
            "title": ("title", Entry.text),
        }
        for key, (argument, read) in readers.items():
            if key in members:
                given[argument] = read(members[key])
                if key in _CHECKED_ALONE:
                    _of_entry(members[key], Route, EVERY_ALARM, **{key: given[key]})
        if "routes" in members:
            given["routes"] = [self._inner(each) for each in members["routes"].entries()]
        return _of_entry(entry, Route, match, **given)

    def _inner(self, entry: Entry) -> Route:
        members = entry.members(ROUTE_KEYS, required=(_MATCH,))
        route = self._route(entry, members, _match(members[_MATCH]))
        name = f" ({route.name})" if route.name else ""
        self._labels[id(route)] = f"{entry.file}:{entry.line}: {entry.key}{name}"
        return route

    def _starter(self, entry: Entry) -> Starter:
        name = entry.text()
        starter = self._starter_of(name)
        if starter is None:
            entry.fail(
                f"got {name!r}, which none of the given starters is called: name it in starters={{...}}"
            )
        return starter


def _of_entry(entry: Entry, make: Callable[..., _Made], *subject: object, **given: object) -> _Made:
    """Make something; what it refuses is told with the entry's place."""
    try:
        return make(*subject, **given)
    except ValueError as error:
        entry.fail(str(error).removeprefix(f"{entry.key.rpartition('.')[2]}: "))


def _match(entry: Entry) -> AlarmMatch:
    members = entry.members(MATCHES)
    given: dict[str, Any] = {}
    for key, member in members.items():
        if key == "tags":
            if not isinstance(member.value, dict) or not member.value:
                member.fail(f"got {member.shown}, globs by the keys of tags are needed, as in team: shop-*")
            value: Any = {}
            for tag, globs in member.value.items():
                value[tag] = globs.texts()
                _of_entry(globs, AlarmMatch, tags={tag: value[tag]})
        else:
            value = member.texts()
            _of_entry(member, AlarmMatch, **{key: value})
        given[key] = value
    return AlarmMatch(**given)


def _item(entry: Entry) -> RelatedItem:
    members = entry.members(ITEM_KEYS)
    links = [kind for kind in ("arn", "url") if kind in members]
    if len(links) != 1:
        entry.fail(f"got {' and '.join(links) or 'neither'}, one of arn and url is needed")
    given: dict[str, Any] = {}
    if "title" in members:
        given["title"] = members["title"].text()
    if "type" in members:
        name = members["type"].text()
        if name not in RelatedItemType.__members__:
            members["type"].fail(f"got {name!r}, allowed are {', '.join(RelatedItemType.__members__)}")
        given["type"] = RelatedItemType[name]
    link = members[links[0]]
    make = RelatedItem.arn if links[0] == "arn" else RelatedItem.url
    return _of_entry(link, make, link.text(), **given)
