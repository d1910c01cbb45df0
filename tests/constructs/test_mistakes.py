"""Mistakes in the options of a starter."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from constructs_lib import Impact, IncidentDetails, IncidentTarget, RelatedItem
from tests.constructs.apps import ENVIRONMENT, OTHER_PLAN, new_rule, new_stack, new_starter
from tests.constructs.mistakes import Mistake, links, starter

MISTAKES = {
    # the starter
    "environment of more than 4,096": Mistake(
        starter(related_items=links(5, 900)),
        ("Stack/Incidents: related_items: got defaults of 4,", "4,096 bytes"),
    ),
    "environment of wide characters": Mistake(
        starter(related_items=[RelatedItem.url(f"https://a/{n}", title="あ" * 200) for n in range(7)]),
        ("Stack/Incidents: related_items: got defaults of 4,", "4,096 bytes"),
    ),
    "timeout of 29 s": Mistake(
        starter(timeout=cdk.Duration.seconds(29)), ("Stack/Incidents: timeout: got 29 seconds", "30 to 900")
    ),
    "no concurrency at all": Mistake(
        starter(reserved_concurrent_executions=0), ("reserved_concurrent_executions: got 0", "1 to")
    ),
    "memory of 127 MiB": Mistake(starter(memory_size=127), ("memory_size: got 127", "128 to 10240")),
    "a FIFO queue for failed events": Mistake(
        lambda: new_starter(stack := new_stack(), dead_letter_queue=sqs.Queue(stack, "Queue", fifo=True)),
        ("Stack/Incidents: dead_letter_queue: got a FIFO queue", "standard"),
    ),
    "timeout of 901 s": Mistake(starter(timeout=cdk.Duration.seconds(901)), ("timeout: got 901 seconds",)),
    "timeout as number": Mistake(starter(timeout=60), ("Stack/Incidents: timeout: got 60", "Duration")),
    "3 retries": Mistake(starter(retry_attempts=3), ("Stack/Incidents: retry_attempts: got 3", "0 to 2")),
    "retries True": Mistake(starter(retry_attempts=True), ("retry_attempts: got True", "0 to 2")),
    "event age of 7 hours": Mistake(
        starter(max_event_age=cdk.Duration.hours(7)),
        ("Stack/Incidents: max_event_age: got 25200 seconds", "21600"),
    ),
    "trusted account of 11 digits": Mistake(
        starter(trusted_accounts=["11112222333"]),
        ("Stack/Incidents: trusted_accounts: got '11112222333'", "12 digits"),
    ),
    "trusted account as number": Mistake(
        starter(trusted_accounts=[111122223333]), ("trusted_accounts: got 111122223333", "12 digits")
    ),
    "trusted accounts as text": Mistake(
        starter(trusted_accounts="111122223333"), ("trusted_accounts: got '111122223333'", "a list")
    ),
    "plans as text": Mistake(
        starter(additional_response_plans=OTHER_PLAN),
        ("Stack/Incidents: additional_response_plans: got 'arn:", "a list"),
    ),
    "contacts as text": Mistake(
        starter(engagement_contacts="arn:aws:ssm-contacts:::contact/x"),
        ("Stack/Incidents: engagement_contacts: got 'arn:", "a list"),
    ),
    "contact as name": Mistake(
        starter(engagement_contacts=["alice"]), ("engagement_contacts: got 'alice'", "arn:aws:ssm-contacts:")
    ),
    # regions
    "one region as text": Mistake(
        starter(regions="us-east-1"), ("Stack/Incidents: regions: got 'us-east-1'", "a list of Regions")
    ),
    "a region as number": Mistake(starter(regions=[1]), ("regions: got 1 of type int", "a str is needed")),
    "a region as token": Mistake(
        starter(regions=[cdk.Aws.REGION]), ("regions: got '${Token[AWS.Region", "need not be listed")
    ),
    "a region without the service": Mistake(
        starter(regions=["af-south-1"]), ("regions: got 'af-south-1'", "Incident Manager exists in ap-north")
    ),
    "a region that does not exist": Mistake(starter(regions=["us-east-9"]), ("regions: got 'us-east-9'",)),
    "a region twice": Mistake(
        starter(regions=["us-east-1", "us-west-2", "us-east-1"]), ("got 'us-east-1' twice", "list it once")
    ),
    "no regions": Mistake(
        starter(regions=[]), ("regions: got []", "at least one Region beside", "or leave it out")
    ),
    "the own region alone": Mistake(
        lambda: new_starter(new_stack(env=ENVIRONMENT), regions=["eu-west-1"]),
        ("regions: got ['eu-west-1']", "at least one Region beside the function's own"),
    ),
    "three regions beside the own": Mistake(
        lambda: new_starter(new_stack(env=ENVIRONMENT), regions=["us-east-1", "us-east-2", "us-west-2"]),
        ("regions: got us-east-1, us-east-2, us-west-2", "at most 3", "the function's own among them"),
    ),
    "four regions": Mistake(
        starter(regions=["us-east-1", "us-east-2", "us-west-1", "us-west-2"]), ("at most 3",)
    ),
    # contacts
    "no contacts": Mistake(
        starter(engagement_contacts=[]), ("engagement_contacts: got no contact", "page nobody")
    ),
    "alarm name prefix with a star": Mistake(
        starter(alarm_name_prefix="shop-*"), ("Stack/Incidents: alarm_name_prefix: got 'shop-*'", "'*'")
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    mistake.gets_its_sentence()


def test_the_longest_values_allowed_are_allowed() -> None:
    stack = new_stack()
    starter = new_starter(
        stack,
        title="x" * 200,
        timeout=cdk.Duration.seconds(30),
        max_event_age=cdk.Duration.minutes(1),
        retry_attempts=0,
        related_items=[RelatedItem.url("https://" + "x" * 992, title="x" * 200)],
    )
    items = [
        RelatedItem.arn("arn:aws:sqs:eu-west-1:111122223333:" + "x" * 965),
        RelatedItem.metric_definition("x" * 4000),
        RelatedItem.pager_duty("x" * 200, secret_id="x" * 512),
    ]
    new_rule(stack).add_target(
        IncidentTarget(starter, related_items=items, retry_attempts=185, max_event_age=cdk.Duration.hours(24))
    )
    IncidentDetails(related_items=links(40))
    text = IncidentDetails(impact=Impact.HIGH).description("x" * (1024 - 20))
    assert len(text) == 1024
