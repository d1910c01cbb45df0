"""An app that has left Incident Manager: a sink stands in for it."""

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cloudwatch,
    aws_events as events,
    aws_sns as sns,
)

from constructs_lib import Impact, IncidentAction, IncidentSink, IncidentStarter, IncidentTarget, RelatedItem

PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/left-behind"

app = cdk.App()
stack = cdk.Stack(app, "Shop")
topic = sns.Topic(stack, "OnCall", topic_name="on-call")
starter = IncidentStarter(
    stack,
    "Incidents",
    response_plan=PLAN,
    title="{alarm_name}",
    sink=[IncidentSink.ops_item(), IncidentSink.topic(topic)],
    fallback=IncidentSink.topic(topic),
)
alarm = cloudwatch.Metric(namespace="Shop", metric_name="Errors").create_alarm(
    stack, "Checkout", threshold=1, evaluation_periods=1
)
runbook = RelatedItem.url("https://wiki.example.com/checkout", title="Runbook")
alarm.add_alarm_action(
    IncidentAction(starter, impact=Impact.HIGH, title="Nobody can pay", related_items=[runbook])
)
rule = events.Rule(stack, "Findings", event_pattern=events.EventPattern(source=["shop"]))
rule.add_target(IncidentTarget(starter, title="A finding"))
app.synth()
