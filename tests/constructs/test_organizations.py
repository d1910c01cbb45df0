"""A plan for a whole organization, and a hub for its alarms."""

import inspect
import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_sns as sns, aws_ssmincidents as ssmincidents

from constructs_lib import (
    AlarmForwarder,
    Impact,
    IncidentAction,
    IncidentHub,
    IncidentRoutes,
    IncidentSink,
    IncidentStarter,
    Ledger,
    ResponsePlanShare,
)
from constructs_lib._starter_options import StarterOptions
from tests.constructs.apps import (
    ACCOUNT,
    ENVIRONMENT,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    OTHER_PLAN,
    PLAN,
    flat,
    new_alarm,
    new_app,
    new_plan,
    new_stack,
    new_starter,
    only,
    resources,
    synth,
    synthesized,
    template_of,
    warnings,
)

ORGANIZATION = "o-a1b2c3d4e5"
ORGANIZATION_ARN = f"arn:aws:organizations::{ACCOUNT}:organization/{ORGANIZATION}"
CONTACT = f"arn:aws:ssm-contacts:eu-west-1:{ACCOUNT}:contact/sre"
BUS = f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/incidents"


def engaging_plan(stack: cdk.Stack, **template: Any) -> ssmincidents.CfnResponsePlan:
    return ssmincidents.CfnResponsePlan(
        stack,
        "Plan",
        name="on-call",
        incident_template={"title": "Wrong", "impact": 3, **template},
        engagements=[CONTACT],
    )


# -- the share -----------------------------------------------------------------


def test_a_plan_is_shared_with_the_contacts_that_it_engages() -> None:
    stack = new_stack(env=ENVIRONMENT)
    ResponsePlanShare(
        stack, "Share", response_plan=engaging_plan(stack), principals=[ORGANIZATION_ARN, OTHER_ACCOUNT]
    )

    share = only(template_of(stack), "AWS::RAM::ResourceShare")

    assert share["Principals"] == [ORGANIZATION_ARN, OTHER_ACCOUNT]
    assert [flat(each) for each in share["ResourceArns"]] == ["<Plan>", CONTACT]
    assert share["AllowExternalPrincipals"] is False
    assert warnings(stack) == []


def test_several_plans_and_named_contacts_are_one_share() -> None:
    stack = new_stack(env=ENVIRONMENT)
    share = ResponsePlanShare(
        stack,
        "Share",
        response_plan=PLAN,
        additional_response_plans=[new_plan(stack, "Database")],
        contacts=[CONTACT, CONTACT],
        principals=[OTHER_ACCOUNT],
        share_name="on-call",
    )

    found = only(template_of(stack), "AWS::RAM::ResourceShare")

    assert [flat(each) for each in found["ResourceArns"]] == [PLAN, "<Database>", CONTACT]
    assert found["Name"] == "on-call"
    assert share.response_plan_arns[0] == PLAN


def test_a_plan_without_contacts_warns_that_it_may_page_nobody() -> None:
    stack = new_stack(env=ENVIRONMENT)
    ResponsePlanShare(stack, "Share", response_plan=PLAN, principals=[OTHER_ACCOUNT])
    assert "may page nobody" in warnings(stack)[0]


@pytest.mark.parametrize("as_struct", [True, False], ids=["struct", "mapping"])
def test_a_shared_plan_that_tags_its_incidents_warns(*, as_struct: bool) -> None:
    stack = new_stack(env=ENVIRONMENT)
    tags = [cdk.CfnTag(key="team", value="shop")]
    template: Any = {"title": "Wrong", "impact": 3, "incidentTags": tags}
    if as_struct:
        template = ssmincidents.CfnResponsePlan.IncidentTemplateProperty(
            title="Wrong", impact=3, incident_tags=tags
        )
    plan = ssmincidents.CfnResponsePlan(
        stack, "Plan", name="on-call", incident_template=template, engagements=[CONTACT]
    )
    ResponsePlanShare(stack, "Share", response_plan=plan, principals=[OTHER_ACCOUNT])
    assert "leave incident_tags out" in warnings(stack)[0]


def test_the_policy_of_a_plan_lets_an_organization_start_and_follow_incidents() -> None:
    [statement] = json.loads(ResponsePlanShare.resource_policy(PLAN, organization_id=ORGANIZATION))[
        "Statement"
    ]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    assert statement["Resource"] == [PLAN, PLAN.replace("response-plan", "incident-record") + "/*"]
    wanted = {"GetIncidentRecord", "UpdateRelatedItems", "CreateTimelineEvent", "StartIncident"}
    assert {f"ssm-incidents:{action}" for action in wanted} <= {*statement["Action"]}


def test_the_policy_of_a_plan_lets_accounts_in_by_their_roots() -> None:
    [statement] = json.loads(ResponsePlanShare.resource_policy(PLAN, accounts=[OTHER_ACCOUNT]))["Statement"]
    assert statement["Principal"] == {"AWS": [f"arn:aws:iam::{OTHER_ACCOUNT}:root"]}
    assert "Condition" not in statement


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"principals": []}, "shared with nobody"),
        ({"principals": OTHER_ACCOUNT}, "a list of values is needed"),
        ({"principals": ["12345"]}, "account ids of 12 digits"),
        ({"principals": [ORGANIZATION]}, "an organization by its ARN"),
        ({"response_plan": OTHER_PLAN}, f"of account {OTHER_ACCOUNT}, a plan is shared from its own"),
        ({"response_plan": "on-call"}, "a full ARN is needed"),
        ({"contacts": ["sre"]}, "full ARNs are needed"),
        ({"share_name": " "}, "at least one visible character"),
    ],
)
def test_a_mistake_in_a_share_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    stack = new_stack(env=ENVIRONMENT)
    given: dict[str, Any] = {"response_plan": PLAN, "principals": [OTHER_ACCOUNT], **options}
    with pytest.raises(ValueError, match=f"^Stack/Share: .*{sentence}"):
        ResponsePlanShare(stack, "Share", **given)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "one of the two is needed"),
        ({"organization_id": ORGANIZATION, "accounts": [OTHER_ACCOUNT]}, "one of the two is needed"),
        ({"organization_id": ORGANIZATION_ARN}, "an organization's id is needed"),
        ({"accounts": ["x"]}, "12 digits"),
        ({"accounts": [f"{number:012}" for number in range(120)]}, "a plan takes 4,000"),
    ],
)
def test_a_mistake_in_a_policy_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        ResponsePlanShare.resource_policy(PLAN, **options)


# -- the hub -------------------------------------------------------------------


def test_a_hub_is_a_bus_that_an_organization_may_use_a_rule_and_a_starter() -> None:
    stack = new_stack(env=ENVIRONMENT)
    hub = IncidentHub(
        stack,
        "Hub",
        response_plan=PLAN,
        organization_id=ORGANIZATION,
        event_bus_name="incidents",
        impact=Impact.HIGH,
    )

    template = template_of(stack)

    policy = only(template, "AWS::Events::EventBusPolicy")["Statement"]
    assert policy["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION}}
    assert (policy["Action"], flat(policy["Resource"])) == ("events:PutEvents", "<HubBusE835F727.Arn>")
    rule = only(template, "AWS::Events::Rule")
    assert rule["EventPattern"]["source"] == ["aws.cloudwatch"]
    assert rule["EventPattern"]["detail-type"] == ["CloudWatch Alarm State Change"]
    assert flat(hub.event_bus_arn).endswith(f":events:eu-west-1:{ACCOUNT}:event-bus/incidents")
    [variables] = [each["Environment"]["Variables"] for each in resources(template, "AWS::Lambda::Function")]
    assert '"impact":2' in flat(variables["INCIDENT_STARTER"])
    assert '"skipSuppressed":true' in flat(variables["INCIDENT_STARTER"])


def test_a_hub_may_trust_accounts_instead() -> None:
    stack = new_stack(env=ENVIRONMENT)
    IncidentHub(stack, "Hub", response_plan=PLAN, trusted_accounts=[OTHER_ACCOUNT, OTHER_ACCOUNT])
    statement = only(template_of(stack), "AWS::Events::EventBusPolicy")["Statement"]
    assert flat(statement["Principal"]["AWS"]).endswith(f":iam::{OTHER_ACCOUNT}:root")


def test_a_hub_with_a_sink_leaves_suppressed_composites_on_the_bus() -> None:
    stack = new_stack(env=ENVIRONMENT)
    topic = sns.Topic(stack, "OnCall")
    IncidentHub(
        stack,
        "Hub",
        response_plan=PLAN,
        organization_id=ORGANIZATION,
        sink=IncidentSink.topic(topic),
    )
    detail = only(template_of(stack), "AWS::Events::Rule")["EventPattern"]["detail"]
    assert detail["$or"][0]["state"]["actionsSuppressedBy"] == [{"exists": False}]


def test_a_hub_hands_on_every_option_of_a_starter() -> None:
    parameters = inspect.signature(IncidentStarter.__init__).parameters
    own = {"self", "scope", "id", "response_plan", "trusted_accounts"}
    assert set(StarterOptions.__annotations__) == set(parameters) - own


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"organization_id": None}, "no other account could send"),
        ({"organization_id": "acme"}, "an organization's id is needed"),
        ({"trusted_accounts": ["1"]}, "12 digits"),
        ({"trusted_accounts": [f"{number:012}" for number in range(101)]}, "room for 100"),
        ({"ledger": Ledger.off()}, "a hub needs a ledger"),
        ({"event_bus_name": ""}, "at least one visible character"),
    ],
)
def test_a_mistake_in_a_hub_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    stack = new_stack(env=ENVIRONMENT)
    given: dict[str, Any] = {"response_plan": PLAN, "organization_id": ORGANIZATION, **options}
    with pytest.raises(ValueError, match=f"^Stack/Hub: .*{sentence}"):
        IncidentHub(stack, "Hub", **given)


# -- the forwarder -------------------------------------------------------------


def test_a_forwarders_template_goes_out_as_a_stackset_without_assets_and_bootstrap() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Forwarder", synthesizer=cdk.BootstraplessSynthesizer())
    AlarmForwarder(stack, "Alarms", hub=BUS)

    directory = Path(app.synth().directory)

    synthesized.append(directory)
    template = json.loads((directory / "Forwarder.template.json").read_text())
    assert set(template) == {"Resources"}
    assert {resource["Type"] for resource in template["Resources"].values()} == {
        "AWS::Events::Rule",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::SQS::Queue",
        "AWS::SQS::QueuePolicy",
    }
    manifest = json.loads((directory / "manifest.json").read_text())
    assert "cdk:asset-manifest" not in {each["type"] for each in manifest["artifacts"].values()}
    assert "bootstrap" not in json.dumps(template).lower()


@pytest.mark.parametrize(
    ("options", "states"),
    [
        ({}, ["ALARM", "OK"]),
        ({"insufficient_data": True}, ["ALARM", "INSUFFICIENT_DATA", "OK"]),
        ({"recoveries": False}, ["ALARM"]),
    ],
)
def test_a_forwarder_sends_the_states_that_are_wanted(options: dict[str, Any], states: list[str]) -> None:
    stack = new_stack()
    AlarmForwarder(stack, "Alarms", hub=BUS, **options)
    rule = only(template_of(stack), "AWS::Events::Rule")
    assert rule["EventPattern"]["detail"] == {"state": {"value": states}}
    assert rule["EventPattern"]["account"] == [{"Ref": "AWS::AccountId"}]
    [target] = rule["Targets"]
    assert target["Arn"] == BUS
    assert "RoleArn" in target
    assert "DeadLetterConfig" in target


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"alarm_name_prefixes": ["prod-", "core-"]}, [{"prefix": "prod-"}, {"prefix": "core-"}]),
        ({"except_alarm_name_prefixes": ["own-"]}, [{"anything-but": {"prefix": "own-"}}]),
        ({"except_alarm_name_prefixes": ["a-", "b-"]}, [{"anything-but": {"prefix": ["a-", "b-"]}}]),
    ],
)
def test_a_forwarder_sends_alarms_by_name(options: dict[str, Any], names: list[Any]) -> None:
    stack = new_stack()
    AlarmForwarder(stack, "Alarms", hub=BUS, **options)
    detail = only(template_of(stack), "AWS::Events::Rule")["EventPattern"]["detail"]
    assert detail["alarmName"] == names


def test_a_hub_of_no_known_account_is_named_by_an_export_of_its_stack() -> None:
    app = new_app()
    hub = IncidentHub(cdk.Stack(app, "Own"), "Hub", response_plan=PLAN, organization_id=ORGANIZATION)
    member = cdk.Stack(app, "Member")
    AlarmForwarder(member, "Alarms", hub=hub)

    [target] = only(synth(member)["Member"], "AWS::Events::Rule")["Targets"]

    assert "Own" in json.dumps(target["Arn"])
    assert "AccountId" not in json.dumps(target["Arn"])


def test_a_forwarder_names_the_hub_of_its_app_literally() -> None:
    app = new_app()
    hub = IncidentHub(
        cdk.Stack(app, "Own", env=ENVIRONMENT), "Hub", response_plan=PLAN, organization_id=ORGANIZATION
    )
    member = cdk.Stack(app, "Member", env=OTHER_ENVIRONMENT)
    AlarmForwarder(member, "Alarms", hub=hub)

    [target] = only(synth(member)["Member"], "AWS::Events::Rule")["Targets"]

    assert flat(target["Arn"]) == f"arn:aws:events:eu-west-1:{ACCOUNT}:event-bus/{hub.event_bus_name}"


@pytest.mark.parametrize("option", ["alarm_name_prefixes", "except_alarm_name_prefixes"])
def test_as_many_prefixes_as_are_allowed_fit_into_a_pattern(option: str) -> None:
    stack = new_stack()
    prefixes = [f"team-{number:03}-" for number in range(73)]
    AlarmForwarder(stack, "Alarms", hub=BUS, insufficient_data=True, **{option: prefixes})  # type: ignore[arg-type]
    pattern = json.dumps(only(template_of(stack), "AWS::Events::Rule")["EventPattern"], separators=(",", ":"))
    assert len(pattern) <= 2048


def test_alarms_that_page_through_a_starter_of_the_account_are_not_sent_as_well() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Member", env=ENVIRONMENT)
    new_alarm(stack).add_alarm_action(IncidentAction(new_starter(stack)))
    AlarmForwarder(cdk.Stack(app, "Platform", env=ENVIRONMENT), "Alarms", hub=BUS)

    with pytest.raises(RuntimeError, match=r"\[Platform/Alarms\] .*Member/Incidents already"):
        app.synth()


def test_alarms_that_routes_wire_to_a_starter_of_the_account_are_not_sent_either() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Member", env=ENVIRONMENT)
    new_alarm(stack)
    AlarmForwarder(stack, "Alarms", hub=BUS)
    IncidentRoutes(default=new_starter(stack)).apply(app)

    with pytest.raises(RuntimeError, match=r"\[Member/Alarms\] .*Member/Incidents already"):
        app.synth()


def test_a_prefix_tells_the_two_ways_apart() -> None:
    app = new_app()
    stack = cdk.Stack(app, "Member", env=ENVIRONMENT)
    new_alarm(stack).add_alarm_action(IncidentAction(new_starter(stack)))
    AlarmForwarder(stack, "Alarms", hub=BUS, except_alarm_name_prefixes=["Member-"])
    synth(stack)


@pytest.mark.parametrize(
    "other",
    [OTHER_ENVIRONMENT, cdk.Environment(account=ACCOUNT, region="us-east-1")],
    ids=["account", "Region"],
)
def test_a_starter_of_another_environment_is_another_matter(other: cdk.Environment) -> None:
    app = new_app()
    stack = cdk.Stack(app, "Member", env=ENVIRONMENT)
    new_alarm(stack).add_alarm_action(IncidentAction(new_starter(stack)))
    forwarding = cdk.Stack(app, "Other", env=other)
    AlarmForwarder(forwarding, "Alarms", hub=BUS)
    synth(forwarding)


def test_the_hubs_own_starter_tells_an_action_and_an_event_apart_by_itself() -> None:
    stack = new_stack(env=ENVIRONMENT)
    hub = IncidentHub(stack, "Hub", response_plan=PLAN, organization_id=ORGANIZATION)
    new_alarm(stack).add_alarm_action(IncidentAction(hub.starter))
    AlarmForwarder(stack, "Alarms", hub=hub)
    assert len(resources(template_of(stack), "AWS::Events::Rule")) == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"hub": "incidents"}, "a bus's full ARN"),
        ({"hub": None}, "a bus's full ARN"),
        ({"alarm_name_prefixes": []}, "no alarm would be sent"),
        ({"alarm_name_prefixes": "prod-"}, "a list of values is needed"),
        ({"alarm_name_prefixes": ["a"], "except_alarm_name_prefixes": ["b"]}, "one of the two is allowed"),
        ({"alarm_name_prefixes": ["a-", "prod-*"]}, r"alarm_name_prefixes: got 'prod-\*', a prefix takes"),
        ({"except_alarm_name_prefixes": ["prod-*"]}, "except_alarm_name_prefixes: got .*: leave it out"),
        ({"except_alarm_name_prefixes": [""]}, "at least one visible character"),
        (
            {"alarm_name_prefixes": [f"team-{n:03}-" for n in range(90)]},
            "alarm_name_prefixes: got 2,070 char",
        ),
        ({"except_alarm_name_prefixes": ["x" * 255] * 7}, "except_alarm_name_prefixes: got .*name fewer"),
    ],
)
def test_a_mistake_in_a_forwarder_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^Stack/Alarms: .*{sentence}"):
        AlarmForwarder(new_stack(), "Alarms", **{"hub": BUS, **options})


def test_cdk_nag_finds_nothing_in_an_organization() -> None:
    cdk_nag = pytest.importorskip("cdk_nag")
    app = new_app()
    stack = cdk.Stack(app, "Incidents", env=ENVIRONMENT)
    hub = IncidentHub(stack, "Hub", response_plan=PLAN, organization_id=ORGANIZATION)
    ResponsePlanShare(stack, "Share", response_plan=engaging_plan(stack), principals=[ORGANIZATION_ARN])
    AlarmForwarder(cdk.Stack(app, "Member", env=OTHER_ENVIRONMENT), "Alarms", hub=hub)
    events.Rule(stack, "Other", event_bus=hub.event_bus, event_pattern=events.EventPattern(source=["shop"]))
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))

    directory = Path(app.synth().directory)

    report = json.loads((directory / "validation-report.json").read_text())
    assert [each["ruleName"] for plugin in report["pluginReports"] for each in plugin["violations"]] == []
