"""SNS topics whose alarms start incidents."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib import Impact, IncidentStarter, IncidentSubscription
from tests.constructs.apps import (
    CURRENT_FLAGS,
    ENVIRONMENT,
    FUNCTION,
    OTHER_PLAN,
    TOPICS,
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


def test_a_starter_without_topics_lets_none_invoke_it() -> None:
    stack = new_stack()
    new_starter(stack)
    assert permissions(template_of(stack), TOPICS) == []


def test_any_number_of_topics_adds_one_permission_for_all_topics_of_the_account() -> None:
    stack = new_stack(env=ENVIRONMENT)
    starter = new_starter(stack)
    subscription = IncidentSubscription(starter)
    for number in range(3):
        sns.Topic(stack, f"Topic{number}").add_subscription(subscription)

    template = template_of(stack)

    [permission] = permissions(template, TOPICS)
    assert flat(permission["SourceArn"]).endswith(":sns:eu-west-1:111122223333:*")
    assert len(resources(template, "AWS::SNS::Subscription")) == 3


def test_a_subscription_invokes_the_function() -> None:
    stack = new_stack()
    sns.Topic(stack, "Topic").add_subscription(IncidentSubscription(new_starter(stack)))

    subscription = only(template_of(stack), "AWS::SNS::Subscription")

    assert subscription["Protocol"] == "lambda"
    assert flat(subscription["Endpoint"]).startswith("<IncidentsFunction")
    assert flat(subscription["TopicArn"]).startswith("<Topic")


def test_the_details_of_each_topic_travel_in_the_functions_environment() -> None:
    stack = new_stack()
    starter = new_starter(stack)
    first, second = (sns.Topic(stack, name) for name in ("First", "Second"))
    first.add_subscription(IncidentSubscription(starter, impact=Impact.HIGH, title="{alarm_name}"))
    second.add_subscription(IncidentSubscription(starter, response_plan=OTHER_PLAN))

    template = template_of(stack)

    variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    topics = json.loads(flat(variables["INCIDENT_STARTER"]))["topics"]
    assert list(topics.values()) == [
        {"impact": 2, "title": "{alarm_name}"},
        {"responsePlanArn": OTHER_PLAN},
    ]
    assert [topic[:6] for topic in topics] == ["<First", "<Secon"]
    assert OTHER_PLAN in allowed(template, "ssm-incidents:StartIncident")
    assert len(permissions(template, TOPICS)) == 1


@pytest.mark.parametrize("flags", [CURRENT_FLAGS, {}], ids=["weak", "no-flags"])
@pytest.mark.parametrize("impact", [None, Impact.HIGH], ids=["bare", "with details"])
def test_a_topic_of_another_stack_closes_no_cycle(impact: Impact | None, flags: dict[str, object]) -> None:
    app = new_app(flags=flags)
    starter = new_starter(cdk.Stack(app, "Starter"))
    topic = sns.Topic(cdk.Stack(app, "Topics"), "Topic")
    topic.add_subscription(IncidentSubscription(starter, impact=impact))

    assert len(resources(synth(app), "AWS::SNS::Subscription")) == 1


def test_a_topic_may_have_two_starters_and_a_starter_a_topic_made_elsewhere() -> None:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111122223333:alarms")
    for name in ("One", "Two"):
        topic.add_subscription(IncidentSubscription(new_starter(cdk.Stack(stack, name)), impact=Impact.LOW))

    assert len(resources(synth(stack), "AWS::SNS::Subscription")) == 2


def test_a_topic_subscribed_to_an_imported_starter_warns_that_its_owner_must_allow_it() -> None:
    stack = new_stack()
    starter = IncidentStarter.from_function_arn(stack, "Incidents", FUNCTION)
    for name in ("One", "Two"):
        sns.Topic(stack, name).add_subscription(IncidentSubscription(starter))

    [warning] = warnings(stack)
    assert "its owner must let SNS" in warning
    template = template_of(stack)
    assert [each["Endpoint"] for each in resources(template, "AWS::SNS::Subscription")] == [
        FUNCTION,
        FUNCTION,
    ]
    assert resources(template, "AWS::Lambda::Permission") == []
