"""Which alarms a route is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .globs import check_glob, check_path_glob, covers, covers_path, is_literal, matches, matches_path

Globs = str | Sequence[str]
"""One glob, or several of which one is enough."""

_ALL = {"name": "*", "path": "**", "stage": "*"}
"""What every alarm has a match for; a composite alarm has no namespace, and a tag may be missing."""


class AlarmKind(str, Enum):
    """What an alarm watches."""

    ANOMALY = "anomaly"
    """A metric beside the band that anomaly detection expects."""
    COMPOSITE = "composite"
    """Other alarms."""
    LOG = "log"
    """A query over logs."""
    MATH = "math"
    """A math expression or a Metrics Insights query over metrics."""
    METRIC = "metric"
    """One metric."""
    PROMQL = "promql"
    """A PromQL query."""


@dataclass(frozen=True)
class RoutedAlarm:
    """An alarm, as far as routes look at it.

    Attributes:
        path: its construct path, without the ``/Resource`` of an L2 alarm.
        kind: what it watches.
        name: its name, or None where only a deployment knows it.
        namespaces: of all of its metrics; None among them where only a deployment knows it.
        tags: its own and those of ``Tags.of``; None as a value that only a deployment knows.
        stage: the name of the CDK Stage around it, else the context value ``stage``, else an empty text.
    """

    path: str
    kind: AlarmKind = AlarmKind.METRIC
    name: str | None = None
    namespaces: tuple[str | None, ...] = ()
    tags: Mapping[str, str | None] = field(default_factory=dict)
    stage: str = ""

    @property
    def unknown(self) -> set[str]:
        """The conditions that only a deployment can judge."""
        is_unknown = {
            "name": self.name is None,
            "namespace": None in self.namespaces,
            "tags": None in self.tags.values(),
        }
        return {condition for condition, holds in is_unknown.items() if holds}


class AlarmMatch:
    """Conditions that all have to hold; of the values of one, any is enough.

    An alarm whose name, namespace or tag only a deployment knows does not match a condition on it, unless
    that is ``*``.
    """

    __slots__ = ("_globs", "_kinds", "_tags")

    def __init__(
        self,
        *,
        kind: AlarmKind | str | Sequence[AlarmKind | str] | None = None,
        name: Globs | None = None,
        namespace: Globs | None = None,
        path: Globs | None = None,
        stage: Globs | None = None,
        tags: Mapping[str, Globs] | None = None,
    ) -> None:
        """Collect and check the conditions; without any, every alarm matches.

        Args:
            kind: what the alarm watches, as `AlarmKind` or its value.
            name: globs of the alarm's name, in which ``*`` is any text and ``?`` any character.
            namespace: globs of the namespace of any of its metrics, such as ``AWS/SQS`` or ``AWS/*``.
            path: globs of its construct path, such as ``Shop/**/Errors``: ``*`` and ``?`` stay within one
                part, ``**`` is any number of parts.
            stage: globs of the name of the CDK Stage that it is in, else of the context value ``stage``, in
                any case of letters.
            tags: globs of the values of its tags, by their keys; each key has to match.

        Raises:
            ValueError: a value is not allowed.
        """
        given = {"name": name, "namespace": namespace, "path": path, "stage": stage}
        self._globs = {
            key: globs_of(key, value, check_path_glob if key == "path" else check_glob)
            for key, value in given.items()
            if value is not None
        }
        if "stage" in self._globs:
            self._globs["stage"] = tuple(glob.lower() for glob in self._globs["stage"])
        self._tags = _tags_of(tags)
        self._kinds = None if kind is None else frozenset(_kind_of(each) for each in _listed("kind", kind))

    def __eq__(self, other: object) -> bool:
        """Whether the other has the same conditions."""
        return isinstance(other, AlarmMatch) and self._key() == other._key()

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(self._key())

    def __repr__(self) -> str:
        """The conditions, as in an error sentence."""
        said: dict[str, Any] = {key: [*globs] for key, globs in self._globs.items()}
        if self._tags:
            said["tags"] = {key: [*globs] for key, globs in self._tags.items()}
        if self._kinds is not None:
            said["kind"] = sorted(kind.value for kind in self._kinds)
        return f"AlarmMatch({', '.join(f'{key}={value}' for key, value in said.items())})"

    @property
    def looks_at(self) -> frozenset[str]:
        """The names of the conditions."""
        found = {*self._globs}
        return frozenset(found | ({"tags"} if self._tags else set()) | ({"kind"} if self._kinds else set()))

    def matches(self, alarm: RoutedAlarm) -> bool:
        """Whether all conditions hold."""
        return next(self._failing(alarm), None) is None

    def unknowns(self, alarm: RoutedAlarm) -> list[str]:
        """The conditions that alone keep the alarm out, because only a deployment knows the value."""
        failing = [*self._failing(alarm)]
        unknown = [condition for condition in failing if _is_unknown(alarm, condition)]
        return unknown if len(unknown) == len(failing) else []

    def covers(self, other: AlarmMatch) -> bool:
        """Whether it certainly matches every alarm that the other matches."""
        if self._kinds is not None and (other._kinds is None or not other._kinds <= self._kinds):
            return False
        return all(
            _ALL.get(key) in globs
            or _all_covered(globs, other._globs.get(key, ()), covers_path if key == "path" else covers)
            for key, globs in self._globs.items()
        ) and all(_all_covered(globs, other._tags.get(key, ()), covers) for key, globs in self._tags.items())

    def excludes(self, other: AlarmMatch) -> bool:
        """Whether certainly no alarm matches both."""
        if self._kinds is not None and other._kinds is not None and not self._kinds & other._kinds:
            return True
        return any(
            _all_outside(self._globs[key], other._globs[key], matches_path if key == "path" else matches)
            for key in self._globs.keys() & other._globs.keys() - {"namespace"}
        )

    def _failing(self, alarm: RoutedAlarm) -> Iterator[str]:
        """The conditions that do not hold, the cheapest to look at first."""
        if self._kinds is not None and alarm.kind not in self._kinds:
            yield "kind"
        for key, globs in self._globs.items():
            if key == "path":
                holds = any(matches_path(glob, alarm.path) for glob in globs)
            elif key == "namespace":
                holds = any(_holds(globs, each) for each in alarm.namespaces)
            elif key == "stage":
                holds = _holds(globs, alarm.stage.lower())
            else:
                holds = _holds(globs, alarm.name)
            if not holds:
                yield key
        for key, globs in self._tags.items():
            if key not in alarm.tags or not _holds(globs, alarm.tags[key]):
                yield f"tags.{key}"

    def _key(self) -> tuple[object, ...]:
        kinds = None if self._kinds is None else tuple(sorted(self._kinds))
        return (tuple(sorted(self._globs.items())), tuple(sorted(self._tags.items())), kinds)


def _holds(globs: Sequence[str], value: str | None) -> bool:
    return "*" in globs if value is None else any(matches(glob, value) for glob in globs)


def _is_unknown(alarm: RoutedAlarm, condition: str) -> bool:
    if condition.startswith("tags."):
        key = condition.removeprefix("tags.")
        return key in alarm.tags and alarm.tags[key] is None
    return (condition == "name" and alarm.name is None) or (
        condition == "namespace" and None in alarm.namespaces
    )


def _all_covered(globs: Sequence[str], others: Sequence[str], cover: Callable[[str, str], bool]) -> bool:
    return bool(others) and all(any(cover(glob, other) for glob in globs) for other in others)


def _all_outside(globs: Sequence[str], others: Sequence[str], match: Callable[[str, str], bool]) -> bool:
    """Whether one side names all its values and the other matches none of them."""
    pairs = ((globs, others), (others, globs))
    return any(
        all(map(is_literal, one)) and not any(match(glob, text) for glob in two for text in one)
        for one, two in pairs
    )


def _listed(name: str, value: object) -> Sequence[object]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, Sequence) or not value:
        message = f"{name}: got {value!r}, one value or a list of at least one is needed"
        raise ValueError(message)
    return value


def globs_of(name: str, value: object, check: Callable[[str, object], str] = check_glob) -> tuple[str, ...]:
    """One glob or several, as a tuple.

    Raises:
        ValueError: one is not allowed, or there is none.
    """
    return tuple(check(name, glob) for glob in _listed(name, value))


def _tags_of(tags: object) -> dict[str, tuple[str, ...]]:
    if tags is None:
        return {}
    if not isinstance(tags, Mapping) or not tags or not all(isinstance(key, str) and key for key in tags):
        message = f"tags: got {tags!r}, globs by the keys of tags are needed, such as {{'team': 'shop'}}"
        raise ValueError(message)
    return {key: globs_of(f"tags.{key}", value, check_glob) for key, value in tags.items()}


def _kind_of(value: object) -> AlarmKind:
    try:
        return AlarmKind(value)
    except ValueError:
        allowed = ", ".join(kind.value for kind in AlarmKind)
        message = f"kind: got {value!r}, allowed are {allowed}"
        raise ValueError(message) from None
