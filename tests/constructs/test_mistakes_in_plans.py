"""Mistakes in response plans, each with its sentence; and the limits, which are CloudFormation's and the service's."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns, aws_ssmcontacts as ssmcontacts
from hypothesis import given, settings, strategies as st

from constructs_lib import (
    Impact,
    PagerDuty,
    ResponsePlan,
    Runbook,
    RunbookVariable,
)
from constructs_lib._plan_checks import LESS, check_member, check_tags, check_values, shape_of
from tests.constructs.apps import new_stack
from tests.constructs.mistakes import Mistake

CONTACT = "arn:aws:ssm-contacts:eu-west-1:111122223333:contact/"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:"


def plan(**options: Any) -> Callable[[], object]:
    return lambda: ResponsePlan(
        new_stack(), "Plan", **{"title": "Something is wrong", "impact": Impact.LOW, **options}
    )


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
        lambda: plan(engagements=[escalation_stages()])(), ("engagements", "contact_ref", "CfnContact")
    ),
    "six chat topics": Mistake(plan(chat_channel=topics(6)), ("chat_channel: got 6", "at most 5")),
    "a chat topic twice": Mistake(plan(chat_channel=topics(1) * 2), ("chat_channel", "twice")),
    "an ARN for a chat topic": Mistake(
        plan(chat_channel=[f"{TOPIC}t"]), ("chat_channel", "of type str", "from_topic_arn")
    ),
    "one topic without a list": Mistake(
        lambda: plan(chat_channel=topics(1)[0])(), ("chat_channel", "a list of topics")
    ),
    "eleven notification targets": Mistake(
        plan(notification_targets=topics(11)), ("notification_targets: got 11", "at most 10")
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
    "a number as a tag key": Mistake(plan(tags={1: "x"}), ("tags", "key 1", "text")),
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
    "an ARN as a role": Mistake(
        runbook(role="arn:aws:iam::111122223333:role/r"), ("runbook.role", "iam.Role")
    ),
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
    long = token + "x" * 5000
    ResponsePlan(
        stack,
        "Plan",
        title=token,
        impact=Impact.LOW,
        summary=long,
        dedupe_string=long,
        display_name=long,
        engagements=[token],
        incident_tags={"team": token},
        pager_duty=PagerDuty(token, secret=token, service_id=token),
        response_plan_name=token,
        runbook=Runbook(token, version=token, parameters={"Hosts": [token, long]}),
        tags={"team": token},
    )


# -- the limits themselves ---------------------------------------------------------------------------


def schema() -> dict[str, Any]:
    """CloudFormation's schema of a plan, as cfn-lint brings it."""
    cfnlint = pytest.importorskip("cfnlint")
    for path in (Path(cfnlint.__file__).parent / "data" / "schemas" / "resources").glob("*.json"):
        text = path.read_text()
        if '"typeName": "AWS::SSMIncidents::ResponsePlan"' in text:
            found = json.loads(text)
            assert isinstance(found, dict)
            return found
    raise AssertionError(path)


def test_where_cloudformation_allows_less_than_the_service_its_limit_counts() -> None:
    definitions = schema()["definitions"]
    template, automation = definitions["IncidentTemplate"]["properties"], definitions["SsmAutomation"]
    parameters = ("actions", "[]", "ssmAutomation", "parameters")
    limits = {
        ("incidentTemplate", "title"): template["Title"]["maxLength"],
        ("incidentTemplate", "dedupeString"): template["DedupeString"]["maxLength"],
        ("incidentTemplate", "notificationTargets"): template["NotificationTargets"]["maxItems"],
        ("displayName",): schema()["properties"]["DisplayName"]["maxLength"],
        ("engagements",): schema()["properties"]["Engagements"]["maxItems"],
        ("tags",): schema()["properties"]["Tags"]["maxItems"],
        parameters: automation["properties"]["Parameters"]["maxItems"],
        (*parameters, "key"): definitions["SsmParameter"]["properties"]["Key"]["maxLength"],
    }

    for path, theirs in limits.items():
        assert shape_of(*path).metadata["max"] <= theirs, path
    assert {
        "summary": template["Summary"]["maxLength"],
        "values": definitions["SsmParameter"]["properties"]["Values"]["maxItems"],
    } == LESS


def test_a_tag_that_is_taken_here_is_taken_by_both() -> None:
    theirs = re.compile(schema()["definitions"]["Tag"]["properties"]["Key"]["pattern"])
    service = re.compile(shape_of("tags", "key").metadata["pattern"])
    for character in map(chr, range(32, 300)):
        try:
            check_tags("tags", {character: "x"})
        except ValueError:
            assert not (theirs.match(character) and service.match(character)), character
        else:
            assert theirs.match(character), character
            assert service.match(character), character


texts = st.text(max_size=300)


@given(texts)
@settings(max_examples=300, deadline=None)
def test_a_text_is_taken_or_refused_with_a_sentence(text: str) -> None:
    for path in (("incidentTemplate", "title"), ("name",), ("engagements", "[]"), ("tags", "value")):
        try:
            taken = check_member("anything", text, *path)
        except ValueError as error:
            assert str(error).startswith("anything: got ")
            assert "\n" not in str(error)
        else:
            assert taken == text
            assert len(text) <= shape_of(*path).metadata.get("max", 300)


@given(st.lists(texts, max_size=12))
@settings(max_examples=200, deadline=None)
def test_values_are_taken_as_they_are_or_refused(values: list[str]) -> None:
    try:
        assert check_values("values", values) == values
    except ValueError as error:
        assert str(error).startswith("values: got ")
        assert not 1 <= len(values) <= 10 or len(set(values)) < len(values) or any(map(unsendable, values))


def unsendable(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
