"""Coverage: what pages for every alarm and rule of an app, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts, trailers
from constructs_lib._propagated_tags import propagated_tags

from .findings import OF_RULES, Finding, of_actions, of_description, of_pattern, of_ways
from .forwarded import Forwards, Way
from .pager import (
    ALARMS,
    PAGING,
    RULE,
    STATES,
    Pager,
    reached,
    read_pager,
    runs_errands,
    targets_of,
    unqualified,
)
from .watched import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .resources import Resource
    from .templates import App


@dataclass(frozen=True)
class Row:
    """An alarm or rule.

    Attributes:
        kind: ``alarm``, ``composite alarm``, ``log alarm`` or ``rule``.
        path: its construct path.
        stack: its stack's name.
        wired: what is behind it: ``starter``, ``topic``, ``native``, ``other``, ``hub`` for an alarm whose
            events go to another bus, or nothing.
        plan: the ARN of the plan that it starts an incident of, or an empty text.
        impact: 1 to 5, or None where nothing in the app says one.
        title: the title's template, or an empty text.
        runbook: the address of its runbook, or an empty text.
        definition: a digest of what it watches, whatever it is called and wired to.
        findings: what to look at.
        elsewhere: whether it tells another app that may page: a hub, or a function that may be a starter.
    """

    kind: str
    path: str
    stack: str
    wired: tuple[str, ...]
    plan: str
    impact: int | None
    title: str
    runbook: str
    definition: str
    findings: tuple[Finding, ...]
    elsewhere: bool = False

    @property
    def pages(self) -> bool:
        """Whether an incident starts through a starter or natively."""
        return bool(self.plan)


def cover(app: App) -> list[Row]:
    """Look at every alarm and rule of an app.

    Args:
        app: its templates.
    """
    return [row for _, row in cover_resources(app)]


def cover_resources(app: App) -> Iterator[tuple[Resource, Row]]:
    """Look at every alarm and rule of an app, for who wants to look further.

    Args:
        app: its templates.
    """
    pager = read_pager(app)
    forwards = Forwards(pager)
    for resource in app.resources():
        if resource.type in ALARMS:
            yield resource, _alarm(pager, resource, list(forwards.ways(resource)))
        elif resource.type == RULE and not runs_errands(resource):
            yield resource, _rule(pager, resource)


def _alarm(pager: Pager, alarm: Resource, ways: Sequence[Way]) -> Row:
    actions = {state: [str(each) for each in alarm.entries(name)] for state, name in STATES.items()}
    paging = [action for state in PAGING for action in actions[state]]
    description = str(alarm.get("AlarmDescription") or "")
    said = trailers.parse(description)
    is_enabled = str(alarm.get("ActionsEnabled")).lower() != "false"
    tags = _propagated(alarm)
    requests = [
        (arn, pager.starters[arn].request(said.partial, action=action, tags=tags))
        for action, arn in reached(pager, paging)
    ]
    native = [action for action in paging if ":response-plan/" in action]
    elsewhere = [action for action in paging if pager.is_elsewhere(action)]
    findings = [
        *of_actions(pager, alarm, actions, paging, is_sent=bool(ways)),
        *of_description(
            description,
            said,
            is_read=bool(
                ways or elsewhere or reached(pager, [each for found in actions.values() for each in found])
            ),
        ),
        *of_ways(ways, {arn for arn, _ in requests} if is_enabled else set(), native if is_enabled else []),
    ]
    if not is_enabled and not ways:
        findings.append(Finding("actions-disabled", "its actions are disabled, so it pages nobody"))
    # An event on the bus comes whether actions are enabled or not.
    sent = [
        (way.starter, pager.starters[way.starter].request(way.said, said.partial, tags=tags))
        for way in ways
        if way.starter
    ]
    for starter in dict.fromkeys(arn for arn, _ in [*requests, *sent]):
        _, ignored = pager.starters[starter].said_by_tags(tags)
        findings += [Finding("bad-trailer", sentence) for sentence in ignored]
    return _row(
        pager,
        alarm,
        kind=ALARMS[alarm.type],
        wired=(*_wired(pager, paging), *(["hub"] if ways else [])),
        requests=[*(requests if is_enabled else []), *sent],
        native=native if is_enabled else [],
        findings=findings,
        elsewhere=bool(ways or (elsewhere and is_enabled)),
    )


def _rule(pager: Pager, rule: Resource) -> Row:
    targets = [*targets_of(rule)]
    arns = [arn for arn, _ in targets]
    requests = [
        (starter, pager.starters[starter].request(said, action=arn))
        for arn, said in targets
        for starter in pager.starters_behind(arn)
    ]
    native = [arn for arn in arns if ":response-plan/" in arn]
    pattern = rule.get("EventPattern")
    findings = [*of_pattern(rule, pattern, targets, pages=bool(requests or native))]
    if any(OF_RULES not in pager.starters[arn].callers for arn, _ in requests):
        findings.append(
            Finding("no-permission", "no permission lets EventBridge invoke the starter's function")
        )
    if len({(arn, request.get("responsePlanArn")) for arn, request in requests}) < len(requests):
        findings.append(
            Finding(
                "repeated-action",
                "two of its targets tell one starter, which starts one incident of a plan for an event",
            )
        )
    is_dead = any(finding.code == "dead-rule" for finding in findings)
    return _row(
        pager,
        rule,
        kind="rule",
        wired=_wired(pager, arns),
        requests=[] if is_dead else requests,
        native=[] if is_dead else native,
        findings=findings,
    )


def _row(
    pager: Pager,
    resource: Resource,
    *,
    kind: str,
    wired: tuple[str, ...],
    requests: Sequence[tuple[str, Mapping[str, Any]]],
    native: Sequence[str],
    findings: list[Finding],
    elsewhere: bool = False,
) -> Row:
    """Put a row together; of several incidents the first is shown."""
    request: Mapping[str, Any] = (
        requests[0][1] if requests else {"responsePlanArn": native[0]} if native else {}
    )
    plan = str(request.get("responsePlanArn", ""))
    template = pager.plans.get(plan, {})
    runbook = _runbook(request.get("relatedItems") or [])
    if requests and native and not any(finding.code == "wired-twice" for finding in findings):
        findings.append(
            Finding(
                "wired-twice",
                "it starts an incident natively and through a starter: two pages for one problem",
            )
        )
    if plan and not runbook:
        findings.append(
            Finding("no-runbook", "whoever is paged finds no related item with Runbook in its title")
        )
    return Row(
        kind,
        resource.path,
        resource.template.stack,
        wired,
        plan,
        _impact(request.get("impact", template.get("impact"))),
        str(request.get("title", template.get("title", ""))),
        runbook,
        digest(resource),
        tuple(findings),
        elsewhere,
    )


def _impact(value: object) -> int | None:
    return int(str(value)) if str(value) in {"1", "2", "3", "4", "5"} else None


def _propagated(alarm: Resource) -> Mapping[str, str]:
    """Return the tags that an alarm sends along."""
    tags = {str(tag.get("Key")): str(tag.get("Value")) for tag in map(texts.mapping, alarm.entries("Tags"))}
    return (
        propagated_tags({"ActionConfiguration": texts.mapping(alarm.get("ActionConfiguration"))}, tags) or {}
    )


def _wired(pager: Pager, actions: Sequence[str]) -> tuple[str, ...]:
    kinds = {
        "native" if ":response-plan/" in each
        else "starter" if unqualified(each) in pager.starters
        else "topic" if pager.starters_behind(each)
        else "other"
        for each in actions
    }  # fmt: skip
    return tuple(kind for kind in ("starter", "topic", "native", "other") if kind in kinds)


def _runbook(items: Sequence[Mapping[str, Any]]) -> str:
    for item in items:
        if "runbook" in str(item.get("title", "")).lower():
            found = texts.mapping(texts.mapping(item.get("identifier")).get("value"))
            return str(next(iter(found.values()), ""))
    return ""
