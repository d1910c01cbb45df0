"""The public API as a user's type checker sees it; checked by mypy --strict and basedpyright, never run.

What must be refused carries an ignore with its code: an ignore that is not needed is an error itself.
"""

# pyright: strict, reportUnusedCallResult=false, reportUnnecessaryTypeIgnoreComment=true

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_events as events,
    aws_iam as iam,
    aws_kms as kms,
    aws_lambda as lambda_,
    aws_logs as logs,
    aws_sns as sns,
    aws_sqs as sqs,
    aws_ssmincidents as ssmincidents,
)
from cdk_monitoring_constructs import AlarmFactoryDefaults, IAlarmActionStrategy
from constructs import Construct

from constructs_lib import (
    AlarmForwarder,
    AlarmTags,
    IIncidentStarter,
    Impact,
    IncidentAction,
    IncidentAlarmActionStrategy,
    IncidentDetails,
    IncidentEvent,
    IncidentEvents,
    IncidentHub,
    IncidentRule,
    IncidentSink,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    RelatedItem,
    RelatedItemType,
    ResponsePlanShare,
    StarterMonitoring,
    TagMatch,
)

PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"


class Team(cdk.Stack):
    """Uses everything that is public, in the way the README does."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name="on-call", incident_template={"title": "Down", "impact": 3}
        )
        items: list[RelatedItem] = [
            RelatedItem.url("https://wiki.example.com", title="Wiki"),
            RelatedItem.arn("arn:aws:sqs:eu-west-1:111122223333:q", type=RelatedItemType.INVOLVED_RESOURCE),
            RelatedItem.metric(cloudwatch.Metric(namespace="Shop", metric_name="Errors")),
            RelatedItem.metric_definition("{}", title="Errors"),
            RelatedItem.pager_duty("Q1", auto_resolve=True, secret_id="pager-duty"),
        ]
        starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=plan,
            impact=Impact.MEDIUM,
            title="{alarm_name}",
            related_items=items,
            additional_response_plans=[plan, PLAN],
            alarm_name_prefix="shop-",
            alarm_tags=AlarmTags(
                impact="pager-impact",
                related_items={"runbook": "Runbook"},
                matches=[TagMatch("team", "shop", impact=Impact.LOW, response_plan=plan)],
            ),
            trusted_accounts=["111122223333"],
            engagement_contacts=["arn:aws:ssm-contacts:eu-west-1:111122223333:contact/on-call"],
            dead_letter_queue=sqs.Queue(self, "Queue"),
            encryption_key=kms.Key.from_key_arn(self, "Key", "arn:aws:kms:eu-west-1:111122223333:key/x"),
            function_name="incidents",
            log_retention=logs.RetentionDays.ONE_YEAR,
            max_event_age=cdk.Duration.hours(1),
            memory_size=512,
            regions=["eu-west-1", "us-east-1"],
            permissions_boundary=iam.ManagedPolicy.from_managed_policy_name(self, "Boundary", "boundary"),
            reserved_concurrent_executions=1,
            retry_attempts=2,
            timeout=cdk.Duration.seconds(60),
            tracing=lambda_.Tracing.ACTIVE,
        )
        imported: IIncidentStarter = IncidentStarter.from_function_arn(self, "Theirs", "arn")
        daily = events.Schedule.rate(cdk.Duration.days(1))
        absent: cloudwatch.Alarm = starter.schedule_drill(
            daily, within=cdk.Duration.days(2), title="Daily", response_plan=plan
        )
        kept: cloudwatch.Alarm | None = starter.drill_alarm
        assert kept is absent
        self.wire(starter, items)
        self.wire(imported, tuple(items))

    def wire(self, starter: IIncidentStarter, items: "list[RelatedItem] | tuple[RelatedItem, ...]") -> None:
        strategy = IncidentAlarmActionStrategy(
            starter,
            impacts={"Critical": Impact.CRITICAL},
            response_plans={"Warning": PLAN},
            related_items=items,
        )
        by_severity: dict[str, IAlarmActionStrategy] = {"Critical": strategy}
        AlarmFactoryDefaults(
            actions_enabled=True,
            alarm_name_prefix="Shop",
            action=strategy,
            disambiguator_action=by_severity,
        )
        metric: cloudwatch.Metric = starter.metric_failures(period=cdk.Duration.minutes(1))
        monitoring: StarterMonitoring = starter.monitor(
            sns.Topic(self, "Watchers"),
            dashboard=True,
            max_incidents_per_month=100,
            max_page_delay=cdk.Duration.minutes(2),
            runbook="https://wiki.example.com/pager",
        )
        monitoring.alarms["PageDelay"].add_insufficient_data_action(IncidentAction(starter))
        starter.monitor(IncidentAction(starter))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        started = [
            starter.metric_incidents_started(response_plan=PLAN),
            starter.metric_incidents_started(impact=Impact.CRITICAL, period=cdk.Duration.days(1)),
            starter.metric_page_delay(statistic="max"),
        ]
        assert all(started)
        alarm = metric.create_alarm(self, "Alarm", threshold=1, evaluation_periods=1)
        action: IncidentAction = IncidentAction(
            starter, impact=Impact.HIGH, title="Down", related_items=items, response_plan=PLAN
        )
        alarm.add_alarm_action(action)
        alarm.add_ok_action(IncidentAction(starter))
        alarm.add_insufficient_data_action(IncidentAction(starter))

        finding = IncidentEvents.guard_duty_finding(minimum_severity=7, types=["Recon:*"])
        threats = IncidentRule(self, "Threats", starter, event=finding, impact=Impact.CRITICAL)
        threats.add_target(IncidentTarget(starter))
        lost = IncidentEvent("shop", "Order Lost", impact=Impact.LOW, title="{detail.id} is lost")
        IncidentRule(self, "Lost", starter, event=lost, related_items=items, accounts=["111122223333"])

        rule = events.Rule(self, "Rule", event_pattern=events.EventPattern(source=["aws.guardduty"]))
        rule.add_target(
            IncidentTarget(
                starter,
                impact=Impact.CRITICAL,
                related_items=items,
                retry_attempts=5,
                max_event_age=cdk.Duration.hours(1),
                dead_letter_queue=sqs.Queue(self, "Undelivered"),
            )
        )
        on_call = IncidentSink.topic(sns.Topic(self, "OnCall"))
        safe = IncidentStarter(
            self,
            "Safe",
            response_plan=PLAN,
            fallback=[IncidentSink.ops_item(category="Availability"), on_call],
            sink=on_call,
        )
        waiting: sqs.IQueue | None = safe.fallback_queue
        second: lambda_.IFunction | None = safe.fallback_function
        assert waiting is not None
        assert second is not None
        sns.Topic(self, "Topic").add_subscription(IncidentSubscription(starter, impact=Impact.LOW))

        details = IncidentDetails(impact=Impact.HIGH, related_items=items)
        cloudwatch.CfnCompositeAlarm(
            self,
            "L1",
            alarm_rule="TRUE",
            alarm_description=details.description("Down."),
            alarm_actions=[starter.function.function_arn],
        )
        hub = IncidentHub(
            self,
            "Hub",
            response_plan=PLAN,
            organization_id="o-a1b2c3d4e5",
            impact=Impact.HIGH,
            memory_size=256,
        )
        bus: events.IEventBus = hub.event_bus
        bus.grant_put_events_to(iam.AccountRootPrincipal())
        forwarder = AlarmForwarder(self, "Forwarder", hub=hub, alarm_name_prefixes=["prod-"])
        forwarder.dead_letter_queue.metric_approximate_number_of_messages_visible()
        share = ResponsePlanShare(self, "Share", response_plan=PLAN, principals=["444455556666"])
        policy: str = share.resource_policy(PLAN, accounts=["444455556666"])
        assert policy
        grant: iam.Grant = starter.grant_start(iam.AccountRootPrincipal())
        grant.assert_success()


def parts(starter: IncidentStarter) -> tuple[lambda_.IFunction, iam.IRole, logs.ILogGroup, sqs.IQueue]:
    return starter.function, starter.role, starter.log_group, starter.dead_letter_queue


def label(impact: Impact) -> str:
    number: int = impact.value
    return f"{number} - {impact.label}"


def mistakes(scope: Construct, starter: IIncidentStarter) -> None:
    IncidentStarter(scope, "No plan")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    IncidentStarter(scope, "Number", response_plan=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentStarter(scope, "Positional", PLAN)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    IncidentStarter(scope, "Sink", response_plan=PLAN, sink="opsItem")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentHub(scope, "Hub", response_plan=PLAN, memory="big")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    IncidentHub(scope, "Hub", response_plan=PLAN, impact="HIGH")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    AlarmForwarder(scope, "Forwarder")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    AlarmForwarder(scope, "Forwarder", hub=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ResponsePlanShare(scope, "Share", response_plan=PLAN)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    IncidentAction("arn")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentAction(starter, impact="HIGH")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentAction(starter, impact=2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentAction(starter, severity=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    IncidentAction(starter, related_items=["https://wiki.example.com"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    IncidentTarget(starter, max_event_age=60)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentSubscription(starter, title=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    IncidentDetails(Impact.HIGH)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    RelatedItem.url("https://wiki.example.com", "Wiki")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    RelatedItem.url("https://wiki.example.com", type="OTHER")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
