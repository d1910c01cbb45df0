"""Routes that were applied, and their one pass over the alarms of each app and Stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Stage

from constructs_lib.incident_details import IncidentDetails
from constructs_lib.starter_interface import IIncidentStarter, starters_of_this_process, subscribed_topics

from .alarm_resources import path_of, reference_of, select_alarms, written_arns
from .late_hook import run_late
from .read_alarms import read_alarms
from .stages import count_stages, refuse_synthesized, stage_around, stage_name, stages_below
from .wiring import Wiring, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct

    from .found_alarm import FoundAlarm
    from .route_tree import Decision, RouteTree

_SHOWN = 3  # paths in a warning


@dataclass(frozen=True)
class _Applied:
    """Routes and where they hold."""

    scope: IConstruct
    path: str
    tree: RouteTree
    states: Sequence[str]
    replaces: bool


@dataclass
class _Pass:
    """What is applied within one app or Stage."""

    stage: Stage
    applied: list[_Applied] = field(default_factory=list)
    root: str = ""


_passes: dict[str, _Pass] = {}
"""By jsii's own name of the app or Stage, for as long as the process lives."""
_excluded: dict[str, list[str]] = defaultdict(list)
"""Paths, by jsii's own name of the root."""
_roots: dict[str, str] = {}
"""Of starters, both by jsii's own names: a process may make several apps."""
_seen: set[str] = set()
"""Alarms that some pass has looked at, by jsii's own names."""


def apply_routes(scope: IConstruct, tree: RouteTree, states: Sequence[str], *, replaces: bool) -> None:
    """Let routes hold for a construct, in the synthesis of its app or Stage and of all Stages below."""
    applied = _Applied(scope, scope.node.path, tree, states, replaces)
    own = stage_around(scope)
    root = reference_of(scope.node.root)
    for stage in {reference_of(each): each for each in (own, *stages_below(scope))}.values():
        known = _passes.get(reference_of(stage))
        if known is None:
            refuse_synthesized(stage)
            known = _passes[reference_of(stage)] = _Pass(stage, root=root)
            run_late(stage, partial(_run, known))
        if any(each.path == applied.path for each in known.applied):
            message = (
                f"{applied.path or 'the app'}: got routes twice, one IncidentRoutes decides for a construct"
            )
            raise ValueError(message)
        known.applied.append(applied)
        known.applied.sort(key=lambda each: -len(each.path))  # inner ones decide first


def exclude_scope(scope: IConstruct) -> None:
    """Leave the alarms of a construct alone."""
    _excluded[reference_of(scope.node.root)].append(scope.node.path)


def _run(this: _Pass) -> None:
    own = [starter for starter in starters_of_this_process if _root_of(starter) == this.root]
    # What watches a starter must not be told to the starter, which could not tell of its own failure.
    _seen.update(map(reference_of, select_alarms(starter for starter in own if not starter.is_imported)))
    resources = [resource for resource in select_alarms(_scopes(this)) if reference_of(resource) not in _seen]
    if not resources:
        return
    _seen.update(map(reference_of, resources))
    _refuse_late_stages(this, resources)
    excluded = _excluded.get(this.root, ())
    looks_at = {condition for each in this.applied for condition in each.tree.looks_at}
    if excluded or len(this.applied) > 1:
        looks_at.add("path")
    states = [*dict.fromkeys(state for each in this.applied for state in each.states)]
    router = _Router(
        {id(each): Wiring(this.stage, each.states, each.replaces) for each in this.applied},
        stage_name(this.stage) if "stage" in looks_at else "",
    )
    describes = any(each.tree.describes for each in this.applied)
    for alarm in read_alarms(resources, looks_at, states, _paging_arns(this, own), describes=describes):
        if not any(_is_within(alarm.path, path) for path in excluded):
            within = [
                each for each in this.applied if len(this.applied) == 1 or _is_within(alarm.path, each.path)
            ]
            router.route(alarm, within)
    router.tell_unknowns()


class _Router:
    """Routes alarm after alarm, and remembers what only a deployment knows of them."""

    def __init__(self, wirings: dict[int, Wiring], stage: str) -> None:
        self._wirings = wirings
        self._stage = stage
        self._details: dict[int, IncidentDetails] = {}
        self._unknowns: dict[tuple[str, str], list[FoundAlarm]] = defaultdict(list)

    def route(self, alarm: FoundAlarm, applied: Sequence[_Applied]) -> None:
        """Let the first decide that has something to say."""
        routed = alarm.routed(self._stage)
        for each in applied:
            wiring = self._wirings[id(each)]
            if not each.replaces and wiring.is_wired(alarm):
                return
            for label, condition in each.tree.unknowns(routed):
                self._unknowns[label, condition].append(alarm)
            decision = each.tree.decide(routed)
            if decision.pages:
                _allow(decision)
                details = self._details.setdefault(id(decision), IncidentDetails.of_checked(decision.request))
                wiring.wire(alarm, decision, details)
            elif decision.is_final and not decision.is_silenced:
                refuse(
                    alarm,
                    f"{decision.routes[-1]} decides on it, and neither names a starter nor has one from the "
                    "routes around it or from default, so that nobody would be paged: name one, or let a "
                    "route with page=False decide",
                )
            if decision.pages or decision.is_final:
                return

    def tell_unknowns(self) -> None:
        """Warn at the first alarm of each kind: CDK shows no annotation of an app."""
        for (label, condition), alarms in self._unknowns.items():
            others = [alarm.path or path_of(alarm.resource) for alarm in alarms[1 : _SHOWN + 1]]
            left = len(alarms) - 1 - len(others)
            more = [*others, *([f"{left} more"] if left else [])]
            also = f", nor do {', '.join(more)}" if more else ""
            Annotations.of(alarms[0].resource).add_warning_v2(
                f"cdk-incident-starter:unknownToRoute:{label.rpartition(': ')[2]}:{condition}",
                f"incident routes: {label} looks at the {condition.partition('.')[0]}, which only a "
                f"deployment knows of this alarm, so that it does not match{also}: give it a literal one, or "
                "match by path",
            )


def _scopes(this: _Pass) -> list[IConstruct]:
    """What to look through: the whole Stage, or the constructs in it that have routes."""
    own = this.stage.node.path
    inner = [each for each in this.applied if each.path != own and _is_within(each.path, own)]
    return [each.scope for each in inner] if len(inner) == len(this.applied) else [this.stage]


def _is_within(path: str, scope: str) -> bool:
    return not scope or path == scope or path.startswith(f"{scope}/")


def _paging_arns(this: _Pass, own: Sequence[IIncidentStarter]) -> list[str]:
    """The ARNs of all starters of the app, of those that routes name, and of the topics that tell one."""
    named = [
        starter
        for each in this.applied
        for starter, _ in each.tree.named_starters()
        if isinstance(starter, IIncidentStarter)
    ]
    arns = [starter.alarm_action_config.alarm_action_arn for starter in (*named, *own)]
    topics = [topic for topic, starter in subscribed_topics.items() if _root_of(starter) == this.root]
    written = [arn for starter in (*named, *own) for arn in written_arns(starter)]
    return [*dict.fromkeys([*arns, *topics, *written])]


def _root_of(starter: IIncidentStarter) -> str:
    name = reference_of(starter)
    if name not in _roots:
        _roots[name] = reference_of(starter.node.root)
    return _roots[name]


def _allow(decision: Decision) -> None:
    if decision.plan is not None:
        for starter in decision.starters:
            if isinstance(starter, IIncidentStarter) and not starter.is_imported:
                starter.allow_plan(decision.plan)


def _refuse_late_stages(this: _Pass, resources: Sequence[object]) -> None:
    root = this.stage.node.root
    known = [
        each for each in _passes.values() if each.root == this.root and each.stage.parent_stage is not None
    ]
    if not isinstance(root, Stage) or count_stages(root) <= len(known):
        return
    for resource in resources:
        stage = stage_around(resource)  # type: ignore[arg-type]  # the L1 constructs of alarms
        if reference_of(stage) != reference_of(this.stage):
            message = (
                f"{stage.node.path}: got a Stage that was made after IncidentRoutes.apply, so its alarms are "
                "not routed: apply routes at the end of the app"
            )
            raise ValueError(message)
