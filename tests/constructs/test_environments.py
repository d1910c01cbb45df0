"""What could be wired and would never page is refused where it is wired."""

import json

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib import Impact, IncidentAction, IncidentStarter, IncidentSubscription, IncidentTarget
from tests.constructs.apps import (
    ENVIRONMENT,
    FUNCTION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    TOPICS,
    flat,
    new_alarm,
    new_app,
    new_rule,
    new_starter,
    only,
    permissions,
    template_of,
)

OTHER_REGION = cdk.Environment(account=ENVIRONMENT.account, region="us-east-1")


@pytest.mark.parametrize("details", [{}, {"impact": Impact.LOW}], ids=["plain", "with details"])
def test_an_alarm_of_an_account_that_is_not_trusted_is_refused(details: dict[str, Impact]) -> None:
    app = new_app()
    starter = new_starter(cdk.Stack(app, "Own", env=ENVIRONMENT), function_name="incidents")
    alarm = new_alarm(cdk.Stack(app, "Theirs", env=OTHER_ENVIRONMENT))

    with pytest.raises(RuntimeError, match=r"Theirs/Alarm: Own/Incidents: .*trusted_accounts"):
        alarm.add_alarm_action(IncidentAction(starter, impact=details.get("impact")))


def test_an_alarm_of_a_trusted_account_is_wired() -> None:
    app = new_app()
    own = cdk.Stack(app, "Own", env=ENVIRONMENT)
    starter = new_starter(own, function_name="incidents", trusted_accounts=[OTHER_ACCOUNT])
    theirs = cdk.Stack(app, "Theirs", env=OTHER_ENVIRONMENT)

    new_alarm(theirs).add_alarm_action(IncidentAction(starter))

    [action] = only(template_of(theirs), "AWS::CloudWatch::Alarm")["AlarmActions"]
    assert flat(action).endswith(":lambda:eu-west-1:111122223333:function:incidents")


def test_an_alarm_of_another_region_is_refused() -> None:
    app = new_app()
    named = new_starter(cdk.Stack(app, "Own", env=ENVIRONMENT), function_name="incidents")
    elsewhere = cdk.Stack(app, "Elsewhere", env=OTHER_REGION)
    imported = IncidentStarter.from_function_arn(elsewhere, "Imported", arn=FUNCTION)

    for position, starter in enumerate((named, imported)):
        with pytest.raises(RuntimeError, match="of Region us-east-1, the function of eu-west-1"):
            new_alarm(elsewhere, f"Alarm{position}").add_alarm_action(IncidentAction(starter))


def test_topics_of_trusted_accounts_may_invoke_the_function() -> None:
    stack = cdk.Stack(new_app(), "Own", env=ENVIRONMENT)
    starter = new_starter(stack, trusted_accounts=[OTHER_ACCOUNT])
    arn = f"arn:aws:sns:eu-west-1:{OTHER_ACCOUNT}:alarms"

    sns.Topic.from_topic_arn(stack, "Topic", arn).add_subscription(IncidentSubscription(starter))

    sources = [flat(each["SourceArn"]) for each in permissions(template_of(stack), TOPICS)]
    assert [source.split(":")[4] for source in sources] == [ENVIRONMENT.account, OTHER_ACCOUNT]


def test_a_topic_of_an_account_that_is_not_trusted_is_refused() -> None:
    stack = cdk.Stack(new_app(), "Own", env=ENVIRONMENT)
    topic = sns.Topic.from_topic_arn(stack, "Topic", f"arn:aws:sns:eu-west-1:{OTHER_ACCOUNT}:alarms")

    with pytest.raises(RuntimeError, match=f"of account {OTHER_ACCOUNT}.*trusted_accounts"):
        topic.add_subscription(IncidentSubscription(new_starter(stack)))


def test_a_token_with_quotes_leaves_a_rules_template_json() -> None:
    stack = cdk.Stack(new_app(), "Own")
    title = cdk.Lazy.string(_Said())

    new_rule(stack).add_target(IncidentTarget(new_starter(stack), title=title))

    [target] = only(template_of(stack), "AWS::Events::Rule")["Targets"]
    template = flat(target["InputTransformer"]["InputTemplate"])
    read = json.loads(template.replace("<aws.events.event.json>", "{}"))
    assert read["startIncident"]["title"] == 'say "hi" \\ now'


@jsii.implements(cdk.IStableStringProducer)
class _Said:
    def produce(self) -> str:
        return 'say "hi" \\ now'
