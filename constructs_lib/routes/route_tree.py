"""The ordered tree of routes: what it decides about an alarm, and which of its routes can decide nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import limits

from .alarm_match import AlarmMatch, RoutedAlarm
from .route import Route, check_routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from constructs_lib._response_plans import AnyResponsePlan

    from .route import Starter


@dataclass(frozen=True)
class Decision:
    """What becomes of an alarm.

    Attributes:
        routes: the labels of the routes that said something, in the order in which they were tried.
        starters: which are told; none, if it starts no incident.
        request: the members of StartIncident that the routes give.
        plan: the response plan that they name, if any.
        is_final: whether a route decides, and none that only adds something to others.
        is_silenced: whether a route says that no incident starts.
    """

    routes: tuple[str, ...]
    starters: tuple[Starter, ...] = ()
    request: Mapping[str, Any] = field(default_factory=dict)
    plan: AnyResponsePlan | None = None
    is_final: bool = False
    is_silenced: bool = False

    @property
    def pages(self) -> bool:
        """Whether an incident starts."""
        return bool(self.starters)


class RouteTree:
    """A root that matches every alarm, and the routes below it."""

    def __init__(self, root: Route, labels: Mapping[int, str] | None = None) -> None:
        """Take the tree.

        Args:
            root: what it says holds for all; its own match is not looked at.
            labels: what routes are called in messages, by their ``id``; by default their names and positions.

        Raises:
            ValueError: a route can never match.
        """
        self._root = root
        self._labels = {id(route): label for label, route in _labelled(root, "")} | dict(labels or {})
        self._decisions: dict[tuple[int, ...], Decision] = {}
        self.looks_at = frozenset(condition for route in self.routes() for condition in route.match.looks_at)
        """The names of all conditions; what none looks at need not be known of alarms."""
        self.describes = any(route.details for route in (root, *self.routes()))
        """Whether it says anything about incidents."""
        self.says_anything = any(
            route.starter is not None or not route.page for route in (root, *self.routes())
        )
        """Whether an alarm may get a starter from it, or silence."""
        _refuse_unreachable(check_routes(root.routes), (), self.label)

    def label(self, route: Route) -> str:
        """What a route is called in messages."""
        return self._labels[id(route)]

    def routes(self) -> Iterator[Route]:
        """Every route below the root, in order."""
        yield from _below(self._root)

    def named_starters(self) -> Iterator[tuple[Starter, AnyResponsePlan | None]]:
        """Every starter with the plan that a route lets it start, none where it is the starter's own."""
        yield from _starters_below(self._root, None, None)

    def placed_starters(self) -> Iterator[tuple[str, Starter]]:
        """Every starter that a route names, after the beginning of a sentence on it."""
        for route in (self._root, *self.routes()):
            if route.starter is not None:
                yield "" if route is self._root else f"{self.label(route)}: ", route.starter

    def decide(self, alarm: RoutedAlarm) -> Decision:
        """What becomes of an alarm."""
        chains = _matching(self._root, alarm)
        key = tuple(id(route) for chain in chains for route in chain)
        if key not in self._decisions:
            self._decisions[key] = self._of(chains)
        return self._decisions[key]

    def overlapping(self, alarm: RoutedAlarm) -> list[str]:
        """The routes that match an alarm too, and are not tried because one before them decides."""
        return [*self._overlapping(self._root, alarm)]

    def _overlapping(self, route: Route, alarm: RoutedAlarm) -> Iterator[str]:
        is_decided = False
        for each in route.routes:
            if each.match.matches(alarm):
                if is_decided:
                    yield self.label(each)
                else:
                    yield from self._overlapping(each, alarm)
                    is_decided = not each.continue_matching

    def unknowns(self, alarm: RoutedAlarm) -> Iterator[tuple[str, str]]:
        """The routes that an alarm may belong to, and the condition that only a deployment can judge."""
        if self.looks_at & alarm.unknown:
            yield from self._unknowns_below(self._root, alarm)

    def _unknowns_below(self, route: Route, alarm: RoutedAlarm) -> Iterator[tuple[str, str]]:
        for each in route.routes:
            if each.match.matches(alarm):
                yield from self._unknowns_below(each, alarm)
                if not each.continue_matching:
                    return
            else:
                for condition in each.match.unknowns(alarm):
                    yield self.label(each), condition

    def _of(self, chains: Sequence[Sequence[Route]]) -> Decision:
        said = [*{id(route): route for chain in chains for route in chain}.values()]
        labels = tuple(self.label(route) for route in said if route is not self._root)
        if not all(route.page for route in said):
            return Decision(labels, is_final=True, is_silenced=True)
        request: dict[str, Any] = {}
        items: list[Any] = []
        plan: AnyResponsePlan | None = None
        for route in said:
            own = route.details.to_request()
            items = [*own.pop("relatedItems", ()), *items]
            request.update(own)
            plan = plan if route.response_plan is None else route.response_plan
        if items:
            request["relatedItems"] = _once(items)[: limits.MAX_RELATED_ITEMS]
        is_final = any(not route.continue_matching for chain in chains for route in chain[1:2])
        return Decision(labels, tuple(self._starters(chains)), request, plan, is_final)

    def _starters(self, chains: Sequence[Sequence[Route]]) -> list[Starter]:
        """Whoever the chains name; the root's where none does."""
        named = [
            next((route.starter for route in reversed(chain) if route.starter is not None), None)
            for chain in (chain[1:] for chain in chains)
        ]
        found = [starter for starter in named if starter is not None]
        if not found and self._root.starter is not None:
            found = [self._root.starter]
        return [starter for n, starter in enumerate(found) if starter not in found[:n]]


def _matching(route: Route, alarm: RoutedAlarm) -> list[tuple[Route, ...]]:
    """The chains of routes from this one to each that decides."""
    chains: list[tuple[Route, ...]] = []
    for each in route.routes:
        if each.match.matches(alarm):
            chains += [(route, *chain) for chain in _matching(each, alarm)]
            if not each.continue_matching:
                break
    return chains or [(route,)]


def _once(items: Sequence[Any]) -> list[Any]:
    """Of two items with one type and value, the first."""
    found: list[Any] = []
    for item in items:
        if all(item["identifier"] != each["identifier"] for each in found):
            found.append(item)
    return found


def _below(route: Route) -> Iterator[Route]:
    for each in route.routes:
        yield each
        yield from _below(each)


def _labelled(route: Route, around: str) -> Iterator[tuple[str, Route]]:
    yield around or "the root", route
    for position, each in enumerate(route.routes):
        place = f"{around}.routes[{position}]".lstrip(".")
        yield from _labelled(each, f"{place} ({each.name})" if each.name else place)


def _starters_below(
    route: Route, starter: Starter | None, plan: AnyResponsePlan | None
) -> Iterator[tuple[Starter, AnyResponsePlan | None]]:
    starter = starter if route.starter is None else route.starter
    plan = plan if route.response_plan is None else route.response_plan
    if starter is not None and route.page:
        yield starter, plan
    for each in route.routes:
        yield from _starters_below(each, starter, plan)


def _refuse_unreachable(routes: Sequence[Route], around: Sequence[Route], label: Any) -> None:  # noqa: ANN401
    for position, route in enumerate(routes):
        for outer in around:
            if outer.match.excludes(route.match):
                message = (
                    f"{label(route)}: got {route.match!r}, which can match no alarm within {label(outer)} "
                    f"with {outer.match!r}: move it out, or change one of them"
                )
                raise ValueError(message)
        for before in routes[:position]:
            if not before.continue_matching and before.match.covers(route.match):
                message = (
                    f"{label(route)}: got {route.match!r}, which is never reached, as {label(before)} before "
                    f"it takes all of its alarms with {before.match!r}: move it before that one, or let that "
                    "one continue"
                )
                raise ValueError(message)
        _refuse_unreachable(route.routes, (*around, route), label)


EVERY_ALARM = AlarmMatch()
