"""What actions, targets and subscriptions need of a starter, wherever it was made."""

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from aws_cdk import Duration, aws_cloudwatch as cloudwatch, aws_iam as iam, aws_lambda as lambda_
from constructs import Construct

from ._naming import naming
from ._response_plans import AnyResponsePlan
from .starter_metrics import StarterMetrics

if TYPE_CHECKING:
    from aws_cdk import aws_events as events, aws_sns as sns

    from .starter_monitoring import StarterMonitoring


starters_of_this_process: "WeakSet[IIncidentStarter]" = WeakSet()
"""What tells an action to a starter from any other."""
subscribed_topics: "dict[str, IIncidentStarter]" = {}
"""The starters that topics tell, by the topics' ARNs: the alarms behind those are wired too."""


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


class IIncidentStarter(StarterMetrics, Construct):
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
    def allow_plan(self, plan: AnyResponsePlan) -> None:
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
        response_plan: AnyResponsePlan | None = None,
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

    def naming_this_construct(self) -> AbstractContextManager[None]:
        """Put the construct's path in front of what a check says."""
        return naming(self)

    def wire(self, function_arn: str) -> lambda_.IFunction:
        """Take the function's ARN for all alarms, and give the function as they see it."""
        starters_of_this_process.add(self)
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
