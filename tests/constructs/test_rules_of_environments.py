"""Rules compare the function's account and Region with their own."""

import aws_cdk as cdk

from constructs_lib import Impact, IncidentStarter, IncidentTarget
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    Template,
    new_app,
    new_rule,
    new_starter,
    only,
)

RULE = "AWS::Events::Rule"


def test_a_rule_of_a_concrete_environment_is_wired_without_a_warning() -> None:
    # GIVEN a starter and a rule in stacks of one account and Region
    app = new_app()
    starter = new_starter(cdk.Stack(app, "Platform", env=ENVIRONMENT))
    shop = cdk.Stack(app, "Shop", env=ENVIRONMENT)

    # WHEN it is wired, and one to a function by its literal ARN
    new_rule(shop).add_target(IncidentTarget(starter, impact=Impact.HIGH))
    imported = IncidentStarter.from_function_arn(shop, "Imported", FUNCTION)
    new_rule(shop, "Other").add_target(IncidentTarget(imported))

    # THEN CDK knows where the function is
    assembly = app.synth()
    assert [message.entry.data for stack in assembly.stacks for message in stack.messages] == []


def test_a_rule_of_another_account_forwards_to_a_rule_beside_the_starter() -> None:
    # GIVEN a starter with a name that other accounts can refer to
    app = new_app()
    home = cdk.Stack(app, "Platform", env=ENVIRONMENT)
    starter = new_starter(home, function_name="incidents", trusted_accounts=[OTHER_ACCOUNT])

    # WHEN a rule of another account targets it
    shop = cdk.Stack(app, "Shop", env=OTHER_ENVIRONMENT)
    new_rule(shop).add_target(IncidentTarget(starter, impact=Impact.HIGH))

    # THEN CDK forwards its events to the starter's account, where one rule starts the incident
    assembly = app.synth()
    templates: dict[str, Template] = {stack.stack_name: stack.template for stack in assembly.stacks}
    forwarding, starting = only(templates["Shop"], RULE), only(templates["Platform"], RULE)
    assert ":event-bus/default" in str(forwarding["Targets"])
    assert '"impact": 2' in str(starting["Targets"])
    assert starting["EventPattern"] == forwarding["EventPattern"]
