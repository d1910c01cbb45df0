"""The construct that starts incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import (
    ArnFormat,
    Duration,
    Stack,
    aws_lambda as lambda_,
    aws_logs as logs,
)

from ._bundled_function import FunctionOptions
from ._checks import check_list, has_token
from ._failover import check_regions, contacts_everywhere
from ._imported_starter import ImportedStarter
from ._monitored import MonitoredChannel, Watched
from ._response_plans import AnyResponsePlan, plan_arn
from ._stacks import place_of
from ._starter_checks import (
    check_contacts,
    check_delivery,
    check_name_prefix,
    check_size,
    warn_without_incident_manager,
)
from ._starter_environment import StarterEnvironment
from ._starter_function import StarterFunction
from ._starter_permissions import StarterPermissions
from ._starter_plans import StarterPlans
from ._starter_sinks import StarterSinks
from .alarm_tags import AlarmTags, check_alarm_tags
from .incident_details import IncidentDetails
from .ledger import Ledger, check_ledger
from .watched_starter import WatchedStarter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import (
        aws_ec2 as ec2,
        aws_iam as iam,
        aws_kms as kms,
        aws_sqs as sqs,
    )
    from constructs import Construct

    from .impact import Impact
    from .incident_sink import IncidentSinks
    from .related_item import RelatedItem
    from .starter_interface import IIncidentStarter


class IncidentStarter(WatchedStarter):
    """A Lambda function that starts Incident Manager incidents, and what it needs.

    One starter serves any number of alarms, rules and topics of its account and Region: wiring one
    more adds no resource and no permission. It deploys a function with its own role, log group and
    failure queue, one permission for alarms and one for rules.

    See https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_StartIncident.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        response_plan: AnyResponsePlan,
        impact: Impact | None = None,
        title: str | None = None,
        related_items: Sequence[RelatedItem] | None = None,
        additional_response_plans: Sequence[AnyResponsePlan] | None = None,
        alarm_name_prefix: str | None = None,
        alarm_tags: AlarmTags | None = None,
        trusted_accounts: Sequence[str] | None = None,
        engagement_contacts: Sequence[str] | None = None,
        dead_letter_queue: sqs.IQueue | None = None,
        encryption_key: kms.IKey | None = None,
        fallback: IncidentSinks | None = None,
        function_name: str | None = None,
        ledger: Ledger | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.THREE_MONTHS,
        max_event_age: Duration | None = None,
        memory_size: int = 512,
        permissions_boundary: iam.IManagedPolicy | None = None,
        regions: Sequence[str] | None = None,
        reserved_concurrent_executions: int | None = None,
        retry_attempts: int = 2,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        sink: IncidentSinks | None = None,
        timeout: Duration | None = None,
        tracing: lambda_.Tracing = lambda_.Tracing.DISABLED,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        """Make a starter.

        Args:
            scope: the parent construct.
            id: the id within the scope.
            response_plan: the plan of every incident that names no other: a construct, such as
                ``ssmincidents.CfnResponsePlan``, or a full ARN, of any account. A plan of another
                account must be shared with this one.
            impact: of every incident that names no other. By default the plan's impact.
            title: of every incident that names no other; a template of at most 200 characters. By
                default the plan's title.
            related_items: added to every incident, after its own.
            additional_response_plans: plans that alarms and rules of other apps may name in their
                own configuration. What actions and targets of this app name is allowed by itself.
            alarm_name_prefix: only alarms whose names begin with it may invoke the function. By
                default all alarms of the account.
            alarm_tags: the tags that say what an alarm's description leaves out, where alarms propagate
                them. By default tags say nothing.
            trusted_accounts: other accounts whose alarms, rules and topics may invoke the function, 12
                digits each. Their stacks need a starter with a ``function_name``.
            engagement_contacts: ARNs of the contacts and escalation plans that may be engaged. By
                default any that a plan names, and only through Incident Manager.
            dead_letter_queue: where events go that could not be turned into an incident. By default
                a new queue that keeps them 14 days, encrypted, TLS only.
            encryption_key: encrypts the function's environment, the log group and the new queue, the
                fallback's too. By default keys that AWS owns.
            fallback: one to three sinks that are told of what started no incident: at once where Incident
                Manager refuses for good, after Lambda's last retry else. What they do not take ends in
                the dead-letter queue. By default that is where everything ends.
            function_name: the function's physical name. By default CloudFormation makes one up.
            ledger: what is remembered of open incidents, so that one problem has one. By default a
                ``Ledger()``; with ``Ledger.off()`` every move into ALARM starts an incident of its own.
            log_retention: how long the function's logs are kept.
            max_event_age: how long Lambda keeps trying to hand an event to the function, 1 minute
                to 6 hours. By default 6 hours.
            memory_size: of the function, in MiB; its share of a CPU grows with it.
            permissions_boundary: of the function's role. By default none.
            regions: the Regions of the account's replication set, at most 3, in the order in which they
                start an incident that the function's own Region does not: it cannot be reached, answers
                with a server error or throttles for 8 seconds. The own Region is always tried first,
                listed or not. By default no other Region is called.
            reserved_concurrent_executions: of the function. By default it shares the account's.
            retry_attempts: how often Lambda repeats a failed event, 0 to 2, after 1 and 2 minutes.
            security_groups: of the function in the VPC. By default a new one.
            sink: one to three sinks that are told of everything instead of Incident Manager, with nothing
                else changed. What only incidents need, such as ``regions`` and ``ledger``, has no effect
                then. By default Incident Manager starts incidents.
            timeout: of one invocation, 30 seconds to 15 minutes. By default 60 seconds.
            tracing: whether X-Ray sees the function.
            vpc: where the function runs; from there it must reach Incident Manager's endpoint. By
                default it runs in none.
            vpc_subnets: where in the VPC. By default in its private subnets.

        Raises:
            ValueError: a value is not allowed; the sentence says where, what was got, what is
                allowed and what to do.
        """
        super().__init__(scope, id)
        with self.naming_this_construct():
            details = IncidentDetails(impact=impact, title=title, related_items=related_items)
            check_delivery(timeout, retry_attempts, max_event_age, dead_letter_queue)
            check_size(memory_size, reserved_concurrent_executions)
            check_name_prefix(alarm_name_prefix)
            check_contacts(engagement_contacts)
            check_list("additional_response_plans", additional_response_plans or ())
            self._sinks = StarterSinks(sink, fallback)
            stack = Stack.of(self)
            place = place_of(stack)
            self._permissions = StarterPermissions(self, place, trusted_accounts)
            others = check_regions(regions, place.region)
            tags = check_alarm_tags(alarm_tags)
            kept, others = self._sinks.of_incidents(check_ledger(ledger), others)
            defaults = details.to_request() | {"responsePlanArn": plan_arn(response_plan, within=stack)}

        self._used = {
            "alarm_tags": tags is not None,
            "ledger": kept.is_on,
            "regions": bool(others),
            "sinks": self._sinks.are_used,
        }
        timeout = timeout or Duration.seconds(60)
        self._made = StarterFunction(
            self,
            FunctionOptions(
                encryption_key=encryption_key,
                log_retention=log_retention,
                memory_size=memory_size,
                permissions_boundary=permissions_boundary,
                security_groups=security_groups,
                tracing=tracing,
                vpc=vpc,
                vpc_subnets=vpc_subnets,
            ),
            self._sinks,
            dead_letter_queue=dead_letter_queue,
            engagement_contacts=contacts_everywhere(engagement_contacts, others),
            function_name=function_name,
            max_event_age=max_event_age,
            reserved_concurrent_executions=reserved_concurrent_executions,
            retry_attempts=retry_attempts,
            timeout=timeout,
            used=self._used,
        )
        self._function = self._made.function
        self._is_named = function_name is not None
        self._watched = Watched(
            self._function,
            self.dead_letter_queue,
            self.fallback_queue,
            response_plan,
            frozenset(name for name, used in (self._used | self._sinks.used()).items() if used),
        )
        self._channel = MonitoredChannel(self)
        arn = self._function.function_arn
        self._wired_function = self.wire(arn)
        self._rule_function = self._function_for_rules(stack)
        told: dict[str, Any] = {"startIncident": defaults}
        if tags:
            told["tags"] = tags.to_settings()
        if others:
            told["regions"] = others
        told |= self._sinks.options()
        if kept.is_on:
            # Late: a starter without a ledger need not load what DynamoDB and rules are made of.
            from ._ledger_table import make_ledger  # noqa: PLC0415

            told["ledger"] = make_ledger(
                self, kept, self._made.role, encryption_key=encryption_key, timeout=timeout.to_seconds()
            )
        with self.naming_this_construct():
            self._environment = StarterEnvironment(self._function, self._made.fallback, told)
        self._own_plan = response_plan
        self._plans = StarterPlans(
            self,
            None if self._sinks.replace_incidents else self._made.role,
            response_plan,
            kept.follow_up_actions(),
        )
        plans_of_tags = tags.response_plans if tags else ()
        for plan in (response_plan, *(additional_response_plans or ()), *plans_of_tags):
            self.allow_plan(plan)
        self._permissions.allow_alarms_and_rules(arn, alarm_name_prefix or "")
        if not self._sinks.replace_incidents:
            warn_without_incident_manager(self, place.region)

    @staticmethod
    def from_function_arn(scope: Construct, id: str, arn: str) -> IIncidentStarter:
        """A starter that another app, Stage or account owns, to wire alarms and rules to.

        It adds nothing to the function: the owner allows the account (``trusted_accounts``) and the
        response plans (``additional_response_plans``).

        Args:
            scope: the parent construct.
            id: the id within the scope.
            arn: the full ARN of the owner's ``starter.function``, literal or a token.

        Raises:
            ValueError: it is no full ARN of a function.
        """
        return ImportedStarter(scope, id, arn)

    @property
    def function(self) -> lambda_.IFunction:
        """The Lambda function; its ARN is what the actions of an L1 or log alarm name."""
        return self._function

    @property
    def wired_function(self) -> lambda_.IFunction:
        """The function as alarms and rules see it: an import that adds no permission per alarm."""
        return self._wired_function

    @property
    def rule_function(self) -> lambda_.IFunction:
        """The function as rules see it: CDK compares its account and Region with the rule's own."""
        return self._rule_function

    @property
    def is_imported(self) -> bool:
        """This app owns it."""
        return False

    @property
    def is_named(self) -> bool:
        """Whether stacks of other accounts and Regions can refer to the function."""
        return self._is_named

    def check_source(self, what: str, account: str, region: str) -> None:
        """Refuse what could be wired and would never page.

        Raises:
            ValueError: the account is not trusted, or the Region is another.
        """
        with self.naming_this_construct():
            self._permissions.check_source(what, account, region)

    @property
    def role(self) -> iam.IRole:
        """The function's role."""
        return self._made.role

    @property
    def log_group(self) -> logs.ILogGroup:
        """The function's log group."""
        return self._made.log_group

    @property
    def dead_letter_queue(self) -> sqs.IQueue:
        """Where events lie whole that neither became an incident nor reached a sink."""
        return self._made.dead_letter_queue

    @property
    def fallback_queue(self) -> sqs.IQueue | None:
        """Where events wait that the function did not deliver; only with a ``fallback``."""
        return self._made.fallback.queue if self._made.fallback else None

    @property
    def fallback_function(self) -> lambda_.IFunction | None:
        """The function that tells the fallback of what waits there; only with a ``fallback``."""
        return self._made.fallback.function if self._made.fallback else None

    def allow_plan(self, plan: AnyResponsePlan) -> None:
        """Let the function start incidents of one more plan.

        Actions, targets and subscriptions that name a plan call this by themselves.

        Args:
            plan: the plan, as a construct or a full ARN.

        Raises:
            ValueError: a malformed ARN, or neither an ARN nor a plan.
        """
        with self.naming_this_construct():
            self._plans.allow(plan)

    def allow_topic(self, topic_arn: str, details: dict[str, Any]) -> None:
        """Let SNS invoke the function, and apply the details to what comes from the topic.

        Subscriptions call this by themselves.

        Args:
            topic_arn: the topic.
            details: a partial StartIncident request, may be empty.

        Raises:
            ValueError: the topic has other details already, is told by the alarms on this starter or is one
                of its own sinks, or the environment is full.
        """
        self._channel.subscribe(topic_arn)
        if self._sinks.has_topic(topic_arn):
            message = (
                f"{self.node.path}: got a subscription of the topic {topic_arn}, which is one of the "
                "starter's own sinks: what it tells would come back to it, subscribe or tell another topic"
            )
            raise ValueError(message)
        if not has_token(topic_arn):
            _, _, _, region, account, *_ = topic_arn.split(":")
            self.check_source(f"the topic {topic_arn}", account, region)
        self._permissions.allow_topics(self._function.function_arn)
        if details:
            with self.naming_this_construct():
                self._environment.set_topic(topic_arn, details)

    def _function_for_rules(self, stack: Stack) -> lambda_.IFunction:
        """The function's own ARN is one token that tells no account; alarms keep it, it is shorter."""
        place = place_of(stack)
        if has_token(f"{place.account} {place.region}"):
            return self._wired_function
        arn = stack.format_arn(
            service="lambda",
            resource="function",
            resource_name=self._function.function_name,
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        return self.import_function("WiredToRules", arn)
