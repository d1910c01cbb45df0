"""Apps and routes made by chance: the templates say what the tree says of each alarm."""

import random
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib import AlarmKind, AlarmMatch, Impact, IncidentRoutes, RelatedItem, Route, RoutedAlarm
from constructs_lib.incident_details import IncidentDetails
from tests.constructs.apps import new_app, new_starter, resources, synth

NAMES, SPACES, STACKS, TEAMS = ["errors", "age", "cost"], ["Shop", "AWS/SQS"], ["One", "Two"], ["a", "b"]


def chosen_match(chance: random.Random) -> AlarmMatch:
    conditions: dict[str, Any] = {
        "name": [chance.choice(["err*", "a?e", "*o*"])],
        "namespace": chance.choice(["Shop", "AWS/*"]),
        "path": chance.choice(["One/**", "*/Alarm1*", "**/Inner/*"]),
        "tags": {"team": chance.choice(["a", "*"])},
        "kind": chance.choice(["metric", ["math", "composite"]]),
    }
    return AlarmMatch(**{key: conditions[key] for key in chance.sample([*conditions], chance.randint(1, 2))})


def chosen_routes(chance: random.Random, depth: int = 0) -> list[Route]:
    return [
        Route(
            chosen_match(chance),
            impact=chance.choice([None, *Impact]),
            title=chance.choice([None, "Title {alarm_name}"]),
            related_items=[RelatedItem.url(f"https://x/{chance.randint(0, 9)}", title="Runbook")],
            continue_matching=chance.random() < 0.5,
            routes=chosen_routes(chance, depth + 1) if depth < 1 else (),
        )
        if chance.random() < 0.8
        else Route(chosen_match(chance), page=False)
        for _ in range(chance.randint(1, 4))
    ]


def made_alarm(chance: random.Random, scope: cdk.Stack, number: int) -> RoutedAlarm:
    """An alarm, and what routes should know of it; its name tells them apart in the templates."""
    name, namespace, team = (
        f"{chance.choice(NAMES)}-{number}",
        chance.choice(SPACES),
        chance.choice([*TEAMS, ""]),
    )
    metric = cloudwatch.Metric(namespace=namespace, metric_name="Metric")
    expression = cloudwatch.MathExpression(expression="m + 1", using_metrics={"m": metric})
    kind = chance.choice([AlarmKind.METRIC, AlarmKind.MATH])
    watched: Any = metric if kind is AlarmKind.METRIC else expression
    alarm = watched.create_alarm(scope, f"Alarm{number}", alarm_name=name, threshold=1, evaluation_periods=1)
    if team:
        cdk.Tags.of(alarm).add("team", team)
    return RoutedAlarm(
        f"{scope.node.path}/Alarm{number}",
        kind=kind,
        name=name,
        namespaces=(namespace,),
        tags={"team": team} if team else {},
    )


@pytest.mark.parametrize("seed", range(4))
def test_each_alarm_is_described_as_the_tree_decides(seed: int) -> None:
    chance = random.Random(seed)
    app = new_app()
    starter = new_starter(cdk.Stack(app, "Home"))
    scopes: list[cdk.Stack] = [cdk.Stack(app, name) for name in STACKS]
    scopes.append(cdk.NestedStack(scopes[0], "Inner"))
    alarms = [made_alarm(chance, chance.choice(scopes), number) for number in range(15)]
    routes = next(found for found in iter(lambda: possible(chance, starter), "never") if found is not None)
    routes.apply(app)

    found = {each["AlarmName"]: each for each in resources(synth(app), "AWS::CloudWatch::Alarm")}

    for alarm in alarms:
        decision = routes.decide(alarm)
        properties = found[str(alarm.name)]
        lines = IncidentDetails.of_checked(decision.request).trailers()
        assert properties.get("AlarmDescription", "") == (lines if decision.pages else "")
        assert ("AlarmActions" in properties) == decision.pages


def possible(chance: random.Random, starter: Any) -> IncidentRoutes | None:
    """Routes by chance, or None where one of them is never reached."""
    try:
        return IncidentRoutes(default=starter, routes=chosen_routes(chance))
    except ValueError as error:
        assert "never reached" in str(error) or "can match no alarm" in str(error)  # noqa: PT017 - else it fails
        return None
