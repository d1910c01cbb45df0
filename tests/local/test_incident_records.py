"""What can be asked of an incident, and done to it, once it was started."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from constructs_lib.local import Unknowns

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

LINK = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/1"}}, "title": "One"}
EVENT = {"eventTime": 1_800_000_000, "eventType": "Note", "eventData": json.dumps("It burns.")}


@pytest.fixture
def client(aws: LocalAws) -> Any:
    aws.add_response_plan("checkout")
    return aws.client("ssm-incidents")


@pytest.fixture
def arn(aws: LocalAws, client: Any) -> str:
    """Return a started incident's ARN."""
    del aws
    plan = "arn:aws:ssm-incidents::123456789012:response-plan/checkout"
    started: str = client.start_incident(responsePlanArn=plan, title="Down", impact=2, relatedItems=[LINK])[
        "incidentRecordArn"
    ]
    return started


def test_an_incident_starts_open_with_what_the_request_said(aws: LocalAws, client: Any, arn: str) -> None:
    record = client.get_incident_record(arn=arn)["incidentRecord"]
    assert (record["title"], record["impact"], record["status"]) == ("Down", 2, "OPEN")
    assert client.list_related_items(incidentRecordArn=arn)["relatedItems"] == [LINK]
    assert aws.incident_records[arn].status == "OPEN"


def test_an_incident_is_resolved_and_opened_again(client: Any, arn: str) -> None:
    client.update_incident_record(arn=arn, status="RESOLVED", summary="Over.", impact=4)
    record = client.get_incident_record(arn=arn)["incidentRecord"]
    assert (record["status"], record["summary"], record["impact"]) == ("RESOLVED", "Over.", 4)
    assert record["resolvedTime"]
    client.update_incident_record(arn=arn, status="OPEN")
    assert "resolvedTime" not in client.get_incident_record(arn=arn)["incidentRecord"]


def test_a_timeline_event_is_written_once_for_one_token(aws: LocalAws, client: Any, arn: str) -> None:
    first = client.create_timeline_event(incidentRecordArn=arn, clientToken="same", **EVENT)["eventId"]
    assert (
        client.create_timeline_event(incidentRecordArn=arn, clientToken="same", **EVENT)["eventId"] == first
    )
    assert [event["eventType"] for event in aws.incident_records[arn].timeline] == ["Note"]
    assert len(client.list_timeline_events(incidentRecordArn=arn)["eventSummaries"]) == 1


def test_event_data_is_a_json_text(client: Any, arn: str) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="must be a JSON text"):
        client.create_timeline_event(incidentRecordArn=arn, **{**EVENT, "eventData": "It burns."})


def test_related_items_are_added_replaced_and_removed_one_by_one(client: Any, arn: str) -> None:
    other = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/2"}}}
    for update in (
        {"itemToAdd": other},
        {"itemToAdd": {**LINK, "title": "Renamed"}},
        {"itemToRemove": other["identifier"]},
    ):
        client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate=update)
    assert client.list_related_items(incidentRecordArn=arn)["relatedItems"] == [{**LINK, "title": "Renamed"}]


@pytest.mark.parametrize("error", ["ServiceQuotaExceededException", "ValidationException"])
def test_quotas_surface_as_either_error(aws: LocalAws, client: Any, arn: str, error: str) -> None:
    aws.set_unknowns(Unknowns(over_quota=error, incidents_per_month=1))
    for number in range(2, 51):
        item = {"identifier": {"type": "OTHER", "value": {"url": f"https://example.com/{number}"}}}
        client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate={"itemToAdd": item})
    item = {"identifier": {"type": "OTHER", "value": {"url": "https://example.com/51"}}}
    with pytest.raises(ClientError, match=error):
        client.update_related_items(incidentRecordArn=arn, relatedItemsUpdate={"itemToAdd": item})
    with pytest.raises(ClientError, match=error):
        client.start_incident(responsePlanArn=aws.incident_records[arn].plan_arn)


@pytest.mark.parametrize("answer", ["ValidationException", "ConflictException", "first"])
def test_a_used_token_with_another_request_is_answered_in_each_way(
    aws: LocalAws, client: Any, answer: str
) -> None:
    aws.set_unknowns(Unknowns(changed_repeat=answer))
    plan = "arn:aws:ssm-incidents::123456789012:response-plan/checkout"
    first = client.start_incident(responsePlanArn=plan, clientToken="same", title="one")["incidentRecordArn"]
    if answer == "first":
        again = client.start_incident(responsePlanArn=plan, clientToken="same", title="two")
        assert again["incidentRecordArn"] == first
    else:
        with pytest.raises(ClientError, match=answer):
            client.start_incident(responsePlanArn=plan, clientToken="same", title="two")
    assert len(aws.incident_records) == 1


def test_an_incident_that_nobody_started_is_not_found(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="incident-record/checkout/1"):
        client.get_incident_record(arn="arn:aws:ssm-incidents::123456789012:incident-record/checkout/1")


def test_a_request_outside_the_model_is_invalid(client: Any, arn: str) -> None:
    with pytest.raises(client.exceptions.ValidationException, match="status: must be one of OPEN, RESOLVED"):
        client.update_incident_record(arn=arn, status="CLOSED")
