"""Related items that follow from the alarm or event itself, without anyone wiring them.

Metrics are linked by their page in the console: the format of a metric definition is not
documented, that page's address is what the console itself writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import console, resources
from .alarms import Alarm, Payload, entries, load, mapping, text
from .texts import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .triggers import Trigger

Item = dict[str, Any]

_MOST = 20
"""Entries read from one list of a payload: 40 items are the end anyway."""

_LONGEST_NAME = 100


def derived(trigger: Trigger) -> Iterator[Item]:
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
    yield from _metrics(alarm)
    yield from _log_groups(alarm)
    if alarm.is_composite:
        yield from _triggering_alarms(alarm)


def _metrics(alarm: Alarm) -> Iterator[Item]:
    """Yield one graph of all metrics, then the resources that their dimensions name."""
    queries = [mapping(query) for query in alarm.metrics[:_MOST]]
    rows: list[list[Any]] = []
    found: dict[str, str] = {}
    for query in queries:
        stat = mapping(query.get("metricStat"))
        metric = mapping(stat.get("metric"))
        if not metric:
            if text(query.get("expression")):
                rows.append([_options(query, {}, expression=query["expression"])])
            continue
        namespace, dimensions = text(metric.get("namespace")), mapping(metric.get("dimensions"))
        row: list[Any] = [namespace, text(metric.get("name"))]
        for name, value in dimensions.items():
            row += (name, text(value))
        rows.append([*row, _options(query, stat)])
        place = resources.Place(alarm.partition, alarm.region, text(query.get("accountId")) or alarm.account)
        for title, arn in resources.named(namespace, dimensions, place):
            found.setdefault(arn, title)
    if alarm.attributes:
        place = resources.Place(alarm.partition, alarm.region, alarm.account)
        for title, arn in resources.named("", alarm.attributes, place):
            found.setdefault(arn, title)
    if rows and alarm.region:
        graph = {"metrics": rows, "region": alarm.region}
        yield _link(
            "Metrics of the alarm",
            console.metrics_page(alarm.partition, alarm.region, graph),
            "METRIC",
        )
    for arn, title in found.items():
        yield _resource(title, arn)


def _options(query: Payload, stat: Payload, **more: object) -> dict[str, object]:
    options = dict(more)
    if text(query.get("label")):
        options["label"] = query["label"]
    if text(query.get("id")):
        options["id"] = query["id"]
    if text(query.get("accountId")):
        options["accountId"] = query["accountId"]
    if query.get("returnData") is False:
        options["visible"] = False
    if text(stat.get("stat")):
        options["stat"] = stat["stat"]
    period = stat.get("period")
    if isinstance(period, int) and 0 < period < 10**6:
        options["period"] = period
    return options


def _log_groups(alarm: Alarm) -> Iterator[Item]:
    for identifier in alarm.log_groups[:_MOST]:
        name = text(identifier)
        if name.startswith("arn:"):
            yield _resource(f"Log group {_last_part(name)}", name)
        elif name:
            place = f"{alarm.partition}:logs:{alarm.region}:{alarm.account}"
            yield _resource(f"Log group {name}", f"arn:{place}:log-group:{name}")


def _triggering_alarms(alarm: Alarm) -> Iterator[Item]:
    reasons = mapping(load(alarm.reason_data)) if alarm.reason_data else {}
    for child in entries(reasons.get("triggeringAlarms"))[:_MOST]:
        arn = text(mapping(child).get("arn"))
        if arn:
            yield _resource(f"Triggered by {_last_part(arn)}", arn)


def _last_part(arn: str) -> str:
    return arn.rpartition(":")[2][:_LONGEST_NAME]


def _resource(title: str, arn: str) -> Item:
    return {
        "identifier": {"type": "INVOLVED_RESOURCE", "value": {"arn": arn}},
        "title": one_line(title),
    }


def _link(title: str, url: str, item_type: str) -> Item:
    return {"identifier": {"type": item_type, "value": {"url": url}}, "title": title}
