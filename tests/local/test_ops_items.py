"""OpsItems and messages: judged, deduplicated and failed as AWS judges, deduplicates and fails them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

BUCKET, TABLE = "arn:aws:s3:::orders", "arn:aws:dynamodb:us-east-1:123456789012:table/orders"


@pytest.fixture
def ssm(aws: LocalAws) -> Any:
    return aws.client("ssm")


def request(dedup: str | None = None, *resources: str, **more: Any) -> dict[str, Any]:
    data = {}
    if dedup is not None:
        data["/aws/dedup"] = searchable({"dedupString": dedup})
    if resources:
        data["/aws/resources"] = searchable([{"arn": arn} for arn in resources])
    made = {"Title": "Orders fail", "Description": "Too many", "Source": "shop", "OperationalData": data}
    return {**made, **more}


def searchable(value: object) -> dict[str, str]:
    return {"Type": "SearchableString", "Value": json.dumps(value)}


def test_an_ops_item_is_made_and_looked_at(aws: LocalAws, ssm: Any) -> None:
    made = ssm.create_ops_item(**request("a", BUCKET, Severity="2"))
    [item] = aws.ops_items
    assert (item.id, item.arn, item.status) == (made["OpsItemId"], made["OpsItemArn"], "Open")
    assert item.request["Title"] == "Orders fail"
    assert ssm.get_ops_item(OpsItemId=item.id)["OpsItem"]["Severity"] == "2"
    [summary] = ssm.describe_ops_items()["OpsItemSummaries"]
    assert (summary["OpsItemId"], summary["Status"]) == (item.id, "Open")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Title": " "},
        {"Title": "x" * 1025},
        {"Description": "x" * 2049},
        {"Description": " \n"},
        {"Priority": 6},
        {"Severity": "x" * 65},
        {"OperationalData": {"k": {"Type": "Text", "Value": "v"}}},
        {"OperationalData": {"k" * 129: {"Type": "String", "Value": "v"}}},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_the_model_forbids_is_refused(aws: LocalAws, ssm: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        ssm.create_ops_item(**request(**wrong))
    assert aws.ops_items == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"Source": "my-aws-tool"},
        {"OperationalData": {"aws/reason": {"Type": "String", "Value": "v"}}},
        {"OperationalData": {"/ssm": {"Type": "String", "Value": "v"}}},
        {"OperationalData": {"reason": {"Type": "String", "Value": "x" * 20_481}}},
        {"OperationalData": {"/aws/dedup": {"Type": "String", "Value": "a"}}},
        {"OperationalData": {"/aws/dedup": searchable("a")}},
        {"OperationalData": {"/aws/resources": searchable([{"arn": "orders"}])}},
        {"OperationalData": {"/aws/resources": searchable([{"arn": BUCKET}] * 101)}},
    ],
)
def test_what_only_the_documentation_forbids_is_refused(ssm: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ssm.exceptions.OpsItemInvalidParameterException):
        ssm.create_ops_item(**request(**wrong))


def test_one_string_and_one_set_of_resources_make_one_ops_item_while_it_is_open(ssm: Any) -> None:
    first = ssm.create_ops_item(**request("Orders", BUCKET, TABLE))["OpsItemId"]
    with pytest.raises(ssm.exceptions.OpsItemAlreadyExistsException) as caught:
        ssm.create_ops_item(**request("ORDERS", TABLE, BUCKET, Title="Again"))
    assert caught.value.response["OpsItemId"] == first
    assert ssm.create_ops_item(**request("Orders", BUCKET))["OpsItemId"] != first
    assert ssm.create_ops_item(**request("Others", BUCKET, TABLE))["OpsItemId"] != first
    ssm.update_ops_item(OpsItemId=first, Status="Resolved")
    assert ssm.create_ops_item(**request("Orders", BUCKET, TABLE))["OpsItemId"] != first


def test_without_a_string_each_request_makes_an_ops_item(aws: LocalAws, ssm: Any) -> None:
    for _ in range(2):
        ssm.create_ops_item(**request())
    assert len({item.id for item in aws.ops_items}) == 2


def test_regions_and_accounts_have_their_own(aws: LocalAws, ssm: Any) -> None:
    first = ssm.create_ops_item(**request("a"))["OpsItemId"]
    there = aws.client("ssm", region="eu-west-1")
    assert there.create_ops_item(**request("a"))["OpsItemId"] != first
    with pytest.raises(ClientError, match="OpsItemNotFoundException"):
        there.get_ops_item(OpsItemId=first)


@pytest.mark.parametrize(
    "name", ["OpsItemLimitExceededException", "ThrottlingException", "InternalServerError"]
)
def test_it_fails_on_request(aws: LocalAws, ssm: Any, name: str) -> None:
    aws.fail_next(name, operation="CreateOpsItem")
    with pytest.raises(ClientError, match=name):
        ssm.create_ops_item(**request())
    ssm.create_ops_item(**request())


def test_a_reply_is_lost_on_request(aws: LocalAws, ssm: Any) -> None:
    aws.fail_next("lost-reply", operation="CreateOpsItem")
    with pytest.raises(ConnectionClosedError):
        ssm.create_ops_item(**request("a"))
    with pytest.raises(ssm.exceptions.OpsItemAlreadyExistsException):
        ssm.create_ops_item(**request("a"))


@pytest.mark.parametrize("operation", ["CreateOpsItem", "Publish"])
def test_an_unknown_fault_is_a_sentence(aws: LocalAws, operation: str) -> None:
    with pytest.raises(ValueError, match="unknown fault 'Nonsense': give one of A"):
        aws.fail_next("Nonsense", operation=operation)


def test_parameters_are_still_the_emulators(ssm: Any) -> None:
    ssm.put_parameter(Name="/shop", Value="open", Type="String")
    assert ssm.get_parameter(Name="/shop")["Parameter"]["Value"] == "open"


@pytest.mark.parametrize("name", ["AuthorizationError", "InternalError", "Throttled"])
def test_a_message_fails_on_request(aws: LocalAws, name: str) -> None:
    sns = aws.client("sns")
    topic = sns.create_topic(Name="on-call")["TopicArn"]
    aws.fail_next(name, operation="Publish")
    sns.list_topics()
    with pytest.raises(ClientError, match=name):
        sns.publish(TopicArn=topic, Message="m")
    assert sns.publish(TopicArn=topic, Message="m")["MessageId"]


def test_a_message_whose_reply_is_lost_is_delivered(aws: LocalAws) -> None:
    sns, sqs = aws.client("sns"), aws.client("sqs")
    topic = sns.create_topic(Name="on-call")["TopicArn"]
    url = sqs.create_queue(QueueName="heard")["QueueUrl"]
    arn = "arn:aws:sqs:us-east-1:123456789012:heard"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    aws.fail_next("lost-reply", operation="Publish")
    with pytest.raises(ConnectionClosedError):
        sns.publish(TopicArn=topic, Message=json.dumps({"default": "d", "sqs": "q"}), MessageStructure="json")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "q"
