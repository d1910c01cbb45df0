"""Each event of the catalogue through a real rule into a real incident, and what is nearly it into none."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ssmincidents as ssmincidents

from constructs_lib import Impact, IncidentEvents, IncidentRule, IncidentStarter, Ledger, RelatedItem
from tests.catalogue.cases import ACCOUNT, CASES, CONSOLE, REGION, sample
from tests.end_to_end.assemblies import new_app
from tests.end_to_end.conftest import deployed

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws
    from tests.end_to_end.scene import Scene

PLAN = "catalogue"


class Catalogue(cdk.Stack):
    """A starter, and a rule for each event of the catalogue."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id, env=cdk.Environment(account=ACCOUNT, region=REGION))
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name=PLAN, incident_template={"title": "The catalogue", "impact": 5}
        )
        starter = IncidentStarter(self, "Incidents", response_plan=plan, ledger=Ledger.off())
        for name, case in CASES.items():
            IncidentRule(self, name, starter, event=case.event)


class Overridden(cdk.Stack):
    """A rule that knows better than the catalogue."""

    def __init__(self, scope: cdk.App, id: str) -> None:
        super().__init__(scope, id, env=cdk.Environment(account=ACCOUNT, region=REGION))
        plan = ssmincidents.CfnResponsePlan(
            self, "Plan", name="overridden", incident_template={"title": "Overridden", "impact": 5}
        )
        starter = IncidentStarter(self, "Incidents", response_plan=plan, ledger=Ledger.off())
        # What only CloudFormation knows can narrow an event as well.
        machine = cdk.Fn.sub("arn:aws:states:${AWS::Region}:${AWS::AccountId}:stateMachine:payments")
        IncidentRule(
            self,
            "Payments",
            starter,
            event=IncidentEvents.step_functions_failure(state_machine_arns=[machine]),
            impact=Impact.CRITICAL,
            title="Payments are down: {detail.name}",
            related_items=[
                RelatedItem.url("https://wiki.example.com/{detail.name}?from={account}", title="Runbook"),
                RelatedItem.url("https://wiki.example.com/{detail.nobody.said.so}", title="Leads nowhere"),
            ],
        )


@pytest.fixture(scope="session")
def catalogue_assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("catalogue")
    app = new_app(directory)
    Catalogue(app, "Catalogue")
    Overridden(app, "Overridden")
    app.synth()
    return directory


@pytest.fixture
def catalogue(local_aws_session: LocalAws, catalogue_assembly: Path) -> Scene:
    return deployed(local_aws_session, catalogue_assembly, "Overridden")


def put(scene: Scene, event: dict[str, Any]) -> None:
    scene.aws.put_event({**event, "id": str(uuid.uuid4())})


@pytest.mark.parametrize("name", CASES)
def test_given_a_rule_of_the_catalogue_when_its_event_comes_then_there_is_the_incident_that_fits(
    catalogue: Scene, name: str
) -> None:
    case = CASES[name]
    put(catalogue, sample(name))
    catalogue.aws.wait_idle()
    request = catalogue.request
    assert request["responsePlanArn"].endswith(f"/{PLAN}")
    assert (request["impact"], request["title"]) == (case.impact, case.title)
    targets = [next(iter(item["identifier"]["value"].values())) for item in request["relatedItems"]]
    links = [link if link.startswith("https:") else f"{CONSOLE}{link}" for link in case.links]
    assert targets[: len(links)] == links
    assert [arn for arn in case.arns if arn not in targets] == []
    assert [target for target in targets if "{" in target] == []


@pytest.mark.parametrize("name", CASES)
def test_given_a_rule_of_the_catalogue_when_something_like_its_event_comes_then_there_is_no_incident(
    catalogue: Scene, name: str
) -> None:
    for changes in CASES[name].misses:
        put(catalogue, sample(name, **changes))
    catalogue.aws.wait_idle()
    assert [incident.request["title"] for incident in catalogue.incidents] == []
    assert catalogue.failed == []


def test_given_a_rule_with_words_of_its_own_when_the_event_comes_then_they_stand_before_the_catalogues(
    catalogue: Scene,
) -> None:
    machine = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:payments"
    name = 'Card "expired" / 100 %'
    put(catalogue, sample("step_functions_failure", detail__stateMachineArn=machine, detail__name=name))
    catalogue.aws.wait_idle()
    request = catalogue.request
    assert (request["impact"], request["title"]) == (1, f"Payments are down: {name}")
    assert [item.get("title") for item in request["relatedItems"]][:2] == [
        "Runbook",
        "Execution in Step Functions",
    ]
    assert request["relatedItems"][0]["identifier"]["value"]["url"] == (
        f"https://wiki.example.com/Card%20%22expired%22%20%2F%20100%20%25?from={ACCOUNT}"
    )
    assert "relatedItems" in catalogue.record["dropped"][0]
