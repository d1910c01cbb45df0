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
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from constructs_lib.reading.resources import Resource
    from constructs_lib.reading.templates import App

MONTHLY = 200
"""Incidents that Incident Manager starts per plan and month; nobody can raise it."""
_QUOTED = re.compile(r"[\"']([^\"']+)[\"']|\(([^()\"']+)\)")


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
) -> list[Violation]:
    """Hold an app against guard rails.

    Args:
        app: its templates.
        rails: what is asked.
        stage_of: the stage that a resource belongs to, or an empty text.
        is_left_out: whether a resource is nobody's business, such as what watches a starter.
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
    found += _routed([each for each in seen if rails.is_prod(stage_of(each[0]))])
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


def _routed(seen: Sequence[tuple[Resource, Row]]) -> Iterator[Violation]:
    within = {
        name
        for resource, row in seen
        if row.kind == "composite alarm" and row.pages
        for name in _named_in(str(resource.get("AlarmRule")))
    }
    for resource, row in seen:
        if row.kind != "rule" and not row.pages and not {resource.arn, resource.name} & within:
            yield Violation(
                "routed",
                "it is in production, and nobody is paged when it burns",
                "route it, put it into a composite alarm that pages, or acknowledge this with a reason",
                (resource,),
            )


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


def _named_in(rule: str) -> Iterator[str]:
    """The names and ARNs of a composite alarm's rule, such as ``ALARM("a") OR ALARM(b)``."""
    for quoted, bare in _QUOTED.findall(rule):
        yield (quoted or bare).strip()


def _shown(impact: int) -> str:
    return f"{impact} ({Impact(impact).name.lower()})"
