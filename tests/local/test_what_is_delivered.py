"""The way from alarm, event and topic to an incident."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.local.templates import WATCHING, guardduty_event, permission, plan_arn

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws
    from tests.local.conftest import Deploy

TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$")
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:starter"
ALARM_ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors"


def the_payload(aws: LocalAws) -> dict[str, Any]:
    """Return what the one invocation received."""
    aws.wait_idle()
    (invocation,) = aws.invocations
    payload: dict[str, Any] = invocation.payload
    return payload


def test_an_alarm_starts_an_incident(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    aws.set_alarm_state("errors", "ALARM")
    aws.wait_idle()
    (incident,) = aws.incidents
    assert incident.plan_arn == plan_arn()
    assert incident.source == ALARM_ARN
    assert ":role/Shop-Role" in incident.caller_role_arn
    assert not incident.deduplicated
    assert aws.failed_deliveries == []


def test_an_alarm_sends_cloudwatchs_payload(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    aws.set_alarm_state("errors", "ALARM", "Six errors", {"recentDatapoints": [6]})
    payload = the_payload(aws)
    data = payload["alarmData"]
    assert payload["source"] == "aws.cloudwatch"
    assert payload["alarmArn"] == ALARM_ARN
    assert (payload["accountId"], payload["region"]) == ("123456789012", "us-east-1")
    assert TIMESTAMP.match(payload["time"])
    assert data["alarmName"] == "errors"
    assert data["state"]["value"] == "ALARM"
    assert data["state"]["reason"] == "Six errors"
    assert json.loads(data["state"]["reasonData"]) == {"recentDatapoints": [6]}
    assert TIMESTAMP.match(data["state"]["timestamp"])
    assert data["previousState"]["value"] == "INSUFFICIENT_DATA"
    assert TIMESTAMP.match(data["previousState"]["timestamp"])
    assert data["configuration"]["description"] == "Too many errors"
    (metric,) = data["configuration"]["metrics"]
    assert metric["metricStat"]["metric"] == {
        "namespace": "Shop",
        "name": "Errors",
        "dimensions": {"Service": "checkout"},
    }
    assert (metric["metricStat"]["stat"], metric["returnData"]) == ("Sum", True)


def test_the_previous_state_is_the_state_before(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    aws.set_alarm_state("errors", "OK", "All quiet", {"quiet": True})
    aws.set_alarm_state("errors", "ALARM", "Not any more")
    data = the_payload(aws)["alarmData"]
    assert "reasonData" not in data["state"]
    assert data["previousState"]["value"] == "OK"
    assert data["previousState"]["reason"] == "All quiet"
    assert json.loads(data["previousState"]["reasonData"]) == {"quiet": True}


def test_a_state_that_does_not_change_sends_nothing(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    aws.set_alarm_state("errors", "INSUFFICIENT_DATA")
    aws.wait_idle()
    assert aws.invocations == []


def test_an_alarm_that_does_not_exist_is_a_sentence(aws: LocalAws) -> None:
    with pytest.raises(LocalAwsError, match="there is no alarm 'nothing'"):
        aws.set_alarm_state("nothing", "ALARM")


@pytest.mark.parametrize("state", ["Alarm", "MUTED", ""])
def test_a_state_that_no_alarm_has_is_a_sentence(aws: LocalAws, deploy: Deploy, state: str) -> None:
    deploy()
    with pytest.raises(LocalAwsError, match=f"got '{state}', allowed are ALARM, OK, INSUFFICIENT_DATA"):
        aws.set_alarm_state("errors", state)


@pytest.mark.parametrize("arn", ["arn:aws:cloudwatch", "arn:aws:sns:us-east-1:123456789012:errors"])
def test_an_arn_of_no_alarm_is_a_sentence(aws: LocalAws, arn: str) -> None:
    with pytest.raises(LocalAwsError, match=f"there is no alarm '{arn}'"):
        aws.set_alarm_state(arn, "ALARM")


def test_a_math_alarm_sends_its_expression(aws: LocalAws, deploy: Deploy) -> None:
    metric = {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": [{"Name": "Service", "Value": "a"}]}
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "ratio",
            "Metrics": [
                {"Id": "e1", "Expression": "m1 * 2", "Label": "twice"},
                {
                    "Id": "m1",
                    "MetricStat": {"Metric": metric, "Period": 60, "Stat": "p99", "Unit": "Count"},
                    "ReturnData": False,
                },
            ],
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmActions": [{"Fn::GetAtt": ["Function", "Arn"]}],
        },
    }
    deploy(extra={"Ratio": alarm})
    aws.set_alarm_state("ratio", "ALARM")
    metrics = the_payload(aws)["alarmData"]["configuration"]["metrics"]
    assert metrics == [
        {"id": "e1", "expression": "m1 * 2", "label": "twice", "returnData": True},
        {
            "id": "m1",
            "metricStat": {
                "metric": {"namespace": "Shop", "name": "Errors", "dimensions": {"Service": "a"}},
                "period": 60,
                "stat": "p99",
                "unit": "Count",
            },
            "returnData": False,
        },
    ]


def composite(**properties: Any) -> dict[str, Any]:
    """Return a composite alarm over the template's alarm."""
    return {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "DependsOn": "Alarm",
        "Properties": {
            "AlarmName": "shop",
            "AlarmDescription": "The shop is down",
            "AlarmRule": 'ALARM("errors")',
            "AlarmActions": [{"Fn::GetAtt": ["Function", "Arn"]}],
            **properties,
        },
    }


def test_a_composite_alarm_follows_its_child_and_has_no_description(aws: LocalAws, deploy: Deploy) -> None:
    deploy(extra={"Shop": composite()})
    aws.set_alarm_state("errors", "ALARM")
    aws.wait_idle()
    by_source = {str(invocation.source): invocation.payload for invocation in aws.invocations}
    data = by_source[ALARM_ARN.replace("errors", "shop")]["alarmData"]
    assert data["configuration"] == {"alarmRule": 'ALARM("errors")'}
    (child,) = json.loads(data["state"]["reasonData"])["triggeringAlarms"]
    assert child["arn"] == ALARM_ARN
    assert len(aws.incidents) == 2


def test_a_suppressed_composite_alarm_acts_not_but_makes_its_event(aws: LocalAws, deploy: Deploy) -> None:
    suppressor = {**composite(AlarmName="window", AlarmRule='ALARM("errors")', AlarmActions=[])}
    suppressed = composite(AlarmRule="FALSE", ActionsSuppressor="window", ActionsSuppressorWaitPeriod=60)
    suppressed["DependsOn"] = "Window"
    rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {"source": ["aws.cloudwatch"], "detail": {"alarmName": ["shop"]}},
            "Targets": [{"Id": "Starter", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}],
        },
    }
    deploy(extra={"Window": suppressor, "Shop": suppressed, "Changes": rule})
    aws.set_alarm_state("window", "ALARM")
    aws.set_alarm_state("shop", "ALARM")
    payload = the_payload(aws)
    assert payload["detail-type"] == "CloudWatch Alarm State Change"
    assert payload["detail"]["state"]["actionsSuppressedBy"] == "Alarm"


def test_every_change_makes_the_state_change_event(aws: LocalAws, deploy: Deploy) -> None:
    rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {
                "detail-type": ["CloudWatch Alarm State Change"],
                "detail": {"state": {"value": ["OK"]}},
            },
            "Targets": [{"Id": "Starter", "Arn": {"Fn::GetAtt": ["Function", "Arn"]}}],
        },
    }
    deploy(extra={"Changes": rule})
    aws.set_alarm_state("errors", "OK")
    payload = the_payload(aws)
    assert payload["resources"] == [ALARM_ARN]
    assert payload["detail"]["alarmName"] == "errors"
    assert payload["detail"]["previousState"]["value"] == "INSUFFICIENT_DATA"
    assert TIMESTAMP.match(payload["detail"]["state"]["timestamp"])


def test_an_event_reaches_the_function_whole(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    event = guardduty_event()
    aws.put_event(event)
    assert the_payload(aws) == event
    assert aws.incidents[0].source == "arn:aws:events:us-east-1:123456789012:rule/findings"


def test_an_input_template_wraps_the_event(aws: LocalAws, deploy: Deploy) -> None:
    target = {
        "Id": "Starter",
        "Arn": {"Fn::GetAtt": ["Function", "Arn"]},
        "InputTransformer": {
            "InputTemplate": '{"startIncident": {"impact": 1}, "event": <aws.events.event.json>}'
        },
    }
    rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {"EventPattern": {"source": ["shop"]}, "Targets": [target]},
    }
    deploy(extra={"Wrapped": rule})
    aws.put_event({"Source": "shop", "DetailType": "Broken", "Detail": '{"what": "till"}'})
    payload = the_payload(aws)
    assert payload["startIncident"] == {"impact": 1}
    assert payload["event"]["detail"] == {"what": "till"}


def test_a_topic_hands_on_the_alarm_with_the_regions_name(aws: LocalAws, deploy: Deploy) -> None:
    function_arn = {"Fn::GetAtt": ["Function", "Arn"]}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "alarms"}}
    subscription = {
        "Type": "AWS::SNS::Subscription",
        "Properties": {"TopicArn": {"Ref": "Topic"}, "Protocol": "lambda", "Endpoint": function_arn},
    }
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": "by-topic",
            "AlarmDescription": "Runbook: https://rb",
            **WATCHING,
            "AlarmActions": [{"Ref": "Topic"}],
        },
    }
    allowed = permission("sns.amazonaws.com", "arn:aws:sns:us-east-1:123456789012:alarms", None)
    deploy(extra={"Topic": topic, "Subscription": subscription, "ByTopic": alarm, "TopicPermission": allowed})
    aws.set_alarm_state("by-topic", "ALARM", "Six errors")
    (record,) = the_payload(aws)["Records"]
    message = json.loads(record["Sns"]["Message"])
    assert record["EventSource"] == "aws:sns"
    assert message["Region"] == "US East (N. Virginia)"
    assert message["AlarmArn"] == ALARM_ARN.replace("errors", "by-topic")
    assert (message["OldStateValue"], message["NewStateValue"]) == ("INSUFFICIENT_DATA", "ALARM")
    assert message["AlarmDescription"] == "Runbook: https://rb"
    assert message["Trigger"]["MetricName"] == "Errors"
    assert TIMESTAMP.match(message["StateChangeTime"])
    assert aws.incidents[0].source == "arn:aws:sns:us-east-1:123456789012:alarms"


def test_a_function_by_hand_answers_its_result(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    arn = aws.invoke("starter", {"request": {"impact": 1}})
    (incident,) = aws.incidents
    assert incident.arn == arn
    assert incident.request["impact"] == 1
    assert incident.source is None


def test_a_function_that_fails_by_hand_raises_its_error(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    with pytest.raises(LocalAwsError, match="starter failed: told to fail"):
        aws.invoke("starter", {"fail": True})


def test_one_token_starts_one_incident(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    payload = {"request": {"clientToken": "same"}}
    assert aws.invoke("starter", payload) == aws.invoke("starter", payload)
    assert [incident.deduplicated for incident in aws.incidents] == [False, True]


def test_a_failing_function_is_retried_and_its_event_kept(aws: LocalAws, deploy: Deploy) -> None:
    deploy(retries=2)
    aws.client("lambda").invoke(FunctionName="starter", InvocationType="Event", Payload=b'{"fail": true}')
    aws.wait_idle()
    (invocation,) = aws.invocations
    assert invocation.attempts == 3
    assert invocation.error == "told to fail"
    (failed,) = aws.failed_deliveries
    assert failed.kept_in == "arn:aws:sqs:us-east-1:123456789012:failures"
    url = aws.client("sqs").get_queue_url(QueueName="failures")["QueueUrl"]
    (message,) = aws.client("sqs").receive_message(QueueUrl=url)["Messages"]
    body = json.loads(message["Body"])
    assert body["requestPayload"] == {"fail": True}
    assert body["requestContext"]["condition"] == "RetriesExhausted"
    assert body["requestContext"]["approximateInvokeCount"] == 3


def test_the_function_sees_a_role_and_its_own_environment_only(
    aws: LocalAws, deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLERS_SECRET", "hunter2")
    deploy()
    environment = aws.invoke("starter", {"environment": True})
    assert environment["PLAN"] == plan_arn()
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert environment["AWS_ENDPOINT_URL"] == aws.endpoint_url
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "starter"
    assert "CALLERS_SECRET" not in environment
    assert "PYTHONPATH" not in environment


def test_a_composite_alarm_can_be_described_by_the_role(aws: LocalAws, deploy: Deploy) -> None:
    deploy(extra={"Shop": composite()})
    assert aws.invoke("starter", {"describe": "shop"}) == "shop"


def acting(kind: str, name: str, **properties: Any) -> dict[str, Any]:
    """Return an alarm of some type that invokes the function."""
    common = {
        "AlarmName": name,
        "AlarmDescription": "Slow",
        "AlarmActions": [{"Fn::GetAtt": ["Function", "Arn"]}],
    }
    return {"Type": kind, "Properties": {**common, **properties}}


def test_a_promql_alarm_sends_a_contributor_without_reasons(aws: LocalAws, deploy: Deploy) -> None:
    criteria = {"PromQLCriteria": {"Query": "latency > 1"}}
    deploy(extra={"Prom": acting("AWS::CloudWatch::Alarm", "prom", EvaluationCriteria=criteria)})
    aws.set_alarm_state("prom", "ALARM")
    data = the_payload(aws)["alarmData"]
    assert data["state"].keys() == {"value", "timestamp"}
    assert "previousState" not in data
    assert data["alarmContributor"].keys() == {"id", "attributes"}
    assert data["configuration"] == {"description": "Slow", "query": "latency > 1"}


def test_a_log_alarm_sends_its_query(aws: LocalAws, deploy: Deploy) -> None:
    query = {"QueryString": "stats count()", "LogGroupIdentifiers": ["/shop"]}
    log_alarm = acting("AWS::CloudWatch::LogAlarm", "logs", ScheduledQueryConfiguration=query, Threshold=2)
    deploy(extra={"Logs": log_alarm})
    aws.set_alarm_state("logs", "ALARM")
    assert the_payload(aws)["alarmData"]["configuration"] == {
        "description": "Slow",
        "logGroupIdentifiers": ["/shop"],
        "queryString": "stats count()",
        "threshold": 2,
    }


def test_a_storm_of_alarms_loses_none(aws: LocalAws, deploy: Deploy) -> None:
    math = [{"Id": "e1", "Expression": "1"}]
    extra = {f"A{n}": acting("AWS::CloudWatch::Alarm", f"storm-{n}", Metrics=math) for n in range(40)}
    deploy(extra=extra)
    for n in range(40):
        aws.set_alarm_state(f"storm-{n}", "ALARM")
    aws.wait_idle()
    assert len({incident.source for incident in aws.incidents}) == 40


def test_a_throttled_function_gets_its_event_later(aws: LocalAws, deploy: Deploy) -> None:
    deploy()
    aws.client("lambda").put_function_concurrency(FunctionName="starter", ReservedConcurrentExecutions=1)
    for n in range(3):
        aws.put_event(guardduty_event(request={"clientToken": str(n)}))
    aws.wait_idle()
    assert len(aws.incidents) == 3
    assert [invocation.attempts for invocation in aws.invocations] == [1, 1, 1]
