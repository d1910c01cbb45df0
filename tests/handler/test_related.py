"""Items that follow from the trigger itself."""

from __future__ import annotations

from typing import Any

import pytest
from incident_starter import console, related, resources
from incident_starter.triggers import Invocation, read

from tests.handler.service import payload

HERE = "eu-west-1:111122223333"


def derived(content: object) -> list[related.Derived]:
    [trigger] = read(content, Invocation("r", "111122223333", "eu-west-1"))
    return list(related.derived(trigger, 1000))


def targets(name: str) -> list[str]:
    return [item.target for item in derived(payload(name))]


def test_an_alarm_brings_itself_its_page_its_metrics_and_their_resources() -> None:
    base = "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
    assert targets("alarm_metric") == [
        f"arn:aws:cloudwatch:{HERE}:alarm:checkout-errors",
        f"{base}#alarmsV2:alarm/checkout-errors",
        (
            f"{base}#metricsV2:graph=~(metrics~(~(~'AWS*2fLambda~'Errors~'FunctionName~'checkout"
            "~(id~'errors~stat~'Sum~period~60)))~region~'eu-west-1)"
        ),
        f"arn:aws:lambda:{HERE}:function:checkout",
    ]


def test_a_math_alarm_brings_one_graph_with_its_expression() -> None:
    graph = targets("alarm_math")[2]
    assert "(~(expression~'100*20*2a*20errors*20*2f*20calls~id~'rate~label~'Error*20rate))" in graph
    assert "~visible~false~" in graph


def test_metrics_too_long_for_one_link_have_one_each() -> None:
    content = payload("alarm_math")
    for query in content["alarmData"]["configuration"]["metrics"][1:]:
        query["metricStat"]["metric"]["dimensions"] |= {"Path": "p" * 400}
    assert [item.title for item in derived(content)][2:4] == [
        "Metric HTTPCode_Target_5XX_Count",
        "Metric RequestCount",
    ]


def test_a_composite_alarm_brings_the_alarms_that_triggered_it() -> None:
    assert f"arn:aws:cloudwatch:{HERE}:alarm:checkout-errors" in targets("alarm_composite")


def test_a_log_alarm_brings_its_log_groups() -> None:
    assert targets("alarm_log")[2:] == [
        f"arn:aws:logs:{HERE}:log-group:/shop/payments",
        f"arn:aws:logs:{HERE}:log-group:/shop/audit",
    ]


def test_a_contributor_brings_the_resource_that_it_names() -> None:
    assert targets("contributor_at_top")[-1] == f"arn:aws:lambda:{HERE}:function:checkout"


def test_an_event_brings_its_resources_and_nothing_by_hand() -> None:
    assert targets("event_codepipeline") == [f"arn:aws:codepipeline:{HERE}:release"]
    assert targets("event_guardduty") == []
    assert targets("hand") == []


def test_a_topics_alarm_brings_the_same_as_a_direct_one() -> None:
    assert [item.title for item in derived(payload("topic_metric"))] == [
        "Alarm queue-age",
        "Alarm in the console",
        "Metrics of the alarm",
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
    assert console.alarm_page(partition, "r", "a b/\u00e4").startswith(host)
    assert console.alarm_page(partition, "r", "a b/\u00e4").endswith("#alarmsV2:alarm/a%20b%2F%C3%A4")


def test_the_consoles_notation_escapes_what_is_special_in_it() -> None:
    row = console.metric_row("A/B", "$", {"d": "\U0001f525"}, {"id": "m'~"})
    assert row == "~(~'A*2fB~'!~'d~'**d83d**dd25~(id~'m*27*7e))"


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
        ("AWS/ECS", {"ClusterName": "c", "ServiceName": "s"}, f"ecs:{HERE}:service/c/s"),
        ("AWS/States", {"StateMachineArn": "arn:aws:states:r:a:stateMachine:m"}, "states:r:a:stateMachine:m"),
        ("AWS/Events", {"RuleName": "r"}, f"events:{HERE}:rule/r"),
        ("Shop", {"RuleName": "r", "ClusterName": "c"}, None),
        ("AWS/Lambda", {"FunctionName": ""}, None),
    ],
)
def test_a_well_known_dimension_names_a_resource(
    namespace: str, dimensions: dict[str, Any], arn: str | None
) -> None:
    place = resources.Place("aws", "eu-west-1", "111122223333")
    found = [found for _, found in resources.named(namespace, dimensions, place)]
    assert found == ([f"arn:aws:{arn}"] if arn else [])
