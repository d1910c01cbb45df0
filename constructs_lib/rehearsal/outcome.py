"""What a rehearsal found: one outcome per alarm, rule and topic of the app."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from constructs_lib.reading.pager_slice import Substitution


class Status(str, Enum):
    """What became of an alarm, rule or topic."""

    STARTED = "started"
    """It started what it is wired to start, or told the sink that stands in for it, as configured."""
    FAILED = "failed"
    """It started nothing, not everything, or less than is configured."""
    NO_SAMPLE = "noSample"
    """It is wired, but no event could be made that its pattern matches."""
    NOT_TRIED = "notTried"
    """It is wired in a way that starts nothing now: disabled, or for OK only."""
    NOT_WIRED = "notWired"
    """No starter is behind it."""


FAILING = frozenset({Status.FAILED})
"""With one of these the rehearsal as a whole has failed."""

LEAVING_OUT = frozenset({Status.NO_SAMPLE, Status.NOT_TRIED})
"""With one of these nobody knows whether it would page."""

IMPACT_NAMES = {1: "Critical", 2: "High", 3: "Medium", 4: "Low", 5: "No impact"}


@dataclass(frozen=True)
class RelatedItem:
    """A related item of an incident as a responder sees it."""

    type: str
    title: str
    value: str


@dataclass(frozen=True)
class StartedIncident:
    """One incident as the local Incident Manager received it."""

    arn: str
    request: Mapping[str, Any]

    @property
    def plan_arn(self) -> str:
        """The response plan."""
        return str(self.request["responsePlanArn"])

    @property
    def plan_name(self) -> str:
        """The response plan's name."""
        return self.plan_arn.rpartition("/")[2]

    @property
    def impact(self) -> int | None:
        """The impact; None when the plan's own counts."""
        return self.request.get("impact")

    @property
    def title(self) -> str | None:
        """The title; None when the plan's own counts."""
        return self.request.get("title")

    @property
    def related_items(self) -> list[RelatedItem]:
        """The related items, in their order."""
        return [related_item(item) for item in self.request.get("relatedItems") or []]


@dataclass(frozen=True)
class ToldSink:
    """What a sink was told of one event, instead of Incident Manager or because it failed.

    Attributes:
        sink: ``OpsItem``, or the topic's name.
        id: the OpsItem's or the message's.
        is_fallback: whether Incident Manager had failed before.
        title: what it reads.
        impact: the impact; None when nobody said one.
        related_items: what it links, in its order.
    """

    sink: str
    id: str
    is_fallback: bool
    title: str
    impact: int | None
    related_items: list[RelatedItem]

    @property
    def plan_name(self) -> str:
        """What stands in the plan's place."""
        return self.sink


@dataclass(frozen=True)
class Subject:
    """An alarm, rule or topic of the app.

    Attributes:
        kind: ``alarm``, ``rule`` or ``topic``.
        name: its physical name.
        path: its construct path, or its logical id in a template without paths.
        stack: the name of its stack.
        arn: its ARN.
    """

    kind: str
    name: str
    path: str
    stack: str
    arn: str


@dataclass(frozen=True)
class Outcome:
    """What a rehearsal found out about one subject.

    Attributes:
        subject: the alarm, rule or topic.
        status: what became of it.
        fired: what was done to it, such as ``ALARM`` or an event's detail type; empty if nothing was.
        incidents: what it started.
        told: what sinks were told of it.
        problems: sentences on what failed, or why it was not tried.
        notes: sentences on what is remarkable but no failure.
        event: the sample event of a rule.
    """

    subject: Subject
    status: Status
    fired: str = ""
    incidents: tuple[StartedIncident, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    event: Mapping[str, Any] | None = None
    told: tuple[ToldSink, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole rehearsal.

    Attributes:
        region: the Region of stacks that name none.
        account: the account of stacks that name none.
        outcomes: one per subject, in the order of the templates.
        assumed_plans: ARNs of response plans that starters name and the app does not make.
        afterwards: what one alarm of each starter did after its first incident; of a subject of `outcomes`.
        substitutions: what was deployed otherwise than the app says.
        unread: sentences on what of the app could not be read.
    """

    region: str
    account: str
    outcomes: tuple[Outcome, ...]
    assumed_plans: tuple[str, ...] = ()
    afterwards: tuple[Outcome, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether everything wired started its incidents, and did afterwards what is configured."""
        return not any(outcome.status in FAILING for outcome in (*self.outcomes, *self.afterwards))

    @property
    def is_complete(self) -> bool:
        """Whether everything that is wired could be tried, and everything could be read."""
        return not self.unread and not any(each.status in LEAVING_OUT for each in self.outcomes)

    def count(self, status: Status) -> int:
        """Return how many subjects have a status."""
        return sum(outcome.status is status for outcome in self.outcomes)


def related_item(item: Mapping[str, Any]) -> RelatedItem:
    """Read one of StartIncident's related items."""
    identifier = item["identifier"]
    [value] = identifier["value"].values()
    text = str(value.get("name") or value.get("id") or value) if isinstance(value, Mapping) else str(value)
    return RelatedItem(str(identifier["type"]), str(item.get("title") or text), text)
