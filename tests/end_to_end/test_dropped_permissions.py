"""Whatever statement of the starter is dropped, the path fails and the failure names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.end_to_end.assemblies import Change, Template, actions, resources_of_type, statements
from tests.end_to_end.till import SOURCE, own_plan

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.scene import Scene

ChangedTill = Callable[[Change], "Scene"]

ALARMS, RULES, TOPICS = "lambda.alarms.cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"
NEEDED_TO_START = [
    "ssm-incidents:StartIncident",
    "ssm-contacts:StartEngagement",
    "ssm:CreateOpsItem",
    "ssm-incidents:TagResource",
]
OTHERWISE_TESTED = {
    "cloudwatch:DescribeAlarms",
    "sqs:SendMessage",
    # CDK grants these two beside SendMessage; nobody calls them.
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    # Without them AWS drops the function's logs; the local AWS keeps them, whatever the role may do.
    "logs:CreateLogStream",
    "logs:PutLogEvents",
}


def without_statement(action: str) -> Change:
    def change(template: Template) -> None:
        listed = statements(template)
        [dropped] = [statement for statement in listed if action in actions(statement)]
        listed.remove(dropped)

    return change


def without_permission(principal: str) -> Change:
    def change(template: Template) -> None:
        found = resources_of_type(template, "AWS::Lambda::Permission")
        [dropped] = [name for name, each in found.items() if each["Principal"] == principal]
        del template["Resources"][dropped]

    return change


def unchanged(template: Template) -> None:
    del template


def provoke(scene: Scene) -> dict[str, str]:
    """Fire the alarm, its composite alarm, the rule and the topic once each."""
    names = scene.outputs("Changed")
    for alarm in (names["Alarm"], names["Noticed"]):
        scene.aws.set_alarm_state(alarm, "ALARM")
    scene.event(SOURCE, "Bare", {"till": "Changed"})
    return names


def permission_principals(template: Template) -> list[str]:
    return sorted(
        each["Principal"] for each in resources_of_type(template, "AWS::Lambda::Permission").values()
    )


def test_given_the_synthesized_template_then_every_statement_of_it_is_dropped_by_a_test_here(
    till_assembly: Path,
) -> None:
    template = json.loads((till_assembly / "Till.template.json").read_text())
    granted = {action for statement in statements(template) for action in actions(statement)}
    assert granted == OTHERWISE_TESTED | set(NEEDED_TO_START)
    assert permission_principals(template) == sorted([ALARMS, RULES, TOPICS])


def test_given_every_statement_when_all_is_provoked_then_four_incidents_start(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(unchanged)
    provoke(scene)
    assert sorted(incident.request["title"].split("-")[0] for incident in scene.incidents) == [
        "The till fails",
        "The till is down",
        "Till: Bare",
        "Till: Changed",
    ]
    assert {incident.plan_arn for incident in scene.incidents} == {own_plan("Changed")}
    assert (scene.failed, scene.denied) == ([], [])


@pytest.mark.parametrize("action", NEEDED_TO_START)
def test_given_a_role_without_the_statement_when_all_is_provoked_then_nothing_starts_and_the_action_is_named(
    changed_till: ChangedTill, action: str
) -> None:
    scene = changed_till(without_statement(action))
    names = provoke(scene)
    assert scene.incidents == []
    assert len(scene.failed) == 4
    for failed in scene.failed:
        assert f"is not authorized to perform: {action} on resource" in failed.reason
    kept = scene.messages(names["DeadLetters"])
    assert len(kept) == 4
    for message in kept:
        assert action in message["responsePayload"]["errorMessage"]


def test_given_a_role_that_may_not_describe_alarms_when_a_composite_fires_then_it_pages_with_the_defaults(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(without_statement("cloudwatch:DescribeAlarms"))
    names = provoke(scene)
    assert scene.failed == []
    [request] = [
        incident.request
        for incident in scene.incidents
        if str(incident.source).endswith(f":alarm:{names['Composite']}")
    ]
    assert (request["impact"], request["title"]) == (3, f"Till: {names['Composite']}")
    [answer] = [answer for record in scene.records for answer in record.get("answers", [])]
    assert "cloudwatch:DescribeAlarms" in answer


def test_given_a_role_that_may_not_send_messages_when_it_is_deployed_then_the_deployment_fails(
    changed_till: ChangedTill,
) -> None:
    with pytest.raises(LocalAwsError, match="does not have permissions to call SendMessage"):
        changed_till(without_statement("sqs:SendMessage"))


def test_given_a_role_that_may_send_messages_no_more_when_an_event_fails_then_its_loss_is_visible(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(unchanged)
    names = scene.outputs("Changed")
    iam = scene.aws.client("iam")
    [policy] = iam.list_role_policies(RoleName=names["Role"])["PolicyNames"]
    which = {"RoleName": names["Role"], "PolicyName": policy}
    document: dict[str, Any] = iam.get_role_policy(**which)["PolicyDocument"]
    granted = document["Statement"]
    document["Statement"] = [each for each in granted if "sqs:SendMessage" not in actions(each)]
    iam.put_role_policy(**which, PolicyDocument=json.dumps(document))
    scene.aws.fail_next("ServiceQuotaExceededException")
    scene.event(SOURCE, "Bare", {"till": "Changed"})
    [failed] = scene.failed
    assert failed.kept_in is None
    assert "may not perform sqs:SendMessage" in failed.reason
    assert failed.payload["detail"] == {"till": "Changed"}
    assert scene.messages(names["DeadLetters"]) == []


def test_given_no_permission_for_alarms_when_alarms_fire_then_each_refusal_names_them(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(without_permission(ALARMS))
    names = provoke(scene)
    assert len(scene.incidents) == 2  # the rule's and the topic's
    assert {failed.source.rpartition(":")[2] for failed in scene.failed} == {
        names["Alarm"],
        names["Composite"],
    }
    for failed in scene.failed:
        assert f"{ALARMS} is not authorized to perform lambda:InvokeFunction" in failed.reason


def test_given_no_permission_for_rules_when_an_event_matches_then_it_lies_in_the_rules_own_queue(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(without_permission(RULES))
    names = provoke(scene)
    assert len(scene.incidents) == 3
    [failed] = scene.failed
    assert f"{RULES} is not authorized to perform lambda:InvokeFunction" in failed.reason
    [kept] = scene.messages(names["Undelivered"])
    assert kept["detail"] == {"till": "Changed"}
    assert kept["detail-type"] == "Bare"
    assert scene.messages(names["DeadLetters"]) == []


def test_given_no_permission_for_rules_nor_a_queue_when_an_event_matches_then_its_loss_is_visible(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(without_permission(RULES))
    scene.event(SOURCE, "Wrapped", {"till": "Changed", "what": "disk"})
    [failed] = scene.failed
    assert failed.kept_in is None
    assert RULES in failed.reason
    assert failed.payload["event"]["detail"]["what"] == "disk"


def test_given_no_permission_for_topics_when_an_alarm_notifies_one_then_the_refusal_names_it(
    changed_till: ChangedTill,
) -> None:
    scene = changed_till(without_permission(TOPICS))
    provoke(scene)
    assert len(scene.incidents) == 3
    [failed] = scene.failed
    assert f"{TOPICS} is not authorized to perform lambda:InvokeFunction" in failed.reason


def test_given_a_plan_that_is_not_among_the_roles_when_a_rule_names_it_then_the_starters_own_stands_in(
    changed_till: ChangedTill,
) -> None:
    def forget_the_database(template: Template) -> None:
        for statement in statements(template):
            if "ssm-incidents:StartIncident" in actions(statement):
                statement["Resource"] = [{"Ref": "Plan"}]

    scene = changed_till(forget_the_database)
    scene.event(SOURCE, "Wrapped", {"till": "Changed", "what": "disk"})
    assert scene.incident.plan_arn == own_plan("Changed")
    assert (scene.request["impact"], scene.request["title"]) == (2, "Database: disk")
    assert scene.record["PlanFallbacks"] == 1
    [denied] = scene.denied
    assert denied.action == "ssm-incidents:StartIncident"


def test_given_the_queues_policy_refuses_eventbridge_when_a_rule_may_not_invoke_then_the_loss_is_visible(
    changed_till: ChangedTill,
) -> None:
    def refuse_both(template: Template) -> None:
        without_permission(RULES)(template)
        found = resources_of_type(template, "AWS::SQS::QueuePolicy")
        [policy] = [each for name, each in found.items() if name.startswith("Undelivered")]
        policy["PolicyDocument"]["Statement"][0]["Principal"] = {"Service": TOPICS}

    scene = changed_till(refuse_both)
    names = scene.outputs("Changed")
    scene.event(SOURCE, "Bare", {"till": "Changed"})
    [failed] = scene.failed
    assert failed.kept_in is None
    assert f"refuses {RULES}" in failed.reason
    assert scene.messages(names["Undelivered"]) == []
