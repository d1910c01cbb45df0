"""Items that follow from the trigger itself."""

from __future__ import annotations

from typing import Any

import pytest
from incident_starter import related
from incident_starter.triggers import Invocation, read

from tests.handler.service import aws_event, payload

HERE = "eu-west-1:111122223333"


def derived(content: object) -> list[related.Derived]:
    [trigger] = read(content, Invocation("r", "111122223333", "eu-west-1"))
    return list(related.derived(trigger))


def told(name: str) -> list[str]:
    return [item.target for item in derived(aws_event(name))]


def targets(name: str) -> list[str]:
    return [item.target for item in derived(payload(name))]


def test_an_alarm_brings_itself_its_page_its_metrics_and_their_resources() -> None:
    base = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
    assert targets("alarm_metric") == [
        f"arn:aws:cloudwatch:{HERE}:alarm:checkout-errors",
        f"{base}#alarmsV2:alarm/checkout-errors",
        (
            f"{base}#metricsV2:graph="
            "~(metrics~(~(~'AWS*2FLambda~'Errors~'FunctionName~'checkout))~region~'eu-west-1)"
        ),
        f"arn:aws:lambda:{HERE}:function:checkout",
    ]


def test_a_math_alarm_brings_a_page_for_each_of_its_metrics() -> None:
    assert [item.title for item in derived(payload("alarm_math"))][2:5] == [
        "Metric HTTPCode_Target_5XX_Count",
        "Metric RequestCount",
        "app/shop/50dc6c495c0c9188",
    ]


def test_a_contributor_brings_the_resource_that_it_names() -> None:
    assert targets("contributor_at_top")[2] == f"arn:aws:lambda:{HERE}:function:checkout"


def test_an_event_brings_its_resources_and_nothing_by_hand() -> None:
    assert told("code_pipeline_failure") == [f"arn:aws:codepipeline:{HERE}:release"]
    assert told("glue_job_failure") == []
    assert targets("hand") == []


def test_an_event_brings_what_its_detail_names_by_arn_once() -> None:
    execution = f"arn:aws:states:{HERE}:execution:orders:9c8b7a69-5847-4362-9150-4f3e2d1c0b9a"
    assert list(dict.fromkeys(told("step_functions_failure"))) == [
        execution,
        f"arn:aws:states:{HERE}:stateMachine:orders",
    ]
    crowded = {
        **aws_event("glue_job_failure"),
        "detail": {str(n): f"arn:aws:sqs:{HERE}:q{n}" for n in range(30)},
    }
    assert len(derived(crowded)) == 20


def test_a_topics_alarm_brings_the_same_as_a_direct_one() -> None:
    assert [item.title for item in derived(payload("topic_metric"))] == [
        "Alarm queue-age",
        "Alarm in the console",
        "Metric ApproximateAgeOfOldestMessage",
        "orders",
    ]


@pytest.mark.parametrize(
    ("partition", "host"),
    [
        ("aws", "https://r.console.aws.amazon.com/"),
        ("aws-cn", "https://r.console.amazonaws.cn/"),
        ("aws-us-gov", "https://r.console.amazonaws-us-gov.com/"),
    ],
)
def test_each_partition_has_its_console(partition: str, host: str) -> None:
    content = payload("alarm_metric")
    content["alarmArn"] = f"arn:{partition}:cloudwatch:r:111122223333:alarm:x"
    content["alarmData"]["alarmName"] = "a b/\u00e4"
    page = derived(content)[1].target
    assert page.startswith(host)
    assert page.endswith("#alarmsV2:alarm/a%20b%2F%C3%A4")


def test_the_consoles_notation_escapes_what_is_special_in_it() -> None:
    assert related._escaped("A/B'~$ (x)") == "A*2FB*27*7E*24*20*28x*29"


@pytest.mark.parametrize(
    ("namespace", "dimensions", "arn"),
    [
        ("AWS/EC2", {"InstanceId": "i-1"}, f"ec2:{HERE}:instance/i-1"),
        ("AWS/Lambda", {"FunctionName": "f"}, f"lambda:{HERE}:function:f"),
        (
            "AWS/ApplicationELB",
            {"LoadBalancer": "app/l/1"},
            f"elasticloadbalancing:{HERE}:loadbalancer/app/l/1",
        ),
        ("AWS/DynamoDB", {"TableName": "t"}, f"dynamodb:{HERE}:table/t"),
        ("AWS/SQS", {"QueueName": "q"}, f"sqs:{HERE}:q"),
        ("AWS/SNS", {"TopicName": "t"}, f"sns:{HERE}:t"),
        ("AWS/RDS", {"DBInstanceIdentifier": "d"}, f"rds:{HERE}:db:d"),
        ("AWS/S3", {"BucketName": "b"}, "s3:::b"),
        ("AWS/ECS", {"ClusterName": "c"}, f"ecs:{HERE}:cluster/c"),
        ("AWS/States", {"StateMachineArn": "arn:aws:states:r:a:stateMachine:m"}, "states:r:a:stateMachine:m"),
        ("Shop", {"ServiceName": "s", "ClusterName": "c"}, None),
        ("AWS/Lambda", {"FunctionName": ""}, None),
    ],
)
def test_a_well_known_dimension_names_a_resource(
    namespace: str, dimensions: dict[str, Any], arn: str | None
) -> None:
    found = [item.target for item in related.named(namespace, dimensions, "aws", HERE)]
    assert found == ([f"arn:aws:{arn}"] if arn else [])


def test_a_service_is_named_with_its_cluster() -> None:
    dimensions = {"ClusterName": "c", "ServiceName": "s"}
    found = [item.target for item in related.named("AWS/ECS", dimensions, "aws", HERE)]
    assert found == [f"arn:aws:ecs:{HERE}:cluster/c", f"arn:aws:ecs:{HERE}:service/c/s"]
