"""Rules of the catalogue in a template: what is overridden, and in which Region they would hear nothing."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_kms as kms, aws_sqs as sqs

from constructs_lib import Impact, IncidentEvent, IncidentEvents, IncidentRule, RelatedItem
from tests.catalogue.cases import CASES
from tests.constructs.apps import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    OTHER_PLAN,
    RULES,
    allowed,
    flat,
    new_app,
    new_stack,
    new_starter,
    only,
    permissions,
    resources,
    synth,
    template_of,
    warnings,
)

LOST = IncidentEvent("shop.orders", "Order Lost", impact=Impact.HIGH, title="Order {detail.id} is lost")


def stack_in(region: str | None) -> cdk.Stack:
    return new_stack(env=cdk.Environment(account=ACCOUNT, region=region) if region else None)


def request_of(rule: dict[str, Any]) -> dict[str, Any]:
    [target] = rule["Targets"]
    template = target["InputTransformer"]["InputTemplate"]
    request, _ = json.JSONDecoder().raw_decode(template.removeprefix('{"startIncident": '))
    assert isinstance(request, dict)
    return request


def test_a_rule_has_the_events_pattern_and_the_incident_that_fits() -> None:
    stack = new_stack(env=ENVIRONMENT)
    IncidentRule(stack, "Threats", new_starter(stack), event=CASES["guard_duty_finding"].event)
    rule = only(template_of(stack), "AWS::Events::Rule")
    assert rule["EventPattern"] == CASES["guard_duty_finding"].event.pattern
    assert rule["State"] == "ENABLED"
    request = request_of(rule)
    assert (request["impact"], request["title"]) == (2, "GuardDuty: {detail.title}")
    assert [item["title"] for item in request["relatedItems"]] == ["Finding in GuardDuty"]


def test_what_the_rule_says_beats_the_catalogue_and_items_add_up() -> None:
    stack = new_stack(env=ENVIRONMENT)
    IncidentRule(
        stack,
        "Lost",
        new_starter(stack),
        event=LOST,
        impact=Impact.CRITICAL,
        title="Call the warehouse: {detail.id}",
        related_items=[RelatedItem.url("https://wiki.example.com/{detail.id}", title="Runbook")],
        response_plan=OTHER_PLAN,
        accounts=[ACCOUNT],
        event_bus=events.EventBus(stack, "Bus"),
        rule_name="lost-orders",
        enabled=False,
        retry_attempts=3,
        max_event_age=cdk.Duration.hours(1),
        dead_letter_queue=sqs.Queue(stack, "Queue"),
    )
    template = template_of(stack)
    rule = only(template, "AWS::Events::Rule")
    assert (rule["Name"], rule["State"]) == ("lost-orders", "DISABLED")
    assert rule["EventPattern"] == {**LOST.pattern, "account": [ACCOUNT]}
    assert "EventBusName" in rule
    [target] = rule["Targets"]
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 3}
    assert "DeadLetterConfig" in target
    request = request_of(rule)
    assert (request["impact"], request["title"]) == (1, "Call the warehouse: {detail.id}")
    assert request["responsePlanArn"] == OTHER_PLAN
    assert OTHER_PLAN in allowed(template, "ssm-incidents:StartIncident")
    assert [item["title"] for item in request["relatedItems"]] == ["Runbook"]


def test_each_event_takes_one_rule_with_its_pattern_and_no_permission() -> None:
    stack = new_stack(env=ENVIRONMENT)
    starter = new_starter(stack)
    for name, case in CASES.items():
        IncidentRule(stack, name, starter, event=case.event)
    template = template_of(stack)
    patterns = [rule["EventPattern"] for rule in resources(template, "AWS::Events::Rule")]
    assert patterns == [case.event.pattern for case in CASES.values()]
    assert len(permissions(template, RULES)) == 1


def test_names_that_only_deployment_knows_narrow_an_event() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Stack", env=ENVIRONMENT)
    key = kms.Key(stack, "Key")
    IncidentRule(
        stack, "Keys", new_starter(stack), event=IncidentEvents.kms_key_deletion(key_arns=[key.key_arn])
    )
    IncidentRule(
        stack,
        "Stacks",
        new_starter(cdk.Stack(app, "Other", env=ENVIRONMENT)),
        event=IncidentEvents.cloud_formation_failure(stack_names=[cdk.Aws.STACK_NAME]),
    )
    found = [flat(rule["EventPattern"]) for rule in resources(synth(stack)["Stack"], "AWS::Events::Rule")]
    assert any("<Key" in pattern or "Fn::GetAtt" in pattern for pattern in found)
    assert any("AWS::StackName" in pattern for pattern in found)


def test_a_list_that_only_deployment_knows_is_refused() -> None:
    listed = cdk.CfnParameter(new_stack(), "Clusters", type="CommaDelimitedList").value_as_list
    with pytest.raises(ValueError, match=r"cluster_arns: got a list .* known only at deployment.*Fn.select"):
        IncidentEvents.ecs_task_stopped(cluster_arns=listed)
    first = cdk.Fn.select(0, listed)
    assert IncidentEvents.ecs_task_stopped(cluster_arns=[first]).detail["clusterArn"] == [first]


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", None])
def test_events_of_another_region_warn_where_the_region_is_known_and_wrong(region: str | None) -> None:
    stack = stack_in(region)
    starter = new_starter(stack)
    IncidentRule(stack, "Root", starter, event=IncidentEvents.root_sign_in())
    IncidentRule(stack, "Advice", starter, event=IncidentEvents.trusted_advisor_check())
    services = ["IAM", "ROUTE53"]
    IncidentRule(stack, "Global", starter, event=IncidentEvents.health_event(services=services))
    heard = warnings(stack)
    if region != "eu-west-1":
        assert heard == []
        return
    assert len(heard) == 3
    for warning, source in zip(heard, ("signin", "trustedadvisor", "health"), strict=True):
        for part in (f"aws.{source}", "us-east-1", region, "cdk-incident-starter:eventOfAnotherRegion"):
            assert part in warning


def test_what_comes_by_another_bus_or_from_any_region_warns_of_nothing() -> None:
    stack = stack_in("eu-west-1")
    starter = new_starter(stack)
    bus = events.EventBus(stack, "Bus")
    IncidentRule(stack, "Forwarded", starter, event=IncidentEvents.root_sign_in(), event_bus=bus)
    IncidentRule(stack, "Health", starter, event=IncidentEvents.health_event(services=["EC2", "IAM"]))
    IncidentRule(stack, "Any", starter, event=IncidentEvents.health_event())
    assert warnings(stack) == []


def test_a_rule_of_another_account_names_it_in_both_patterns() -> None:
    app = new_app()
    starter = new_starter(
        cdk.Stack(app, "Platform", env=ENVIRONMENT),
        function_name="incidents",
        trusted_accounts=[OTHER_ACCOUNT],
    )
    member = cdk.Stack(app, "Member", env=cdk.Environment(account=OTHER_ACCOUNT, region="eu-west-1"))
    IncidentRule(member, "Lost", starter, event=LOST, accounts=[OTHER_ACCOUNT])
    found = [
        rule["EventPattern"]
        for name, template in synth(app).items()
        for rule in resources(template, "AWS::Events::Rule")
    ]
    assert found == [{**LOST.pattern, "account": [OTHER_ACCOUNT]}] * 2


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (
            {"event": "GuardDuty"},
            ("Stack/Rule: event: got 'GuardDuty'", "IncidentEvents.guard_duty_finding()"),
        ),
        ({"event": IncidentEvents.root_sign_in}, ("Stack/Rule: event: got", "IncidentEvent is needed")),
        ({"event": LOST, "accounts": []}, ("Stack/Rule: accounts: got an empty list",)),
        ({"event": LOST, "accounts": ["1111"]}, ("Stack/Rule: accounts: got '1111'", "12 digits")),
        ({"event": LOST, "impact": 9}, ("Stack/Incidents", "impact: got 9")),
        ({"event": LOST, "title": "{order}"}, ("Stack/Incidents", "'{order}'")),
        ({"event": LOST, "retry_attempts": 186}, ("retry_attempts: got 186",)),
    ],
)
def test_a_mistake_names_the_construct(options: dict[str, Any], parts: tuple[str, ...]) -> None:
    stack = new_stack()
    with pytest.raises(ValueError, match=r".") as caught:
        IncidentRule(stack, "Rule", new_starter(stack), **options)
    assert [part for part in parts if part not in str(caught.value)] == [], caught.value
