"""Mistakes in what is said about an incident."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib import IncidentDetails, RelatedItem, RelatedItemType
from tests.constructs.apps import FUNCTION, PLAN, new_stack, new_starter
from tests.constructs.mistakes import Mistake, links, starter

LINK = RelatedItem.url("https://wiki.example.com", title="Wiki")


def details(**options: Any) -> Callable[[], object]:
    return lambda: IncidentDetails(**options)


def item(type: Any, value: Any, title: Any = None) -> Callable[[], object]:
    return lambda: RelatedItem(type, value, title)


MISTAKES = {
    # impact
    "impact 0": Mistake(details(impact=0), ("impact: got 0", "Impact.CRITICAL (1)", "Impact.NO_IMPACT (5)")),
    "impact 6": Mistake(details(impact=6), ("impact: got 6", "Impact.HIGH (2)")),
    "impact True": Mistake(details(impact=True), ("impact: got True", "Impact.CRITICAL (1)")),
    "impact as text": Mistake(details(impact="HIGH"), ("impact: got 'HIGH'", "Impact.HIGH (2)")),
    "impact 2.0": Mistake(details(impact=2.0), ("impact: got 2.0", "Impact.HIGH (2)")),
    "impact as token": Mistake(
        lambda: IncidentDetails(impact=cdk.Token.as_number({"Ref": "Impact"})),  # type: ignore[arg-type]
        ("impact: got ", "must be known at synthesis"),
    ),
    # title
    "title of 201": Mistake(details(title="x" * 201), ("title: got 201 characters", "at most 200")),
    "title of nothing": Mistake(details(title=" "), ("title: got ' '", "at least one visible character")),
    "title as number": Mistake(details(title=5), ("title: got 5 of type int", "a str is needed")),
    "title with a line break": Mistake(
        details(title="a\nb"), ("title: got 'a\\nb'", "position 1", "remove it")
    ),
    "title with a control character": Mistake(details(title="a\x07b"), ("'\\x07' at position 1", "control")),
    "title with a lone surrogate": Mistake(
        details(title="a\ud800"), ("'\\ud800' at position 1", "surrogates")
    ),
    "title with an unknown placeholder": Mistake(
        details(title="{alarm} down"), ("title: got '{alarm} down' with '{alarm}'", "{alarm_name}")
    ),
    "title with code": Mistake(details(title="{detail.__class__!r}{0}"), ("'{0}'", "{detail.any.path}")),
    "title with an open brace": Mistake(
        details(title="{alarm_name"), ("'{'", "a literal brace is written twice")
    ),
    "title with a closing brace": Mistake(details(title="100 }"), ("with '}'", "written twice")),
    # response plan
    "plan as name": Mistake(
        details(response_plan="on-call"), ("response_plan: got 'on-call', a full ARN is needed",)
    ),
    "plan with a region": Mistake(
        details(response_plan="arn:aws:ssm-incidents:eu-west-1:111122223333:response-plan/x"),
        ("response_plan: got 'arn:aws:ssm-incidents:eu-west-1:", "no Region"),
    ),
    "plan of 11 digits": Mistake(
        details(response_plan="arn:aws:ssm-incidents::11112222333:response-plan/x"), ("12 digits of account",)
    ),
    "plan of another service": Mistake(
        details(response_plan="arn:aws:ssm::111122223333:response-plan/x"),
        ("arn:aws:ssm-incidents::ACCOUNT",),
    ),
    "plan with a long name": Mistake(details(response_plan=PLAN + "x" * 200), ("1 to 200 letters",)),
    "plan as number": Mistake(
        details(response_plan=5), ("response_plan: got 5 of type int", "CfnResponsePlan")
    ),
    "plan as another construct": Mistake(
        lambda: new_starter(stack := new_stack(), response_plan=stack),
        ("Stack/Incidents: response_plan: got ", "of type Stack", "response_plan_ref"),
    ),
    "no plan": Mistake(
        starter(response_plan=None), ("Stack/Incidents: response_plan: got None", "a full ARN")
    ),
    # related items
    "41 items": Mistake(details(related_items=links(41)), ("relatedItems: got 41 entries, at most 40",)),
    "items as one item": Mistake(
        details(related_items=LINK), ("related_items: got RelatedItem", "a list of")
    ),
    "items as text": Mistake(
        details(related_items="https://x"), ("related_items: got 'https://x'", "a list of")
    ),
    "item as text": Mistake(
        details(related_items=["https://x"]),
        ("related_items[0]: got 'https://x' of type str", "RelatedItem.url("),
    ),
    "items as generator": Mistake(
        details(related_items=(each for each in [LINK])),
        ("related_items: got <generator", "a list of RelatedItem"),
    ),
    "url of 1,001": Mistake(
        lambda: RelatedItem.url("https://" + "x" * 993), ("value.url: got 1,001 characters, at most 1,000",)
    ),
    "url without scheme": Mistake(
        lambda: RelatedItem.url("wiki.example.com"), ("got 'wiki.example.com'", "http:// or https://")
    ),
    "url of javascript": Mistake(lambda: RelatedItem.url("javascript:alert(1)"), ("http:// or https://",)),
    "url with a space": Mistake(lambda: RelatedItem.url("https://a b"), ("url: got 'https://a b' with ' '",)),
    "url in brackets": Mistake(lambda: RelatedItem.url("<https://a>"), ("with '<' at position 0",)),
    "url as number": Mistake(lambda: RelatedItem.url(5), ("url: got 5 of type int",)),  # type: ignore[arg-type]
    "url with a line break": Mistake(
        lambda: RelatedItem.url("https://a\nImpact: 1"), ("'\\n' at position 9",)
    ),
    "item with a title of 201": Mistake(
        lambda: RelatedItem.url("https://a", title="x" * 201), ("title: got 201 characters, at most 200",)
    ),
    "item with a control character": Mistake(
        lambda: RelatedItem.url("https://a", title="a\tb"), ("title of a related item: got 'a\\tb'",)
    ),
    "arn of 1,001": Mistake(
        lambda: RelatedItem.arn("arn:aws:sqs:eu-west-1:111122223333:" + "x" * 966),
        ("value.arn: got 1,001 characters, at most 1,000",),
    ),
    "arn of nothing": Mistake(
        lambda: RelatedItem.arn("my-queue"), ("value.arn: got 'my-queue'", "must match")
    ),
    "metric definition of 4,001": Mistake(
        lambda: RelatedItem.metric_definition("x" * 4001),
        ("metricDefinition: got 4,001 characters, at most 4,000",),
    ),
    "metric definition as dict": Mistake(
        lambda: RelatedItem.metric_definition({"metrics": []}),  # type: ignore[arg-type]
        ("metric definition: got {'metrics': []}", "a JSON text"),
    ),
    "metric of something else": Mistake(
        lambda: RelatedItem.metric("Errors"),  # type: ignore[arg-type]
        ("metric: got 'Errors'", "a CDK metric is needed"),
    ),
    "metric too big": Mistake(
        lambda: RelatedItem.metric(
            cloudwatch.MathExpression(expression=f"SUM(METRICS()) + {'1 + ' * 1000}1", using_metrics={})
        ),
        ("metricDefinition: got 4,", "at most 4,000"),
    ),
    "pager-duty id of 201": Mistake(
        lambda: RelatedItem.pager_duty("x" * 201),
        ("pagerDutyIncidentDetail.id: got 201 characters, at most 200",),
    ),
    "pager-duty id of nothing": Mistake(
        lambda: RelatedItem.pager_duty(""), ("id of the PagerDuty incident: got ''",)
    ),
    "pager-duty secret of 513": Mistake(
        lambda: RelatedItem.pager_duty("x", secret_id="x" * 513),
        ("secretId: got 513 characters, at most 512",),
    ),
    "pager-duty resolving itself by text": Mistake(
        lambda: RelatedItem.pager_duty("x", auto_resolve="yes"),  # type: ignore[arg-type]
        ("autoResolve: got 'yes', true or false",),
    ),
    "item type as text": Mistake(
        lambda: RelatedItem.url("https://a", type="OTHER"),  # type: ignore[arg-type]
        ("related item: got type 'OTHER'", "RelatedItemType.OTHER"),
    ),
    "item value as text": Mistake(
        item(RelatedItemType.OTHER, "https://a"), ("related item: got value 'https://a'", "RelatedItem.url")
    ),
    "item value of two": Mistake(
        item(RelatedItemType.OTHER, {"url": "https://a", "arn": FUNCTION}), ("got 2 members, exactly one",)
    ),
    "item value of nothing": Mistake(item(RelatedItemType.OTHER, {}), ("got 0 members, exactly one",)),
    "item value unknown": Mistake(
        item(RelatedItemType.OTHER, {"link": "https://a"}), ("link: unknown, allowed are arn",)
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    mistake.gets_its_sentence()
