"""Rules, and what travels in their input templates."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch, aws_sqs as sqs

from constructs_lib import Impact, IncidentTarget, RelatedItem, RelatedItemType
from tests.constructs.apps import (
    OTHER_PLAN,
    Template,
    flat,
    new_rule,
    new_stack,
    new_starter,
    only,
    resources,
    template_of,
)

EVENT = "<aws.events.event.json>"


def target_of(rule: dict[str, Any]) -> dict[str, Any]:
    [target] = rule["Targets"]
    assert isinstance(target, dict)
    return target


def read(input_template: object) -> Any:
    """The input template as EventBridge would fill it in."""
    text = flat(input_template)
    assert text.count(EVENT) == 1
    return json.loads(text.replace(EVENT, '{"detail-type": "Test"}'))


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack()
    starter = new_starter(stack)
    errors = cloudwatch.Metric(
        namespace="Shop", metric_name="Errors", dimensions_map={"Shop": "one"}, label="Errors of shop one"
    )
    new_rule(stack, "A").add_target(IncidentTarget(starter))
    new_rule(stack, "B").add_target(
        IncidentTarget(
            starter,
            impact=Impact.CRITICAL,
            title='GuardDuty: {detail.title} says "now" \\ äöü',
            related_items=[
                RelatedItem.url("https://wiki.example.com?a=1&b=%3C", title="Runbook"),
                RelatedItem.arn(
                    "arn:aws:ssm:eu-west-1:111122223333:document/x", type=RelatedItemType.AUTOMATION
                ),
                RelatedItem.metric(errors),
                RelatedItem.pager_duty("Q1", auto_resolve=True, secret_id="pager-duty"),
            ],
            response_plan=OTHER_PLAN,
            retry_attempts=3,
            max_event_age=cdk.Duration.hours(2),
            dead_letter_queue=sqs.Queue(stack, "Undelivered", enforce_ssl=True),
        )
    )
    return template_of(stack)


def test_a_rule_without_overrides_sends_the_bare_event(template: Template) -> None:
    bare, _ = resources(template, "AWS::Events::Rule")
    target = target_of(bare)
    assert sorted(target) == ["Arn", "Id"]
    assert flat(target["Arn"]).startswith("<IncidentsFunction")


def test_a_rule_with_overrides_wraps_the_event_beside_a_partial_request(template: Template) -> None:
    _, full = resources(template, "AWS::Events::Rule")
    transformer = target_of(full)["InputTransformer"]
    assert "InputPathsMap" not in transformer
    assert read(transformer["InputTemplate"]) == {
        "startIncident": {
            "impact": 1,
            "title": 'GuardDuty: {detail.title} says "now" \\ äöü',
            "responsePlanArn": OTHER_PLAN,
            "relatedItems": [
                {
                    "identifier": {"type": "OTHER", "value": {"url": "https://wiki.example.com?a=1&b=%3C"}},
                    "title": "Runbook",
                },
                {
                    "identifier": {
                        "type": "AUTOMATION",
                        "value": {"arn": "arn:aws:ssm:eu-west-1:111122223333:document/x"},
                    }
                },
                {
                    "identifier": {
                        "type": "METRIC",
                        "value": {
                            "metricDefinition": json.dumps(
                                {
                                    "view": "timeSeries",
                                    "region": "<AWS::Region>",
                                    "metrics": [
                                        [
                                            "Shop",
                                            "Errors",
                                            "Shop",
                                            "one",
                                            {"stat": "Average", "period": 300, "label": "Errors of shop one"},
                                        ]
                                    ],
                                },
                                separators=(",", ":"),
                            )
                        },
                    }
                },
                {
                    "identifier": {
                        "type": "OTHER",
                        "value": {
                            "pagerDutyIncidentDetail": {
                                "id": "Q1",
                                "autoResolve": True,
                                "secretId": "pager-duty",
                            }
                        },
                    }
                },
            ],
        },
        "event": {"detail-type": "Test"},
    }


def test_a_rules_own_retries_and_queue_reach_the_template(template: Template) -> None:
    _, full = resources(template, "AWS::Events::Rule")
    target = target_of(full)
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 7200, "MaximumRetryAttempts": 3}
    assert flat(target["DeadLetterConfig"]["Arn"]).startswith("<Undelivered")
    policies = json.dumps(resources(template, "AWS::SQS::QueuePolicy"))
    assert "events.amazonaws.com" in policies


def test_one_target_serves_many_rules_and_a_rule_takes_two_starters() -> None:
    stack = new_stack()
    one, two = (new_starter(cdk.Stack(stack, name)) for name in ("One", "Two"))
    target = IncidentTarget(one, impact=Impact.LOW)
    for name in ("A", "B"):
        rule = new_rule(stack, name)
        rule.add_target(target)
        rule.add_target(IncidentTarget(two))

    for rule_properties in resources(template_of(stack), "AWS::Events::Rule"):
        assert len({each["Id"] for each in rule_properties["Targets"]}) == 2


def test_tokens_resolve_in_an_input_template() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    queue = sqs.Queue(stack, "Orders")
    items = [
        RelatedItem.arn(queue.queue_arn, title=f"Queue {queue.queue_name}"),
        RelatedItem.url(cdk.Fn.import_value("Wiki")),
        RelatedItem.url(f"https://{cdk.Aws.REGION}.example.com"),
        RelatedItem.metric(queue.metric_approximate_age_of_oldest_message()),
    ]
    title = f"{cdk.CfnParameter(stack, 'Team').value_as_string}: {{detail.title}} in {cdk.Aws.ACCOUNT_ID}"
    new_rule(stack).add_target(IncidentTarget(starter, title=title, related_items=items))

    template = target_of(only(template_of(stack), "AWS::Events::Rule"))["InputTransformer"]["InputTemplate"]

    assert "Token" not in flat(template)
    assert '"title":"<Team>: {detail.title} in <AWS::AccountId>"' in flat(template)
