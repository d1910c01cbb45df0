"""A plan that is shared, and a hub that takes alarms of the organization and of nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.end_to_end.assemblies import new_app
from tests.end_to_end.conftest import deployed
from tests.end_to_end.organization import (
    BUS,
    INCIDENTS,
    LONELY,
    ORGANIZATION,
    PLAN,
    REGION,
    SEARCH,
    SHOP,
    STRANGER,
    add_organization,
)

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.scene import Scene


@pytest.fixture(scope="module")
def organization_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("organization")
    app = new_app(directory)
    add_organization(app)
    app.synth()
    return directory


@pytest.fixture
def accounts(local_aws_session: LocalAws, organization_assembly: Path) -> Scene:
    local_aws_session.reset()
    local_aws_session.set_organization(ORGANIZATION, [INCIDENTS, SHOP, SEARCH])
    return deployed(local_aws_session, organization_assembly, "Search")


def alarm(scene: Scene, account: str, name: str, state: str = "ALARM") -> None:
    scene.aws.set_alarm_state(f"arn:aws:cloudwatch:{REGION}:{account}:alarm:{name}", state)
    scene.aws.wait_idle()


def test_a_starter_of_a_member_starts_incidents_of_the_shared_plan(accounts: Scene) -> None:
    alarm(accounts, SHOP, "shop-errors")
    assert accounts.incident.plan_arn == PLAN
    assert accounts.incident.caller_role_arn.split(":")[4] == SHOP


def test_without_the_share_the_plan_is_refused(accounts: Scene) -> None:
    alarm(accounts, LONELY, "lonely-errors")
    assert accounts.incidents == []
    assert accounts.outcomes == ["failed"]
    assert "AccessDeniedException" in accounts.record["error"]


def test_an_alarm_without_any_action_pages_through_the_hub_as_its_description_says(accounts: Scene) -> None:
    alarm(accounts, SEARCH, "search-errors")
    request = accounts.request
    assert (request["impact"], request["title"]) == (1, "Nobody finds anything")
    assert "https://wiki.example.com/search" in str(request["relatedItems"])
    assert request["triggerDetails"]["triggerArn"].endswith(f"{SEARCH}:alarm:search-errors")
    assert accounts.incident.caller_role_arn.split(":")[4] == INCIDENTS


def test_an_alarm_that_says_nothing_gets_the_hubs_defaults(accounts: Scene) -> None:
    alarm(accounts, SEARCH, "search-latency")
    titles = {(each.request["impact"], each.request["title"]) for each in accounts.incidents}
    assert (4, f"search-latency in {SEARCH}") in titles


def test_its_recovery_is_told_to_its_incident(accounts: Scene) -> None:
    alarm(accounts, SEARCH, "search-errors")
    alarm(accounts, SEARCH, "search-errors", "OK")
    assert accounts.outcomes == ["started", "recovered"]


def test_insufficient_data_pages_where_the_forwarder_sends_it(accounts: Scene) -> None:
    alarm(accounts, SEARCH, "search-errors", "OK")
    alarm(accounts, SEARCH, "search-errors", "INSUFFICIENT_DATA")
    assert accounts.outcomes == ["ok ignored", "started"]


def test_a_composite_whose_actions_are_suppressed_pages_nobody(accounts: Scene) -> None:
    alarm(accounts, SEARCH, "search-maintenance")
    accounts.begin()
    alarm(accounts, SEARCH, "search-latency")
    alarm(accounts, SEARCH, "search-down", "OK")
    accounts.begin()
    alarm(accounts, SEARCH, "search-down")
    assert (accounts.outcomes, accounts.incidents) == (["muted"], [])


def test_a_muted_alarm_of_another_account_pages_nobody(accounts: Scene) -> None:
    accounts.aws.mute_alarm("search-errors")
    alarm(accounts, SEARCH, "search-errors")
    accounts.aws.unmute_alarm("search-errors")
    assert (accounts.outcomes, accounts.incidents) == (["muted"], [])


def test_an_account_outside_the_organization_is_refused_and_its_event_kept(accounts: Scene) -> None:
    alarm(accounts, STRANGER, "stranger-errors")
    [refused] = accounts.failed
    assert refused.target == BUS
    assert refused.reason == f"the policy of {BUS} lets nobody of account {STRANGER} put events"
    assert (accounts.invocations, accounts.incidents) == ([], [])
    [kept] = messages_of(accounts, refused.kept_in)
    assert kept["detail"]["alarmName"] == "stranger-errors"


def test_an_alarm_that_comes_as_an_action_and_as_an_event_pages_once(accounts: Scene) -> None:
    alarm(accounts, INCIDENTS, "mine")
    # Where both are at work at once, the second starts what the first has claimed: the same request.
    assert sorted(accounts.outcomes) in (["duplicate", "started"], ["started", "started"])
    assert len({each.arn for each in accounts.incidents}) == 1
    record = accounts.aws.incident_records[accounts.incidents[0].arn]
    assert record.timeline == []


def messages_of(scene: Scene, queue_arn: str | None) -> list[dict[str, Any]]:
    assert queue_arn is not None
    _, _, _, region, account, name = queue_arn.split(":")
    sqs = scene.aws.client("sqs", account_id=account, region=region)
    found = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName=name)["QueueUrl"])["Messages"]
    return [json.loads(message["Body"]) for message in found]
