"""Where events go when Incident Manager fails, or instead of it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ._checks import check_text, has_token

if TYPE_CHECKING:
    from aws_cdk.aws_sns import ITopic, Topic

_LONGEST_CATEGORY, _LONGEST_SOURCE = 64, 128
_RESERVED = re.compile("aws|amazon|amzn", re.IGNORECASE)
_MOST_SINKS = 3


@dataclass(frozen=True)
class IncidentSink:
    """One place that is told of events; made by `ops_item` or `topic`."""

    _topic: "ITopic | Topic | None"
    _options: dict[str, str]

    @classmethod
    def ops_item(cls, *, category: str | None = None, source: str | None = None) -> "IncidentSink":
        """An OpsItem of Systems Manager OpsCenter, one per event while it is open.

        Its severity is the incident's impact (5, no impact, becomes 4; 2 where nobody said one), its
        priority too. It carries the title, why it was made, the response plan, the related items, the
        ARNs of the alarm and what it measures, and the beginning of the event.

        See https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html

        Args:
            category: such as ``Availability`` or ``Security``, at most 64 characters. By default none.
            source: what the OpsItem says that it comes from, at most 128 characters, without ``aws``,
                ``amazon`` and ``amzn``. By default ``incident-starter``.

        Raises:
            ValueError: a text is too long, or of those that OpsCenter keeps for AWS.
        """
        options = {}
        for name, text, longest in (
            ("category", category, _LONGEST_CATEGORY),
            ("source", source, _LONGEST_SOURCE),
        ):
            if text is None:
                continue
            check_text(name, text)
            if not has_token(text) and len(text) > longest:
                message = f"{name}: got {len(text)} characters, at most {longest} are allowed"
                raise ValueError(message)
            options[name] = text
        if source is not None and (bad := _RESERVED.search(source)) and not has_token(source):
            message = f"source: got {source!r} with {bad.group()!r}, which OpsCenter keeps for AWS: remove it"
            raise ValueError(message)
        return cls(None, options)

    @classmethod
    def topic(
        cls, topic: "ITopic | Topic"
    ) -> "IncidentSink":  # pyright does not take the second for the first
        """A message of an SNS topic, at least once per event.

        Programs get one JSON document with everything and the event whole (its beginning, where it is
        larger than a message), e-mail a readable text, phones one line. Subscriptions may filter by the
        attributes ``impact`` (a number), ``reason`` (the error's name) and ``outcome``.

        See https://docs.aws.amazon.com/sns/latest/api/API_Publish.html

        Args:
            topic: a standard topic, of any account that lets this one publish. It must not lead back to
                the starter.

        Raises:
            ValueError: it is no topic, or a FIFO topic.
        """
        if not isinstance(getattr(topic, "topic_arn", None), str):
            message = (
                f"topic: got {topic!r} of type {type(topic).__name__}, a topic is needed, such as "
                "sns.Topic or sns.Topic.from_topic_arn(...)"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        if topic.fifo:
            message = (
                f"topic: got the FIFO topic {topic.topic_arn}, a standard topic is needed: nobody's phone or "
                "mailbox can subscribe to a FIFO topic"
            )
            raise ValueError(message)
        return cls(topic, {})

    @property
    def target(self) -> "ITopic | Topic | None":
        """The topic, or None for an OpsItem."""
        return self._topic

    def to_configuration(self) -> dict[str, Any]:
        """The sink as the function is told of it."""
        return {"opsItem": self._options} if self._topic is None else {"topic": self._topic.topic_arn}


IncidentSinks = IncidentSink | Sequence[IncidentSink]
"""One sink, or several that are all told."""


def checked_sinks(name: str, given: IncidentSinks | None) -> list[IncidentSink]:
    """The sinks of an option, none where it is left out.

    Raises:
        ValueError: none is in the list, too many are, one twice, or what is no sink.
    """
    if given is None:
        return []
    sinks = [given] if isinstance(given, IncidentSink) else given
    if isinstance(sinks, str | bytes) or not isinstance(sinks, Sequence):
        message = (
            f"{name}: got {given!r} of type {type(given).__name__}, an IncidentSink or a list of them is "
            "needed: IncidentSink.ops_item() or IncidentSink.topic(...)"
        )
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    if not 1 <= len(sinks) <= _MOST_SINKS:
        message = (
            f"{name}: got {len(sinks)} sinks, 1 to {_MOST_SINKS} are allowed, as they are told one after the "
            "other; or leave it out"
        )
        raise ValueError(message)
    seen: set[str] = set()
    for sink in sinks:
        if not isinstance(sink, IncidentSink):
            message = (
                f"{name}: got {sink!r} of type {type(sink).__name__}, an IncidentSink is needed: "
                "IncidentSink.ops_item() or IncidentSink.topic(...)"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        what = "OpsItems" if sink.target is None else f"the topic {sink.target.topic_arn}"
        if what in seen:
            message = f"{name}: got {what} twice, name each sink once"
            raise ValueError(message)
        seen.add(what)
    return list(sinks)
