"""A dashboard of a starter, for who has to find out why pages do not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_cloudwatch as cloudwatch

from .impact import Impact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from ._monitored import Watched
    from .starter_interface import IIncidentStarter

_Metrics = list[cloudwatch.IMetric]


def draw_dashboard(
    scope: Construct,
    starter: IIncidentStarter,
    watched: Watched,
    alarms: Sequence[cloudwatch.Alarm],
    counted: Sequence[str],
) -> cloudwatch.Dashboard:
    """Draw what is asked first: what is wrong, what came, how late, what lies there.

    Args:
        scope: the parent construct.
        starter: whose metrics are drawn.
        watched: what there is of it.
        alarms: the alarms on it.
        counted: the names of the metrics that it counts trouble with.
    """
    function = watched.function
    graphs: dict[str, _Metrics] = {
        **(_of_incidents(starter, watched) if watched.starts_incidents else {}),
        "What did not go as it should": [starter.metric(name) for name in ("Failures", "Retries", *counted)],
        "Function": [function.metric_invocations(), function.metric_errors(), function.metric_throttles()],
        "Lost events": [watched.queue.metric_approximate_number_of_messages_visible(statistic="Maximum")],
    }
    if watched.fallback_queue is not None:
        graphs["Events that wait for the fallback, oldest in seconds"] = [
            watched.fallback_queue.metric_approximate_age_of_oldest_message(statistic="Maximum")
        ]
    dashboard = cloudwatch.Dashboard(scope, "Dashboard")
    dashboard.add_widgets(cloudwatch.AlarmStatusWidget(alarms=alarms, width=24, title="Alarms"))
    for title, metrics in graphs.items():
        dashboard.add_widgets(cloudwatch.GraphWidget(title=title, left=metrics, width=12))
    return dashboard


def _of_incidents(starter: IIncidentStarter, watched: Watched) -> dict[str, _Metrics]:
    started = starter.metric_incidents_started
    impacts: _Metrics = [
        started(impact=impact).with_(label=f"{impact.value} - {impact.label}") for impact in Impact
    ]
    of_month: dict[str, _Metrics] = {
        "Incidents of the fullest plan this month": [starter.metric_incidents_this_month()]
    }
    return {
        "Incidents by impact": [*impacts, _decided_by_plan(starter)],
        "Incidents of the starter's own plan": [started(response_plan=watched.response_plan)],
        **(of_month if "ledger" in watched.options else {}),
        "Delay of pages": [
            starter.metric_page_delay(statistic=statistic).with_(label=statistic)
            for statistic in ("p50", "p90", "Maximum")
        ],
    }


def _decided_by_plan(starter: IIncidentStarter) -> cloudwatch.IMetric:
    metric = starter.metric_incidents_started(impact=Impact.CRITICAL)
    return metric.with_(
        dimensions_map={**(metric.dimensions or {}), "Impact": "plan"}, label="the plan's own impact"
    )
