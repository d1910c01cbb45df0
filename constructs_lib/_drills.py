"""Scheduled drills: the rule, and the alarm on their absence."""

import re
from typing import Any

from aws_cdk import (
    Duration,
    aws_cloudwatch as cloudwatch,
    aws_events as events,
    aws_events_targets as targets,
    aws_lambda as lambda_,
)
from constructs import Construct

from ._checks import check_duration, check_title, refuse_angle_brackets

HOUR = 3600
_LONGEST_LOOK_BACK = 7 * 24 * HOUR
_SHORTEST_RATE = 8 * HOUR
_QUOTA, _DAYS = 200, 30
_UNITS = {"minute": 60, "hour": HOUR, "day": 24 * HOUR}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")


def seconds_within(schedule: object, within: Duration | None) -> int:
    """The time within which a drill must have worked, in seconds.

    Raises:
        ValueError: the schedule is none, would use up the incidents that a plan may have in a month, or
            cannot be watched; or the time is missing or too short or long for a CloudWatch alarm.
    """
    if not isinstance(schedule, events.Schedule):
        message = (
            f"schedule: got {schedule!r} of type {type(schedule).__name__}, an events.Schedule is needed, "
            "such as events.Schedule.rate(Duration.days(1))"
        )
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    expression = schedule.expression_string
    found = _RATE.fullmatch(expression)
    rate = int(found[1]) * _UNITS[found[2]] if found else None
    if rate is not None and rate < _SHORTEST_RATE:
        message = (
            f"schedule: got {expression}, which is {_DAYS * 24 * HOUR // rate:,} drills a month of the "
            f"{_QUOTA} incidents that the service allows a plan, allowed is every 8 hours or less often"
        )
        raise ValueError(message)
    if rate is not None and rate >= _LONGEST_LOOK_BACK:
        message = (
            f"schedule: got {expression}, but a CloudWatch alarm looks back 7 days at most and would not see "
            "a drill before the next one: drill more often, such as every 6 days"
        )
        raise ValueError(message)
    if within is not None:
        check_duration("within", within, HOUR, _LONGEST_LOOK_BACK)
        seconds = int(within.to_seconds())
        if rate is not None and seconds <= rate:
            message = (
                f"within: got {seconds:,} seconds, the next drill comes after {rate:,}: allowed is more than "
                "that, or leave it out"
            )
            raise ValueError(message)
        return seconds
    if rate is None:
        message = (
            f"within: got none, it is needed for {expression}: the longest time that may pass without a "
            "drill, 1 hour to 7 days"
        )
        raise ValueError(message)
    return min(2 * rate, _LONGEST_LOOK_BACK)


def drill_payload(title: str | None, response_plan_arn: str | None) -> dict[str, Any]:
    """What the rule sends: the time of the schedule makes a repeated delivery the same drill.

    Raises:
        ValueError: the title is none.
    """
    request: dict[str, Any] = {}
    if title is not None:
        request["title"] = check_title(title)
        refuse_angle_brackets(request, "drill", "EventBridge reads it as a variable of the input template")
    if response_plan_arn is not None:
        request["responsePlanArn"] = response_plan_arn
    return {"drill": {**request, "time": events.EventField.from_path("$.time")}}


def make_drill_rule(
    scope: Construct, schedule: events.Schedule, function: lambda_.IFunction, payload: dict[str, Any]
) -> None:
    """Send the payload on schedule; what Lambda does not take within an hour counts as no drill."""
    target = targets.LambdaFunction(
        function,
        event=events.RuleTargetInput.from_object(payload),
        max_event_age=Duration.hours(1),
        retry_attempts=185,
    )
    events.Rule(
        scope,
        "Drill",
        description="Starts an incident of impact 5 that closes itself, to see that incidents start",
        schedule=schedule,
        targets=[target],
    )


def make_drill_alarm(scope: Construct, drills: cloudwatch.Metric, seconds: int) -> cloudwatch.Alarm:
    """Alarm when no drill has worked for so long; no data is no drill."""
    periods = -(-seconds // HOUR)
    return drills.create_alarm(
        scope,
        "DrillAlarm",
        alarm_description=(
            f"No drill has started and closed an incident for {periods} hours: alarms and events may not "
            "page. Run: incident-starter drill"
        ),
        comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        threshold=1,
        evaluation_periods=periods,
        treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
