"""The construct of a response plan: what it makes, what it lets others do, and how starters name it."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import (
    aws_iam as iam,
    aws_kms as kms,
    aws_secretsmanager as secretsmanager,
    aws_sns as sns,
    aws_ssm as ssm,
    aws_ssmcontacts as ssmcontacts,
    aws_ssmincidents as ssmincidents,
)
from constructs import Construct

from constructs_lib import (
    Impact,
    PagerDuty,
    ResponsePlan,
    Runbook,
    RunbookAccount,
    RunbookVariable,
)
from tests.constructs.apps import (
    ACCOUNT,
    CURRENT_FLAGS,
    ENVIRONMENT,
    Template,
    allowed,
    flat,
    new_app,
    new_stack,
    new_starter,
    only,
    resources,
    synth,
    synthesized,
    template_of,
    warnings,
)
from tests.constructs.test_whole_apps import findings

KIND = "AWS::SSMIncidents::ResponsePlan"
CONTACT = f"arn:aws:ssm-contacts:eu-west-1:{ACCOUNT}:contact/on-call"
START, TAG = "ssm-incidents:StartIncident", "ssm-incidents:TagResource"
ENGAGE, CREATE = "ssm-contacts:StartEngagement", "ssm:CreateOpsItem"
THROUGH_INCIDENT_MANAGER = {"StringEquals": {"aws:CalledViaFirst": "ssm-incidents.amazonaws.com"}}
LITERAL = "arn:<AWS::Partition>:ssm-incidents::<AWS::AccountId>:response-plan/"
both_reference_strengths = pytest.mark.parametrize("flags", [CURRENT_FLAGS, {}], ids=["weak", "strong"])


def new_response_plan(scope: Construct, id: str = "Plan", **options: Any) -> ResponsePlan:
    return ResponsePlan(scope, id, **{"title": "Something is wrong", "impact": Impact.MEDIUM, **options})


def new_role(scope: Construct) -> iam.Role:
    return iam.Role(scope, "Person", assumed_by=iam.AccountRootPrincipal())


def raw(template: Template, type: str) -> dict[str, Any]:
    """The only resource of a type, with what stands around its properties."""
    [found] = [each for each in template["Resources"].values() if each["Type"] == type]
    assert isinstance(found, dict)
    return found


def test_the_least_is_a_title_and_an_impact_under_a_name_of_the_path() -> None:
    stack = new_stack()
    plan = new_response_plan(stack)

    properties = only(template_of(stack), KIND)

    assert properties == {
        "Name": plan.response_plan_name,
        "IncidentTemplate": {"Title": "Something is wrong", "Impact": 3},
    }
    assert plan.response_plan_name.startswith("Stack-Plan-")


def test_two_plans_of_one_id_in_two_stages_have_names_of_their_own() -> None:
    app = new_app()
    stacks = [cdk.Stack(cdk.Stage(app, stage), "Shop") for stage in ("Beta", "Prod")]
    names = {new_response_plan(stack).response_plan_name for stack in stacks}
    nested = cdk.NestedStack(stacks[0], "Nested")
    names.add(new_response_plan(nested).response_plan_name)

    assert len(names) == 3
    assert not any("Token" in name for name in names)


def test_everything_that_a_plan_can_say_arrives_in_the_template() -> None:
    stack = new_stack()
    chat, told = sns.Topic(stack, "Chat"), sns.Topic(stack, "Told")
    plan = new_response_plan(
        stack,
        chat_channel=[chat],
        dedupe_string="checkout",
        display_name="The checkout",
        engagements=[new_contact(stack, "Lead"), CONTACT],
        incident_tags={"team": "shop", "cost-centre": "12"},
        notification_targets=[told],
        pager_duty=PagerDuty("Shop", secret="pager-duty", service_id="PABC123"),
        response_plan_name="checkout",
        runbook=Runbook("AWS-RestartEC2Instance"),
        summary="**Nobody can pay.**\n\n- look at the till",
        tags={"owner": "shop"},
    )
    cdk.Tags.of(plan).add("stage", "prod")

    properties = only(template_of(stack), KIND)

    assert properties.pop("Actions")[0]["SsmAutomation"]["DocumentName"] == "AWS-RestartEC2Instance"
    assert properties == {
        "Name": "checkout",
        "DisplayName": "The checkout",
        "IncidentTemplate": {
            "Title": "Something is wrong",
            "Impact": 3,
            "Summary": "**Nobody can pay.**\n\n- look at the till",
            "DedupeString": "checkout",
            "IncidentTags": [{"Key": "team", "Value": "shop"}, {"Key": "cost-centre", "Value": "12"}],
            "NotificationTargets": [{"SnsTopicArn": {"Ref": logical_id(told)}}],
        },
        "ChatChannel": {"ChatbotSns": [{"Ref": logical_id(chat)}]},
        "Engagements": [{"Ref": "Lead"}, CONTACT],
        "Integrations": [
            {
                "PagerDutyConfiguration": {
                    "Name": "Shop",
                    "PagerDutyIncidentConfiguration": {"ServiceId": "PABC123"},
                    "SecretId": "pager-duty",
                }
            }
        ],
        "Tags": [{"Key": "owner", "Value": "shop"}, {"Key": "stage", "Value": "prod"}],
    }


def new_contact(scope: Construct, id: str) -> ssmcontacts.CfnContact:
    return ssmcontacts.CfnContact(
        scope, id, alias=id.lower(), display_name=id, type="PERSONAL", plan=[{"durationInMinutes": 5}]
    )


def new_document(scope: Construct) -> ssm.CfnDocument:
    wait = {"name": "Wait", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}}
    content = {"schemaVersion": "0.3", "mainSteps": [wait]}
    return ssm.CfnDocument(scope, "Document", content=content, document_type="Automation")


def logical_id(construct: Construct) -> str:
    child = construct.node.default_child
    assert isinstance(child, cdk.CfnElement)
    return str(cdk.Stack.of(construct).get_logical_id(child))


def test_a_secret_of_the_app_is_named_by_its_arn() -> None:
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Secret")
    new_response_plan(stack, pager_duty=PagerDuty("Shop", secret=secret, service_id="P1"))

    [integration] = only(template_of(stack), KIND)["Integrations"]

    assert integration["PagerDutyConfiguration"]["SecretId"] == {"Ref": logical_id(secret)}


@pytest.mark.parametrize(
    "who",
    [
        {"engagements": [CONTACT]},
        {"pager_duty": PagerDuty("Shop", secret="pager-duty", service_id="P1")},
        {"chat_channel": True},
        {"notification_targets": True},
    ],
    ids=lambda who: next(iter(who)),
)
def test_a_plan_that_tells_somebody_does_not_warn(who: dict[str, Any]) -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "Topic")
    given: dict[str, Any] = {name: [topic] if each is True else each for name, each in who.items()}
    new_response_plan(stack, **given)

    assert warnings(stack) == []


def test_a_plan_that_tells_nobody_warns() -> None:
    stack = new_stack()
    new_response_plan(stack)

    [warning] = warnings(stack)

    assert "page and tell nobody: name engagements" in warning


# -- topics ------------------------------------------------------------------------------------------


def test_incident_manager_may_publish_to_the_topics_before_the_plan_is_made() -> None:
    stack = new_stack(env=ENVIRONMENT)
    topic = sns.Topic(stack, "Chat", master_key=kms.Key(stack, "Key"))
    for name in ("One", "Two"):
        new_response_plan(stack, name, chat_channel=[topic], notification_targets=[topic])

    template = template_of(stack)

    [statement] = only(template, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ssm-incidents.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"] == {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}
    [policy] = [name for name, each in template["Resources"].items() if "TopicPolicy" in each["Type"]]
    waiting = [each["DependsOn"] for each in template["Resources"].values() if each["Type"] == KIND]
    assert waiting == [[policy], [policy]]
    [_, opened] = only(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    assert opened["Principal"] == {"Service": "ssm-incidents.amazonaws.com"}
    assert opened["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_a_topic_of_others_warns_that_its_owner_must_let_incident_manager_publish() -> None:
    stack = new_stack()
    theirs = sns.Topic.from_topic_arn(stack, "Theirs", f"arn:aws:sns:eu-west-1:{ACCOUNT}:theirs")
    bare = sns.CfnTopic(stack, "Bare", topic_name="bare")
    new_response_plan(stack, chat_channel=[theirs, bare])

    told = warnings(stack)

    assert len(told) == 2
    assert "the policy of Stack/Theirs is not the plan's to write" in told[0]
    assert "the policy of Stack/Bare is not the plan's to write" in told[1]
    assert len(only(template_of(stack), KIND)["ChatChannel"]["ChatbotSns"]) == 2


def test_a_topic_of_another_stack_is_made_first() -> None:
    app = new_app()
    topic = sns.Topic(cdk.Stack(app, "Chat"), "Topic")
    plans = cdk.Stack(app, "Plans")
    new_response_plan(plans, chat_channel=[topic])

    templates = synth(app)

    assert "DependsOn" not in raw(templates["Plans"], KIND)
    assert [each.stack_name for each in plans.dependencies] == ["Chat"]
    assert len(resources(templates["Chat"], "AWS::SNS::TopicPolicy")) == 1


# -- runbook -----------------------------------------------------------------------------------------


def test_a_runbook_starts_with_fixed_values_and_with_those_of_the_incident() -> None:
    stack = new_stack()
    runbook = Runbook(
        "Restart",
        version="3",
        parameters={
            "Service": "checkout",
            "Hosts": ["a", "b"],
            "Incident": RunbookVariable.INCIDENT_RECORD_ARN,
            "Resources": RunbookVariable.INVOLVED_RESOURCES,
        },
    )
    new_response_plan(stack, runbook=runbook)

    [action] = only(template_of(stack), KIND)["Actions"]

    automation = action["SsmAutomation"]
    assert automation.pop("RoleArn")["Fn::GetAtt"][1] == "Arn"
    assert automation == {
        "DocumentName": "Restart",
        "DocumentVersion": "3",
        "TargetAccount": "RESPONSE_PLAN_OWNER_ACCOUNT",
        "Parameters": [
            {"Key": "Service", "Values": ["checkout"]},
            {"Key": "Hosts", "Values": ["a", "b"]},
        ],
        "DynamicParameters": [
            {"Key": "Incident", "Value": {"Variable": "INCIDENT_RECORD_ARN"}},
            {"Key": "Resources", "Value": {"Variable": "INVOLVED_RESOURCES"}},
        ],
    }


@pytest.mark.parametrize(
    ("document", "owner", "name"),
    [
        ("Restart", "<AWS::AccountId>", "Restart"),
        ("AWS-RestartEC2Instance", "", "AWS-RestartEC2Instance"),
        ("AWSIncidents-CriticalIncidentRunbookTemplate", "", "AWSIncidents-CriticalIncidentRunbookTemplate"),
        ("arn:aws:ssm:us-east-1:444455556666:document/Shared", "444455556666", "Shared"),
    ],
)
def test_the_role_may_start_the_document_and_nothing_else(document: str, owner: str, name: str) -> None:
    stack = new_stack()
    new_response_plan(stack, runbook=Runbook(document))

    template = template_of(stack)

    beginning = "arn:<AWS::Partition>:ssm:*"
    assert allowed(template, "ssm:StartAutomationExecution") == sorted(
        [
            f"{beginning}:{owner}:automation-definition/{name}:*",
            f"{beginning}:{owner}:document/{name}",
            f"{beginning}:<AWS::AccountId>:automation-execution/*",
        ]
    )
    assert len(only(template, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]) == 1


def test_the_role_can_be_assumed_for_incidents_of_its_own_plan_only() -> None:
    stack = new_stack()
    new_response_plan(stack, response_plan_name="checkout", runbook=Runbook("Restart"))

    [trust] = only(template_of(stack), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": "ssm-incidents.amazonaws.com"}
    source = flat(trust["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source == "arn:<AWS::Partition>:ssm-incidents:*:<AWS::AccountId>:incident-record/checkout/*"


def test_a_runbook_in_the_impacted_account_may_assume_that_accounts_role() -> None:
    stack = new_stack()
    new_response_plan(stack, runbook=Runbook("Restart", target_account=RunbookAccount.IMPACTED))

    assert allowed(template_of(stack), "sts:AssumeRole") == [
        "arn:<AWS::Partition>:iam::*:role/AWS-SystemsManager-AutomationExecutionRole"
    ]


def test_what_the_steps_need_is_granted_to_the_plans_runbook_role() -> None:
    stack = new_stack()
    plan = new_response_plan(stack, runbook=Runbook("Restart"))
    assert plan.runbook_role is not None
    plan.runbook_role.add_to_principal_policy(
        iam.PolicyStatement(actions=["ecs:UpdateService"], resources=["*"])
    )

    assert allowed(template_of(stack), "ecs:UpdateService") == ["*"]


def test_a_role_that_is_given_stays_as_it_is() -> None:
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/runbooks")
    plan = new_response_plan(stack, runbook=Runbook("Restart", role=role))

    template = template_of(stack)

    assert plan.runbook_role is role
    [action] = only(template, KIND)["Actions"]
    assert action["SsmAutomation"]["RoleArn"] == f"arn:aws:iam::{ACCOUNT}:role/runbooks"
    assert resources(template, "AWS::IAM::Role") == resources(template, "AWS::IAM::Policy") == []


def test_a_document_of_the_app_is_named_and_may_be_started() -> None:
    stack = new_stack()
    document = new_document(stack)
    new_response_plan(stack, runbook=Runbook(document))

    template = template_of(stack)

    [action] = only(template, KIND)["Actions"]
    assert action["SsmAutomation"]["DocumentName"] == {"Ref": "Document"}
    startable = allowed(template, "ssm:StartAutomationExecution")
    assert "arn:<AWS::Partition>:ssm:*:<AWS::AccountId>:document/<Document>" in startable


def test_without_a_runbook_there_is_no_role() -> None:
    assert new_response_plan(new_stack()).runbook_role is None


# -- replication set ---------------------------------------------------------------------------------


def test_a_plan_is_made_after_the_replication_set_and_deleted_before_it() -> None:
    stack = new_stack()
    everywhere = ssmincidents.CfnReplicationSet(stack, "Everywhere", regions=[{"regionName": "eu-west-1"}])
    new_response_plan(stack, replication_set=everywhere)

    assert raw(template_of(stack), KIND)["DependsOn"] == ["Everywhere"]


def test_a_replication_set_of_another_stack_orders_the_stacks() -> None:
    app = new_app()
    platform, shop = cdk.Stack(app, "Platform"), cdk.Stack(app, "Shop")
    everywhere = ssmincidents.CfnReplicationSet(platform, "Set", regions=[{"regionName": "eu-west-1"}])
    new_response_plan(shop, replication_set=everywhere)

    synth(app)

    assert [each.stack_name for each in shop.dependencies] == ["Platform"]


# -- all of it ---------------------------------------------------------------------------------------


def test_cdk_nag_finds_nothing_in_a_plan_with_everything() -> None:
    cdk_nag = pytest.importorskip("cdk_nag")
    app = new_app()
    stack = cdk.Stack(app, "Plans")
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    chat = sns.Topic(stack, "Chat", master_key=key, enforce_ssl=True)
    document = new_document(stack)
    plan = new_response_plan(
        stack,
        chat_channel=[chat],
        engagements=[CONTACT],
        incident_tags={"team": "shop"},
        notification_targets=[chat],
        runbook=Runbook(document, target_account=RunbookAccount.IMPACTED),
        tags={"team": "shop"},
    )
    owned_by_aws = Runbook("AWS-RestartEC2Instance")
    new_response_plan(stack, "AwsOwned", engagements=[CONTACT], runbook=owned_by_aws)
    role = new_role(stack)
    plan.grant_start_incident(role)
    why = "Granted by the plan: CreateOpsItem knows no narrower resource, through Incident Manager only"
    ours = cdk.Acknowledgment(id="AwsSolutions-IAM5[Resource::*]", reason=why)
    cdk.Validations.of(role).acknowledge(ours)
    new_starter(cdk.Stack(app, "Starter"), response_plan=plan)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))

    directory = Path(app.synth().directory)

    synthesized.append(directory)
    assert not any(findings(directory).values())
