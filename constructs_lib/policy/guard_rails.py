"""The rules of a policy, judged from an app's templates alone."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from constructs_lib.impact import Impact
from constructs_lib.reading.coverage import Row, cover_resources
from constructs_lib.routes.globs import matches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence, Set as AbstractSet

    from constructs_lib.reading.resources import Resource
    from constructs_lib.reading.templates import App

MONTHLY = 200
"""Incidents that Incident Manager starts per plan and month; nobody can raise it."""
_RULE = re.compile(
    r"\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"([^\"]+)\"|'([^']+)'|([^()\"']+?))\s*\)|\b(NOT)\b|([()])"
)
"""What of a composite alarm's rule says which alarms burn: AND and OR do not."""


class PolicyLevel(str, Enum):
    """What a violated guard rail does."""

    ERROR = "error"
    """``cdk synth`` fails."""
    WARNING = "warning"
    """``cdk synth`` says so."""
    OFF = "off"
    """Nobody looks."""


@dataclass(frozen=True)
class GuardRails:
    """What is asked.

    Attributes:
        levels: by the names of the rules.
        prod: globs of the stages whose alarms all have to page, in lower case.
        runbook_from: this impact and more urgent ones need a runbook.
        loudest_elsewhere: the most urgent impact outside of those stages.
        most_sources: alarms and rules that may page one plan.
    """

    levels: Mapping[str, PolicyLevel]
    prod: Sequence[str]
    runbook_from: Impact
    loudest_elsewhere: Impact
    most_sources: int

    def is_prod(self, stage: str) -> bool:
        """Whether a stage is one whose alarms all have to page."""
        return any(matches(glob, stage.lower()) for glob in self.prod)


@dataclass(frozen=True)
class Violation:
    """A rule that some resources violate.

    Attributes:
        rule: its name.
        sentence: what is wrong.
        fix: what to do.
        resources: of which it is wrong.
    """

    rule: str
    sentence: str
    fix: str
    resources: tuple[Resource, ...]


RULES = ("runbook", "routed", "quiet-elsewhere", "wired-once", "alarms-per-plan")
"""docs/guard-rails.md explains them."""


def judge(
    app: App,
    rails: GuardRails,
    stage_of: Callable[[Resource], str],
    is_left_out: Callable[[Resource], bool],
    starters_elsewhere: AbstractSet[str] = frozenset(),
) -> list[Violation]:
    """Hold an app against guard rails.

    Args:
        app: its templates.
        rails: what is asked.
        stage_of: the stage that a resource belongs to, or an empty text.
        is_left_out: whether a resource is nobody's business, such as what watches a starter.
        starters_elsewhere: the functions of starters that other apps own: they page, nobody knows how.
    """
    seen = [(resource, row) for resource, row in cover_resources(app) if not is_left_out(resource)]
    found = [
        violation
        for resource, row in seen
        for violation in (
            *_runbook(resource, row, rails),
            *_quiet(resource, row, rails, stage_of(resource)),
            *_wired_once(resource, row),
        )
    ]
    found += _routed([each for each in seen if rails.is_prod(stage_of(each[0]))], starters_elsewhere)
    found += _alarms_per_plan(seen, rails)
    return [each for each in found if rails.levels[each.rule] is not PolicyLevel.OFF]


def _runbook(resource: Resource, row: Row, rails: GuardRails) -> Iterator[Violation]:
    if row.pages and row.impact is not None and row.impact <= rails.runbook_from and not row.runbook:
        yield Violation(
            "runbook",
            f"it pages with impact {_shown(row.impact)}, and whoever is paged finds no runbook",
            "add RelatedItem.url('https://...', title='Runbook') to the alarm, its route or its starter",
            (resource,),
        )


def _quiet(resource: Resource, row: Row, rails: GuardRails, stage: str) -> Iterator[Violation]:
    if not row.pages or rails.is_prod(stage):
        return
    where = f"stage {stage}" if stage else "no stage"
    allowed = f"outside of {', '.join(rails.prod)} nothing may page above {_shown(rails.loudest_elsewhere)}"
    fix = f"give it an impact of {rails.loudest_elsewhere.value} or less urgent in its route, or page=False"
    if not stage:
        fix += f"; if this is production, say so: -c stage={rails.prod[0].rstrip('*') or 'prod'}"
    if row.impact is None:
        sentence = f"it pages in {where} with an impact that only its plan knows, {allowed}"
        yield Violation("quiet-elsewhere", sentence, fix, (resource,))
    elif row.impact < rails.loudest_elsewhere:
        sentence = f"it pages in {where} with impact {_shown(row.impact)}, {allowed}"
        yield Violation("quiet-elsewhere", sentence, fix, (resource,))


def _wired_once(resource: Resource, row: Row) -> Iterator[Violation]:
    if any(finding.code == "wired-twice" for finding in row.findings):
        yield Violation(
            "wired-once",
            "it starts an incident natively and through a starter: two pages for one problem",
            "remove the native action or target",
            (resource,),
        )


def _routed(seen: Sequence[tuple[Resource, Row]], elsewhere: AbstractSet[str]) -> Iterator[Violation]:
    within = _within_composites(seen)
    for resource, row in seen:
        is_disabled = any(finding.code == "actions-disabled" for finding in row.findings)
        is_told = row.kind == "rule" or row.pages or "hub" in row.wired
        is_told = is_told or (not is_disabled and not elsewhere.isdisjoint(_actions(resource)))
        if not is_told and not {resource.arn, resource.name} & within:
            yield Violation(
                "routed",
                "it is in production, and nobody is paged when it burns"
                + (": its actions are disabled" if is_disabled else ""),
                f"{'enable them' if is_disabled else 'route it'}, put it into a composite alarm that pages, "
                "or acknowledge this with a reason",
                (resource,),
            )


def _actions(resource: Resource) -> Sequence[str]:
    found = resource.get("AlarmActions")
    return [str(action) for action in found] if isinstance(found, list) else []


def _within_composites(seen: Sequence[tuple[Resource, Row]]) -> set[str]:
    """The names and ARNs of the alarms that page as a part of a composite one, or of one within that."""
    composites = [(resource, row) for resource, row in seen if row.kind == "composite alarm"]
    within: set[str] = set()
    waiting = [resource for resource, row in composites if row.pages]
    while waiting:
        named = {*burning_in(str(waiting.pop().get("AlarmRule")))} - within
        within |= named
        waiting += [resource for resource, _ in composites if {resource.arn, resource.name} & named]
    return within


def _alarms_per_plan(seen: Sequence[tuple[Resource, Row]], rails: GuardRails) -> Iterator[Violation]:
    sources: dict[str, list[Resource]] = defaultdict(list)
    for resource, row in seen:
        if row.pages:
            sources[row.plan].append(resource)
    for plan, resources in sources.items():
        if len(resources) > rails.most_sources:
            each = MONTHLY / len(resources)
            yield Violation(
                "alarms-per-plan",
                f"{len(resources)} alarms and rules page the plan {plan.rpartition('/')[2]}, at most "
                f"{rails.most_sources} may: it starts {MONTHLY} incidents a month and no more, {each:.1f} "
                "for each",
                "give some of them a plan of their own",
                (resources[rails.most_sources],),  # the first that is one too many
            )


def burning_in(rule: str) -> Iterator[str]:
    """The names and ARNs of the alarms that set a composite alarm off when they burn.

    Such as ``a`` and ``b`` of ``ALARM("a") AND NOT OK(b) AND NOT ALARM(c) AND OK(d)``.
    """
    around: list[bool] = []
    is_negated = is_next_negated = False
    for state, *names, negation, bracket in _RULE.findall(rule):
        if negation:
            is_next_negated = not is_next_negated
        elif bracket == ")":
            is_negated = around.pop() if around else False
        elif bracket:
            around.append(is_negated)
            is_negated, is_next_negated = is_negated != is_next_negated, False
        else:
            if state == ("OK" if is_negated != is_next_negated else "ALARM"):
                yield "".join(names).strip()
            is_next_negated = False


def _shown(impact: int) -> str:
    return f"{impact} ({Impact(impact).name.lower()})"
