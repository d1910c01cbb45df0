"""Every mistake gets a sentence: where, what was got, what is allowed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch, aws_events as events, aws_sns as sns, aws_sqs as sqs

from constructs_lib import (
    IIncidentStarter,
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentSink,
    IncidentStarter,
    IncidentSubscription,
    IncidentTarget,
    RelatedItem,
    RelatedItemType,
)
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    OTHER_PLAN,
    PLAN,
    new_alarm,
    new_rule,
    new_stack,
    new_starter,
)

TOPIC = "arn:aws:sns:eu-west-1:111122223333:alarms"
METRIC = RelatedItem.metric_definition('{"metrics": [["Shop", "Errors"]]}', title="Errors")
LINK = RelatedItem.url("https://wiki.example.com", title="Wiki")


class Mistake(NamedTuple):
    make: Callable[[], object]
    sentence: tuple[str, ...]
    """What the sentence says, among other things."""


def details(**options: Any) -> Callable[[], object]:
    return lambda: IncidentDetails(**options)


def described(text: str = "", **options: Any) -> Callable[[], object]:
    return lambda: IncidentDetails(**options).description(text)


def starter(**options: Any) -> Callable[[], object]:
    return lambda: new_starter(new_stack(), **options)


def rate(**units: int) -> events.Schedule:
    [(unit, number)] = units.items()
    return events.Schedule.rate(getattr(cdk.Duration, unit)(number))


def drills(schedule: Any, **options: Any) -> Callable[[], object]:
    return lambda: new_starter(new_stack()).schedule_drill(schedule, **options)


def drills_twice() -> None:
    made = new_starter(new_stack())
    made.schedule_drill(rate(days=1))
    made.schedule_drill(rate(days=2))


def action(**options: Any) -> Callable[[], object]:
    return lambda: IncidentAction(new_starter(new_stack()), **options)


def target(**options: Any) -> Callable[[], object]:
    return lambda: IncidentTarget(new_starter(new_stack()), **options)


def imported(arn: Any) -> Callable[[], object]:
    return lambda: IncidentStarter.from_function_arn(new_stack(), "Theirs", arn)


def links(count: int, size: int = 30) -> list[RelatedItem]:
    return [RelatedItem.url(f"https://wiki.example.com/{n}".ljust(size, "x")) for n in range(count)]


def item(type: Any, value: Any, title: Any = None) -> Callable[[], object]:
    return lambda: RelatedItem(type, value, title)


def two_actions() -> None:
    stack = new_stack()
    wired = new_starter(stack)
    alarm = new_alarm(stack)
    alarm.add_alarm_action(IncidentAction(wired, impact=Impact.HIGH))
    alarm.add_ok_action(IncidentAction(wired, impact=Impact.LOW))


def long_description() -> None:
    stack = new_stack()
    new_alarm(stack, alarm_description="x" * 1010).add_alarm_action(
        IncidentAction(new_starter(stack), impact=Impact.HIGH)
    )


def details_of_a_topic_for_an_imported_starter() -> None:
    stack = new_stack()
    theirs = IncidentStarter.from_function_arn(stack, "Theirs", FUNCTION)
    sns.Topic(stack, "Topic").add_subscription(IncidentSubscription(theirs, impact=Impact.LOW))


def two_details_of_one_topic() -> None:
    stack = new_stack()
    wired = new_starter(stack)
    topic = sns.Topic(stack, "Topic")
    for impact in (Impact.LOW, Impact.HIGH):
        topic.add_subscription(IncidentSubscription(wired, impact=impact))


def details_of_topics_too_big_for_the_environment() -> None:
    stack = new_stack()
    wired = new_starter(stack)
    for number in range(5):
        sns.Topic(stack, f"Topic{number}").add_subscription(
            IncidentSubscription(wired, related_items=links(1, 900))
        )


def watched(made: IIncidentStarter, topic: str, **options: Any) -> object:
    return made.monitor(sns.Topic(made, topic), **options)


def a_channel_that_the_starter_is_subscribed_to() -> None:
    stack = new_stack()
    made = new_starter(stack)
    topic = sns.Topic(stack, "Topic")
    topic.add_subscription(IncidentSubscription(made))
    made.monitor(topic)


def a_subscription_to_the_channel() -> None:
    stack = new_stack()
    made = new_starter(stack)
    topic = sns.Topic(stack, "Topic")
    made.monitor(topic)
    topic.add_subscription(IncidentSubscription(made, impact=Impact.LOW))


def a_literal_channel_that_the_starter_is_subscribed_to() -> None:
    stack = new_stack(env=ENVIRONMENT)
    made = new_starter(stack)
    first, same = (sns.Topic.from_topic_arn(stack, name, TOPIC) for name in ("First", "Same"))
    first.add_subscription(IncidentSubscription(made))
    made.monitor(same)


def monitoring_twice() -> None:
    made = new_starter(new_stack())
    for name in ("A", "B"):
        watched(made, name)


def fifo_topic() -> None:
    IncidentSink.topic(sns.Topic(new_stack(), "Topic", fifo=True, topic_name="told.fifo"))


def topic_told_twice() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "Topic")
    new_starter(stack, fallback=[IncidentSink.topic(topic), IncidentSink.topic(topic)])


def topic_that_comes_back(option: str) -> Callable[[], object]:
    def make() -> None:
        stack = new_stack()
        topic = sns.Topic(stack, "Topic")
        wired = new_starter(stack, **{option: IncidentSink.topic(topic)})
        topic.add_subscription(IncidentSubscription(wired))

    return make


def sinks_too_big_for_the_environment() -> None:
    stack = new_stack()
    new_starter(
        stack,
        related_items=links(6, 640),
        fallback=IncidentSink.ops_item(category="x" * 64, source="y" * 128),
    )


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
    # an alarm's description
    "metric item on an alarm": Mistake(
        action(related_items=[METRIC]),
        ("Stack/Incidents: related_items: got a metricDefinition item", "links and ARNs only"),
    ),
    "pager-duty item on an alarm": Mistake(
        described(related_items=[RelatedItem.pager_duty("Q1")]), ("got a pagerDutyIncidentDetail item",)
    ),
    "description of 1,025": Mistake(
        described("x" * (1025 - 20), impact=Impact.HIGH), ("description: got 1,025 characters", "1,024")
    ),
    "description of an alarm too long": Mistake(
        long_description, ("Stack/Alarm: description: got 1,030 characters", "shorten the text")
    ),
    "description as number": Mistake(
        lambda: IncidentDetails().description(5),  # type: ignore[arg-type]
        ("description: got 5 of type int",),
    ),
    "reserved label as item title": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="Response Plan")]), ("'Response plan'",)
    ),
    "reserved label before a token": Mistake(
        described(related_items=[RelatedItem.url(f"https://a/{cdk.Aws.REGION}", title="Title")]),
        ("relatedItems: got ", "'Title'"),
    ),
    "type in an item title": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="x [TASK]")]), ("x [TASK]", "'[...]'")
    ),
    "list mark in an item title": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="**Runbook**")]), ("**Runbook**",)
    ),
    "title with white space at an end": Mistake(
        described(title=" Down"), ("title: got ' Down'", "white space")
    ),
    "`<` in an alarm's title": Mistake(
        described(title="p99 < 2 s"), ("title: got 'p99 < 2 s' with '<'", "markup", "remove it")
    ),
    "`>` in the title of an alarm's item": Mistake(
        described(related_items=[RelatedItem.url("https://a", title="a > b")]),
        ("relatedItems[0].title: got 'a > b' with '>'",),
    ),
    "a link twice": Mistake(described(related_items=[LINK, LINK]), ("each link once",)),
    "two different actions on one alarm": Mistake(
        two_actions, ("Stack/Alarm: got two incident actions with different details", "one set of details")
    ),
    # rules
    "`<` in a rule's title": Mistake(
        target(title="a < b"), ("Stack/Incidents: startIncident.title: got 'a < b' with '<'", "remove it")
    ),
    "`>` in a rule's item title": Mistake(
        target(related_items=[RelatedItem.url("https://a", title="a > b")]),
        ("relatedItems[0].title: got 'a > b' with '>'",),
    ),
    "input template of more than 8,192": Mistake(
        target(related_items=links(10, 900)), ("got an input template of 9,", "8,192", "move related items")
    ),
    "186 retries of a rule": Mistake(target(retry_attempts=186), ("retry_attempts: got 186", "0 to 185")),
    "a rule's event of 25 hours": Mistake(
        target(max_event_age=cdk.Duration.hours(25)), ("max_event_age: got 90000 seconds", "60 to 86400")
    ),
    # topics
    "details of a topic for an imported starter": Mistake(
        details_of_a_topic_for_an_imported_starter, ("Stack/Theirs: got impact for the topic", "owning app")
    ),
    "two details of one topic": Mistake(
        two_details_of_one_topic, ("Stack/Incidents: got a second subscription",)
    ),
    "topics too big for the environment": Mistake(
        details_of_topics_too_big_for_the_environment, ("Stack/Incidents: ", "4,096 bytes of environment")
    ),
    # the starter
    "environment of more than 4,096": Mistake(
        starter(related_items=links(5, 900)),
        ("Stack/Incidents: related_items: got defaults of 4,", "4,096 bytes"),
    ),
    "environment of wide characters": Mistake(
        starter(related_items=[RelatedItem.url(f"https://a/{n}", title="あ" * 200) for n in range(7)]),
        ("Stack/Incidents: related_items: got defaults of 4,", "4,096 bytes"),
    ),
    "timeout of 29 s": Mistake(
        starter(timeout=cdk.Duration.seconds(29)), ("Stack/Incidents: timeout: got 29 seconds", "30 to 900")
    ),
    "no concurrency at all": Mistake(
        starter(reserved_concurrent_executions=0), ("reserved_concurrent_executions: got 0", "1 to")
    ),
    "memory of 127 MiB": Mistake(starter(memory_size=127), ("memory_size: got 127", "128 to 10240")),
    "a FIFO queue for failed events": Mistake(
        lambda: new_starter(stack := new_stack(), dead_letter_queue=sqs.Queue(stack, "Queue", fifo=True)),
        ("Stack/Incidents: dead_letter_queue: got a FIFO queue", "standard"),
    ),
    "timeout of 901 s": Mistake(starter(timeout=cdk.Duration.seconds(901)), ("timeout: got 901 seconds",)),
    "timeout as number": Mistake(starter(timeout=60), ("Stack/Incidents: timeout: got 60", "Duration")),
    "3 retries": Mistake(starter(retry_attempts=3), ("Stack/Incidents: retry_attempts: got 3", "0 to 2")),
    "retries True": Mistake(starter(retry_attempts=True), ("retry_attempts: got True", "0 to 2")),
    "event age of 7 hours": Mistake(
        starter(max_event_age=cdk.Duration.hours(7)),
        ("Stack/Incidents: max_event_age: got 25200 seconds", "21600"),
    ),
    "trusted account of 11 digits": Mistake(
        starter(trusted_accounts=["11112222333"]),
        ("Stack/Incidents: trusted_accounts: got '11112222333'", "12 digits"),
    ),
    "trusted account as number": Mistake(
        starter(trusted_accounts=[111122223333]), ("trusted_accounts: got 111122223333", "12 digits")
    ),
    "trusted accounts as text": Mistake(
        starter(trusted_accounts="111122223333"), ("trusted_accounts: got '111122223333'", "a list")
    ),
    "plans as text": Mistake(
        starter(additional_response_plans=OTHER_PLAN),
        ("Stack/Incidents: additional_response_plans: got 'arn:", "a list"),
    ),
    "contacts as text": Mistake(
        starter(engagement_contacts="arn:aws:ssm-contacts:::contact/x"),
        ("Stack/Incidents: engagement_contacts: got 'arn:", "a list"),
    ),
    "contact as name": Mistake(
        starter(engagement_contacts=["alice"]), ("engagement_contacts: got 'alice'", "arn:aws:ssm-contacts:")
    ),
    # regions
    "one region as text": Mistake(
        starter(regions="us-east-1"), ("Stack/Incidents: regions: got 'us-east-1'", "a list of Regions")
    ),
    "a region as number": Mistake(starter(regions=[1]), ("regions: got 1 of type int", "a str is needed")),
    "a region as token": Mistake(
        starter(regions=[cdk.Aws.REGION]), ("regions: got '${Token[AWS.Region", "need not be listed")
    ),
    "a region without the service": Mistake(
        starter(regions=["af-south-1"]), ("regions: got 'af-south-1'", "Incident Manager exists in ap-north")
    ),
    "a region that does not exist": Mistake(starter(regions=["us-east-9"]), ("regions: got 'us-east-9'",)),
    "a region twice": Mistake(
        starter(regions=["us-east-1", "us-west-2", "us-east-1"]), ("got 'us-east-1' twice", "list it once")
    ),
    "no regions": Mistake(
        starter(regions=[]), ("regions: got []", "at least one Region beside", "or leave it out")
    ),
    "the own region alone": Mistake(
        lambda: new_starter(new_stack(env=ENVIRONMENT), regions=["eu-west-1"]),
        ("regions: got ['eu-west-1']", "at least one Region beside the function's own"),
    ),
    "three regions beside the own": Mistake(
        lambda: new_starter(new_stack(env=ENVIRONMENT), regions=["us-east-1", "us-east-2", "us-west-2"]),
        ("regions: got us-east-1, us-east-2, us-west-2", "at most 3", "the function's own among them"),
    ),
    "four regions": Mistake(
        starter(regions=["us-east-1", "us-east-2", "us-west-1", "us-west-2"]), ("at most 3",)
    ),
    # metrics
    "a metric of a plan and an impact": Mistake(
        lambda: new_starter(new_stack()).metric_incidents_started(response_plan=PLAN, impact=Impact.HIGH),
        ("Stack/Incidents: metric_incidents_started: got a response_plan and an impact", "leave one out"),
    ),
    "a metric of an impact 9": Mistake(
        lambda: new_starter(new_stack()).metric_incidents_started(impact=9),  # type: ignore[arg-type]
        ("Stack/Incidents: impact: got 9", "Impact.HIGH (2)"),
    ),
    "a metric of a plan's name": Mistake(
        lambda: new_starter(new_stack()).metric_incidents_started(response_plan="on-call"),
        ("response_plan: got 'on-call', a full ARN is needed",),
    ),
    # monitoring
    "an action as the channel": Mistake(
        lambda: (made := new_starter(new_stack())).monitor(IncidentAction(made)),  # type: ignore[arg-type]
        ("Stack/Incidents: topic: got <", "an SNS topic is needed", "no action or starter"),
    ),
    "a starter as the channel": Mistake(
        lambda: (made := new_starter(new_stack())).monitor(made),  # type: ignore[arg-type]
        ("Stack/Incidents: topic: got <", "a starter that fails cannot tell of it"),
    ),
    "a channel that the starter is subscribed to": Mistake(
        a_channel_that_the_starter_is_subscribed_to,
        ("Stack/Incidents: topic: got ", "which is subscribed to it"),
    ),
    "a subscription to the channel": Mistake(
        a_subscription_to_the_channel,
        ("Stack/Incidents: topic: got ", "give monitor a topic that reaches people another way"),
    ),
    "a literal channel that the starter is subscribed to": Mistake(
        a_literal_channel_that_the_starter_is_subscribed_to,
        (f"topic: got {TOPIC}", "which is subscribed to it"),
    ),
    "monitoring twice": Mistake(
        monitoring_twice,
        ("Stack/Incidents: got a second call of monitor", "the first call returned"),
    ),
    "monitoring an imported starter": Mistake(
        lambda: watched(IncidentStarter.from_function_arn(new_stack(), "Theirs", FUNCTION), "A"),
        ("Stack/Theirs: got a call of monitor", "belongs to another app", "call it there"),
    ),
    "a runbook that is no address": Mistake(
        lambda: watched(new_starter(new_stack()), "A", runbook="the wiki"),
        ("Stack/Incidents: ", "runbook: url: got 'the wiki'"),
    ),
    "more incidents than the quota": Mistake(
        lambda: watched(new_starter(new_stack()), "A", max_incidents_per_month=201),
        ("Stack/Incidents: max_incidents_per_month: got 201, allowed are 1 to 200",),
    ),
    "a page delay of nothing": Mistake(
        lambda: watched(new_starter(new_stack()), "A", max_page_delay=cdk.Duration.seconds(0)),
        ("Stack/Incidents: max_page_delay: got 0 seconds, allowed are 1 to 86400",),
    ),
    "a page delay as number": Mistake(
        lambda: watched(new_starter(new_stack()), "A", max_page_delay=60),
        ("max_page_delay: got 60 of type int, a Duration is needed",),
    ),
    # sinks
    "sink as text": Mistake(
        starter(sink="opsItem"),
        ("Stack/Incidents: sink: got 'opsItem' of type str", "IncidentSink.ops_item()"),
    ),
    "fallback of a topic itself": Mistake(
        lambda: new_starter(stack := new_stack(), fallback=sns.Topic(stack, "Topic")),
        ("fallback: got ", "of type Topic", "IncidentSink.topic(...)"),
    ),
    "text among sinks": Mistake(
        starter(fallback=["opsItem"]), ("fallback: got 'opsItem' of type str, an IncidentSink is needed",)
    ),
    "no fallback at all": Mistake(starter(fallback=[]), ("fallback: got 0 sinks, 1 to 3", "leave it out")),
    "four sinks": Mistake(starter(sink=[IncidentSink.ops_item()] * 4), ("sink: got 4 sinks, 1 to 3",)),
    "two OpsItems": Mistake(
        starter(fallback=[IncidentSink.ops_item(), IncidentSink.ops_item(category="Cost")]),
        ("fallback: got OpsItems twice, name each sink once",),
    ),
    "one topic twice": Mistake(topic_told_twice, ("fallback: got the topic ", "twice")),
    "fifo topic": Mistake(fifo_topic, ("topic: got the FIFO topic ", "a standard topic is needed")),
    "topic as ARN": Mistake(
        lambda: IncidentSink.topic("arn:aws:sns:eu-west-1:111122223333:t"),  # type: ignore[arg-type]
        ("topic: got 'arn:aws:sns:", "of type str", "sns.Topic.from_topic_arn(...)"),
    ),
    "category of 65": Mistake(
        lambda: IncidentSink.ops_item(category="x" * 65), ("category: got 65 characters, at most 64",)
    ),
    "category of nothing": Mistake(lambda: IncidentSink.ops_item(category=" "), ("category: got ' '",)),
    "source of 129": Mistake(
        lambda: IncidentSink.ops_item(source="x" * 129), ("source: got 129 characters, at most 128",)
    ),
    "source of AWS": Mistake(
        lambda: IncidentSink.ops_item(source="My-AWS-Shop"),
        ("source: got 'My-AWS-Shop' with 'AWS', which OpsCenter keeps for AWS: remove it",),
    ),
    "fallback that comes back": Mistake(
        topic_that_comes_back("fallback"),
        ("Stack/Incidents: got a subscription of the topic ", "one of the starter's own sinks", "come back"),
    ),
    "sink that comes back": Mistake(topic_that_comes_back("sink"), ("one of the starter's own sinks",)),
    "sinks too big for the environment": Mistake(
        sinks_too_big_for_the_environment, ("got defaults of 4,", "options included", "4,096 bytes")
    ),
    # contacts
    "no contacts": Mistake(
        starter(engagement_contacts=[]), ("engagement_contacts: got no contact", "page nobody")
    ),
    "alarm name prefix with a star": Mistake(
        starter(alarm_name_prefix="shop-*"), ("Stack/Incidents: alarm_name_prefix: got 'shop-*'", "'*'")
    ),
    # drills
    "drills every 7 hours": Mistake(
        drills(rate(hours=7)),
        ("Stack/Incidents: schedule: got rate(7 hours)", "102 drills a month of the 200"),
    ),
    "drills every 7 days": Mistake(
        drills(rate(days=7)), ("schedule: got rate(7 days)", "looks back 7 days", "every 6 days")
    ),
    "drills by text": Mistake(drills("rate(1 day)"), ("schedule: got 'rate(1 day)' of type str", "rate(")),
    "drills by cron without a time": Mistake(
        drills(events.Schedule.cron(hour="6")), ("within: got none", "cron(", "1 hour to 7 days")
    ),
    "drills within 8 days": Mistake(
        drills(rate(days=1), within=cdk.Duration.days(8)), ("within: got 691200 seconds", "3600 to 604800")
    ),
    "drills within minutes": Mistake(
        drills(events.Schedule.cron(hour="6"), within=cdk.Duration.minutes(59)), ("within: got 3540 seconds",)
    ),
    "drills within their own rate": Mistake(
        drills(rate(days=1), within=cdk.Duration.days(1)),
        ("within: got 86,400 seconds", "comes after 86,400"),
    ),
    "drills with a number of hours": Mistake(
        drills(rate(days=1), within=26), ("within: got 26 of type int", "a Duration is needed")
    ),
    "`<` in a drill's title": Mistake(
        drills(rate(days=1), title="p99 < 2 s"), ("drill.title: got 'p99 < 2 s' with '<'", "remove it")
    ),
    "a drill's title with an unknown placeholder": Mistake(
        drills(rate(days=1), title="{team}"), ("title: got '{team}' with '{team}'",)
    ),
    "drills of a plan by name": Mistake(
        drills(rate(days=1), response_plan="on-call"), ("response_plan: got 'on-call', a full ARN",)
    ),
    "drills twice": Mistake(drills_twice, ("Stack/Incidents: got a second schedule of drills", "one cron")),
    "drills beside a sink": Mistake(
        lambda: new_starter(new_stack(), sink=IncidentSink.ops_item()).schedule_drill(rate(days=1)),
        ("Stack/Incidents: got a schedule of drills beside a sink", "leave it out, or the sink"),
    ),
    "drills of an imported starter": Mistake(
        lambda: IncidentStarter.from_function_arn(new_stack(), "Theirs", FUNCTION).schedule_drill(
            rate(days=1)
        ),
        (
            "Stack/Theirs: got a schedule of drills, but the starter belongs to another app",
            "incident-starter drill",
        ),
    ),
    # imported starters
    "function ARN malformed": Mistake(
        imported("arn:aws:lambda:eu-west-1:111122223333:incidents"),
        ("Stack/Theirs: got function ARN 'arn:aws:lambda:eu-west-1:111122223333:incidents'", "a full ARN"),
    ),
    "function as name": Mistake(imported("incidents"), ("got function ARN 'incidents'", "a full ARN")),
    "function as construct": Mistake(
        lambda: IncidentStarter.from_function_arn(
            stack := new_stack(),
            "Theirs",
            new_starter(stack).function,  # type: ignore[arg-type]
        ),
        ("Stack/Theirs: function ARN: got <", "a str is needed"),
    ),
    # what is no starter
    "action of no starter": Mistake(
        lambda: IncidentAction(FUNCTION),  # type: ignore[arg-type]
        (f"starter: got {FUNCTION!r} of type str", "IncidentStarter.from_function_arn"),
    ),
    "action of a function": Mistake(
        lambda: IncidentAction(new_starter(new_stack()).function),  # type: ignore[arg-type]
        ("starter: got <", "an IncidentStarter is needed"),
    ),
    "target of no starter": Mistake(
        lambda: IncidentTarget(FUNCTION),  # type: ignore[arg-type]
        ("starter: got ", "an IncidentStarter is needed"),
    ),
    "subscription of no starter": Mistake(
        lambda: IncidentSubscription(FUNCTION),  # type: ignore[arg-type]
        ("starter: got ", "an IncidentStarter is needed"),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    # An exception in `bind` crosses Node and comes back as a RuntimeError with its message.
    with pytest.raises((ValueError, RuntimeError)) as caught:
        mistake.make()

    sentence = str(caught.value)
    assert [part for part in mistake.sentence if part not in sentence] == [], sentence
    assert "\n" not in sentence


def test_the_longest_values_allowed_are_allowed() -> None:
    stack = new_stack()
    starter = new_starter(
        stack,
        title="x" * 200,
        timeout=cdk.Duration.seconds(30),
        max_event_age=cdk.Duration.minutes(1),
        retry_attempts=0,
        related_items=[RelatedItem.url("https://" + "x" * 992, title="x" * 200)],
    )
    items = [
        RelatedItem.arn("arn:aws:sqs:eu-west-1:111122223333:" + "x" * 965),
        RelatedItem.metric_definition("x" * 4000),
        RelatedItem.pager_duty("x" * 200, secret_id="x" * 512),
    ]
    new_rule(stack).add_target(
        IncidentTarget(starter, related_items=items, retry_attempts=185, max_event_age=cdk.Duration.hours(24))
    )
    IncidentDetails(related_items=links(40))
    text = IncidentDetails(impact=Impact.HIGH).description("x" * (1024 - 20))
    assert len(text) == 1024
