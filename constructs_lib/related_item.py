"""What responders find linked from an incident."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from ._checks import check_placeholders, check_request, check_text, has_token, without_tokens

if TYPE_CHECKING:
    from aws_cdk.aws_cloudwatch import IMetric

_LINKS = frozenset(("url", "arn"))
_NOT_IN_A_LINK = re.compile(r"[\s<>]")


class RelatedItemType(str, Enum):
    """The nine types of a related item.

    See https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_ItemIdentifier.html
    """

    ANALYSIS = "ANALYSIS"
    """A post-incident analysis."""
    ATTACHMENT = "ATTACHMENT"
    """An attached file."""
    AUTOMATION = "AUTOMATION"
    """A Systems Manager automation, such as a runbook."""
    INCIDENT = "INCIDENT"
    """Another incident."""
    INVOLVED_RESOURCE = "INVOLVED_RESOURCE"
    """An AWS resource that takes part in the incident."""
    METRIC = "METRIC"
    """A CloudWatch metric."""
    OTHER = "OTHER"
    """Anything else, usually a link."""
    PARENT = "PARENT"
    """What this incident is a part of."""
    TASK = "TASK"
    """A task, such as an OpsItem or a ticket."""


@dataclass(frozen=True)
class RelatedItem:
    """One related item of an incident; made by `url`, `arn`, `metric`, `metric_definition` or `pager_duty`.

    It is checked when it is made, against botocore's model of StartIncident. Texts may hold CDK
    tokens; what is known only at deployment is not checked.
    """

    type: RelatedItemType
    value: Mapping[str, Any] = field(hash=False)
    title: str | None = None

    def __post_init__(self) -> None:
        """Check the item.

        Raises:
            ValueError: the title, the type or the value is not what StartIncident takes.
        """
        if not isinstance(self.type, RelatedItemType):
            allowed = ", ".join(f"RelatedItemType.{each.name}" for each in RelatedItemType)
            message = f"related item: got type {self.type!r}, allowed are {allowed}"
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        if not isinstance(self.value, Mapping):
            message = (
                f"related item: got value {self.value!r} of type {type(self.value).__name__}, one member of "
                "StartIncident's ItemValue is needed: make items with RelatedItem.url(...) and the like"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        for kind in _LINKS.intersection(self.value):
            _check_link(kind, self.value[kind])
        if self.title is not None:
            check_text("title of a related item", self.title)
        check_request({"relatedItems": [self.to_request()]})

    @classmethod
    def url(
        cls, url: str, *, title: str | None = None, type: RelatedItemType = RelatedItemType.OTHER
    ) -> "RelatedItem":
        """A link.

        Args:
            url: an http or https address of at most 1,000 characters, without white space. It may hold the
                placeholders of a title, such as ``{detail.any.path}``; each becomes a percent-encoded value
                of the alarm or event. Where a value is missing, the incident goes without this link.
            title: what responders read, at most 200 characters. By default the address stands alone.
            type: what the link leads to.

        Raises:
            ValueError: a value is not what StartIncident takes.
        """
        return cls(type, {"url": url}, title)

    @classmethod
    def arn(
        cls,
        arn: str,
        *,
        title: str | None = None,
        type: RelatedItemType = RelatedItemType.INVOLVED_RESOURCE,
    ) -> "RelatedItem":
        """An AWS resource.

        Args:
            arn: its ARN, at most 1,000 characters.
            title: what responders read, at most 200 characters. By default the ARN stands alone.
            type: the part the resource plays.

        Raises:
            ValueError: a value is not what StartIncident takes.
        """
        return cls(type, {"arn": arn}, title)

    @classmethod
    def metric(
        cls,
        metric: "IMetric",
        *,
        title: str | None = None,
        type: RelatedItemType = RelatedItemType.METRIC,
    ) -> "RelatedItem":
        """A CloudWatch metric or math expression, as the Source of a graph.

        Not for alarms: a description has no room for it. An alarm's own metrics are added to its
        incidents anyway.

        Args:
            metric: any CDK metric.
            title: what responders read, at most 200 characters. By default the metric's own label.
            type: the part the metric plays.

        Raises:
            ValueError: the Source is longer than 4,000 characters.
        """
        # Imported late: the other items need no message to Node.
        from ._metric_source import graph_source  # noqa: PLC0415

        return cls.metric_definition(graph_source(metric), title=title, type=type)

    @classmethod
    def metric_definition(
        cls,
        definition: str,
        *,
        title: str | None = None,
        type: RelatedItemType = RelatedItemType.METRIC,
    ) -> "RelatedItem":
        """A metric, in the words that Incident Manager takes.

        Not for alarms: a description has no room for it.

        Args:
            definition: at most 4,000 characters; the console asks for a graph's Source, a JSON text.
            title: what responders read, at most 200 characters.
            type: the part the metric plays.

        Raises:
            ValueError: a value is not what StartIncident takes.
        """
        if not isinstance(definition, str) or not definition.strip():
            message = (
                f"metric definition: got {definition!r}, the Source of a CloudWatch graph is needed, "
                "a JSON text"
            )
            raise ValueError(message)
        cls(type, {"metricDefinition": without_tokens(definition)}, title)  # what is known is checked
        return cls(type, {"metricDefinition": definition}, title)

    @classmethod
    def pager_duty(
        cls,
        id: str,
        *,
        auto_resolve: bool | None = None,
        secret_id: str | None = None,
        title: str | None = None,
        type: RelatedItemType = RelatedItemType.OTHER,
    ) -> "RelatedItem":
        """An incident in PagerDuty.

        Not for alarms: a description has no room for it.

        Args:
            id: the PagerDuty incident's id, 1 to 200 characters.
            auto_resolve: whether Incident Manager resolves it along with the incident. By default
                it does not say.
            secret_id: the Secrets Manager secret with the PagerDuty key, 1 to 512 characters.
            title: what responders read, at most 200 characters.
            type: the part the PagerDuty incident plays.

        Raises:
            ValueError: a value is not what StartIncident takes.
        """
        detail: dict[str, Any] = {"id": check_text("id of the PagerDuty incident", id)}
        if auto_resolve is not None:
            detail["autoResolve"] = auto_resolve
        if secret_id is not None:
            detail["secretId"] = check_text("secret_id of the PagerDuty incident", secret_id)
        return cls(type, {"pagerDutyIncidentDetail": detail}, title)

    def to_request(self) -> dict[str, Any]:
        """The item as a member of StartIncident's ``relatedItems``."""
        item: dict[str, Any] = {"identifier": {"type": self.type.value, "value": dict(self.value)}}
        if self.title is not None:
            item["title"] = self.title
        return item


def _check_link(name: str, value: object) -> None:
    link = check_text(name, value)
    if not has_token(link) and (bad := _NOT_IN_A_LINK.search(link)):
        message = (
            f"{name}: got {link!r} with {bad.group()!r} at position {bad.start()}, "
            "percent-encode or remove it"
        )
        raise ValueError(message)
    if name == "url":
        check_placeholders(name, link, "a literal brace is percent-encoded, as %7B or %7D")
