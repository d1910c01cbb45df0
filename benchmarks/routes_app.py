"""An app of 4,000 constructs and 400 alarms that nobody wired, with and without routes or a policy.

Prints wall seconds.

Run as a process of its own: importing aws-cdk-lib and starting its Node belong to the cost.
"""

import sys
import tempfile
import time

sys.dont_write_bytecode = False  # as aws-cdk-lib is installed with its bytecode, so is this library
_BEGAN = time.perf_counter()

import aws_cdk as cdk  # noqa: E402 - the clock runs from above
from aws_cdk import aws_cloudwatch as cloudwatch, aws_sqs as sqs  # noqa: E402

from constructs_lib import IncidentStarter  # noqa: E402

PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"
STACKS, ALARMS, QUEUES = 20, 20, 78  # per stack: each of both is two constructs


def routed(variant: str, starter: IncidentStarter, app: cdk.App) -> None:
    """Route every alarm: without a word, with details of its own namespace, or of its own construct path."""
    from constructs_lib import AlarmMatch, Impact, IncidentRoutes, RelatedItem, Route  # noqa: PLC0415 - a cost

    matches = {
        "plain": [],
        "details": [AlarmMatch(namespace=f"Shop{number}") for number in range(STACKS)],
        "paths": [AlarmMatch(path=f"Stack{number}/**") for number in range(STACKS)],
    }[variant]
    routes = [
        Route(
            match,
            impact=Impact.HIGH,
            related_items=[RelatedItem.url(f"https://wiki.example.com/{number}", title="Runbook")],
        )
        for number, match in enumerate(matches)
    ]
    IncidentRoutes(default=starter, routes=routes).apply(app)


def main(variant: str) -> None:
    """Build and synthesize the app."""
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder)
        starter = IncidentStarter(cdk.Stack(app, "Home"), "Incidents", response_plan=PLAN)
        for number in range(STACKS):
            stack = cdk.Stack(app, f"Stack{number}")
            metric = cloudwatch.Metric(namespace=f"Shop{number}", metric_name="Errors")
            for position in range(QUEUES):
                sqs.Queue(stack, f"Queue{position}")
            for position in range(ALARMS):
                cloudwatch.Alarm(
                    stack,
                    f"Alarm{position}",
                    metric=metric,
                    threshold=1,
                    evaluation_periods=1,
                    alarm_description="Too many.",
                )
        if variant == "policy":
            from constructs_lib import IncidentPolicy  # noqa: PLC0415 - this variant's cost

            IncidentPolicy().apply(app)
        elif variant != "bare":
            routed(variant, starter, app)
        app.synth()
        seconds = time.perf_counter() - _BEGAN
    sys.stdout.write(f"{seconds}\n")


if __name__ == "__main__":
    main(sys.argv[1])
