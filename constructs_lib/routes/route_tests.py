"""Tests of routes in a file: an alarm, and what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.impact import Impact

from .alarm_match import AlarmKind, RoutedAlarm
from .globs import check_last_part
from .routes_file import check_version, impact_of
from .yaml_nodes import Entry, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .route_tree import Decision, RouteTree

ALARM_KEYS = ("kind", "name", "namespace", "path", "stage", "tags")
EXPECT_KEYS = ("impact", "page", "related_items", "response_plan", "starter", "title")
_PLAN = ":response-plan/"


@dataclass(frozen=True)
class RouteTest:
    """A test of the file.

    Attributes:
        place: its file and line.
        name: what it is called.
        alarm: what is routed.
        expected: what is looked at, by the keys of the file.
    """

    place: str
    name: str
    alarm: RoutedAlarm
    expected: dict[str, Any]


@dataclass(frozen=True)
class RouteTestResult:
    """What became of a test.

    Attributes:
        test: the test.
        decision: what the routes say.
        overlapping: the routes that match too, and come too late.
        differences: the key, what was expected and what was got, of each that differs.
    """

    test: RouteTest
    decision: Decision
    overlapping: tuple[str, ...]
    differences: tuple[tuple[str, str, str], ...]


def read_tests(file: Path) -> list[RouteTest]:
    """Read a file of tests.

    Args:
        file: in YAML or JSON.

    Raises:
        RoutesFileError: something in it is not allowed, in the words of the file with its line and key.
    """
    document = read_yaml(file)
    if isinstance(document.value, dict) and "version" in document.value:
        check_version(document.value["version"])
    members = document.members(("$schema", "tests", "version"), required=("version", "tests"))
    found = [_test(each) for each in members["tests"].entries()]
    if not found:
        members["tests"].fail("got no tests, at least one is needed")
    return found


def run_test(test: RouteTest, tree: RouteTree) -> RouteTestResult:
    """Route a test's alarm, and compare."""
    decision = tree.decide(test.alarm)
    got = {
        "impact": decision.request.get("impact"),
        "page": decision.pages,
        "related_items": [
            next(iter(item["identifier"]["value"].values()))
            for item in decision.request.get("relatedItems", ())
        ],
        "response_plan": decision.request.get("responsePlanArn"),
        "starter": [str(starter) for starter in decision.starters],
        "title": decision.request.get("title"),
    }
    overlapping = tuple(tree.overlapping(test.alarm))
    return RouteTestResult(test, decision, overlapping, tuple(_differences(test.expected, got)))


def _differences(expected: dict[str, Any], got: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not got["page"] and expected.get("page", True):
        yield "page", "true", "false, it starts no incident"
        return
    for key, value in expected.items():
        found = got[key]
        if key == "response_plan" and found is not None and _PLAN not in value:
            found = found.partition(_PLAN)[2]
        if value != found:
            yield key, shown(key, value), shown(key, found)


def shown(key: str, value: object) -> str:
    """A value of a difference."""
    if value is None or value == []:
        return "nothing, which leaves it to the plan" if key == "impact" else "nothing"
    if key == "impact":
        return f"{value} ({Impact(value).name.lower()})" if isinstance(value, int) else str(value)
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _test(entry: Entry) -> RouteTest:
    members = entry.members(("alarm", "expect", "name"), required=("alarm", "expect"))
    alarm = _alarm(members["alarm"])
    name = members["name"].text() if "name" in members else alarm.path or alarm.name or "an alarm"
    return RouteTest(f"{entry.file}:{entry.line}", name, alarm, _expected(members["expect"]))


def _alarm(entry: Entry) -> RoutedAlarm:
    members = entry.members(ALARM_KEYS)
    given: dict[str, Any] = {"path": _path(members["path"]) if "path" in members else ""}
    if "kind" in members:
        kind = members["kind"].text()
        if kind not in {*AlarmKind}:
            members["kind"].fail(f"got {kind!r}, allowed are {', '.join(each.value for each in AlarmKind)}")
        given["kind"] = AlarmKind(kind)
    if "namespace" in members:
        given["namespaces"] = tuple(members["namespace"].texts())
    if "tags" in members:
        tags = members["tags"]
        if not isinstance(tags.value, dict):
            tags.fail(f"got {tags.shown}, values by the keys of tags are needed, as in team: shop")
        given["tags"] = {key: value.text() for key, value in tags.value.items()}
    for key in ("name", "stage"):
        if key in members:
            given[key] = members[key].text()
    return RoutedAlarm(**given)


def _path(entry: Entry) -> str:
    path = entry.text()
    try:
        check_last_part("path", path)
    except ValueError as error:
        entry.fail(str(error).removeprefix("path: "))
    if path.strip("/") != path:
        entry.fail(f"got {path!r}, no construct path has slashes at its ends: write {path.strip('/')!r}")
    return path


def _expected(entry: Entry) -> dict[str, Any]:
    members = entry.members(EXPECT_KEYS)
    if not members:
        entry.fail(f"got nothing, at least one of {', '.join(EXPECT_KEYS)} is needed")
    expected: dict[str, Any] = {}
    for key, member in members.items():
        if key == "impact":
            expected[key] = int(impact_of(member))
        elif key == "page":
            expected[key] = member.flag()
        elif key in ("related_items", "starter"):
            expected[key] = member.texts()
        else:
            expected[key] = member.text()
    if expected.get("page") is False and len(expected) > 1:
        entry.fail("got page: false beside other values, what starts no incident has none of them")
    return expected
