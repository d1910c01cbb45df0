"""What a starter is told to read in tags, and what lets alarms send them along."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from hypothesis import given, settings, strategies as st

from constructs_lib import AlarmTags, Impact, IncidentSink, Ledger, RelatedItem, TagMatch
from constructs_lib._bundle import tags as reader
from tests.constructs.apps import (
    ACCOUNT,
    OTHER_PLAN,
    Template,
    allowed,
    flat,
    new_alarm,
    new_plan,
    new_stack,
    new_starter,
    only,
    resources,
    template_of,
)
from tests.constructs.messages import counted_messages
from tests.constructs.mistakes import Mistake, starter

TAGS = AlarmTags(
    impact="pager-impact",
    title="pager-title",
    response_plan="pager-plan",
    related_items={"runbook": "Runbook"},
    matches=[
        TagMatch("team", "shop", impact=Impact.HIGH, title="Shop: {alarm_name}", response_plan=OTHER_PLAN)
    ],
)
SETTINGS = {
    "keys": {"impact": "pager-impact", "title": "pager-title", "responsePlanArn": "pager-plan"},
    "items": {"runbook": "Runbook"},
    "when": [
        {
            "key": "team",
            "value": "shop",
            "startIncident": {"impact": 2, "title": "Shop: {alarm_name}", "responsePlanArn": OTHER_PLAN},
        }
    ],
}


def template_with(**options: Any) -> Template:
    stack = new_stack()
    new_starter(stack, **options)
    return template_of(stack)


def told(template: Template) -> list[Any]:
    """What each function of the template is told."""
    functions = resources(template, "AWS::Lambda::Function")
    variables = [function["Environment"]["Variables"] for function in functions]
    return [json.loads(flat(text)) for each in variables for text in each.values()]


def files_of(**options: Any) -> set[str]:
    stack = new_stack()
    new_starter(stack, **options)
    directory = Path(cdk.App.of(stack).synth().directory)  # type: ignore[union-attr]
    return {path.name for path in directory.glob("asset.*/incident_starter/*.py")}


def test_the_function_is_told_and_has_the_room_that_reads_them() -> None:
    [told_of] = told(template_with(alarm_tags=TAGS, ledger=Ledger.off()))
    assert told_of["tags"] == SETTINGS
    assert "tags.py" in files_of(alarm_tags=TAGS)


def test_without_the_option_nothing_is_told_and_nothing_is_bundled() -> None:
    [told_of] = told(template_with(ledger=Ledger.off()))
    assert told_of.keys() == {"startIncident"}
    assert "tags.py" not in files_of()


def test_the_option_changes_the_code_and_what_it_is_told_and_nothing_else() -> None:
    without, having = template_with(), template_with(alarm_tags=AlarmTags(impact="pager-impact"))
    assert without != having
    for template in (without, having):
        function = only(template, "AWS::Lambda::Function")
        del function["Code"], function["Environment"]
        for resource in template["Resources"].values():
            resource.get("Metadata", {}).pop("aws:asset:path", None)
    assert without == having


def test_the_plan_of_a_match_may_be_started() -> None:
    assert OTHER_PLAN in allowed(template_with(alarm_tags=TAGS), "ssm-incidents:StartIncident")
    assert OTHER_PLAN not in allowed(template_with(), "ssm-incidents:StartIncident")


def test_a_plan_of_the_app_may_be_that_of_a_match() -> None:
    stack = new_stack()
    new_starter(stack, alarm_tags=AlarmTags(matches=[TagMatch("a", "b", response_plan=new_plan(stack))]))
    granted = allowed(template_of(stack), "ssm-incidents:StartIncident")
    assert [arn for arn in granted if arn.startswith("<Plan")] != []


def test_the_function_of_a_fallback_is_told_too() -> None:
    template = template_with(alarm_tags=TAGS, fallback=IncidentSink.ops_item(category="Availability"))
    assert [each["tags"] for each in told(template) if "tags" in each] == [SETTINGS, SETTINGS]


def l1(stack: cdk.Stack) -> cloudwatch.CfnAlarm:
    return cloudwatch.CfnAlarm(
        stack,
        "L1",
        comparison_operator="GreaterThanThreshold",
        evaluation_periods=1,
        metric_name="Errors",
        namespace="Shop",
        period=60,
        statistic="Sum",
        threshold=1,
    )


def log_alarm(stack: cdk.Stack) -> cloudwatch.CfnLogAlarm:
    arn = f"arn:aws:iam::{ACCOUNT}:role/query"
    schedule = cloudwatch.CfnLogAlarm.ScheduleConfigurationProperty(
        schedule_expression="rate(5 minutes)", start_time_offset=300
    )
    query = cloudwatch.CfnLogAlarm.ScheduledQueryConfigurationProperty(
        aggregation_expression="count(*)",
        log_group_identifiers=["shop"],
        query_string="fields @message",
        schedule_configuration=schedule,
        scheduled_query_role_arn=arn,
    )
    return cloudwatch.CfnLogAlarm(
        stack,
        "Log",
        comparison_operator="GreaterThanThreshold",
        query_results_to_alarm=1,
        query_results_to_evaluate=1,
        scheduled_query_configuration=query,
        threshold=1,
    )


def composite(stack: cdk.Stack) -> cloudwatch.CompositeAlarm:
    rule = cloudwatch.AlarmRule.from_boolean(value=True)
    return cloudwatch.CompositeAlarm(stack, "Composite", alarm_rule=rule)


@pytest.mark.parametrize(
    ("make", "kind"),
    [(new_alarm, "Alarm"), (l1, "Alarm"), (composite, "CompositeAlarm"), (log_alarm, "LogAlarm")],
    ids=["L2", "L1", "composite", "log"],
)
def test_an_alarm_sends_the_tags_along_that_are_read_and_no_others(
    make: Callable[[cdk.Stack], Any], kind: str
) -> None:
    stack = new_stack()
    TAGS.propagate(make(stack))
    assert only(template_of(stack), f"AWS::CloudWatch::{kind}")["ActionConfiguration"] == {
        "AlarmTagsPropagation": {
            "Enabled": True,
            "IncludedTagKeys": ["pager-impact", "pager-plan", "pager-title", "runbook", "team"],
        }
    }


def test_letting_an_alarm_propagate_costs_two_messages() -> None:
    stack = new_stack()
    first, second = new_alarm(stack), new_alarm(stack, "Second")
    TAGS.propagate(first)
    with counted_messages() as messages:
        TAGS.propagate(second)
    assert len(messages) <= 3


def test_settings_are_not_shared_with_who_reads_them() -> None:
    before = copy.deepcopy(TAGS.to_settings())
    TAGS.keys.append("more")
    assert TAGS.to_settings() == before


labels = st.text(max_size=30) | st.lists(
    st.sampled_from(["Impact", "Title", "Response plan", ":", " ", "**", "- ", "[TASK]", "Runbook"]),
    max_size=6,
).map("".join)


@settings(deadline=None)
@given(labels)
def test_every_title_that_is_allowed_is_read_back(label: str) -> None:
    try:
        told_of = AlarmTags(related_items={"runbook": label}).to_settings()
    except ValueError:
        return
    [partial], ignored = reader.said(told_of, {"runbook": "https://wiki.example.com"})
    assert len(partial["relatedItems"]) == 1
    assert partial.keys() == {"relatedItems"}
    assert ignored == []


def tags(**options: Any) -> Callable[[], object]:
    return lambda: AlarmTags(**options)


def match(*words: Any, **options: Any) -> Callable[[], object]:
    return lambda: TagMatch(*words, **options)


def imported() -> None:
    arn = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:theirs"
    TAGS.propagate(cloudwatch.Alarm.from_alarm_arn(new_stack(), "Theirs", arn))


MISTAKES = {
    "nothing at all": Mistake(tags(), ("got no tag to read",)),
    "an empty key": Mistake(tags(impact=""), ("impact: got ''",)),
    "a number as a key": Mistake(tags(impact=1), ("impact: got 1 of type int",)),
    "a key that AWS keeps": Mistake(tags(impact="aws:cloudformation:stack-name"), ("'aws:'",)),
    "a key of 129": Mistake(tags(impact="x" * 129), ("got 129 characters, a tag takes 128",)),
    "a key with a question mark": Mistake(tags(title="really?"), ("'really?' with '?'", "a tag takes")),
    "items in a list": Mistake(tags(related_items=["runbook"]), ("titles by tag are needed",)),
    "a reserved title": Mistake(tags(related_items={"runbook": "Impact"}), ("got the title 'Impact'",)),
    "a reserved title in small letters": Mistake(tags(related_items={"a": "title"}), ("'title'",)),
    "a long title": Mistake(tags(related_items={"a": "x" * 201}), ("1 to 200 characters",)),
    "a match in words": Mistake(tags(matches=["team=shop"]), ("a TagMatch is needed",)),
    "one match and no list": Mistake(tags(matches=TagMatch("a", "b", impact=Impact.LOW)), ("a list of",)),
    "51 keys": Mistake(tags(related_items={f"k{n}": "Link" for n in range(51)}), ("at most 50 tags",)),
    "a match of nothing": Mistake(match("team", "shop"), ("got nothing that follows",)),
    "a value of 257": Mistake(match("team", "x" * 257, impact=1), ("value: got 257 characters",)),
    "a value that no tag has": Mistake(match("team", "a&b", impact=1), ("'a&b' with '&'",)),
    "an impact of 9": Mistake(match("team", "shop", impact=9), ("impact: got 9",)),
    "a text": Mistake(starter(alarm_tags="pager-impact"), ("Stack/Incidents: alarm_tags", "an AlarmTags")),
    "too much for the environment": Mistake(
        starter(
            alarm_tags=AlarmTags(
                matches=[
                    TagMatch("a", f"{n}", related_items=[RelatedItem.url(f"https://x/{'y' * 900}")])
                    for n in range(5)
                ]
            )
        ),
        ("Stack/Incidents", "4,096"),
    ),
    "an imported alarm": Mistake(imported, ("Stack/Theirs: got an imported alarm",)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_its_sentence(name: str) -> None:
    MISTAKES[name].gets_its_sentence()
