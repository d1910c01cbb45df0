"""One alarm, rule or topic for every way to be wired, and one alarm whose starter refuses it."""

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cw,
    aws_cloudwatch_actions as cloudwatch_actions,
    aws_events as events,
    aws_sns as sns,
    aws_ssmincidents as ssmincidents,
)

from constructs_lib import Impact, IncidentAction, IncidentStarter, IncidentSubscription, IncidentTarget

FOREIGN_PLAN = "arn:aws:ssm-incidents::222233334444:response-plan/theirs"
ELSEWHERE = "arn:aws:lambda:us-east-1:123456789012:function:elsewhere"

app = cdk.App()
stack = cdk.Stack(app, "Shop")
stage = cdk.Stage(app, "Prod", env=cdk.Environment(account="111122223333", region="eu-west-1"))
nested = cdk.NestedStack(stack, "Nested")


def alarm(name: str, scope: cdk.Stack = stack, *, enabled: bool = True) -> cw.Alarm:
    """Return an alarm on errors."""
    metric = cw.Metric(namespace="Shop", metric_name="errors")
    return metric.create_alarm(scope, name, threshold=1, evaluation_periods=1, actions_enabled=enabled)


def starter(name: str, scope: cdk.Stack = stack) -> IncidentStarter:
    """Return a starter with a plan of its own."""
    template = {"title": "From the plan", "impact": 3}
    plan = ssmincidents.CfnResponsePlan(scope, f"{name}Plan", name=name.lower(), incident_template=template)
    return IncidentStarter(scope, name, response_plan=plan, impact=Impact.LOW, title="{alarm_name}")


ours = starter("Ours")
theirs = IncidentStarter(stack, "Theirs", response_plan=FOREIGN_PLAN)
unwilling = starter("Unwilling")
unwilling.node.try_remove_child("AlarmPermission")

alarm("Twice").add_alarm_action(IncidentAction(ours, impact=Impact.CRITICAL), IncidentAction(theirs))
alarm("Heartbeat").add_insufficient_data_action(IncidentAction(ours))
alarm("Recovery").add_ok_action(IncidentAction(ours))
alarm("Disabled", enabled=False).add_alarm_action(IncidentAction(ours))
alarm("Refused").add_alarm_action(IncidentAction(unwilling))
alarm("Unwired")
alarm("Inner", nested).add_alarm_action(IncidentAction(ours, title="Nested"))
imported = IncidentStarter.from_function_arn(stack, "Imported", ELSEWHERE)
alarm("Elsewhere").add_alarm_action(IncidentAction(imported))

notified = sns.Topic(stack, "Notified")
notified.add_subscription(IncidentSubscription(ours, impact=Impact.HIGH))
alarm("Notifying").add_alarm_action(cloudwatch_actions.SnsAction(notified))
sns.Topic(stack, "Lonely").add_subscription(IncidentSubscription(ours))

bus = events.EventBus(stack, "Bus")
dear = events.EventPattern(source=["shop"], detail={"price": events.Match.greater_than(5)})
events.Rule(stack, "OnBus", event_bus=bus, event_pattern=dear).add_target(
    IncidentTarget(ours, title="Price {detail.price}")
)
daily = events.Schedule.rate(cdk.Duration.days(1))
events.Rule(stack, "Daily", schedule=daily).add_target(IncidentTarget(ours, title="Daily"))
ours.schedule_drill(daily)
events.Rule(stack, "Off", enabled=False, event_pattern=dear).add_target(IncidentTarget(ours))
contradiction = {"source": ["shop"], "account": [{"prefix": "no-account"}]}
target = events.CfnRule.TargetProperty(arn=ours.function.function_arn, id="Starter")
events.CfnRule(stack, "Impossible", event_pattern=contradiction, targets=[target])

own_toolkit = cdk.DefaultStackSynthesizer(qualifier="shop")
prod = cdk.Stack(stage, "Shop", synthesizer=own_toolkit)
alarm("Deep", prod).add_alarm_action(IncidentAction(starter("Deeper", prod)))

app.synth()
