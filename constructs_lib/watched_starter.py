"""Drills of a starter, and the alarms on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration, Stack
from constructs import Construct

from ._response_plans import AnyResponsePlan, plan_arn
from ._starter_code import replace_code, starter_code
from .starter_interface import IIncidentStarter

if TYPE_CHECKING:
    from aws_cdk import (
        aws_cloudwatch as cloudwatch,
        aws_events as events,
        aws_lambda as lambda_,
        aws_sns as sns,
    )

    from ._monitored import MonitoredChannel, Watched
    from ._starter_environment import StarterEnvironment
    from ._starter_plans import StarterPlans
    from ._starter_sinks import StarterSinks
    from .starter_monitoring import StarterMonitoring


class WatchedStarter(IIncidentStarter):
    """What an app can do to be sure that its own starter works; the parts are made by `IncidentStarter`."""

    _channel: MonitoredChannel
    _drill_alarm: cloudwatch.Alarm | None = None
    _environment: StarterEnvironment
    _function: lambda_.Function
    _monitoring: StarterMonitoring | None = None
    _own_plan: AnyResponsePlan
    _plans: StarterPlans
    _rule_function: lambda_.IFunction
    _sinks: StarterSinks
    _used: dict[str, bool]
    _watched: Watched

    @property
    def drill_alarm(self) -> cloudwatch.Alarm | None:
        """The alarm on the absence of drills; none before they are scheduled."""
        return self._drill_alarm

    def schedule_drill(
        self,
        schedule: events.Schedule,
        *,
        within: Duration | None = None,
        title: str | None = None,
        response_plan: AnyResponsePlan | None = None,
    ) -> cloudwatch.Alarm:
        """Start an incident on schedule and close it again, and alarm when that did not work.

        It takes the whole path: a rule, the function, Incident Manager. The incident has impact 5 and a
        title that begins with ``[DRILL]``; a plan that engages people at impact 5 engages them. Each is
        one of the 200 incidents that the service allows a plan in a month. The function may then close
        the incidents of that plan, too.

        The alarm is in ALARM until the first drill has worked, so run ``incident-starter drill`` after
        the deployment. It tells the topic of `monitor`, if that is called too, and else nobody: then add
        actions of a channel that does not depend on this starter.

        Args:
            schedule: when, on the default bus; every 8 hours or less often.
            within: how long no drill may have worked before the alarm goes off, 1 hour to 7 days, in
                whole hours: CloudWatch looks back no further. By default twice the rate of the
                schedule, at most 7 days; a cron expression needs it.
            title: what follows ``[DRILL]``; a template. By default a question.
            response_plan: another plan than the starter's, to drill that one.

        Returns:
            The alarm on their absence, also `drill_alarm`.

        Raises:
            ValueError: a value is not allowed, or drills are scheduled already.

        See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
        """
        # Late: a starter without drills need not load what rules are made of.
        from ._drills import drill_payload, make_drill_alarm, make_drill_rule, seconds_within  # noqa: PLC0415

        with self.naming_this_construct():
            if self._drill_alarm is not None:
                message = "got a second schedule of drills, one is allowed: use one cron expression"
                raise ValueError(message)
            if self._sinks.replace_incidents:
                message = (
                    "got a schedule of drills beside a sink, a drill starts and closes an incident: leave it "
                    "out, or the sink"
                )
                raise ValueError(message)
            seconds = seconds_within(schedule, within)
            plan = self._own_plan if response_plan is None else response_plan
            stack = self._plans.stack_to_name(plan)
            arn = None if response_plan is None else plan_arn(plan, within=stack)
            payload = drill_payload(title, arn)
            self._environment.set("drills", {})
            self._plans.allow(plan)
            self._plans.allow_closing(plan)
        self._used["drills"] = True
        replace_code(self._function, starter_code(**self._used))
        scope = self if stack is Stack.of(self) else Construct(stack, f"DrillOf{self.node.addr}")
        make_drill_rule(scope, schedule, self._rule_function, payload)
        drills = self.metric_drills(period=Duration.hours(1))
        self._drill_alarm = make_drill_alarm(self, drills, seconds)
        if self._monitoring is not None:
            self._monitoring.tell(self._drill_alarm)
        return self._drill_alarm

    def monitor(
        self,
        topic: sns.ITopic | sns.Topic,  # pyright does not take the second for the first
        *,
        dashboard: bool = True,
        max_incidents_per_month: int = 160,
        max_page_delay: Duration | None = None,
        runbook: str | None = None,
    ) -> StarterMonitoring:
        """Watch the starter itself: alarms on all that it counts of trouble, and a dashboard.

        The alarms are those that docs/watching.md lists, as many as the starter's options need,
        whatever is wired to it. They tell the topic and nothing else, when they begin and when they end.

        Args:
            topic: who watches the pager. It must not reach this starter, which could not tell of its own
                failure. A topic with a policy of its own must let CloudWatch publish.
            dashboard: whether there is one, for who has to find out why pages do not come. By default there
                is.
            max_incidents_per_month: of a plan, 1 to 200; Incident Manager starts 200 per plan and month.
                The ledger counts them; without one a fifth of it within seven days is what alarms, for the
                starter's own plan: alarms look back no further, and no month passes the number without
                such a week. By default 160.
            max_page_delay: from the alarm's or event's own timestamp to the incident, up to 1 day. By
                default 3 minutes, more than what needs Lambda's first retry takes.
            runbook: the address that each alarm's description links. By default the description names the
                section of docs/watching.md.

        Returns:
            The alarms by name, to change or to add actions to, and the dashboard.

        Raises:
            ValueError: it is watched already, the topic is subscribed to this starter or is none, or a
                value is not allowed.
        """
        # Late: a starter that is not watched need not load what a dashboard is made of.
        from .starter_monitoring import StarterMonitoring  # noqa: PLC0415

        with self.naming_this_construct():
            self._channel.take(topic)
        self._monitoring = StarterMonitoring(
            self,
            topic,
            self._watched,
            dashboard=dashboard,
            max_incidents_per_month=max_incidents_per_month,
            max_page_delay=max_page_delay,
            runbook=runbook,
        )
        if self._drill_alarm is not None:
            self._monitoring.tell(self._drill_alarm)
        return self._monitoring
