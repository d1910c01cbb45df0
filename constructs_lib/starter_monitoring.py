"""Watching the watcher: alarms on what a starter does, and a dashboard of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Duration, aws_cloudwatch as cloudwatch, aws_cloudwatch_actions as actions
from constructs import Construct

from ._checks import check_count, check_duration
from ._starter_dashboard import draw_dashboard
from .related_item import RelatedItem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aws_cdk import aws_sns as sns

    from ._monitored import Watched
    from .starter_interface import IIncidentStarter

_PERIOD = Duration.minutes(5)
_WEEK = Duration.days(7)
_WEEKS_OF_A_MONTH = 5  # that many weeks cover any month, so one of them has a fifth of its incidents
_QUOTA = 200  # incidents per plan and month, which nobody can raise
_LONGEST_DELAY = 86_400
_LONGEST_WAIT = 900  # seconds for the fallback, which is tried every 6 minutes


@dataclass(frozen=True)
class _Watch:
    name: str
    metric: cloudwatch.IMetric
    meaning: str
    threshold: float = 1


class StarterMonitoring(Construct):
    """The alarms on a starter, and a dashboard; made by `IncidentStarter.monitor`.

    The number of alarms depends on the starter's options only, not on what is wired to it.
    """

    def __init__(
        self,
        starter: IIncidentStarter,
        topic: sns.ITopic | sns.Topic,  # pyright does not take the second for the first
        watched: Watched,
        *,
        dashboard: bool,
        max_incidents_per_month: int,
        max_page_delay: Duration | None,
        runbook: str | None,
    ) -> None:
        """See `IncidentStarter.monitor`."""
        super().__init__(starter, "Monitoring")
        with starter.naming_this_construct():
            check_count("max_incidents_per_month", max_incidents_per_month, 1, _QUOTA)
            if max_page_delay is not None:
                check_duration("max_page_delay", max_page_delay, 1, _LONGEST_DELAY)
            if runbook is not None:
                _check_link(runbook)
        delay = max_page_delay or Duration.minutes(3)
        self._topic = topic
        self._alarms = {
            watch.name: self._alarm(watch, runbook)
            for watch in _watches(starter, watched, delay.to_milliseconds(), max_incidents_per_month)
        }
        self._dashboard = (
            draw_dashboard(self, starter, watched, [*self._alarms.values()], _counts(watched))
            if dashboard
            else None
        )

    @property
    def alarms(self) -> Mapping[str, cloudwatch.Alarm]:
        """The alarms by the names that docs/watching.md explains, such as ``Errors``."""
        return self._alarms

    @property
    def dashboard(self) -> cloudwatch.Dashboard | None:
        """The dashboard, if there is one."""
        return self._dashboard

    @property
    def topic(self) -> sns.ITopic:
        """Where the alarms tell of themselves."""
        return self._topic

    def tell(self, alarm: cloudwatch.Alarm) -> None:
        """Let one more alarm tell the topic when it begins and when it ends."""
        action = actions.SnsAction(self._topic)
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)

    def _alarm(self, watch: _Watch, runbook: str | None) -> cloudwatch.Alarm:
        what_to_do = (
            f"- Runbook: {runbook}"
            if runbook is not None
            else f"What to do: docs/watching.md#{watch.name.lower()} of cdk-incident-starter."
        )
        alarm = cloudwatch.Alarm(
            self,
            watch.name,
            metric=watch.metric,
            threshold=watch.threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            # What is counted is counted when it happens only.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{watch.meaning}\n\n{what_to_do}",
        )
        self.tell(alarm)
        return alarm


def _check_link(runbook: str) -> None:
    try:
        RelatedItem.url(runbook)
    except ValueError as error:
        message = f"runbook: {error}"
        raise ValueError(message) from error


def _watches(
    starter: IIncidentStarter, watched: Watched, delay: float, most_of_month: int
) -> Iterator[_Watch]:
    """What is watched, the worst first; each name is an anchor in docs/watching.md."""
    yield _Watch(
        "LostEvents",
        watched.queue.metric_approximate_number_of_messages_visible(statistic="Maximum", period=_PERIOD),
        "An event became no incident: it lies in the starter's dead-letter queue, and nobody was paged.",
    )
    if watched.fallback_queue is not None:
        yield _Watch(
            "WaitingEvents",
            watched.fallback_queue.metric_approximate_age_of_oldest_message(
                statistic="Maximum", period=_PERIOD
            ),
            "An event that became no incident waits for the fallback to be told, and nobody knows of it yet.",
            _LONGEST_WAIT,
        )
    yield _Watch(
        "Errors",
        watched.function.metric_errors(statistic="Sum", period=_PERIOD),
        "The starter's function failed. Lambda tries the event again, then it lies in the failure queue.",
    )
    yield _Watch(
        "Throttles",
        watched.function.metric_throttles(statistic="Sum", period=_PERIOD),
        "Lambda did not let the starter's function run: too many run at once. Pages are late.",
    )
    if watched.starts_incidents:
        yield _Watch(
            "PageDelay",
            starter.metric_page_delay(statistic="Maximum", period=_PERIOD),
            f"An incident started more than {delay / 1000:g} seconds after its alarm or event.",
            delay,
        )
        yield _of_month(starter, watched, most_of_month)
    for name in _counts(watched):
        yield _Watch(name, starter.metric(name, period=_PERIOD), _MEANINGS[name])


def _of_month(starter: IIncidentStarter, watched: Watched, most: int) -> _Watch:
    """Watch the quota of a month: by the ledger's count, else by the longest that alarms look back."""
    then = f"Incident Manager starts {_QUOTA} per plan and month, then no more."
    if "ledger" in watched.options:
        return _Watch(
            "IncidentsOfPlan",
            starter.metric_incidents_this_month(period=Duration.hours(1)),
            f"A plan has {most} incidents or more of this starter this month. {then}",
            most,
        )
    share = -(-most // _WEEKS_OF_A_MONTH)
    return _Watch(
        "IncidentsOfPlan",
        starter.metric_incidents_started(response_plan=watched.response_plan, period=_WEEK),
        f"The starter's own plan started {share} incidents or more within seven days. {then}",
        share,
    )


_MEANINGS = {
    "StepDowns": "Incident Manager refused a request as invalid; the incident was started with less in it.",
    "PlanFallbacks": "A plan that an alarm or rule names could not be started; the starter's own was.",
    "BadTrailers": "Lines in an alarm's description, or its tags, could not be understood and were ignored.",
    "Failovers": "Incident Manager did not answer in the function's Region; another Region started it.",
    "Fallbacks": "Incident Manager did not start an incident; the fallback was told instead.",
    "SinkFailures": "A sink, an OpsItem or a topic, could not be told.",
    "LedgerFaults": "The table of open incidents could not be used. Pages go out; some may come twice.",
}
_COUNTED_BY_OPTIONS = {
    "Failovers": "regions",
    "Fallbacks": "fallback",
    "LedgerFaults": "ledger",
    "SinkFailures": "sinks",
}


def _counts(watched: Watched) -> list[str]:
    """The names of the metrics that this starter counts trouble with."""
    of_calls = ["StepDowns", "PlanFallbacks"] if watched.starts_incidents else []
    of_options = [name for name, option in _COUNTED_BY_OPTIONS.items() if option in watched.options]
    return [*of_calls, "BadTrailers", *of_options]
