"""The metrics that a starter's function writes."""

from abc import abstractmethod
from contextlib import AbstractContextManager

from aws_cdk import Duration, aws_cloudwatch as cloudwatch, aws_lambda as lambda_

from ._checks import check_impact
from ._response_plans import AnyResponsePlan, plan_name
from .impact import Impact

METRIC_NAMESPACE = "IncidentStarter"


class StarterMetrics:
    """What can be asked of a starter's metrics; every count is the Sum of a period, 5 minutes by default.

    What did not happen is not counted, so a period without it is missing, not zero.
    """

    @property
    @abstractmethod
    def function(self) -> lambda_.IFunction:
        """The function that writes them."""

    @abstractmethod
    def naming_this_construct(self) -> AbstractContextManager[None]:
        """Put the construct's path in front of what a check says."""

    def metric(
        self,
        metric_name: str,
        *,
        period: Duration | None = None,
        statistic: str = "Sum",
        label: str | None = None,
    ) -> cloudwatch.Metric:
        """One of the metrics that the function writes.

        Args:
            metric_name: such as ``IncidentsStarted``.
            period: the period that the statistic is taken over. By default 5 minutes.
            statistic: the statistic.
            label: what a graph calls it. By default the metric's name.
        """
        return cloudwatch.Metric(
            namespace=METRIC_NAMESPACE,
            metric_name=metric_name,
            dimensions_map={"FunctionName": self.function.function_name},
            period=period,
            statistic=statistic,
            label=label,
        )

    def metric_incidents_started(
        self,
        *,
        response_plan: AnyResponsePlan | None = None,
        impact: Impact | None = None,
        period: Duration | None = None,
    ) -> cloudwatch.Metric:
        """How many incidents were started: all, those of one plan, or those of one impact.

        Incidents whose impact the plan decides are counted by plan only.

        Args:
            response_plan: only of this plan.
            impact: only of this impact.
            period: the period that they are counted over. By default 5 minutes.

        Raises:
            ValueError: a malformed plan or impact, or both: they are not counted together.
        """
        with self.naming_this_construct():
            if response_plan is not None and impact is not None:
                message = (
                    "metric_incidents_started: got a response_plan and an impact, incidents are counted by "
                    "one or the other: leave one out"
                )
                raise ValueError(message)
            by = {}
            if response_plan is not None:
                by["ResponsePlan"] = plan_name(response_plan)
            if impact is not None:
                by["Impact"] = str(check_impact(impact).value)
        metric = self.metric("IncidentsStarted", period=period)
        return metric.with_(dimensions_map={**(metric.dimensions or {}), **by}) if by else metric

    def metric_incidents_this_month(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many incidents the fullest of the starter's plans has this month (UTC), as the ledger counts.

        It is told with each incident: the Maximum of a period without one is missing.

        Args:
            period: the period that the maximum is taken over. By default 5 minutes.
        """
        return self.metric("IncidentsThisMonth", period=period, statistic="Maximum")

    def metric_page_delay(
        self, *, period: Duration | None = None, statistic: str = "p90"
    ) -> cloudwatch.Metric:
        """How long the incidents took, in milliseconds from the alarm's or event's own timestamp.

        Args:
            period: the period that the statistic is taken over. By default 5 minutes.
            statistic: the statistic.
        """
        return self.metric("PageDelay", period=period, statistic=statistic)

    def metric_ok_ignored(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many moves into OK were seen; they start nothing."""
        return self.metric("OkIgnored", period=period)

    def metric_step_downs(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How often a request was stripped because the service refused it."""
        return self.metric("StepDowns", period=period)

    def metric_plan_fallbacks(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How often the starter's own plan stood in for one that was denied or gone."""
        return self.metric("PlanFallbacks", period=period)

    def metric_bad_trailers(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many lines of alarm descriptions, and alarm tags, were ignored for a bad value."""
        return self.metric("BadTrailers", period=period)

    def metric_retries(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many calls were repeated within an invocation."""
        return self.metric("Retries", period=period)

    def metric_failovers(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many incidents another Region than the function's own started; see ``regions``."""
        return self.metric("Failovers", period=period)

    def metric_fallbacks(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many events the fallback took, from either function; see ``fallback``."""
        return self.metric("Fallbacks", period=period)

    def metric_sent(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many events went to the sink instead of Incident Manager; see ``sink``."""
        return self.metric("Sent", period=period)

    def metric_sink_failures(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How often one of the sinks did not take an event, whether or not another one did."""
        return self.metric("SinkFailures", period=period)

    def metric_failures(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many invocations started no incident and raised."""
        return self.metric("Failures", period=period)

    def metric_drills(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many drills started an incident and closed it; see ``schedule_drill``."""
        return self.metric("Drills", period=period)

    def metric_drills_left_open(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many drills started an incident and could not close it."""
        return self.metric("DrillsLeftOpen", period=period)

    def metric_appends(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many alarms were told to an incident that was open already; see ``ledger``."""
        return self.metric("Appends", period=period)

    def metric_duplicates(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many deliveries came again and started nothing; see ``ledger``."""
        return self.metric("Duplicates", period=period)

    def metric_superseded(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many incidents were started anew for a problem that had one already; see ``ledger``."""
        return self.metric("Superseded", period=period)

    def metric_recoveries(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many moves into OK were told to their incident; see ``ledger``."""
        return self.metric("Recoveries", period=period)

    def metric_resolved(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many incidents were resolved because all had stayed OK; see ``Ledger.resolve_after``."""
        return self.metric("Resolved", period=period)

    def metric_storm_joins(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many problems joined a storm's incident; see ``Ledger.storm``."""
        return self.metric("StormJoins", period=period)

    def metric_muted(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How many events wait for the end of a suppression; see ``Ledger.respect_suppression``."""
        return self.metric("Muted", period=period)

    def metric_ledger_faults(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How often the ledger's table could not be used; no page waits for it."""
        return self.metric("LedgerFaults", period=period)

    def metric_follow_up_faults(self, *, period: Duration | None = None) -> cloudwatch.Metric:
        """How often an incident could not be told, linked or resolved; see ``ledger``."""
        return self.metric("FollowUpFaults", period=period)
