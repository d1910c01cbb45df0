"""What one alarm, rule or topic says about its incidents."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ._bundle import limits, trailers
from ._checks import (
    check_impact,
    check_list,
    check_request,
    check_title,
    has_token,
    refuse_angle_brackets,
    without_tokens,
)
from ._response_plans import AnyResponsePlan, plan_arn
from .impact import Impact
from .related_item import RelatedItem

MAX_DESCRIPTION = 1024
_DEFAULT_TYPES = {"url": "OTHER", "arn": "INVOLVED_RESOURCE"}
_DEFAULT_LABELS = {"url": "Link", "arn": "Resource"}
_EXAMPLES = {"url": "https://example.com/", "arn": "arn:aws:sqs:eu-west-1:111122223333:"}


class IncidentDetails:
    """Impact, title, related items and response plan of an incident; each may be left out.

    What is left out comes from the starter, and what the starter leaves out from the response plan.
    The values are checked here, against botocore's model of StartIncident.
    """

    __slots__ = ("_request", "_trailers")

    def __init__(
        self,
        *,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        response_plan: AnyResponsePlan | None = None,
    ) -> None:
        """Collect and check the values.

        Args:
            impact: how much it hurts. By default the starter's impact.
            title: a template of at most 200 characters, with placeholders such as ``{alarm_name}``,
                ``{state}``, ``{account}`` or ``{detail.any.path}``. By default the starter's title.
            related_items: added to the starter's own, most specific first, at most 40 in all.
            response_plan: a plan that the starter may start, as a construct or a full ARN. By default the
                starter's plan.

        Raises:
            ValueError: a value is not what StartIncident takes; the sentence says which, and what is allowed.
        """
        request: dict[str, Any] = {}
        if response_plan is not None:
            request["responsePlanArn"] = plan_arn(response_plan)
        if impact is not None:
            request["impact"] = int(check_impact(impact))
        if title is not None:
            request["title"] = check_title(title)
        check_request(request)
        if related_items is not None and _items(related_items):
            # Each has checked itself when it was made.
            request["relatedItems"] = [item.to_request() for item in related_items]
        self._request = request
        self._trailers: str | None = None

    @classmethod
    def of_checked(cls, request: Mapping[str, Any]) -> "IncidentDetails":
        """Details of members that other details have checked already."""
        details = cls()
        details._request = dict(request)
        return details

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return bool(self._request)

    def __eq__(self, other: object) -> bool:
        """Whether the other says the same."""
        return isinstance(other, IncidentDetails) and self._request == other._request

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash(json.dumps(self._request, sort_keys=True))

    def to_request(self) -> dict[str, Any]:
        """The values as members of a StartIncident request."""
        return dict(self._request)

    def description(self, text: str = "") -> str:
        """An alarm description that carries these details, for L1 and log alarms.

        The details are written below the text as ``- Key: value`` lines, which responders can read
        in the CloudWatch console and the starter's function reads from every alarm's payload. This costs no
        resource and no message to Node.

        Args:
            text: what a person should read first.

        Returns:
            At most 1,024 characters, CloudWatch's limit of an alarm description.

        Raises:
            ValueError: the result is too long, or a value cannot be written as a line: metric and
                PagerDuty items, or a title that reads as something else.
        """
        if not isinstance(text, str):
            message = f"description: got {text!r} of type {type(text).__name__}, a str is needed"
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        return with_trailers(text, self.trailers())

    def trailers(self) -> str:
        """The ``- Key: value`` lines alone.

        Raises:
            ValueError: a value cannot be written as a line.
        """
        if self._trailers is None:
            lines = _lines(self._request)
            if "<" in lines or ">" in lines:
                reason = "the CloudWatch console reads it as markup in a description"
                refuse_angle_brackets(self._request, "", reason)
            self._check_reads_back(lines)
            self._trailers = lines
        return self._trailers

    def _check_reads_back(self, lines: str) -> None:
        """What is written must be what the function will read."""
        written = _known(self._request)
        read = trailers.parse(_lines(written) if has_token(lines) else lines).partial
        for member, value in written.items():
            if read.get(member) != value:
                message = (
                    f"{member}: got {value!r}, an alarm's description would give back {read.get(member)!r}: "
                    "no white space at the ends, no leading '-', '*' or '+', no title of a related item that "
                    "reads as 'Impact', 'Title' or 'Response plan' or ends in '[...]', and each link once"
                )
                raise ValueError(message)


def with_trailers(text: str, lines: str) -> str:
    """A description: the text, and what `IncidentDetails.trailers` gives below it.

    A link that the text has as a trailer already, such as the runbook that cdk-monitoring-constructs
    writes, is not written again: the first of two is what counts.

    Raises:
        ValueError: it is too long.
    """
    if "://" in text or "arn:" in text:
        lines = _without_items_of(text, lines)
    described = f"{text.rstrip()}\n\n{lines}" if text.strip() else lines
    description = described if lines else text
    known = len(without_tokens(description))
    if known > MAX_DESCRIPTION:
        message = (
            f"description: got {known:,} characters with its trailers, CloudWatch takes "
            f"{MAX_DESCRIPTION:,}: shorten the text or move related items to the starter"
        )
        raise ValueError(message)
    return description


def _without_items_of(text: str, lines: str) -> str:
    known = [_link_of(item) for item in trailers.parse(text).partial.get("relatedItems", ())]

    def is_new(line: str) -> bool:
        items = trailers.parse(line).partial.get("relatedItems", ())
        return not any(_link_of(item) in known for item in items)

    return "\n".join(filter(is_new, lines.split("\n")))


def _items(related_items: Sequence[RelatedItem]) -> Sequence[RelatedItem]:
    items = check_list("related_items", related_items, of="RelatedItem")
    for position, item in enumerate(items):
        if not isinstance(item, RelatedItem):
            message = (
                f"related_items[{position}]: got {item!r} of type {type(item).__name__}, "
                "a RelatedItem is needed, such as RelatedItem.url('https://...', title='Runbook')"
            )
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    if len(items) > limits.MAX_RELATED_ITEMS:
        message = f"relatedItems: got {len(items):,} entries, at most {limits.MAX_RELATED_ITEMS} are allowed"
        raise ValueError(message)
    return related_items


def _link_of(item: dict[str, Any]) -> tuple[str, str, str]:
    identifier = item["identifier"]
    ((kind, link),) = identifier["value"].items()
    return identifier["type"], kind, link


def _known(request: Mapping[str, Any]) -> dict[str, Any]:
    """The request with something known in place of each token, and with every item's label."""
    known = dict(request)
    if has_token(known.get("responsePlanArn", "")):
        del known["responsePlanArn"]
    if "title" in known:
        known["title"] = without_tokens(known["title"], "token")
    if "relatedItems" in known:
        known["relatedItems"] = [_known_item(*each) for each in enumerate(known["relatedItems"])]
    return known


def _known_item(position: int, item: dict[str, Any]) -> dict[str, Any]:
    item_type, kind, link = _link_of(item)
    return {
        "identifier": {
            "type": item_type,
            "value": {kind: f"{_EXAMPLES[kind]}{position}" if has_token(link) else link},
        },
        "title": without_tokens(item.get("title", _DEFAULT_LABELS[kind]), "token"),
    }


def _lines(request: Mapping[str, Any]) -> str:
    lines = []
    if "impact" in request:
        impact = Impact(request["impact"])
        lines.append(f"Impact: {impact.value} - {impact.label}")
    if "title" in request:
        lines.append(f"Title: {request['title']}")
    if "responsePlanArn" in request:
        lines.append(f"Response plan: {request['responsePlanArn']}")
    lines.extend(_item_line(item) for item in request.get("relatedItems", ()))
    return "\n".join(f"- {line}" for line in lines)


def _item_line(item: dict[str, Any]) -> str:
    item_type, kind, link = _link_of(item)
    if kind not in _DEFAULT_TYPES:
        message = (
            f"related_items: got a {kind} item, an alarm's description can carry links and ARNs only: "
            "give it to the starter, a rule or a topic instead (an alarm's own metrics are added "
            "anyway)"
        )
        raise ValueError(message)
    label = item.get("title", _DEFAULT_LABELS[kind])
    marked = "" if item_type == _DEFAULT_TYPES[kind] else f" [{item_type}]"
    return f"{label}{marked}: {link}"
