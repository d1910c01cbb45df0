"""Alarms that nobody wired, of another library too; the last lines are all that a platform team adds."""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch, aws_sqs as sqs, aws_ssmincidents as ssmincidents
from cdk_monitoring_constructs import MaxMessageAgeThreshold, MonitoringFacade

from constructs_lib import IncidentPolicy, IncidentRoutes, IncidentStarter

app = cdk.App()
shop = cdk.Stack(app, "Shop")
queue = sqs.Queue(shop, "Orders")
MonitoringFacade(shop, "Monitoring").monitor_sqs_queue(
    queue=queue,
    add_queue_max_message_age_alarm={
        "Warning": MaxMessageAgeThreshold(max_age_in_seconds=300),
    },
)
errors = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
errors.create_alarm(shop, "Errors", threshold=1, evaluation_periods=1, alarm_description="Too many.")
errors.create_alarm(cdk.NestedStack(shop, "Nested"), "Inner", threshold=9, evaluation_periods=1)
cloudwatch.CfnAlarm(
    shop,
    "Heartbeat",
    alarm_name="heartbeat",
    comparison_operator="LessThanThreshold",
    evaluation_periods=1,
    namespace="Shop",
    metric_name="Heartbeat",
    period=60,
    statistic="Sum",
    threshold=1,
)
noise = errors.create_alarm(
    shop, "Noise", threshold=1, evaluation_periods=1, alarm_name="noise-about-nothing"
)

platform = cdk.Stack(app, "Platform")
plan = ssmincidents.CfnResponsePlan(
    platform, "Plan", name="ours", incident_template={"title": "Ours", "impact": 4}
)
starter = IncidentStarter(platform, "Incidents", response_plan=plan)

IncidentRoutes.from_file(Path(__file__).parent / "routes.yaml", starters={"platform": starter}).apply(app)
IncidentPolicy(prod="*").apply(app)
cdk.Validations.of(noise).acknowledge(
    cdk.Acknowledgment(id="incident-policy::routed", reason="it fires whenever somebody sneezes")
)

app.synth()
