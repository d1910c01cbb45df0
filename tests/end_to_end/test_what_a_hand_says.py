"""Every member of StartIncident's request, sent by hand in the API's own syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local import LocalAwsError
from tests.end_to_end.shop import ACCOUNT, FOUR_VALUES, REGION, plan_arn

if TYPE_CHECKING:
    from tests.end_to_end.scene import Scene

TYPES = [
    "ANALYSIS",
    "INCIDENT",
    "METRIC",
    "PARENT",
    "ATTACHMENT",
    "OTHER",
    "AUTOMATION",
    "INVOLVED_RESOURCE",
    "TASK",
]
VALUES: list[dict[str, Any]] = [
    {"arn": f"arn:aws:ssm:{REGION}:{ACCOUNT}:document/Neustart"},
    {"url": "https://wiki.example.com/störung?v=2#東京"},
    {"metricDefinition": '{"metrics":[["Shop","Störungen"]]}'},
    {"pagerDutyIncidentDetail": {"id": "PD9", "autoResolve": False, "secretId": "schlüssel"}},
]


def item(type: str, value: dict[str, Any]) -> dict[str, Any]:
    return {
        "identifier": {"type": type, "value": value},
        "title": f"{type} von Hand 🔥",
        "generatedId": f"related-item/{type}/0123456789ABCDEF0123456789ABCDEF",
    }


def test_given_every_member_when_started_by_hand_then_all_of_them_arrive(shop: Scene) -> None:
    items = [item(kind, VALUES[position % 4]) for position, kind in enumerate(TYPES)]
    details = {
        "source": "山田",
        "timestamp": "2026-01-31T12:00:00Z",
        "triggerArn": f"arn:aws:iam::{ACCOUNT}:user/yamada",
        "rawData": "Ich sah Rauch 🔥",
    }
    arn = shop.by_hand(
        "incidents",
        responsePlanArn=plan_arn("by-hand"),
        clientToken="every-member",
        impact=1,
        title="Rauch {not a placeholder} 🔥",
        relatedItems=items,
        triggerDetails=details,
    )
    request = shop.request
    assert arn == shop.incident.arn
    assert request["responsePlanArn"] == plan_arn("by-hand")
    assert request["impact"] == 1
    assert request["title"] == "Rauch {not a placeholder} 🔥"
    assert request["relatedItems"] == items + [each.to_request() for each in FOUR_VALUES]
    assert request["triggerDetails"] == details | {"timestamp": 1769860800}


@pytest.mark.parametrize("value", VALUES, ids=[next(iter(value)) for value in VALUES])
@pytest.mark.parametrize("type", TYPES)
def test_given_any_type_with_any_value_when_started_by_hand_then_it_arrives_whole(
    shop: Scene, type: str, value: dict[str, Any]
) -> None:
    shop.by_hand("bank", relatedItems=[item(type, value)])
    assert shop.request["relatedItems"] == [item(type, value)]


@pytest.mark.parametrize("impact", [1, 2, 3, 4, 5])
def test_given_an_impact_when_started_by_hand_then_the_incident_has_it(shop: Scene, impact: int) -> None:
    shop.by_hand("bank", impact=impact)
    assert shop.request["impact"] == impact


def test_given_nothing_when_started_by_hand_then_the_starters_defaults_are_sent(shop: Scene) -> None:
    shop.by_hand("incidents")
    assert shop.request["responsePlanArn"] == plan_arn("on-call")
    assert shop.request["impact"] == 3
    assert shop.request["title"].startswith("Incident started by hand is ")
    assert "triggerDetails" not in shop.request


def test_given_a_token_when_started_twice_by_hand_then_there_is_one_incident(shop: Scene) -> None:
    first = shop.by_hand("bank", clientToken="smoke-1", title="Smoke")
    assert shop.by_hand("bank", clientToken="smoke-1", title="Smoke") == first
    assert [incident.deduplicated for incident in shop.incidents] == [False, True]


def test_given_a_token_when_it_comes_with_another_request_then_there_is_another_incident(shop: Scene) -> None:
    first = shop.by_hand("bank", clientToken="smoke-2", title="Smoke")
    assert shop.by_hand("bank", clientToken="smoke-2", title="Fire") != first


def test_given_no_token_when_started_twice_by_hand_then_there_are_two_incidents(shop: Scene) -> None:
    assert shop.by_hand("bank", title="Smoke") != shop.by_hand("bank", title="Smoke")


def test_given_one_asynchronous_invocation_when_lambda_repeats_it_then_there_is_one_incident(
    shop: Scene,
) -> None:
    shop.aws.fail_next("lost-reply")
    shop.aws.fail_next("ServiceQuotaExceededException")  # the repeated call ends the first attempt
    payload = b'{"startIncident": {"title": "Smoke"}}'
    shop.aws.client("lambda").invoke(FunctionName="bank", InvocationType="Event", Payload=payload)
    shop.aws.wait_idle()
    assert [incident.deduplicated for incident in shop.incidents] == [False, True]
    assert shop.invocations[0].attempts == 2
    assert shop.failed == []


def test_given_another_teams_plan_when_a_hand_names_it_then_the_starters_own_plan_stands_in(
    shop: Scene,
) -> None:
    shop.by_hand("bank", responsePlanArn=plan_arn("on-call"), title="Not mine")
    assert shop.request["responsePlanArn"] == plan_arn("bank")
    assert shop.request["title"] == "Not mine"
    [denied] = shop.denied
    assert (denied.action, denied.resource) == ("ssm-incidents:StartIncident", plan_arn("on-call"))


def test_given_a_spent_quota_when_started_by_hand_then_the_caller_hears_of_it(
    shop: Scene,
) -> None:
    shop.aws.fail_next("ServiceQuotaExceededException")
    with pytest.raises(LocalAwsError, match="ServiceQuotaExceededException"):
        shop.aws.invoke("bank", {"startIncident": {}})
    assert shop.incidents == []
