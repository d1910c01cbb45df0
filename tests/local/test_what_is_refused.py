"""Whatever AWS would refuse is refused here, and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.local.templates import guardduty_event, permission, plan_arn

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws
    from tests.local.conftest import Deploy

ALARMS = "lambda.alarms.cloudwatch.amazonaws.com"
ALL_ALARMS = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:*"
EVENTS = "events.amazonaws.com"
ALL_RULES = "arn:aws:events:us-east-1:123456789012:rule/*"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(permission("cloudwatch.amazonaws.com", ALL_ALARMS), id="another principal"),
        pytest.param(permission(ALARMS, ALL_ALARMS, "999999999999"), id="another source account"),
        pytest.param(permission(ALARMS, ALL_ALARMS.replace("us-east-1", "us-east-2")), id="another region"),
        pytest.param(permission(ALARMS, ALL_ALARMS.replace("*", "prod-*")), id="another alarm name"),
        pytest.param(permission(EVENTS, ALL_RULES), id="none for alarms"),
    ],
)
def test_an_alarm_without_permission_invokes_nothing(
    aws: LocalAws, deploy: Deploy, wrong: dict[str, Any]
) -> None:
    deploy(alarm_permission=wrong)
    aws.set_alarm_state("errors", "ALARM")
    aws.wait_idle()
    (failed,) = aws.failed_deliveries
    assert failed.source.endswith(":alarm:errors")
    assert failed.target.endswith(":function:starter")
    assert (
        "lambda.alarms.cloudwatch.amazonaws.com is not authorized to perform lambda:InvokeFunction"
        in failed.reason
    )
    assert aws.incidents == []
    assert aws.invocations == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(permission("scheduler.amazonaws.com", ALL_RULES), id="another principal"),
        pytest.param(permission(EVENTS, ALL_RULES, "999999999999"), id="another source account"),
        pytest.param(permission(EVENTS, ALL_RULES.replace("*", "other")), id="another rule"),
        pytest.param(permission(ALARMS, ALL_ALARMS), id="none for rules"),
    ],
)
def test_a_rule_without_permission_invokes_nothing(
    aws: LocalAws, deploy: Deploy, wrong: dict[str, Any]
) -> None:
    deploy(rule_permission=wrong)
    aws.put_event(guardduty_event())
    aws.wait_idle()
    (failed,) = aws.failed_deliveries
    assert failed.source.endswith(":rule/findings")
    assert "events.amazonaws.com is not authorized" in failed.reason
    assert failed.kept_in is None
    assert aws.invocations == []


def rule_with_queue(policy_principal: str) -> dict[str, Any]:
    """Return a rule whose undeliverable events go to a queue, and the queue's policy."""
    queue_arn = {"Fn::GetAtt": ["Queue", "Arn"]}
    return {
        "Kept": {
            "Type": "AWS::Events::Rule",
            "Properties": {
                "EventPattern": {"source": ["shop"]},
                "Targets": [
                    {
                        "Id": "Starter",
                        "Arn": {"Fn::GetAtt": ["Function", "Arn"]},
                        "DeadLetterConfig": {"Arn": queue_arn},
                    },
                ],
            },
        },
        "QueuePolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "Queue"}],
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": policy_principal},
                            "Action": "sqs:SendMessage",
                            "Resource": queue_arn,
                        },
                    ],
                },
            },
        },
    }


def test_an_undeliverable_event_goes_to_the_rules_queue(aws: LocalAws, deploy: Deploy) -> None:
    deploy(rule_permission=permission(ALARMS, ALL_ALARMS), extra=rule_with_queue(EVENTS))
    aws.put_event({"Source": "shop", "DetailType": "Broken", "Detail": "{}"})
    aws.wait_idle()
    (failed,) = aws.failed_deliveries
    assert failed.kept_in == "arn:aws:sqs:us-east-1:123456789012:failures"


def test_a_queue_that_refuses_eventbridge_keeps_nothing(aws: LocalAws, deploy: Deploy) -> None:
    deploy(rule_permission=permission(ALARMS, ALL_ALARMS), extra=rule_with_queue("sns.amazonaws.com"))
    aws.put_event({"Source": "shop", "DetailType": "Broken", "Detail": "{}"})
    aws.wait_idle()
    (failed,) = aws.failed_deliveries
    assert failed.kept_in is None
    assert "refuses events.amazonaws.com" in failed.reason


def test_a_topic_without_permission_invokes_nothing(aws: LocalAws, deploy: Deploy) -> None:
    function_arn = {"Fn::GetAtt": ["Function", "Arn"]}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}}
    subscription = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": function_arn},
    }
    deploy(extra={"Topic": topic, "Subscription": subscription})
    aws.client("sns").publish(TopicArn="arn:aws:sns:us-east-1:123456789012:alarms", Message="{}")
    aws.wait_idle()
    (failed,) = aws.failed_deliveries
    assert failed.source == "arn:aws:sns:us-east-1:123456789012:alarms"
    assert "sns.amazonaws.com is not authorized" in failed.reason


@pytest.mark.parametrize(
    ("without", "action"),
    [
        ("start", "ssm-incidents:StartIncident"),
        ("engage", "ssm-contacts:StartEngagement"),
        ("ops item", "ssm:CreateOpsItem"),
    ],
)
def test_a_role_without_an_action_starts_no_incident(
    aws: LocalAws, deploy: Deploy, without: str, action: str
) -> None:
    deploy(without=without)
    with pytest.raises(LocalAwsError, match=rf"AccessDeniedException.*not authorized to perform: {action}"):
        aws.invoke("starter", {})
    assert aws.incidents == []
    (denied,) = aws.denied_calls
    assert denied.action == action
    assert ":role/Shop-Role" in denied.role_arn


def test_a_plan_with_tags_takes_the_right_to_tag(aws: LocalAws, deploy: Deploy) -> None:
    deploy(plan_tags=True)
    with pytest.raises(LocalAwsError, match="not authorized to perform: ssm-incidents:TagResource"):
        aws.invoke("starter", {})


def test_the_right_to_start_one_plan_starts_no_other(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    other = aws.add_response_plan("other")
    with pytest.raises(LocalAwsError, match="not authorized to perform: ssm-incidents:StartIncident"):
        aws.invoke("starter", {"request": {"responsePlanArn": other}})


def test_a_role_without_describe_alarms_describes_none(aws: LocalAws, deploy: Deploy) -> None:
    deploy(without="describe")
    with pytest.raises(LocalAwsError, match="cloudwatch:DescribeAlarms"):
        aws.invoke("starter", {"describe": "errors"})
    assert [denied.action for denied in aws.denied_calls] == ["cloudwatch:DescribeAlarms"]


def test_a_destination_that_the_role_may_not_use_is_not_deployed(deploy: Deploy) -> None:
    with pytest.raises(
        LocalAwsError, match=r"stack Shop failed.*Retries \(AWS::Lambda::EventInvokeConfig\).*SendMessage"
    ):
        deploy(without="queue")


def test_a_plan_that_does_not_exist_is_not_found(aws: LocalAws) -> None:
    client = aws.client("ssm-incidents")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="nowhere"):
        client.start_incident(responsePlanArn=plan_arn("nowhere"))


def test_a_plan_of_another_account_must_be_shared(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    client = aws.client("ssm-incidents", account_id="222222222222")
    with pytest.raises(
        client.exceptions.AccessDeniedException, match="is not shared with account 222222222222"
    ):
        client.start_incident(responsePlanArn=plan_arn())
    aws.add_response_plan(plan_arn())
    assert client.start_incident(responsePlanArn=plan_arn())["incidentRecordArn"]


ITEM = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com"}}}
BAD_REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "an impact of 9": ({"impact": 9}, "impact: is 9, the most allowed is 5"),
    "a long title": ({"title": "x" * 201}, "title: has 201 characters, at most 200 are allowed"),
    "a long token": ({"clientToken": "x" * 129}, "clientToken: has 129 characters"),
    "an unknown type": (
        {"relatedItems": [{"identifier": {**ITEM["identifier"], "type": "BOGUS"}}]},
        r"relatedItems\[0\].identifier.type: must be one of",
    ),
    "a bad arn": (
        {"relatedItems": [{"identifier": {"type": "OTHER", "value": {"arn": "arn:nothing"}}}]},
        r"relatedItems\[0\].identifier.value.arn: does not match",
    ),
    "a long url": (
        {"relatedItems": [{"identifier": {"type": "OTHER", "value": {"url": "https://" + "x" * 1000}}}]},
        "at most 1000 are allowed",
    ),
    "101 items": ({"relatedItems": [ITEM] * 101}, "relatedItems: has 101 items, at most 100 are allowed"),
    "51 items": ({"relatedItems": [ITEM] * 51}, "the quota of an incident is 50"),
    "a bad generated id": (
        {"relatedItems": [{**ITEM, "generatedId": "related-item/OTHER/1"}]},
        "generatedId: does not match",
    ),
    "a source of AWS": (
        {"triggerDetails": {"source": "aws.cloudwatch", "timestamp": 0}},
        "triggerDetails.source: must not begin with 'aws.'",
    ),
    "long raw data": (
        {"triggerDetails": {"source": "shop", "timestamp": 0, "rawData": "x" * 10_001}},
        "triggerDetails.rawData: has 10001 characters",
    ),
}


@pytest.mark.parametrize(("request_part", "sentence"), BAD_REQUESTS.values(), ids=BAD_REQUESTS)
def test_a_request_outside_the_services_model_is_invalid(
    aws: LocalAws, request_part: dict[str, Any], sentence: str
) -> None:
    plan = aws.add_response_plan("checkout")
    client = aws.client("ssm-incidents")
    with pytest.raises(client.exceptions.ValidationException, match=sentence):
        client.start_incident(responsePlanArn=plan, **request_part)
    assert aws.incidents == []


def test_one_token_with_two_requests_is_invalid(aws: LocalAws) -> None:
    plan = aws.add_response_plan("checkout")
    client = aws.client("ssm-incidents")
    client.start_incident(responsePlanArn=plan, clientToken="same", title="one")
    with pytest.raises(client.exceptions.ValidationException, match="clientToken was used before"):
        client.start_incident(responsePlanArn=plan, clientToken="same", title="two")
