"""What actions, targets and subscriptions need of a starter, wherever it was made."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aws_cdk import Duration, aws_cloudwatch as cloudwatch, aws_iam as iam, aws_lambda as lambda_
from constructs import Construct

from ._checks import check_impact
from ._response_plans import ResponsePlan, plan_name
from .impact import Impact

if TYPE_CHECKING:
    from aws_cdk import aws_events as events, aws_sns as sns

    from .starter_monitoring import StarterMonitoring

METRIC_NAMESPACE = "IncidentStarter"


def checked_starter(starter: object) -> "IIncidentStarter":
    """What an action, target or subscription was given as its starter.

    Raises:
        ValueError: it is none.
    """
    if isinstance(starter, IIncidentStarter):
        return starter
    message = (
        f"starter: got {starter!r} of type {type(starter).__name__}, an IncidentStarter is needed, or "
        "IncidentStarter.from_function_arn(...) for one that another app owns"
    )
    raise ValueError(message)


class IIncidentStarter(Construct):
    """A starter of incidents: an `IncidentStarter`, or one that another app owns."""

    @property
    @abstractmethod
    def function(self) -> lambda_.IFunction:
        """The Lambda function that starts the incidents.

        Its ``function_arn`` is what the actions of an L1 or log alarm name.
        """

    @property
    @abstractmethod
    def wired_function(self) -> lambda_.IFunction:
        """The function as alarms and rules see it: an import that adds no permission per alarm."""

    @property
    def rule_function(self) -> lambda_.IFunction:
        """The function as rules see it: CDK compares its account and Region with the rule's own."""
        return self.wired_function

    @property
    @abstractmethod
    def is_imported(self) -> bool:
        """Whether another app owns the function."""

    @property
    @abstractmethod
    def is_named(self) -> bool:
        """Whether stacks of other accounts and Regions can refer to the function."""

    @abstractmethod
    def check_source(self, what: str, account: str, region: str) -> None:
        """Refuse an alarm or topic that could be wired and would never page.

        Raises:
            ValueError: its account may not invoke the function, or its Region is another.
        """

    @abstractmethod
    def allow_plan(self, plan: ResponsePlan) -> None:
        """Let the function start incidents of one more plan."""

    @abstractmethod
    def allow_topic(self, topic_arn: str, details: dict[str, Any]) -> None:
        """Let SNS invoke the function, and have it apply the details to what comes from the topic."""

    @abstractmethod
    def schedule_drill(
        self,
        schedule: "events.Schedule",
        *,
        within: Duration | None = None,
        title: str | None = None,
        response_plan: ResponsePlan | None = None,
    ) -> cloudwatch.Alarm:
        """Start an incident on schedule and close it again, and alarm when that did not work."""

    @abstractmethod
    def monitor(
        self,
        topic: "sns.ITopic | sns.Topic",
        *,
        dashboard: bool = True,
        max_incidents_per_month: int = 160,
        max_page_delay: Duration | None = None,
        runbook: str | None = None,
    ) -> "StarterMonitoring":
        """Watch the starter itself; only its owner can.

        Raises:
            ValueError: the starter belongs to another app, or a value is not allowed.
        """

    @property
    def alarm_action_config(self) -> cloudwatch.AlarmActionConfig:
        """What an alarm needs to know of the starter, kept here so that no alarm asks Node for it."""
        return self._alarm_action_config

    @contextmanager
    def naming_this_construct(self) -> Iterator[None]:
        """Put the construct's path in front of what a check says: jsii loses the traceback."""
        try:
            yield
        except ValueError as error:
            message = f"{self.node.path}: {error}"
            raise ValueError(message) from error

    def wire(self, function_arn: str) -> lambda_.IFunction:
        """Take the function's ARN for all alarms, and give the function as they see it."""
        self._alarm_action_config = cloudwatch.AlarmActionConfig(alarm_action_arn=function_arn)
        return self.import_function("Wired", function_arn)

    def import_function(self, id: str, function_arn: str) -> lambda_.IFunction:
        """The function as an import, so that wiring an alarm or a rule adds nothing to it.

        ``same_environment=False`` is what stops the permission of each alarm and rule,
        ``skip_permissions`` only silences the warning about it.
        """
        return lambda_.Function.from_function_attributes(
            self,
            id,
            function_arn=function_arn,
            same_environment=False,
            skip_permissions=True,
        )

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal start incidents by hand, by invoking the function.

        Args:
            grantee: who may. It sends ``{"startIncident": {...}}`` with StartIncident's own members.
        """
        return self.function.grant_invoke(grantee)

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
        response_plan: ResponsePlan | None = None,
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
        """How many lines of alarm descriptions were ignored for a bad value."""
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
