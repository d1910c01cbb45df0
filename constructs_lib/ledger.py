"""What a starter remembers of the incidents that it has started, and what it does with that."""

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._checks import check_count, check_duration, check_title

if TYPE_CHECKING:
    from aws_cdk import Duration

_SHORTEST_WINDOW, _LONGEST_WINDOW = 60, 7 * 86_400
_LONGEST_STORM_WINDOW = 86_400
_MOST_INCIDENTS = 200
_HOUR, _FIVE_MINUTES = 3600, 300


@dataclass(frozen=True)
class LedgerKey:
    """What counts as one problem; made by `alarm`, `contributor`, `template`, `title` or `never`.

    The response plan always belongs to it: an incident of one plan pages nobody of another.
    """

    _settings: dict[str, str]

    @classmethod
    def alarm(cls) -> "LedgerKey":
        """One problem per alarm: all contributors of a multi-series alarm share an incident."""
        return cls({"by": "alarm"})

    @classmethod
    def contributor(cls) -> "LedgerKey":
        """One problem per alarm and contributor."""
        return cls({"by": "contributor"})

    @classmethod
    def template(cls, template: str) -> "LedgerKey":
        """One problem for everything that gives the same text.

        Args:
            template: written like a title, with ``{detail.any.path}`` and the like. It should say the
                same when the alarm is OK again, so no ``{state}`` or ``{reason}``.

        Raises:
            ValueError: an unknown placeholder, or no text.
        """
        return cls({"template": check_title(template)})

    @classmethod
    def title(cls) -> "LedgerKey":
        """One problem for all alarms whose incidents have the same title, whatever they are.

        The titles should say the same when the alarm is OK again, so no ``{state}`` or ``{reason}``. With
        an `IncidentAlarmActionStrategy` and the title ``{dedupe_string}``, alarms with one dedupe string
        share an incident. Alarms whose incidents take the plan's title are a problem each.
        """
        return cls({"by": "title"})

    @classmethod
    def never(cls) -> "LedgerKey":
        """Every delivery is a problem of its own; nothing is remembered, so nothing is resolved."""
        return cls({"by": "never"})


@dataclass(frozen=True)
class Storm:
    """From how many incidents on the rest joins one incident; impact 1 never does.

    Attributes:
        max_incidents: of one plan within the time, 1 to 200.
        per: the time, 1 minute to 1 day. By default 5 minutes.
    """

    max_incidents: int
    per: "Duration | None" = None

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ValueError: one is not allowed.
        """
        check_count("storm.max_incidents", self.max_incidents, 1, _MOST_INCIDENTS)
        if self.per is not None:
            check_duration("storm.per", self.per, _SHORTEST_WINDOW, _LONGEST_STORM_WINDOW)


class Ledger:
    """A memory of open incidents: one problem has one incident, and is told of its recovery.

    It deploys a DynamoDB table, and with ``resolve_after`` a rule that runs every minute. A table that
    does not answer never stops a page: the incident is then started without it.
    """

    def __init__(
        self,
        *,
        append_within: "Duration | None" = None,
        key: LedgerKey | None = None,
        resolve_after: "Duration | None" = None,
        respect_suppression: bool = False,
        storm: Storm | None = None,
    ) -> None:
        """Say what is remembered and what follows from it.

        Args:
            append_within: how long after its last ALARM an open incident takes what is new of its
                problem, 1 minute to 7 days. Appending pages nobody. By default 1 hour.
            key: what counts as one problem. By default each alarm.
            resolve_after: how long everything attached to an incident must have stayed OK until it is
                resolved, 1 minute to 7 days. By default people resolve it.
            respect_suppression: whether events of alarms on the bus wait while a mute rule or a composite
                alarm's suppressor holds their actions back, and page at its end if the alarm is still in
                that state. Alarm actions honour both anyway. By default events page at once.
            storm: when the rest joins one incident. By default never.

        Raises:
            ValueError: a value is not allowed.
        """
        for name, duration in (("append_within", append_within), ("resolve_after", resolve_after)):
            if duration is not None:
                check_duration(f"ledger.{name}", duration, _SHORTEST_WINDOW, _LONGEST_WINDOW)
        _check_kind("key", key, LedgerKey)
        _check_kind("storm", storm, Storm)
        self._append_within = append_within
        self._key = key or LedgerKey.alarm()
        self._resolve_after = resolve_after
        self._respect_suppression = respect_suppression
        self._storm = storm
        self._is_on = True
        self._skips_suppressed = False

    @classmethod
    def off(cls) -> "Ledger":
        """No memory: every move into ALARM starts an incident of its own."""
        ledger = cls()
        ledger._is_on = False
        return ledger

    @property
    def is_on(self) -> bool:
        """Whether anything is remembered."""
        return self._is_on

    @property
    def sweeps(self) -> bool:
        """Whether something waits for its time, and so needs a sweeper."""
        return self._resolve_after is not None or self._respect_suppression

    @property
    def respects_suppression(self) -> bool:
        """Whether events wait while their alarm's actions are held back."""
        return self._respect_suppression

    def of_a_hub(self) -> "Ledger":
        """The same for alarms of other accounts, whose held-back events cannot wait: they are skipped.

        Raises:
            ValueError: nothing is remembered.
        """
        if not self._is_on:
            message = (
                "ledger: got Ledger.off(), a hub needs a ledger: it tells apart an alarm that comes as an "
                "action and as an event, and skips those whose actions are held back; leave ledger out"
            )
            raise ValueError(message)
        ledger = copy(self)
        ledger._skips_suppressed = True  # noqa: SLF001 - a copy of our own
        return ledger

    def follow_up_actions(self) -> list[str]:
        """What the function does with an incident after its start; AWS wants it of the plan as well."""
        if not self._is_on:
            return []
        actions = ["CreateTimelineEvent", "GetIncidentRecord", "UpdateRelatedItems"]
        if self._resolve_after is not None or self._storm is not None:
            actions.append("UpdateIncidentRecord")
        if self._storm is not None:
            actions.append("GetResponsePlan")
        return [f"ssm-incidents:{action}" for action in sorted(actions)]

    def to_settings(self) -> dict[str, Any]:
        """What the function is told, in its own words."""
        settings: dict[str, Any] = {
            "key": self._key._settings,  # noqa: SLF001 - one room
            "appendWithin": _seconds(self._append_within, _HOUR),
        }
        if self._resolve_after is not None:
            settings["resolveAfter"] = _seconds(self._resolve_after, _HOUR)
        if self._respect_suppression:
            settings["respectSuppression"] = True
        if self._skips_suppressed:
            settings["skipSuppressed"] = True
        if self._storm is not None:
            settings["storm"] = {
                "maxIncidents": self._storm.max_incidents,
                "per": _seconds(self._storm.per, _FIVE_MINUTES),
            }
        return settings


def _check_kind(name: str, value: object, kind: type) -> None:
    if value is not None and not isinstance(value, kind):
        message = f"ledger.{name}: got {value!r} of type {type(value).__name__}, a {kind.__name__} is needed"
        raise ValueError(message)


def check_ledger(ledger: object) -> Ledger:
    """What a starter was given as its ledger; nothing means one with all its defaults.

    Raises:
        ValueError: it is something else.
    """
    if ledger is None:
        return Ledger()
    if isinstance(ledger, Ledger):
        return ledger
    message = f"ledger: got {ledger!r} of type {type(ledger).__name__}, a Ledger is needed, or Ledger.off()"
    raise ValueError(message)


def _seconds(duration: "Duration | None", otherwise: int) -> int:
    return otherwise if duration is None else int(duration.to_seconds())
