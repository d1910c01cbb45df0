"""What one more alarm or rule costs, counted: messages to Node, resources, the function's policy."""

import json
import os
import tempfile
from collections.abc import Iterator
from typing import Any

from tests.constructs.messages import counted_messages

_ALARMS = 120


def rows(_: int) -> Iterator[tuple[str, str, str]]:
    """What was counted, its number, and its limit."""
    os.environ["CDK_VALIDATION"] = "false"
    import aws_cdk as cdk  # noqa: PLC0415 - starts Node, which the other rooms do not need
    from aws_cdk import aws_events as events  # noqa: PLC0415

    from constructs_lib import Impact, IncidentAction, IncidentStarter, IncidentTarget  # noqa: PLC0415

    from .synth_app import PLAN, alarm  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder)
        home, shop = cdk.Stack(app, "Home"), cdk.Stack(app, "Shop")
        starter = IncidentStarter(home, "Incidents", response_plan=PLAN)
        plain, urgent = IncidentAction(starter), IncidentAction(starter, impact=Impact.HIGH, title="Down")
        target = IncidentTarget(starter, impact=Impact.HIGH)
        alarms = [alarm(shop, number) for number in range(_ALARMS)]
        rule = events.Rule(shop, "Rule", event_pattern=events.EventPattern(source=["shop"]))
        alarms[2].add_alarm_action(urgent)  # the first of a process asks once for what finds resources
        for each in alarms[3:]:
            each.add_alarm_action(plain)
        yield "messages to Node per alarm, no details", _counted(alarms[0].add_alarm_action, plain), "1"
        yield "messages to Node per alarm, with details", _counted(alarms[1].add_alarm_action, urgent), "<= 6"
        yield "messages to Node per rule, with details", _counted(rule.add_target, target), "<= 4"
        assembly = app.synth()
        templates = [assembly.get_stack_by_name(name).template for name in ("Home", "Shop")]
    permissions = [
        resource["Properties"]
        for template in templates
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Permission"
    ]
    yield f"permissions for {_ALARMS} alarms and a rule", str(len(permissions)), "2"
    added = len(templates[1]["Resources"]) - _ALARMS - 1
    yield f"resources that wiring {_ALARMS} alarms and a rule added", str(added), "0"
    yield "the function's policy", f"{_policy_bytes(permissions)} bytes", "<= 1,024"


def _counted(add: Any, wired: object) -> str:  # noqa: ANN401 - alarms and rules take their own kinds
    with counted_messages() as messages:
        add(wired)
    return str(len(messages))


def _policy_bytes(permissions: list[dict[str, Any]]) -> int:
    """The policy as Lambda stores it, with ARNs of the usual length."""
    arn = "arn:aws:lambda:eu-central-1:111122223333:function:Home-IncidentsFunction00000000-000000000000"
    statements = [
        {
            "Sid": "Home-IncidentsAlarmPermission00000000-000000000000",
            "Effect": "Allow",
            "Principal": {"Service": permission["Principal"]},
            "Action": permission["Action"],
            "Resource": arn,
            "Condition": {
                "StringEquals": {"AWS:SourceAccount": "111122223333"},
                "ArnLike": {"AWS:SourceArn": "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:*"},
            },
        }
        for permission in permissions
    ]
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return len(json.dumps(policy, separators=(",", ":")))
