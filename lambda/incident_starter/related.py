"""Related items that follow from the alarm or event itself, without anyone wiring them.

Metrics are linked by their page in the console: the format of a metric definition is not
documented, that page's address is what the console itself writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import console, resources
from .alarms import Alarm, Payload, entries, load, mapping, text
from .texts import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .triggers import Trigger


class Derived(NamedTuple):
    """One item, before anyone has checked whether it can be sent."""

    type: str
    kind: str
    """The member of the item's value: `arn` or `url`."""

    target: str
    title: str


_MOST = 20
"""Entries read from one list of a payload: 40 items are the end anyway."""

_LONGEST_NAME = 100
_LONGEST_PERIOD = 10**6


def derived(trigger: Trigger, longest_url: int) -> Iterator[Derived]:
    """Yield the items of a trigger, the most telling first; nobody has checked them."""
    alarm = trigger.alarm
    if alarm is None:
        for arn in trigger.resources[:_MOST]:
            if isinstance(arn, str):
                yield _resource(f"Resource {_last_part(arn)}", arn)
        return
    yield _resource(f"Alarm {alarm.name}", alarm.arn)
    if alarm.region:
        page = console.alarm_page(alarm.partition, alarm.region, alarm.name)
        yield _link("Alarm in the console", page, "OTHER")
    yield from _metrics(alarm, longest_url)
    yield from _log_groups(alarm)
    if alarm.is_composite:
        yield from _triggering_alarms(alarm)


def _metrics(alarm: Alarm, longest_url: int) -> Iterator[Derived]:
    """Yield a graph of the metrics, then the resources that their dimensions name."""
    rows: dict[str, str] = {}
    found: dict[str, str] = {}
    for query in map(mapping, alarm.metrics[:_MOST]):
        stat = mapping(query.get("metricStat"))
        metric = mapping(stat.get("metric"))
        if not metric:
            if expression := text(query.get("expression")):
                rows[console.expression_row(expression, _options(query, stat))] = ""
            continue
        namespace = text(metric.get("namespace"))
        dimensions = {name: text(value) for name, value in mapping(metric.get("dimensions")).items()}
        name = text(metric.get("name"))
        rows[console.metric_row(namespace, name, dimensions, _options(query, stat))] = name
        account = text(query.get("accountId")) or alarm.account
        place = resources.Place(alarm.partition, alarm.region, account)
        for title, arn in resources.named(namespace, dimensions, place):
            found.setdefault(arn, title)
    if alarm.attributes:
        place = resources.Place(alarm.partition, alarm.region, alarm.account)
        for title, arn in resources.named("", alarm.attributes, place):
            found.setdefault(arn, title)
    if rows and alarm.region:
        yield from _graphs(alarm, rows, longest_url)
    for arn, title in found.items():
        yield _resource(title, arn)


def _graphs(alarm: Alarm, rows: dict[str, str], longest_url: int) -> Iterator[Derived]:
    """Yield one graph of everything, or one of each metric where that link would be too long."""
    page = console.metrics_page(alarm.partition, alarm.region, rows)
    if len(page) <= longest_url:
        yield _link("Metrics of the alarm", page, "METRIC")
        return
    for row, name in rows.items():
        if name:
            page = console.metrics_page(alarm.partition, alarm.region, [row])
            yield _link(f"Metric {one_line(name)}", page, "METRIC")


def _options(query: Payload, stat: Payload) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for holder, name in ((query, "id"), (query, "label"), (query, "accountId"), (stat, "stat")):
        value = holder.get(name)
        if value and isinstance(value, str):
            options[name] = value
    if query.get("returnData") is False:
        options["visible"] = False
    period = stat.get("period")
    if isinstance(period, int) and 0 < period <= _LONGEST_PERIOD:
        options["period"] = period
    return options


def _log_groups(alarm: Alarm) -> Iterator[Derived]:
    for identifier in alarm.log_groups[:_MOST]:
        name = text(identifier)
        if name.startswith("arn:"):
            yield _resource(f"Log group {_last_part(name)}", name)
        elif name:
            place = f"{alarm.partition}:logs:{alarm.region}:{alarm.account}"
            yield _resource(f"Log group {name}", f"arn:{place}:log-group:{name}")


def _triggering_alarms(alarm: Alarm) -> Iterator[Derived]:
    reasons = mapping(load(alarm.reason_data)) if alarm.reason_data else {}
    for child in entries(reasons.get("triggeringAlarms"))[:_MOST]:
        arn = text(mapping(child).get("arn"))
        if arn:
            yield _resource(f"Triggered by {_last_part(arn)}", arn)


def _last_part(arn: str) -> str:
    return arn.rpartition(":")[2][:_LONGEST_NAME]


def _resource(title: str, arn: str) -> Derived:
    return Derived("INVOLVED_RESOURCE", "arn", arn, one_line(title))


def _link(title: str, url: str, item_type: str) -> Derived:
    return Derived(item_type, "url", url, title)
