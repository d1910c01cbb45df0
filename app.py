"""A platform team's reference: one starter, and the alarms and rules of a shop that page through it."""

import aws_cdk as cdk
from aws_cdk import (
    aws_cloudwatch as cw,
    aws_events as events,
    aws_sqs as sqs,
    aws_ssmincidents as ssmincidents,
)
from constructs import Construct

from constructs_lib import (
    Impact,
    IncidentAction,
    IncidentSink,
    IncidentStarter,
    IncidentTarget,
    Ledger,
    RelatedItem,
    Storm,
)

WIKI = "https://wiki.example.com"


class Platform(cdk.Stack):
    """The platform team's: who is paged, the starter, and what pages for the whole account."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        template = ssmincidents.CfnResponsePlan.IncidentTemplateProperty(
            title="Something is wrong", impact=3, incident_tags=[cdk.CfnTag(key="team", value="platform")]
        )
        plan = ssmincidents.CfnResponsePlan(self, "OnCall", name="on-call", incident_template=template)
        self.starter = IncidentStarter(
            self,
            "Incidents",
            response_plan=plan,
            impact=Impact.MEDIUM,
            title="{alarm_name} in {account}",
            related_items=[RelatedItem.url(f"{WIKI}/on-call", title="On-call handbook")],
            ledger=Ledger(storm=Storm(max_incidents=20)),
            fallback=IncidentSink.ops_item(category="Availability"),
        )
        self.starter.schedule_drill(events.Schedule.rate(cdk.Duration.days(1)), title="Does the pager work?")
        severe = {"severity": [{"numeric": [">=", 7]}]}
        findings = events.EventPattern(
            source=["aws.guardduty"], detail_type=["GuardDuty Finding"], detail=severe
        )
        threats = events.Rule(self, "Threats", event_pattern=findings)
        threats.add_target(
            IncidentTarget(self.starter, impact=Impact.CRITICAL, title="GuardDuty: {detail.title}")
        )


class Shop(cdk.Stack):
    """A product team's: its alarms with their runbooks, and its pipeline."""

    def __init__(self, scope: Construct, id: str, *, starter: IncidentStarter) -> None:
        super().__init__(scope, id)
        runbook = RelatedItem.url(f"{WIKI}/checkout?v=2#backlog", title="Runbook")
        failed_orders = sqs.DeadLetterQueue(
            queue=sqs.Queue(self, "Failed", enforce_ssl=True), max_receive_count=3
        )
        orders = sqs.Queue(self, "Orders", enforce_ssl=True, dead_letter_queue=failed_orders)
        backlog = orders.metric_approximate_age_of_oldest_message().create_alarm(
            self, "Backlog", threshold=300, evaluation_periods=3, alarm_description="Orders wait too long."
        )
        backlog.add_alarm_action(IncidentAction(starter, impact=Impact.HIGH, related_items=[runbook]))

        counts = {name: cw.Metric(namespace="Shop", metric_name=name) for name in ("errors", "requests")}
        share = cw.MathExpression(expression="100 * errors / requests", using_metrics=counts)
        failing = share.create_alarm(self, "Failing", threshold=5, evaluation_periods=2)
        failing.add_alarm_action(IncidentAction(starter, title="Checkout is failing: {reason}"))
        failing.add_ok_action(IncidentAction(starter))

        both = cw.AlarmRule.all_of(backlog, failing)
        down = cw.CompositeAlarm(self, "Down", alarm_rule=both, alarm_description="Nobody can pay.")
        down.add_alarm_action(IncidentAction(starter, impact=Impact.CRITICAL, related_items=[runbook]))

        failed = events.EventPattern(
            source=["aws.codepipeline"],
            detail_type=["CodePipeline Pipeline Execution State Change"],
            detail={"state": ["FAILED"]},
        )
        release = events.Rule(self, "Release", event_pattern=failed)
        release.add_target(
            IncidentTarget(starter, impact=Impact.LOW, title="Release of {detail.pipeline} failed")
        )


app = cdk.App()
platform = Platform(app, "Platform")
Shop(app, "Shop", starter=platform.starter)
app.synth()
