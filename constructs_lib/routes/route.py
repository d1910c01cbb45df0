"""One route: for which alarms, and what it says about their incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib._checks import check_list, check_text
from constructs_lib.incident_details import IncidentDetails

from .alarm_match import AlarmMatch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib._response_plans import AnyResponsePlan
    from constructs_lib.impact import Impact
    from constructs_lib.related_item import RelatedItem
    from constructs_lib.starter_interface import IIncidentStarter

    Starter = IIncidentStarter | str


class Route:
    """What some alarms start; a node of the ordered tree of `IncidentRoutes`.

    Of the routes beside each other, the first that matches decides, unless ``continue_matching`` says to try
    the next ones too. Its own ``routes`` are tried before it decides by itself. What a route leaves out, it
    has from the route around it; related items add up, the most specific first.
    """

    __slots__ = (
        "continue_matching",
        "details",
        "match",
        "name",
        "page",
        "response_plan",
        "routes",
        "starter",
    )

    def __init__(
        self,
        match: AlarmMatch,
        *,
        continue_matching: bool = False,
        impact: Impact | None = None,
        name: str | None = None,
        page: bool = True,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
        routes: Sequence[Route] = (),
        starter: Starter | None = None,
        title: str | None = None,
    ) -> None:
        """Make a route.

        Args:
            match: which alarms it is for.
            continue_matching: whether the routes after it are tried too. What they say then comes on top of
                what this one says, and every starter that one of them names is told.
            impact: how much it hurts. By default that of the route around it.
            name: what it is called in messages. By default its position.
            page: False for alarms that are to start no incident.
            related_items: links and ARNs, added before those of the routes around it.
            response_plan: another plan than the starter's. By default that of the route around it.
            routes: more specific ones, tried in order before this one decides.
            starter: starts the incidents; its name where routes come from a file. By default that of the
                route around it.
            title: a template of at most 200 characters. By default that of the route around it.

        Raises:
            ValueError: a value is not allowed.
        """
        if not isinstance(match, AlarmMatch):
            message = f"match: got {match!r} of type {type(match).__name__}, an AlarmMatch is needed"
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        self.match = match
        self.name = None if name is None else check_text("name", name)
        self.details = IncidentDetails(
            impact=impact, title=title, related_items=related_items, response_plan=response_plan
        )
        self.details.trailers()  # says so where something has no room in a description
        self.response_plan = response_plan
        self.routes = tuple(check_routes(routes))
        self.starter = starter
        self.continue_matching = check_flag("continue_matching", continue_matching)
        self.page = check_flag("page", page)
        if not page and (self.details or starter is not None or self.routes or continue_matching):
            message = (
                "page: got False beside other values, a route that starts no incident has a match and a name "
                "only: leave the others out"
            )
            raise ValueError(message)


def check_routes(routes: object) -> Sequence[Route]:
    """A list of routes.

    Raises:
        ValueError: it is none.
    """
    listed: Sequence[Any] = check_list("routes", routes, of="Route")
    for position, route in enumerate(listed):
        if not isinstance(route, Route):
            message = f"routes[{position}]: got {route!r} of type {type(route).__name__}, a Route is needed"
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    return listed


def check_flag(name: str, value: object) -> bool:
    """A truth value, and not a text such as ``no``, which Python takes for true.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, bool):
        message = f"{name}: got {value!r}, True or False is needed"
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    return value
