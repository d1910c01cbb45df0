"""A starter that another app owns."""

import re
from typing import TYPE_CHECKING, Any

from aws_cdk import Annotations, Duration, aws_cloudwatch as cloudwatch, aws_lambda as lambda_
from constructs import Construct

from ._checks import check_text, has_token
from ._response_plans import AnyResponsePlan
from ._starter_checks import check_source
from .starter_interface import IIncidentStarter

if TYPE_CHECKING:
    from aws_cdk import aws_events as events, aws_sns as sns

    from .starter_monitoring import StarterMonitoring

_FUNCTION_ARN = re.compile(
    r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]+(:[a-zA-Z0-9$_-]+)?"
)


class ImportedStarter(IIncidentStarter):
    """Wires alarms and rules to a function that exists already; it changes nothing about it."""

    def __init__(self, scope: Construct, id: str, function_arn: str) -> None:
        """See `IncidentStarter.from_function_arn`."""
        super().__init__(scope, id)
        check_text(f"{self.node.path}: function ARN", function_arn)
        if not has_token(function_arn) and not _FUNCTION_ARN.fullmatch(function_arn):
            message = (
                f"{self.node.path}: got function ARN {function_arn!r}, a full ARN is needed, such as "
                "'arn:aws:lambda:eu-west-1:111122223333:function:NAME'"
            )
            raise ValueError(message)
        self._region = None if has_token(function_arn) else function_arn.split(":")[3]
        self._function = self.wire(function_arn)

    @property
    def function(self) -> lambda_.IFunction:
        """The other app's function."""
        return self._function

    @property
    def wired_function(self) -> lambda_.IFunction:
        """The other app's function."""
        return self._function

    @property
    def is_imported(self) -> bool:
        """Another app owns it."""
        return True

    @property
    def is_named(self) -> bool:
        """A literal ARN can be named anywhere."""
        return self._region is not None

    def check_source(self, what: str, account: str, region: str) -> None:
        """Refuse another Region; which accounts are trusted only the owner knows.

        Raises:
            ValueError: the Region is another than the function's.
        """
        if self._region is not None:
            with self.naming_this_construct():
                check_source(what, account, region, accounts=[account], own_region=self._region)

    def monitor(self, topic: "sns.ITopic | sns.Topic", **options: object) -> "StarterMonitoring":
        """Refuse: what there is to watch only the owner knows.

        Raises:
            ValueError: always.
        """
        del topic, options
        message = (
            f"{self.node.path}: got a call of monitor, but the starter belongs to another app, which alone "
            "knows its queues and options: call it there; here its metrics can be had, such as "
            "metric_failures()"
        )
        raise ValueError(message)

    def allow_plan(self, plan: AnyResponsePlan) -> None:
        """Warn: only the owner can let the function start more plans."""
        name = plan if isinstance(plan, str) else plan.node.path
        Annotations.of(self).add_warning_v2(
            f"cdk-incident-starter:planOfImportedStarter:{name}",
            f"the response plan {name} is named here, but the starter belongs to another app: its owner must "
            "list the plan in additional_response_plans, or its incidents start with the starter's own plan",
        )

    def allow_topic(self, topic_arn: str, details: dict[str, Any]) -> None:
        """Check that nothing needs to be changed about the other app's function.

        Raises:
            ValueError: details of a topic travel in the function's environment, which is not ours.
        """
        if details:
            message = (
                f"{self.node.path}: got {', '.join(details)} for the topic {topic_arn}, but the starter "
                "belongs to another app and a topic's details travel in its environment: write them into "
                "the alarms' descriptions with IncidentDetails(...).description(...), or subscribe in the "
                "owning app"
            )
            raise ValueError(message)
        Annotations.of(self).add_warning_v2(
            "cdk-incident-starter:topicOfImportedStarter",
            "a topic is subscribed to a starter of another app: its owner must let SNS invoke the function",
        )

    def schedule_drill(
        self,
        schedule: "events.Schedule",
        *,
        within: Duration | None = None,
        title: str | None = None,
        response_plan: AnyResponsePlan | None = None,
    ) -> cloudwatch.Alarm:
        """Refuse: drills need the other app's function to be allowed to close incidents.

        Raises:
            ValueError: always.
        """
        del schedule, within, title, response_plan
        message = (
            f"{self.node.path}: got a schedule of drills, but the starter belongs to another app and may not "
            "close incidents yet: schedule them in the owning app, or run incident-starter drill"
        )
        raise ValueError(message)
