"""Thirty services that cdk-monitoring-constructs watches; every alarm pages as its severity says."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import cdk_monitoring_constructs as monitoring
from aws_cdk import (
    aws_apigateway as apigateway,
    aws_dynamodb as dynamodb,
    aws_lambda as lambda_,
    aws_sns as sns,
    aws_sqs as sqs,
    aws_ssmincidents as ssmincidents,
    aws_stepfunctions as stepfunctions,
)
from constructs import Construct

from constructs_lib import Impact, IncidentAlarmActionStrategy, IncidentDetails, IncidentStarter, RelatedItem

WIKI = "https://wiki.example.com"
SEVERITIES = {"Critical": Impact.CRITICAL, "Warning": Impact.LOW}
SERVICES = {
    "function": ("checkout", "search", "basket", "login", "reviews", "prices"),
    "queue": ("orders", "returns", "mails", "exports"),
    "topic": ("order-events", "stock-events"),
    "table": ("customers", "stock", "sessions", "vouchers"),
    "workflow": ("fulfilment", "refunds", "onboarding"),
    "api": ("storefront", "partners"),
    "stream": ("clicks", "audit"),
    "delivery": ("archive",),
    "job": ("reports", "forecast"),
    "cache": ("catalogue",),
    "database": ("accounts",),
    "warehouse": ("analytics",),
    "log": ("gateway-log",),
}
"""Thirty in all, by what they are made of; each exists already and is only watched here."""

SPECIAL = {
    "checkout": IncidentDetails(
        impact=Impact.HIGH,
        title="Nobody can pay: {alarm_name}",
        related_items=[RelatedItem.url(f"{WIKI}/payments/war-room", title="War room")],
    )
}
"""What single services say otherwise, whatever the severity."""


def _errors(most: float, **said: Any) -> monitoring.ErrorCountThreshold:
    return monitoring.ErrorCountThreshold(max_error_count=most, **said)


def _throttles(most: float, **said: Any) -> monitoring.RecordsThrottledThreshold:
    return monitoring.RecordsThrottledThreshold(max_records_throttled_threshold=most, **said)


def _percent(most: float, **said: Any) -> monitoring.UsageThreshold:
    return monitoring.UsageThreshold(max_usage_percent=most, **said)


def _messages(most: float, **said: Any) -> monitoring.MaxMessageCountThreshold:
    return monitoring.MaxMessageCountThreshold(max_message_count=most, **said)


def _failures(most: float, **said: Any) -> monitoring.NotificationsFailedThreshold:
    return monitoring.NotificationsFailedThreshold(max_notifications_failed_count=most, **said)


def _lines(most: float, **said: Any) -> monitoring.MaxUsageCountThreshold:
    return monitoring.MaxUsageCountThreshold(max_count=most, **said)


class Platform(cdk.Stack):
    """The platform team's: the plans, the starter, and the strategy that every team's facade takes."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=self._plan("services-on-call"),
            impact=Impact.MEDIUM,
            related_items=[RelatedItem.url(f"{WIKI}/on-call", title="On-call handbook")],
        )
        self.strategy = IncidentAlarmActionStrategy(
            starter,
            impacts=SEVERITIES,
            response_plans={"Warning": self._plan("services-office-hours")},
            title="{dedupe_string}: {reason}",
        )

    def _plan(self, name: str) -> ssmincidents.CfnResponsePlan:
        template = {"title": "Something is wrong", "impact": 3}
        return ssmincidents.CfnResponsePlan(self, name, name=name, incident_template=template)


class Services(cdk.Stack):
    """The services' monitoring, as a product team writes it; only the strategy is ours."""

    def __init__(self, scope: Construct, id: str, *, strategy: monitoring.IAlarmActionStrategy) -> None:
        super().__init__(scope, id)
        self.facade = monitoring.MonitoringFacade(
            self,
            "Shop",
            alarm_factory_defaults=monitoring.AlarmFactoryDefaults(
                actions_enabled=True,
                alarm_name_prefix="Shop",
                action=strategy,
                documentation_link=f"{WIKI}/shop",
            ),
        )
        for kind, names in SERVICES.items():
            for name in names:
                getattr(self, f"_watch_{kind}")(name)
        # The severity of a composite alarm is its own.
        self.facade.create_composite_alarm_using_disambiguator(
            "Critical",
            disambiguator="Critical",
            alarm_name_suffix="EverythingIsDown",
            alarm_description="Everything that is critical fails at once.",
            composite_operator=monitoring.CompositeAlarmOperator.AND,
            runbook_link=f"{WIKI}/everything",
        )

    @staticmethod
    def _limits(name: str, limit: Callable[..., object], critical: float, warning: float) -> dict[str, Any]:
        """An alarm of each severity, with the service's runbook."""
        special = {"startIncident": SPECIAL[name].to_request()} if name in SPECIAL else {}
        said = {"runbook_link": f"{WIKI}/{name}?v=2", "custom_params": special}
        return {"Critical": limit(critical, **said), "Warning": limit(warning, **said)}

    def _watch_function(self, name: str) -> None:
        function = lambda_.Function.from_function_name(self, name, name)
        limits = self._limits(name, _errors, 100, 10)
        self.facade.monitor_lambda_function(lambda_function=function, add_fault_count_alarm=limits)

    def _watch_queue(self, name: str) -> None:
        queue = sqs.Queue.from_queue_arn(self, name, self.format_arn(service="sqs", resource=name))
        limits = self._limits(name, _messages, 10_000, 1_000)
        self.facade.monitor_sqs_queue(queue=queue, add_queue_max_size_alarm=limits)

    def _watch_topic(self, name: str) -> None:
        topic = sns.Topic.from_topic_arn(self, name, self.format_arn(service="sns", resource=name))
        limits = self._limits(name, _failures, 100, 1)
        self.facade.monitor_sns_topic(topic=topic, add_message_notifications_failed_alarm=limits)

    def _watch_table(self, name: str) -> None:
        table = dynamodb.Table.from_table_name(self, name, name)
        limits = self._limits(name, _errors, 10, 1)
        self.facade.monitor_dynamo_table(
            table=table,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            add_system_error_count_alarm=limits,
        )

    def _watch_workflow(self, name: str) -> None:
        machine = stepfunctions.StateMachine.from_state_machine_name(self, name, name)
        limits = self._limits(name, _errors, 10, 1)
        self.facade.monitor_step_function(state_machine=machine, add_failed_execution_count_alarm=limits)

    def _watch_api(self, name: str) -> None:
        api = apigateway.RestApi.from_rest_api_id(self, name, f"{name}-id")
        limits = self._limits(name, _errors, 50, 5)
        self.facade.monitor_api_gateway(
            api=api, human_readable_name=name, alarm_friendly_name=name, add5_xx_fault_count_alarm=limits
        )

    def _watch_stream(self, name: str) -> None:
        limits = self._limits(name, _throttles, 100, 10)
        self.facade.monitor_kinesis_data_stream(stream_name=name, add_put_records_throttled_alarm=limits)

    def _watch_delivery(self, name: str) -> None:
        limits = self._limits(name, _throttles, 100, 10)
        self.facade.monitor_kinesis_firehose(delivery_stream_name=name, add_records_throttled_alarm=limits)

    def _watch_job(self, name: str) -> None:
        limits = self._limits(name, _errors, 5, 1)
        self.facade.monitor_glue_job(job_name=name, add_failed_task_count_alarm=limits)

    def _watch_cache(self, name: str) -> None:
        self.facade.monitor_elasti_cache_cluster(
            cluster_id=name,
            cluster_type=monitoring.ElastiCacheClusterType.REDIS,
            add_cpu_usage_alarm=self._limits(name, _percent, 95, 80),
        )

    def _watch_database(self, name: str) -> None:
        limits = self._limits(name, _percent, 95, 80)
        self.facade.monitor_rds_cluster(cluster_identifier=name, add_cpu_usage_alarm=limits)

    def _watch_warehouse(self, name: str) -> None:
        limits = self._limits(name, _percent, 95, 80)
        self.facade.monitor_redshift_cluster(cluster_identifier=name, add_disk_space_usage_alarm=limits)

    def _watch_log(self, name: str) -> None:
        limits = self._limits(name, _lines, 100_000, 10_000)
        self.facade.monitor_log(
            log_group_name=name,
            alarm_friendly_name=name,
            human_readable_name=name,
            pattern="ERROR",
            add_max_incoming_logs_alarm=limits,
        )


def build(app: cdk.App) -> None:
    """Put both stacks into an app."""
    platform = Platform(app, "Pager")
    Services(app, "Services", strategy=platform.strategy)


if __name__ == "__main__":
    app = cdk.App()
    build(app)
    app.synth()
