"""Mistakes in response plans, each with its sentence."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns, aws_ssmcontacts as ssmcontacts

from constructs_lib import (
    Impact,
    PagerDuty,
    ResponsePlan,
    Runbook,
    RunbookVariable,
)
from tests.constructs.apps import new_stack
from tests.constructs.mistakes import Mistake

CONTACT = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:"


def plan(**options: Any) -> Callable[[], object]:
    """Make a plan; what stands behind a lambda is made with it."""

    def make() -> object:
        given = {name: value() if callable(value) else value for name, value in options.items()}
        return ResponsePlan(
            new_stack(), "Plan", **{"title": "Something is wrong", "impact": Impact.LOW, **given}
        )

    return make


def topics(count: int) -> list[sns.ITopic]:
    stack = new_stack("Topics")
    return [sns.Topic.from_topic_arn(stack, f"T{n}", f"{TOPIC}t{n}") for n in range(count)]


def runbook(document: Any = "Restart", **options: Any) -> Callable[[], object]:
    return lambda: Runbook(document, **options)


def pager_duty(**options: Any) -> Callable[[], object]:
    return lambda: PagerDuty(**{"name": "Shop", "secret": "pager-duty", "service_id": "P1", **options})


def escalation_stages() -> ssmcontacts.CfnPlan:
    return ssmcontacts.CfnPlan(new_stack("Stages"), "Stages", contact_id=f"{CONTACT}a", stages=[])


MISTAKES = {
    "no title": Mistake(plan(title=""), ("Stack/Plan: title: got ''", "visible character")),
    "a title that is too long": Mistake(
        plan(title="x" * 201), ("Stack/Plan: title", "201 characters", "at most 200")
    ),
    "a title of two lines": Mistake(plan(title="a\nb"), ("title", "line breaks")),
    "a title with placeholders": Mistake(
        plan(title="{alarm_name} in {account}"),
        ("title", "{alarm_name}, {account}", "would show as it stands", "starter"),
    ),
    "a number for a title": Mistake(plan(title=5), ("title: got 5", "str")),
    "an impact that there is not": Mistake(plan(impact=6), ("impact: got 6", "Impact.CRITICAL (1)")),
    "no summary": Mistake(plan(summary=" \n"), ("summary", "visible character")),
    "a summary that only the API would take": Mistake(
        plan(summary="x" * 4001), ("summary: got 4,001 characters", "at most 4,000")
    ),
    "a dedupe string that is too long": Mistake(
        plan(dedupe_string="x" * 1001), ("dedupe_string: got 1,001 characters", "at most 1,000")
    ),
    "a display name that is too long": Mistake(
        plan(display_name="x" * 201), ("display_name: got 201", "at most 200")
    ),
    "a name with a space": Mistake(
        plan(response_plan_name="on call"), ("response_plan_name: got", "on call", "[a-zA-Z0-9-_]")
    ),
    "a name that is too long": Mistake(plan(response_plan_name="x" * 201), ("response_plan_name", "200")),
    "no name": Mistake(plan(response_plan_name=""), ("response_plan_name", "at least")),
    "one contact without a list": Mistake(
        plan(engagements=f"{CONTACT}a"), ("engagements", "a list of contacts is needed")
    ),
    "six contacts": Mistake(
        plan(engagements=[f"{CONTACT}{n}" for n in range(6)]), ("engagements: got 6", "at most 5")
    ),
    "one contact twice": Mistake(
        plan(engagements=[f"{CONTACT}a", f"{CONTACT}a"]), ("engagements", "contact/a' twice")
    ),
    "a contact by its name": Mistake(plan(engagements=["on-call"]), ("engagements", "'on-call'", "match")),
    "the stages of an escalation plan": Mistake(
        plan(engagements=lambda: [escalation_stages()]), ("engagements", "contact_ref", "CfnContact")
    ),
    "six chat topics": Mistake(plan(chat_channel=lambda: topics(6)), ("chat_channel: got 6", "at most 5")),
    "a chat topic twice": Mistake(plan(chat_channel=lambda: topics(1) * 2), ("chat_channel", "twice")),
    "an ARN for a chat topic": Mistake(
        plan(chat_channel=[f"{TOPIC}t"]), ("chat_channel", "of type str", "from_topic_arn")
    ),
    "one topic without a list": Mistake(
        plan(chat_channel=lambda: topics(1)[0]), ("chat_channel", "a list of topics")
    ),
    "eleven notification targets": Mistake(
        plan(notification_targets=lambda: topics(11)), ("notification_targets: got 11", "at most 10")
    ),
    "tags as a list": Mistake(plan(tags=[("a", "b")]), ("tags", "mapping")),
    "no tags": Mistake(plan(incident_tags={}), ("incident_tags", "empty", "leave it out")),
    "fifty-one tags": Mistake(plan(tags={f"t{n}": "x" for n in range(51)}), ("tags: got 51", "at most 50")),
    "a tag of AWS": Mistake(plan(tags={"aws:stage": "x"}), ("tags: key", "aws:stage")),
    "a tag key with a space, which CloudFormation refuses": Mistake(
        plan(incident_tags={"cost centre": "x"}), ("incident_tags", "'cost centre'", "letters, digits")
    ),
    "a tag without a value": Mistake(plan(tags={"team": ""}), ("tags: team", "visible character")),
    "a tag value with a question mark": Mistake(plan(tags={"team": "x?"}), ("tags: team", "match")),
    "a number as a tag key": Mistake(plan(tags={0: "x"}), ("tags", "key 0", "text")),
    "a document as a runbook": Mistake(plan(runbook="Restart"), ("runbook: got 'Restart'", "a Runbook")),
    "a dictionary as PagerDuty": Mistake(plan(pager_duty={}), ("pager_duty: got {}", "PagerDuty(...)")),
    "an ARN as a replication set": Mistake(
        plan(replication_set="arn"), ("replication_set: got 'arn'", "CfnReplicationSet")
    ),
    "a document with a space": Mistake(runbook("My runbook"), ("runbook.document", "My runbook", "match")),
    "a document that is nothing": Mistake(runbook(5), ("runbook.document: got 5", "document_ref")),
    "a version that is too long": Mistake(runbook(version="9" * 129), ("runbook.version", "at most 128")),
    "a version that is a number": Mistake(runbook(version=3), ("runbook.version: got 3", "text")),
    "an account that is a text": Mistake(
        runbook(target_account="IMPACTED"),
        ("runbook.target_account: got 'IMPACTED'", "RunbookAccount.IMPACTED"),
    ),
    "an ARN as a role": Mistake(runbook(role="arn:aws:iam::1:role/r"), ("runbook.role", "iam.Role")),
    "no parameters": Mistake(runbook(parameters={}), ("runbook.parameters", "empty")),
    "201 parameters": Mistake(
        runbook(parameters={f"p{n}": "x" for n in range(201)}), ("runbook.parameters: got 201", "at most 200")
    ),
    "a parameter's name that is too long": Mistake(
        runbook(parameters={"x" * 51: "x"}), ("runbook.parameters: name", "at most 50")
    ),
    "eleven values": Mistake(
        runbook(parameters={"Hosts": [str(n) for n in range(11)]}), ("Hosts: got 11 values", "1 to 10")
    ),
    "no values": Mistake(runbook(parameters={"Hosts": []}), ("Hosts: got 0 values", "1 to 10")),
    "one value twice": Mistake(runbook(parameters={"Hosts": ["a", "a"]}), ("Hosts: got 'a' twice",)),
    "a value that is too long": Mistake(
        runbook(parameters={"Hosts": "x" * 513}), ("Hosts: got 513 characters", "at most 512")
    ),
    "a number as a value": Mistake(runbook(parameters={"Count": 3}), ("Count", "got 3", "list of texts")),
    "a variable as a text": Mistake(
        runbook(parameters={"Hosts": "INVOLVED_RESOURCES"}), ("RunbookVariable.INVOLVED_RESOURCES",)
    ),
    "a variable in a list": Mistake(
        runbook(parameters={"Hosts": [RunbookVariable.INVOLVED_RESOURCES]}),
        ("Hosts", "RunbookVariable.INVOLVED_RESOURCES", "by itself"),
    ),
    "no name in PagerDuty": Mistake(pager_duty(name=""), ("pager_duty.name", "visible")),
    "a secret that is nothing": Mistake(pager_duty(secret=5), ("pager_duty.secret: got 5", "secret")),
    "a service that is too long": Mistake(
        pager_duty(service_id="x" * 201), ("pager_duty.service_id", "at most 200")
    ),
    "a plan of others by its name as an ARN": Mistake(
        lambda: ResponsePlan.from_response_plan_arn(new_stack(), "P", "on-call"), ("'on-call'", "full ARN")
    ),
    "a plan of others by its ARN as a name": Mistake(
        lambda: ResponsePlan.from_response_plan_name(new_stack(), "P", "arn:aws:x"),
        ("response_plan_name", "match"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_gets_its_sentence(mistake: Mistake) -> None:
    mistake.gets_its_sentence()


def test_what_a_token_becomes_is_not_judged() -> None:
    stack = new_stack()
    token = cdk.CfnParameter(stack, "Anything").value_as_string
    long, listed = token + "x" * 5000, cdk.Fn.split(",", token)
    ResponsePlan(
        stack,
        "Plan",
        title=token,
        impact=Impact.LOW,
        summary=long,
        dedupe_string=long,
        display_name=long,
        engagements=[token, *listed],
        incident_tags={"team": token},
        pager_duty=PagerDuty(token, secret=token, service_id=token),
        response_plan_name=token,
        runbook=Runbook(
            token, version=token, parameters={"Hosts": [token, long], "More": cdk.Fn.split(",", token)}
        ),
        tags={"team": token},
    )
