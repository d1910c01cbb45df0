"""A fresh process that starts one incident; prints its CPU milliseconds and its memory in MB.

`bare` is a boto3 client and one call, what any function needs; `ours` is the bundled function,
`ledger` the same with a ledger.
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"
ALARM = "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Checkout errors"
EVENT = {
    "source": "aws.cloudwatch",
    "alarmArn": ALARM,
    "accountId": "111122223333",
    "time": "2026-11-01T12:00:00.123+0000",
    "region": "eu-west-1",
    "alarmData": {
        "alarmName": "Checkout errors",
        "state": {
            "value": "ALARM",
            "reason": "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (10.0).",
            "timestamp": "2026-11-01T12:00:00.120+0000",
        },
        "previousState": {"value": "OK", "timestamp": "2026-11-01T11:00:00.000+0000"},
        "configuration": {
            "description": "Too many.\n\n- Impact: 2 - High\n- Runbook: https://wiki.example.com/checkout?v=2",
            "metrics": [
                {
                    "id": "m1",
                    "metricStat": {
                        "metric": {
                            "namespace": "AWS/Lambda",
                            "name": "Errors",
                            "dimensions": {"FunctionName": "checkout"},
                        },
                        "period": 60,
                        "stat": "Sum",
                    },
                    "returnData": True,
                }
            ],
        },
    },
}


class Context:
    """What Lambda hands to a handler."""

    aws_request_id = "6a2b2c52-0000-4000-8000-000000000000"
    function_name = "starter"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:starter"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Plenty."""
        return 60_000


def bare() -> None:
    """One call by a boto3 client."""
    import boto3  # noqa: PLC0415 - its import belongs to the cost

    boto3.client("ssm-incidents").start_incident(responsePlanArn=PLAN, impact=2, title="Checkout errors")


def ours(**options: object) -> None:
    """One alarm through the bundled function."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "lambda"))
    os.environ["INCIDENT_STARTER"] = json.dumps({"startIncident": {"responsePlanArn": PLAN}, **options})
    from incident_starter.handler import handler  # noqa: PLC0415 - its import belongs to the cost

    handler(EVENT, Context())


def ledger() -> None:
    """The same with a ledger: a second client, and its calls."""
    ours(ledger={"table": "ledger", "key": {"by": "alarm"}})


if __name__ == "__main__":
    {"bare": bare, "ours": ours, "ledger": ledger}[sys.argv[1]]()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"\n{time.process_time() * 1000} {memory}\n")
