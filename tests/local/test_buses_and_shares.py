"""Events on their way to another bus, and plans of another account: role, policy and share decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.written_assembly import write_assembly

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws

OWN, OTHER, THIRD, REGION = "123456789012", "222222222222", "333333333333", "us-east-1"
BUS = f"arn:aws:events:{REGION}:{OTHER}:event-bus/hub"
ORGANIZATION = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}, "Principal": "*"}


def role(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "events.amazonaws.com"}}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Statement": [trust]},
            "Policies": [{"PolicyName": "put", "PolicyDocument": {"Statement": [statement]}}],
        },
    }


def sender(*actions: str, bus: str = BUS, source: str = "shop") -> dict[str, Any]:
    target = {"Id": "Bus", "Arn": bus, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    rule = {"EventPattern": {"source": [source]}, "Targets": [target]}
    return {"Resources": {"Role": role(*actions), "Rule": {"Type": "AWS::Events::Rule", "Properties": rule}}}


def receiver(*targets: str, **statement: Any) -> dict[str, Any]:
    """A bus that lets somebody in, whose rule puts what it gets into a queue of its account."""
    allowed = {"Effect": "Allow", "Action": "events:PutEvents", "Resource": BUS, **statement}
    queue = {"Id": "Queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    others = [
        {"Id": str(n), "Arn": arn, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
        for n, arn in enumerate(targets)
    ]
    return {
        "Resources": {
            "Role": role("events:PutEvents"),
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "arrived"}},
            "Bus": {"Type": "AWS::Events::EventBus", "Properties": {"Name": "hub"}},
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventBusName": {"Ref": "Bus"},
                    "EventPattern": {"source": ["shop"]},
                    "Targets": [queue, *others],
                },
            },
            "Policy": {
                "Type": "AWS::Events::EventBusPolicy",
                "Properties": {"EventBusName": {"Ref": "Bus"}, "StatementId": "In", "Statement": allowed},
            },
        }
    }


def deploy_to(aws: LocalAws, directory: Path, account: str, template: dict[str, Any]) -> None:
    environment = f"aws://{account}/{REGION}"
    aws.deploy(write_assembly(directory / account, {"Stack": template}, environment))


def arrived(aws: LocalAws) -> int:
    sqs = aws.client("sqs", account_id=OTHER)
    url = sqs.get_queue_url(QueueName="arrived")["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    return int(found["Attributes"]["ApproximateNumberOfMessages"])


def put(aws: LocalAws) -> None:
    aws.put_event({"Source": "shop", "DetailType": "Sold", "Detail": '{"price": 6}'})
    aws.wait_idle()


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param({"Principal": {"AWS": OWN}}, id="account"),
        pytest.param({"Principal": {"AWS": f"arn:aws:iam::{OWN}:root"}}, id="root of the account"),
        pytest.param(ORGANIZATION, id="organization"),
    ],
)
def test_an_event_comes_to_a_bus_whose_policy_lets_it_in(
    aws: LocalAws, tmp_path: Path, statement: dict[str, Any]
) -> None:
    deploy_to(aws, tmp_path, OTHER, receiver(**statement))
    deploy_to(aws, tmp_path, OWN, sender("events:PutEvents"))
    put(aws)
    assert aws.failed_deliveries == []
    assert arrived(aws) == 1


@pytest.mark.parametrize(
    ("statement", "actions", "reason"),
    [
        pytest.param(
            {"Principal": {"AWS": THIRD}}, ["events:PutEvents"], "lets nobody of account", id="third"
        ),
        pytest.param(ORGANIZATION, ["events:PutEvents"], "lets nobody of account", id="outside"),
        pytest.param(
            {"Principal": {"AWS": OWN}}, ["events:PutRule"], "may not perform events:PutEvents", id="role"
        ),
        pytest.param(
            {"Principal": {"AWS": OWN}, "Resource": f"{BUS}-2"},
            ["events:PutEvents"],
            "lets nobody",
            id="other bus",
        ),
    ],
)
def test_an_event_that_role_or_policy_refuse_is_told(
    aws: LocalAws, tmp_path: Path, statement: dict[str, Any], actions: list[str], reason: str
) -> None:
    aws.set_organization("o-a1b2c3d4e5", [OTHER])
    deploy_to(aws, tmp_path, OTHER, receiver(**statement))
    deploy_to(aws, tmp_path, OWN, sender(*actions))
    put(aws)
    [failed] = aws.failed_deliveries
    assert failed.target == BUS
    assert reason in failed.reason
    assert failed.payload["detail"] == {"price": 6}
    assert arrived(aws) == 0


def test_the_older_form_of_a_policy_lets_an_organization_in(aws: LocalAws, tmp_path: Path) -> None:
    template = receiver(Principal="*")
    policy = template["Resources"]["Policy"]["Properties"]
    del policy["Statement"]
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-a1b2c3d4e5"}
    policy |= {"Action": "events:PutEvents", "Principal": "*", "Condition": condition}
    aws.set_organization("o-a1b2c3d4e5", [OWN])
    deploy_to(aws, tmp_path, OTHER, template)
    deploy_to(aws, tmp_path, OWN, sender("events:PutEvents"))
    put(aws)
    assert arrived(aws) == 1


def test_a_bus_that_is_not_there_is_told(aws: LocalAws, tmp_path: Path) -> None:
    deploy_to(aws, tmp_path, OWN, sender("events:PutEvents"))
    put(aws)
    assert [failed.reason for failed in aws.failed_deliveries] == [f"{BUS} does not exist"]


def test_an_event_goes_to_one_other_account_only(aws: LocalAws, tmp_path: Path) -> None:
    third = BUS.replace(OTHER, THIRD)
    deploy_to(aws, tmp_path, THIRD, receiver(Principal="*", Resource=third))
    deploy_to(aws, tmp_path, OTHER, receiver(third, Principal="*"))
    deploy_to(aws, tmp_path, OWN, sender("events:PutEvents"))
    put(aws)
    [failed] = aws.failed_deliveries
    assert failed.target == third
    assert "one other account only" in failed.reason
    assert arrived(aws) == 1


def test_a_policy_that_is_taken_away_lets_nobody_in(aws: LocalAws, tmp_path: Path) -> None:
    template = receiver(Principal={"AWS": OWN})
    deploy_to(aws, tmp_path, OTHER, template)
    deploy_to(aws, tmp_path, OWN, sender("events:PutEvents"))
    del template["Resources"]["Policy"]
    deploy_to(aws, tmp_path, OTHER, template)
    put(aws)
    assert arrived(aws) == 0


PLAN = f"arn:aws:ssm-incidents::{OTHER}:response-plan/shared"
CONTACT = f"arn:aws:ssm-contacts:{REGION}:{OTHER}:contact/sre"


def plan(*principals: str, resources: tuple[str, ...] = (PLAN, CONTACT)) -> dict[str, Any]:
    template = {"Title": "Wrong", "Impact": 3}
    properties = {"Name": "shared", "IncidentTemplate": template, "Engagements": [CONTACT]}
    share = {"Name": "share", "ResourceArns": list(resources), "Principals": list(principals)}
    return {
        "Resources": {
            "Plan": {"Type": "AWS::SSMIncidents::ResponsePlan", "Properties": properties},
            "Share": {"Type": "AWS::RAM::ResourceShare", "Properties": share},
        }
    }


def start(aws: LocalAws) -> str:
    client = aws.client("ssm-incidents")
    try:
        client.start_incident(responsePlanArn=PLAN)
    except client.exceptions.AccessDeniedException as error:
        return str(error)
    return "started"


@pytest.mark.parametrize(
    "principal",
    [OWN, f"arn:aws:organizations::{OTHER}:organization/o-a1b2c3d4e5"],
    ids=["account", "organization"],
)
def test_a_shared_plan_starts_incidents_of_other_accounts(
    aws: LocalAws, tmp_path: Path, principal: str
) -> None:
    aws.set_organization("o-a1b2c3d4e5", [OWN, OTHER])
    deploy_to(aws, tmp_path, OTHER, plan(principal))
    assert start(aws) == "started"


@pytest.mark.parametrize(
    ("principals", "resources", "refused"),
    [
        ((THIRD,), (PLAN, CONTACT), PLAN),
        ((f"arn:aws:organizations::{OTHER}:organization/o-a1b2c3d4e5",), (PLAN, CONTACT), PLAN),
        ((OWN,), (PLAN,), CONTACT),
        ((OWN,), (CONTACT,), PLAN),
    ],
    ids=["another account", "outside the organization", "without its contact", "only its contact"],
)
def test_what_is_not_shared_is_refused(
    aws: LocalAws, tmp_path: Path, principals: tuple[str, ...], resources: tuple[str, ...], refused: str
) -> None:
    aws.set_organization("o-a1b2c3d4e5", [OTHER])
    deploy_to(aws, tmp_path, OTHER, plan(*principals, resources=resources))
    assert f"{refused} is not shared with account {OWN}" in start(aws)


def test_a_share_that_changes_counts_as_it_is_now(aws: LocalAws, tmp_path: Path) -> None:
    deploy_to(aws, tmp_path, OTHER, plan(OWN))
    deploy_to(aws, tmp_path, OTHER, plan(THIRD))
    assert "is not shared" in start(aws)
