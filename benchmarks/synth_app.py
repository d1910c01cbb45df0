"""One app of alarms wired one way; prints its wall seconds, imports included, and its template's bytes.

Run as a process of its own: importing aws-cdk-lib and starting its Node belong to the cost.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = False  # as aws-cdk-lib is installed with its bytecode, so is this library
os.environ["CDK_VALIDATION"] = "false"  # the same seconds for every variant
_BEGAN = time.perf_counter()

import aws_cdk as cdk  # noqa: E402 - the clock runs from above
from aws_cdk import (  # noqa: E402
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_lambda as lambda_,
)

PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"
Wire = Callable[[cdk.Stack, int], object]


def native(home: cdk.Stack) -> Wire:
    """What aws-cdk offers, beside an idle function of the same code, because a starter deploys one."""
    lambda_.Function(
        home,
        "Idle",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="incident_starter.handler.handler",
        code=lambda_.Code.from_asset("lambda", exclude=["**/__pycache__", "**/*.pyc"]),
    )
    action = actions.SsmIncidentAction("on-call")
    return lambda stack, number: alarm(stack, number).add_alarm_action(action)


def plain(home: cdk.Stack, *, with_ledger: bool = False) -> Wire:
    """One action for all alarms."""
    from constructs_lib import IncidentAction, IncidentStarter, Ledger  # noqa: PLC0415 - this variant's cost

    action = IncidentAction(
        IncidentStarter(
            home, "Incidents", response_plan=PLAN, ledger=Ledger() if with_ledger else Ledger.off()
        )
    )
    return lambda stack, number: alarm(stack, number).add_alarm_action(action)


def ledger(home: cdk.Stack) -> Wire:
    """One action for all alarms, and the ledger that a starter has by itself."""
    return plain(home, with_ledger=True)


def overrides(home: cdk.Stack) -> Wire:
    """An action with details of its own for each alarm."""
    from constructs_lib import (  # noqa: PLC0415 - this variant's cost
        Impact,
        IncidentAction,
        IncidentStarter,
        Ledger,
        RelatedItem,
    )

    starter = IncidentStarter(home, "Incidents", response_plan=PLAN, ledger=Ledger.off())

    def wire(stack: cdk.Stack, number: int) -> None:
        runbook = RelatedItem.url(f"https://wiki.example.com/{number}", title="Runbook")
        action = IncidentAction(starter, impact=Impact.HIGH, title=f"No {number}", related_items=[runbook])
        alarm(stack, number).add_alarm_action(action)

    return wire


def description(home: cdk.Stack) -> Wire:
    """The same details written into each description, and one action for all alarms."""
    from constructs_lib import (  # noqa: PLC0415 - this variant's cost
        Impact,
        IncidentAction,
        IncidentDetails,
        IncidentStarter,
        Ledger,
        RelatedItem,
    )

    starter = IncidentStarter(home, "Incidents", response_plan=PLAN, ledger=Ledger.off())
    action = IncidentAction(starter)

    def wire(stack: cdk.Stack, number: int) -> None:
        runbook = RelatedItem.url(f"https://wiki.example.com/{number}", title="Runbook")
        details = IncidentDetails(impact=Impact.HIGH, title=f"No {number}", related_items=[runbook])
        alarm(stack, number, details.description("Too many.")).add_alarm_action(action)

    return wire


def alarm(stack: cdk.Stack, number: int, text: str = "Too many.") -> cloudwatch.Alarm:
    """An alarm like any other."""
    return cloudwatch.Alarm(
        stack,
        f"Alarm{number}",
        metric=cloudwatch.Metric(namespace="Shop", metric_name="Errors"),
        threshold=1,
        evaluation_periods=1,
        alarm_description=text,
    )


VARIANTS = {each.__name__: each for each in (native, plain, overrides, description, ledger)}


def main(variant: str, alarms: int, stacks: int) -> None:
    """Build and synthesize the app."""
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder)
        wire = VARIANTS[variant](cdk.Stack(app, "Home"))
        # Templates are made when all alarms are there, as in a user's app.
        for number in range(stacks):
            stack = cdk.Stack(app, f"Stack{number}")
            for position in range(alarms // stacks):
                wire(stack, position)
        app.synth()
        seconds = time.perf_counter() - _BEGAN
        written = sum(path.stat().st_size for path in Path(folder).glob("Stack*.template.json"))
    sys.stdout.write(f"{seconds} {written}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
