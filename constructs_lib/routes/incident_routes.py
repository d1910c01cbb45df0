"""Routes of a whole app: what pages whom, said once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from constructs import Node

from constructs_lib.starter_interface import IIncidentStarter

from .applied import apply_routes, exclude_scope
from .route import Route, check_flag
from .route_tree import EVERY_ALARM, RouteTree
from .routes_file import read_routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs import IConstruct

    from constructs_lib._response_plans import AnyResponsePlan
    from constructs_lib.impact import Impact
    from constructs_lib.related_item import RelatedItem

    from .alarm_match import RoutedAlarm
    from .route_tree import Decision


class IncidentRoutes:
    """An ordered tree of routes from alarms to starters, applied to an app, Stage or stack at once.

    At synthesis, after all aspects, each alarm - L1 or L2, of a nested stack, made by an aspect - gets an
    action to the starter that its route names, and what the route says about the incident as ``- Key: value``
    lines below its description. It adds no resource and no permission.

    What a team wired itself wins: an alarm that starts incidents already - through a starter, a topic that
    one is subscribed to, or natively - stays as it is, and lines that stand in a description beat the
    routes'. Routes of an inner construct are asked before those of an outer one; an alarm that they do not
    decide on goes to the outer ones.

    See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
    """

    def __init__(
        self,
        *,
        default: IIncidentStarter | None = None,
        impact: Impact | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        replace_wiring: bool = False,
        response_plan: AnyResponsePlan | None = None,
        routes: Sequence[Route] = (),
        tell_insufficient_data: bool = False,
        tell_ok: bool = False,
        title: str | None = None,
    ) -> None:
        """Make routes.

        Args:
            default: the starter of alarms whose routes name none, and of those that no route matches. By
                default those start no incident.
            impact: of alarms whose routes name none. By default the starter's.
            related_items: links and ARNs of every alarm, after those of its routes.
            replace_wiring: whether routes win over what a team wired itself. Its actions that start incidents
                are removed then.
            response_plan: of alarms whose routes name none. By default the starter's.
            routes: tried in order; the first that matches decides, see `Route`.
            tell_insufficient_data: whether a move into INSUFFICIENT_DATA starts an incident too.
            tell_ok: whether starters are told of OK, which their ledgers add to the incident.
            title: of alarms whose routes name none. By default the starter's.

        Raises:
            ValueError: a value is not allowed, or a route can never match.
        """
        root = Route(
            EVERY_ALARM,
            starter=default,
            impact=impact,
            title=title,
            related_items=related_items,
            response_plan=response_plan,
            routes=routes,
        )
        self._take(RouteTree(root), replace_wiring, tell_insufficient_data, tell_ok)

    @classmethod
    def from_file(
        cls,
        file: str | Path,
        *,
        starters: Mapping[str, IIncidentStarter],
        replace_wiring: bool = False,
        tell_insufficient_data: bool = False,
        tell_ok: bool = False,
    ) -> IncidentRoutes:
        """Read routes from a file, as docs/routes.md describes it; the extra ``routes`` is needed.

        Args:
            file: in YAML or JSON.
            starters: by the names that the file has for them.
            replace_wiring: see the constructor.
            tell_insufficient_data: see the constructor.
            tell_ok: see the constructor.

        Raises:
            RoutesFileError: a ValueError that names the file, the line and the key.
        """
        routes = cls.__new__(cls)
        tree = read_routes(Path(file), starters.get)
        routes._take(tree, replace_wiring, tell_insufficient_data, tell_ok)  # noqa: SLF001 - its own
        return routes

    def _take(self, tree: RouteTree, replaces: bool, insufficient_data: bool, ok: bool) -> None:  # noqa: FBT001
        self._tree = _checked(tree)
        self._replaces = check_flag("replace_wiring", replaces)
        told = {
            "alarm": True,
            "insufficient_data": check_flag("tell_insufficient_data", insufficient_data),
            "ok": check_flag("tell_ok", ok),
        }
        self._states = tuple(state for state, is_told in told.items() if is_told)

    def apply(self, scope: IConstruct) -> None:
        """Route every alarm of a construct, when the app is synthesized.

        Call it at the end: a CDK Stage that is made later is refused at synthesis. A starter cannot be
        referred to from another Stage: apply routes to each Stage with a starter of its own, or name one with
        ``IncidentStarter.from_function_arn`` and a literal ARN.

        Args:
            scope: an app, Stage, stack or any other construct.

        Raises:
            ValueError: it is no construct, is outside of any app, has routes already, or was synthesized
                before, as CDK Pipelines do when a Stage is added; or the routes name no starter.
        """
        _check_construct(scope)
        if not self._tree.says_anything:
            message = (
                f"{scope.node.path or 'the app'}: got routes that name no starter, so that nobody would be "
                "paged: IncidentRoutes needs a default, or routes with a starter"
            )
            raise ValueError(message)
        for starter, plan in self._tree.named_starters():
            if plan is not None and isinstance(starter, IIncidentStarter):
                starter.allow_plan(plan)
        apply_routes(scope, self._tree, self._states, replaces=self._replaces)

    def decide(self, alarm: RoutedAlarm) -> Decision:
        """What the routes say of an alarm, for tests."""
        return self._tree.decide(alarm)

    @staticmethod
    def exclude(scope: IConstruct) -> None:
        """Leave every alarm of a construct as it is, whatever routes are applied around it.

        Args:
            scope: an alarm or any construct around some.

        Raises:
            ValueError: it is no construct.
        """
        _check_construct(scope)
        exclude_scope(scope)


def _check_construct(scope: object) -> None:
    if not isinstance(getattr(scope, "node", None), Node):
        message = (
            f"scope: got {scope!r} of type {type(scope).__name__}, an app, Stage, stack or any other "
            "construct is needed"
        )
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value


def _checked(tree: RouteTree) -> RouteTree:
    for place, starter in tree.placed_starters():
        if not isinstance(starter, IIncidentStarter):
            message = (
                f"{place}starter: got {starter!r} of type {type(starter).__name__}, an IncidentStarter is "
                "needed, or IncidentStarter.from_function_arn(...) for one that another app owns"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    return tree
