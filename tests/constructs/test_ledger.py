"""A starter with a ledger: its table, its sweeper, its rights, and mistakes by name."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from constructs_lib import IncidentAction, Ledger, LedgerKey, Storm
from tests.constructs.apps import PLAN, Template, new_alarm, new_stack, new_starter, template_of

MINUTES = cdk.Duration.minutes
RECORDS = f"{PLAN.replace(':response-plan/', ':incident-record/')}/*"


def with_ledger(**options: Any) -> Template:
    stack = new_stack()
    new_starter(stack, ledger=Ledger(**options))
    return template_of(stack)


def resources(template: Template, type: str) -> list[dict[str, Any]]:
    return [each for each in template["Resources"].values() if each["Type"] == type]


def settings(template: Template) -> dict[str, Any]:
    [function] = resources(template, "AWS::Lambda::Function")
    text = function["Properties"]["Environment"]["Variables"]["INCIDENT_STARTER"]
    parts = text["Fn::Join"][1] if isinstance(text, dict) else [text]
    told: dict[str, Any] = json.loads("".join(part if isinstance(part, str) else "NAME" for part in parts))
    return dict(told["ledger"])


def actions(template: Template) -> dict[str, list[str]]:
    """What the role may do, by what it may do it to."""
    [policy] = resources(template, "AWS::IAM::Policy")
    found: dict[str, list[str]] = {}
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        listed = statement["Action"]
        of = json.dumps(statement["Resource"])
        found.setdefault(of, []).extend(listed if isinstance(listed, list) else [listed])
    return found


def test_a_table_that_is_paid_by_use_encrypted_recoverable_and_forgetful() -> None:
    [table] = resources(with_ledger(), "AWS::DynamoDB::Table")
    properties = table["Properties"]
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["SSESpecification"] == {"SSEEnabled": True}
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
    assert table["DeletionPolicy"] == "Delete"


def test_the_starters_key_encrypts_the_table_too() -> None:
    stack = new_stack()
    new_starter(stack, ledger=Ledger(), encryption_key=kms.Key(stack, "Key", enable_key_rotation=True))
    template = template_of(stack)
    [table] = resources(template, "AWS::DynamoDB::Table")
    assert table["Properties"]["SSESpecification"]["SSEType"] == "KMS"
    key = json.dumps(table["Properties"]["SSESpecification"]["KMSMasterKeyId"])
    assert {"kms:Encrypt", "kms:Decrypt"} <= set(actions(template)[key])


def test_a_starter_keeps_a_ledger_by_itself() -> None:
    stack, plain = new_stack(), new_stack()
    new_starter(stack, ledger=Ledger())
    new_starter(plain)
    assert template_of(stack) == template_of(plain)


def test_without_a_ledger_there_is_nothing_of_it() -> None:
    stack = new_stack()
    new_starter(stack, ledger=Ledger.off())
    template = template_of(stack)
    assert resources(template, "AWS::DynamoDB::Table") == []
    assert [action for each in actions(template).values() for action in each if "dynamodb" in action] == []
    assert "ledger" not in json.dumps(template["Resources"]).lower()


def test_the_function_is_told_everything_in_seconds() -> None:
    storm = Storm(max_incidents=20, per=MINUTES(2))
    told = settings(with_ledger(append_within=MINUTES(30), resolve_after=MINUTES(10), storm=storm))
    assert told == {
        "table": "NAME",
        "lease": 90,
        "key": {"by": "alarm"},
        "appendWithin": 1800,
        "resolveAfter": 600,
        "storm": {"maxIncidents": 20, "per": 120},
    }


@pytest.mark.parametrize(
    ("key", "told"),
    [
        (LedgerKey.contributor(), {"by": "contributor"}),
        (LedgerKey.never(), {"by": "never"}),
        (LedgerKey.template("{detail.service}"), {"template": "{detail.service}"}),
        (LedgerKey.title(), {"by": "title"}),
    ],
)
def test_what_one_problem_is_can_be_chosen(key: LedgerKey, told: dict[str, str]) -> None:
    stack = new_stack()
    new_starter(stack, ledger=Ledger(key=key))
    assert settings(template_of(stack))["key"] == told


def test_a_start_under_way_is_left_alone_longer_than_an_invocation_takes() -> None:
    stack = new_stack()
    new_starter(stack, ledger=Ledger(), timeout=MINUTES(5))
    assert settings(template_of(stack))["lease"] > 300


FOLLOW_UP = {"CreateTimelineEvent", "GetIncidentRecord", "UpdateRelatedItems"}


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, set()),
        ({"resolve_after": MINUTES(5)}, {"UpdateIncidentRecord"}),
        ({"storm": Storm(max_incidents=5)}, {"UpdateIncidentRecord", "GetResponsePlan"}),
    ],
    ids=["nothing", "resolve_after", "storm"],
)
def test_the_role_may_do_what_the_options_need_and_no_more(options: dict[str, Any], more: set[str]) -> None:
    template = with_ledger(**options)
    followed = actions(template)[json.dumps([RECORDS, PLAN])]
    assert set(followed) == {f"ssm-incidents:{name}" for name in FOLLOW_UP | more}
    [table] = [of for of in actions(template) if "Ledger" in of and "index" not in of]
    assert actions(template)[table] == ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    assert any("/index/due" in of for of in actions(template)) == ("resolve_after" in options)


def test_whether_alarms_are_muted_may_be_asked_only_where_that_counts() -> None:
    def may_ask(template: Template) -> bool:
        return "cloudwatch:ListAlarmMuteRules" in actions(template)[json.dumps("*")]

    assert may_ask(with_ledger(respect_suppression=True))
    assert not may_ask(with_ledger(resolve_after=MINUTES(5)))
    assert settings(with_ledger(respect_suppression=True))["respectSuppression"] is True


def test_a_sweeper_only_where_something_waits_for_its_time() -> None:
    assert resources(with_ledger(), "AWS::Events::Rule") == []
    assert len(resources(with_ledger(respect_suppression=True), "AWS::Events::Rule")) == 1
    [rule] = resources(with_ledger(resolve_after=MINUTES(5)), "AWS::Events::Rule")
    assert rule["Properties"]["ScheduleExpression"] == "rate(1 minute)"


def test_a_ledger_adds_no_permission_and_nothing_per_alarm() -> None:
    few, many = new_stack(), new_stack()
    for stack, number in ((few, 1), (many, 9)):
        action = IncidentAction(new_starter(stack, ledger=Ledger(resolve_after=MINUTES(5))))
        for position in range(number):
            new_alarm(stack, f"Alarm{position}").add_alarm_action(action)
    counted = [len(template_of(stack)["Resources"]) for stack in (few, many)]
    assert counted[1] - counted[0] == 8
    assert len(resources(template_of(few), "AWS::Lambda::Permission")) == 2


class Mistake(NamedTuple):
    make: Callable[[], object]
    sentence: str


MISTAKES = {
    "half a minute": Mistake(
        lambda: Ledger(append_within=cdk.Duration.seconds(30)),
        "ledger.append_within: got 30 seconds, allowed are 60 to 604800",
    ),
    "eight days": Mistake(
        lambda: Ledger(resolve_after=cdk.Duration.days(8)),
        "ledger.resolve_after: got 691200 seconds, allowed are 60 to 604800",
    ),
    "a number for a duration": Mistake(
        lambda: Ledger(resolve_after=10),  # type: ignore[arg-type]
        "ledger.resolve_after: got 10 of type int, a Duration is needed",
    ),
    "a text for a key": Mistake(
        lambda: Ledger(key="alarm"),  # type: ignore[arg-type]
        "ledger.key: got 'alarm' of type str, a LedgerKey is needed",
    ),
    "an unknown placeholder": Mistake(lambda: LedgerKey.template("{service}"), "got '{service}' with"),
    "no incident in a storm": Mistake(
        lambda: Storm(max_incidents=0), "storm.max_incidents: got 0, allowed are 1 to 200"
    ),
    "a week of storm": Mistake(
        lambda: Storm(max_incidents=5, per=cdk.Duration.days(7)),
        "storm.per: got 604800 seconds, allowed are 60 to 86400",
    ),
    "a number for a storm": Mistake(
        lambda: Ledger(storm=20),  # type: ignore[arg-type]
        "ledger.storm: got 20 of type int, a Storm is needed",
    ),
    "a boolean for a ledger": Mistake(
        lambda: new_starter(new_stack(), ledger=True),
        "Stack/Incidents: ledger: got True of type bool, a Ledger is needed, or Ledger.off()",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_a_sentence(mistake: Mistake) -> None:
    with pytest.raises(ValueError, match="got") as caught:
        mistake.make()
    assert mistake.sentence in str(caught.value)
