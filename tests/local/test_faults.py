"""StartIncident fails on request, in every way it can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local import LocalAws


@pytest.fixture(scope="module")
def impatient(local_aws_session: LocalAws) -> Iterator[Any]:
    """Return a client that does not retry and does not wait long; making one takes longest here."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=0.3, proxies={})
    session = boto3.session.Session(aws_access_key_id="123456789012", aws_secret_access_key="x")
    made: Any = session.client  # one of the services that the stubs here do not know
    client = made(
        "ssm-incidents", region_name="us-east-1", endpoint_url=local_aws_session.endpoint_url, config=config
    )
    yield client
    client.close()


@pytest.fixture
def client(aws: LocalAws, impatient: Any) -> Any:
    """Return that client, with a plan to start."""
    aws.add_response_plan("checkout")
    return impatient


PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/checkout"


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("ThrottlingException", 429),
        ("ResourceNotFoundException", 404),
        ("AccessDeniedException", 403),
        ("ValidationException", 400),
        ("ConflictException", 409),
        ("InternalServerException", 500),
        ("ServiceQuotaExceededException", 402),
    ],
)
def test_each_error_of_the_service_can_be_asked_for(
    aws: LocalAws, client: Any, name: str, status: int
) -> None:
    aws.fail_next(name)
    with pytest.raises(ClientError) as caught:
        client.start_incident(responsePlanArn=PLAN)
    assert caught.value.response["Error"]["Code"] == name
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert client.start_incident(responsePlanArn=PLAN)["incidentRecordArn"]


def test_a_conflict_says_when_to_retry(aws: LocalAws, client: Any) -> None:
    aws.fail_next("ConflictException", retry_after=1_800_000_000)
    with pytest.raises(client.exceptions.ConflictException) as caught:
        client.start_incident(responsePlanArn=PLAN)
    assert caught.value.response["retryAfter"].timestamp() == 1_800_000_000


def test_faults_last_as_often_as_asked(aws: LocalAws, client: Any) -> None:
    aws.fail_next("ThrottlingException", times=2)
    for _ in range(2):
        with pytest.raises(client.exceptions.ThrottlingException):
            client.start_incident(responsePlanArn=PLAN)
    client.start_incident(responsePlanArn=PLAN)


def test_a_connection_can_be_reset(aws: LocalAws, client: Any) -> None:
    aws.fail_next("reset")
    with pytest.raises(ConnectionClosedError):
        client.start_incident(responsePlanArn=PLAN)
    assert aws.incidents == []


def test_an_answer_can_stay_away(aws: LocalAws, client: Any) -> None:
    aws.fail_next("hang")
    with pytest.raises(ReadTimeoutError):
        client.start_incident(responsePlanArn=PLAN)
    assert aws.incidents == []


def test_a_lost_reply_leaves_an_incident_that_a_retry_finds(aws: LocalAws, client: Any) -> None:
    aws.fail_next("lost-reply")
    with pytest.raises(ConnectionClosedError):
        client.start_incident(responsePlanArn=PLAN, clientToken="same")
    arn = client.start_incident(responsePlanArn=PLAN, clientToken="same")["incidentRecordArn"]
    assert [(incident.arn, incident.deduplicated) for incident in aws.incidents] == [
        (arn, False),
        (arn, True),
    ]


def test_an_unknown_fault_is_a_sentence(aws: LocalAws) -> None:
    with pytest.raises(ValueError, match="unknown fault 'Nonsense': give one of AccessDeniedException"):
        aws.fail_next("Nonsense")


def test_a_fault_meets_its_own_operation_and_region_only(aws: LocalAws, client: Any) -> None:
    aws.fail_next("ThrottlingException", operation="GetIncidentRecord")
    aws.fail_next("ThrottlingException", region="eu-west-1")
    arn = client.start_incident(responsePlanArn=PLAN)["incidentRecordArn"]
    with pytest.raises(client.exceptions.ThrottlingException):
        client.get_incident_record(arn=arn)
    assert client.get_incident_record(arn=arn)["incidentRecord"]["status"] == "OPEN"
    with pytest.raises(ClientError, match="ThrottlingException"):
        aws.client("ssm-incidents", region="eu-west-1").start_incident(responsePlanArn=PLAN)


def test_an_unknown_operation_is_a_sentence(aws: LocalAws) -> None:
    with pytest.raises(ValueError, match="unknown operation 'Start'"):
        aws.fail_next("ThrottlingException", operation="Start")


def test_other_calls_of_the_service_are_refused_by_name(client: Any) -> None:
    with pytest.raises(ClientError, match="UpdateRelatedItems only, not /listReplicationSets"):
        client.list_replication_sets()
