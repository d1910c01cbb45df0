"""Routes of whole apps: every kind of alarm, wherever it is made."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import (
    assertions,
    aws_cloudwatch as cloudwatch,
    aws_cloudwatch_actions as actions,
    aws_s3 as s3,
    aws_sns as sns,
    cloudformation_include,
    pipelines,
)
from constructs import Construct, IConstruct

from constructs_lib import (
    AlarmMatch,
    Impact,
    IncidentAction,
    IncidentDetails,
    IncidentRoutes,
    IncidentStarter,
    IncidentSubscription,
    RelatedItem,
    Route,
)
from tests.constructs.apps import (
    CURRENT_FLAGS,
    ENVIRONMENT,
    FUNCTION,
    OTHER_ACCOUNT,
    OTHER_ENVIRONMENT,
    OTHER_PLAN,
    Template,
    allowed,
    flat,
    new_alarm,
    new_app,
    new_starter,
    resources,
    synth,
)
from tests.constructs.messages import counted_messages

ALARM, COMPOSITE, LOG = (f"AWS::CloudWatch::{kind}" for kind in ("Alarm", "CompositeAlarm", "LogAlarm"))
RUNBOOK = RelatedItem.url("https://wiki.example.com/shop", title="Runbook")


class Shop:
    """An app with a starter in one stack and alarms in others."""

    def __init__(self, **starter: Any) -> None:
        self.app = new_app()
        self.home, self.stack = cdk.Stack(self.app, "Home"), cdk.Stack(self.app, "Shop")
        self.starter = new_starter(self.home, **starter)

    def routed(self, *routes: Route, **options: Any) -> dict[str, Template]:
        IncidentRoutes(default=self.starter, routes=routes, **options).apply(self.app)
        return synth(self.app)


@pytest.fixture
def shop() -> Shop:
    return Shop()


def alarms(templates: dict[str, Template], stack: str = "Shop") -> dict[str, dict[str, Any]]:
    """The properties of a stack's alarms by the beginning of their logical ids."""
    found = templates[stack]["Resources"]
    return {
        name: resource.get("Properties", {})
        for name, resource in found.items()
        if resource["Type"] in (ALARM, COMPOSITE, LOG)
    }


def only_alarm(templates: dict[str, Template], stack: str = "Shop") -> dict[str, Any]:
    [found] = alarms(templates, stack).values()
    return found


def is_routed(alarm: dict[str, Any]) -> bool:
    return any("Incidents" in flat(action) or action == FUNCTION for action in alarm.get("AlarmActions", ()))


def error(app: cdk.App) -> str:
    """What the synthesis of an app fails with."""
    with pytest.raises(RuntimeError) as caught:
        app.synth()
    return str(caught.value)


def warned(stack: cdk.Stack) -> list[tuple[str, str]]:
    routes = assertions.Match.string_like_regexp("incident routes")
    found = assertions.Annotations.from_stack(stack).find_warning("*", routes)
    return [(each.id, str(each.entry.data)) for each in found]


def l1(scope: Construct, id: str = "Alarm", **options: Any) -> cloudwatch.CfnAlarm:
    given = {"metric_name": "Errors", "namespace": "Shop", "period": 60, "statistic": "Sum", "threshold": 1}
    return cloudwatch.CfnAlarm(
        scope, id, comparison_operator="GreaterThanThreshold", evaluation_periods=1, **{**given, **options}
    )


def test_an_app_without_any_wiring_gets_routes_in_one_line(shop: Shop) -> None:
    new_alarm(shop.stack, alarm_description="Too many.")

    templates = shop.routed(Route(AlarmMatch(namespace="Shop"), impact=Impact.HIGH, related_items=[RUNBOOK]))

    assert is_routed(only_alarm(templates))
    assert only_alarm(templates)["AlarmDescription"] == (
        "Too many.\n\n- Impact: 2 - High\n- Runbook: https://wiki.example.com/shop"
    )
    assert {each["Type"] for each in templates["Shop"]["Resources"].values()} == {ALARM}


def composite(scope: Construct) -> object:
    return cloudwatch.CompositeAlarm(
        scope, "Alarm", alarm_rule=cloudwatch.AlarmRule.from_string('ALARM("x")'), composite_alarm_name="all"
    )


def math(scope: Construct) -> object:
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
    expression = cloudwatch.MathExpression(expression="a * 2", using_metrics={"a": metric})
    return expression.create_alarm(scope, "Alarm", threshold=1, evaluation_periods=1)


def anomaly(scope: Construct) -> object:
    return cloudwatch.AnomalyDetectionAlarm(
        scope,
        "Alarm",
        metric=cloudwatch.Metric(namespace="Shop", metric_name="Errors"),
        evaluation_periods=1,
    )


def promql(scope: Construct) -> object:
    return cloudwatch.CfnAlarm(
        scope,
        "Alarm",
        evaluation_criteria=cloudwatch.CfnAlarm.EvaluationCriteriaProperty(
            prom_ql_criteria=cloudwatch.CfnAlarm.AlarmPromQLCriteriaProperty(query="up == 0")
        ),
        evaluation_interval=60,
    )


def log(scope: Construct) -> object:
    return cdk.CfnResource(
        scope,
        "Alarm",
        type=LOG,
        properties={"AlarmName": "log", "ScheduledQueryConfiguration": {"QueryString": "fields @message"}},
    )


def raw(scope: Construct) -> object:
    return cdk.CfnResource(
        scope, "Alarm", type=ALARM, properties={"Namespace": "Shop", "MetricName": "Errors"}
    )


KINDS: dict[str, tuple[Callable[[Construct], object], str]] = {
    "an L2 alarm": (new_alarm, "metric"),
    "an L1 alarm": (l1, "metric"),
    "an alarm without a class": (raw, "metric"),
    "a composite alarm": (composite, "composite"),
    "an alarm on an expression": (math, "math"),
    "an alarm on anomalies": (anomaly, "anomaly"),
    "a PromQL alarm": (promql, "promql"),
    "a log alarm": (log, "log"),
}


@pytest.mark.parametrize("alarm", KINDS)
def test_every_kind_of_alarm_is_routed_by_its_kind(alarm: str, shop: Shop) -> None:
    make, kind = KINDS[alarm]
    make(shop.stack)

    found = only_alarm(shop.routed(Route(AlarmMatch(kind=kind), impact=Impact.HIGH)))

    assert is_routed(found)
    assert found["AlarmDescription"] == "- Impact: 2 - High"


def test_an_alarm_on_an_expression_has_the_namespaces_of_its_metrics(shop: Shop) -> None:
    math(shop.stack)

    assert (
        "Impact"
        in only_alarm(shop.routed(Route(AlarmMatch(namespace="Shop"), impact=Impact.HIGH)))[
            "AlarmDescription"
        ]
    )


def test_alarms_of_nested_stacks_are_routed_by_their_path(shop: Shop) -> None:
    nested = cdk.NestedStack(shop.stack, "Nested")
    new_alarm(nested)

    templates = shop.routed(Route(AlarmMatch(path="Shop/Nested/Alarm"), impact=Impact.HIGH))

    [found] = resources(templates, ALARM)
    assert found["AlarmDescription"] == "- Impact: 2 - High"
    assert "AlarmActions" in found


@pytest.mark.parametrize("stabilized", [True, False])
def test_alarms_and_tags_that_aspects_make_are_routed(stabilized: bool, shop: Shop) -> None:  # noqa: FBT001 - a case
    @jsii.implements(cdk.IAspect)
    class Watching:
        def visit(self, node: IConstruct) -> None:
            if (
                isinstance(node, cdk.Stack)
                and node.node.id == "Shop"
                and not node.node.try_find_child("Made")
            ):
                new_alarm(node, "Made")

    cdk.Aspects.of(shop.app).add(Watching())
    cdk.Tags.of(shop.stack).add("team", "checkout")
    IncidentRoutes(
        default=shop.starter, routes=[Route(AlarmMatch(tags={"team": "check*"}), impact=Impact.HIGH)]
    ).apply(shop.app)

    assembly = shop.app.synth(aspect_stabilization=stabilized)

    found = only_alarm({"Shop": assembly.get_stack_by_name("Shop").template})
    assert is_routed(found)
    assert found["AlarmDescription"] == "- Impact: 2 - High"


def test_each_stage_has_its_own_starter() -> None:
    app = new_app()
    for name in ("Dev", "Prod"):
        stage = cdk.Stage(app, name)
        stack = cdk.Stack(stage, "Shop")
        new_alarm(stack)
        IncidentRoutes(
            default=new_starter(stack), routes=[Route(AlarmMatch(stage="prod"), impact=Impact.CRITICAL)]
        ).apply(stage)

    dev, prod = [only_alarm({"Shop": body}) for _, body in sorted(synth(app).items())]

    assert is_routed(dev)
    assert is_routed(prod)
    assert "AlarmDescription" not in dev
    assert prod["AlarmDescription"] == "- Impact: 1 - Critical"


def test_one_imported_starter_serves_all_stages_of_an_app_in_one_line() -> None:
    app = new_app()
    starter = IncidentStarter.from_function_arn(
        cdk.Stack(app, "Platform", env=ENVIRONMENT), "Starter", FUNCTION
    )
    pipeline = cdk.Stack(app, "Pipeline", env=ENVIRONMENT)
    for scope, name in ((app, "Dev"), (pipeline, "Prod")):
        new_alarm(cdk.Stack(cdk.Stage(scope, name), "Shop", env=ENVIRONMENT))
    IncidentRoutes(default=starter, routes=[Route(AlarmMatch(stage="*prod"), impact=Impact.HIGH)]).apply(app)

    found = resources(synth(app), ALARM)

    assert [each["AlarmActions"] for each in found] == [[FUNCTION], [FUNCTION]]
    assert sorted(str(each.get("AlarmDescription")) for each in found) == ["- Impact: 2 - High", "None"]


def test_a_stage_that_is_made_after_the_routes_is_refused() -> None:
    app = new_app()
    starter = IncidentStarter.from_function_arn(cdk.Stack(app, "Platform"), "Starter", FUNCTION)
    IncidentRoutes(default=starter).apply(app)
    new_alarm(cdk.Stack(cdk.Stage(app, "Prod"), "Shop"))

    with pytest.raises(RuntimeError, match=r"Prod: got a Stage that was made after IncidentRoutes\.apply"):
        app.synth()


def test_the_starter_of_another_stage_is_an_error_at_each_alarm() -> None:
    app = new_app()
    starter = new_starter(cdk.Stack(cdk.Stage(app, "Dev"), "Home"))
    stack = cdk.Stack(cdk.Stage(app, "Prod"), "Shop")
    new_alarm(stack)
    IncidentRoutes(default=starter).apply(app)

    sentence = error(app)
    assert "the starter Dev/Home/Incidents, which is in Dev and cannot be referred to" in sentence
    assert "Prod/Shop/Alarm" in sentence


def pipeline_stage(app: cdk.App) -> tuple[pipelines.CodePipeline, cdk.Stage, cdk.Stack]:
    stack = cdk.Stack(app, "Pipeline")
    source = pipelines.CodePipelineSource.s3(s3.Bucket(stack, "Source"), "source.zip")
    synth = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
    stage = cdk.Stage(stack, "Prod")
    home = cdk.Stack(stage, "Shop")
    new_alarm(home)
    return pipelines.CodePipeline(stack, "Pipeline", synth=synth), stage, home


def test_a_stage_of_cdk_pipelines_is_routed_before_it_is_added() -> None:
    app = new_app()
    pipeline, stage, home = pipeline_stage(app)
    IncidentRoutes(default=new_starter(home)).apply(stage)
    pipeline.add_stage(stage)

    [found] = resources(synth(app), ALARM)
    assert is_routed(found)


def test_routes_after_a_stage_was_added_to_cdk_pipelines_are_refused() -> None:
    app = new_app()
    pipeline, stage, _ = pipeline_stage(app)
    pipeline.add_stage(stage)
    starter = IncidentStarter.from_function_arn(cdk.Stack(app, "Platform"), "Starter", FUNCTION)

    with pytest.raises(
        ValueError, match="Pipeline/Prod: got routes after it was synthesized, as add_stage of"
    ):
        IncidentRoutes(default=starter).apply(app)


def test_a_named_starter_of_another_stage_of_the_same_environment_is_an_error_too() -> None:
    app = new_app()
    starter = new_starter(cdk.Stack(cdk.Stage(app, "Dev"), "Home"), function_name="incidents")
    new_alarm(cdk.Stack(cdk.Stage(app, "Prod"), "Shop"))
    IncidentRoutes(default=starter).apply(app)

    assert "which is in Dev and cannot be referred to" in error(app)


def test_a_named_starter_serves_a_stage_of_another_account() -> None:
    app = new_app()
    home = cdk.Stack(cdk.Stage(app, "Platform"), "Home", env=ENVIRONMENT)
    starter = new_starter(home, function_name="incidents", trusted_accounts=[OTHER_ACCOUNT])
    new_alarm(cdk.Stack(cdk.Stage(app, "Prod"), "Shop", env=OTHER_ENVIRONMENT))
    IncidentRoutes(default=starter).apply(app)

    [found] = resources(synth(app), ALARM)

    assert flat(found["AlarmActions"][0]).endswith(":lambda:eu-west-1:111122223333:function:incidents")


def test_an_app_without_stages_says_its_stage_in_the_context() -> None:
    app = new_app(flags={**CURRENT_FLAGS, "stage": "prod"})
    stack = cdk.Stack(app, "Shop")
    new_alarm(stack)
    IncidentRoutes(
        default=new_starter(stack), routes=[Route(AlarmMatch(stage="Prod"), impact=Impact.HIGH)]
    ).apply(app)

    assert only_alarm(synth(app))["AlarmDescription"] == "- Impact: 2 - High"


def test_stacks_of_two_environments_have_a_starter_each() -> None:
    app = new_app()
    routes = []
    for region in ("eu-west-1", "us-east-1"):
        stack = cdk.Stack(app, region, env=cdk.Environment(account="111122223333", region=region))
        starter = new_starter(stack)
        new_alarm(stack, "Wired").add_alarm_action(IncidentAction(starter))
        new_alarm(stack, "Bare")
        routes.append(Route(AlarmMatch(path=f"{region}/**"), starter=starter))
    IncidentRoutes(routes=routes).apply(app)

    templates = synth(app)

    for region in ("eu-west-1", "us-east-1"):
        [one], [other] = [each["AlarmActions"] for each in alarms(templates, region).values()]
        assert one == other


class TestWhatATeamWired:
    """It wins."""

    def test_an_action_to_a_starter(self, shop: Shop) -> None:
        new_alarm(shop.stack).add_alarm_action(IncidentAction(shop.starter, impact=Impact.LOW))

        found = only_alarm(shop.routed(impact=Impact.HIGH))

        assert len(found["AlarmActions"]) == 1
        assert found["AlarmDescription"] == "- Impact: 4 - Low"

    def test_an_action_to_a_starter_that_no_route_names(self, shop: Shop) -> None:
        own = IncidentStarter.from_function_arn(shop.stack, "Own", FUNCTION)
        l1(shop.stack, alarm_actions=[own.function.function_arn])

        assert only_alarm(shop.routed(impact=Impact.HIGH))["AlarmActions"] == [FUNCTION]

    def test_an_action_that_names_a_starter_by_its_name(self) -> None:
        app = new_app()
        stack = cdk.Stack(app, "Shop", env=ENVIRONMENT)
        starter = new_starter(stack, function_name="incidents")
        formatted = stack.format_arn(
            service="lambda",
            resource="function",
            resource_name="incidents",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        l1(stack, "Literal", alarm_actions=[FUNCTION])
        l1(stack, "Formatted", alarm_actions=[formatted])
        IncidentRoutes(default=starter).apply(app)

        assert [len(each["AlarmActions"]) for each in alarms(synth(app)).values()] == [1, 1]

    def test_a_topic_that_a_starter_is_subscribed_to(self, shop: Shop) -> None:
        topic = sns.Topic(shop.home, "Topic")
        topic.add_subscription(IncidentSubscription(shop.starter))
        new_alarm(shop.stack).add_alarm_action(actions.SnsAction(topic))

        assert len(only_alarm(shop.routed())["AlarmActions"]) == 1

    def test_the_native_action(self, shop: Shop) -> None:
        new_alarm(shop.stack).add_alarm_action(actions.SsmIncidentAction("on-call"))

        assert len(only_alarm(shop.routed())["AlarmActions"]) == 1

    def test_lines_in_its_description(self, shop: Shop) -> None:
        new_alarm(shop.stack, alarm_description=IncidentDetails(impact=Impact.LOW).description("Mine."))

        found = only_alarm(shop.routed(impact=Impact.HIGH, title="Ours"))

        assert found["AlarmDescription"] == "Mine.\n\n- Impact: 4 - Low\n\n- Title: Ours"
        assert is_routed(found)

    def test_any_other_action_stays_beside_the_routes(self, shop: Shop) -> None:
        new_alarm(shop.stack).add_alarm_action(actions.SnsAction(sns.Topic(shop.home, "Topic")))

        topic, starter = map(flat, only_alarm(shop.routed())["AlarmActions"])

        assert "Topic" in topic
        assert "Incidents" in starter

    def test_unless_the_routes_say_otherwise(self, shop: Shop) -> None:
        own = IncidentStarter.from_function_arn(shop.stack, "Own", FUNCTION)
        topic = sns.Topic(shop.home, "Topic")
        alarm = new_alarm(shop.stack)
        alarm.add_alarm_action(IncidentAction(own, impact=Impact.LOW), actions.SnsAction(topic))

        found = only_alarm(shop.routed(impact=Impact.HIGH, replace_wiring=True))

        kept, routed = map(flat, found["AlarmActions"])
        assert "Topic" in kept
        assert "Incidents" in routed
        assert found["AlarmDescription"] == "- Impact: 4 - Low\n\n- Impact: 2 - High"


def test_what_is_excluded_stays_as_it_is(shop: Shop) -> None:
    IncidentRoutes.exclude(new_alarm(shop.stack, "Left"))
    new_alarm(shop.stack, "LeftOver")

    found = alarms(shop.routed())

    assert {is_routed(each) for name, each in found.items() if not name.startswith("LeftOver")} == {False}
    assert sum(map(is_routed, found.values())) == 1


def test_routes_of_an_inner_construct_are_asked_first(shop: Shop) -> None:
    new_alarm(shop.stack, "Decided", alarm_name="decided")
    new_alarm(shop.stack, "Left", alarm_name="left")
    new_alarm(cdk.Stack(shop.app, "Else"), alarm_name="decided")
    IncidentRoutes(routes=[Route(AlarmMatch(name="decided"), starter=shop.starter, impact=Impact.LOW)]).apply(
        shop.stack
    )

    templates = shop.routed(impact=Impact.HIGH)

    described = {name[:4]: each["AlarmDescription"] for name, each in alarms(templates).items()}
    assert described == {"Deci": "- Impact: 4 - Low", "Left": "- Impact: 2 - High"}
    assert only_alarm(templates, "Else")["AlarmDescription"] == "- Impact: 2 - High"


def test_routes_of_a_stack_leave_other_stacks_alone(shop: Shop) -> None:
    new_alarm(shop.stack)
    new_alarm(cdk.Stack(shop.app, "Else"))
    IncidentRoutes(default=shop.starter).apply(shop.stack)

    templates = synth(shop.app)

    assert is_routed(only_alarm(templates))
    assert not is_routed(only_alarm(templates, "Else"))


def test_what_watches_a_starter_is_not_told_to_it(shop: Shop) -> None:
    shop.starter.monitor(sns.Topic(shop.stack, "Topic"))

    assert not any(map(is_routed, alarms(shop.routed(), "Home").values()))


def test_a_route_that_pages_nobody_leaves_the_alarm_alone(shop: Shop) -> None:
    new_alarm(shop.stack)

    assert (
        only_alarm(shop.routed(Route(AlarmMatch(namespace="Shop"), page=False)))
        .keys()
        .isdisjoint({"AlarmActions", "AlarmDescription"})
    )


def test_starters_are_told_of_other_states_if_the_routes_say_so(shop: Shop) -> None:
    new_alarm(shop.stack)

    found = only_alarm(shop.routed(tell_ok=True, tell_insufficient_data=True))

    assert found["AlarmActions"] == found["OKActions"] == found["InsufficientDataActions"]


def test_the_plan_of_a_route_is_allowed_to_its_starter(shop: Shop) -> None:
    new_alarm(shop.stack)

    templates = shop.routed(Route(AlarmMatch(namespace="Shop"), response_plan=OTHER_PLAN))

    assert OTHER_PLAN in allowed(templates, "ssm-incidents:StartIncident")
    assert only_alarm(templates)["AlarmDescription"] == f"- Response plan: {OTHER_PLAN}"


def test_a_name_that_only_a_deployment_knows_is_told_with_the_alarms_path(shop: Shop) -> None:
    new_alarm(shop.stack, "Unnamed")
    new_alarm(shop.stack, "Token", alarm_name=cdk.CfnParameter(shop.stack, "Name").value_as_string)
    shop.routed(Route(AlarmMatch(name="checkout-*"), name="checkout"))

    [(path, sentence)] = warned(shop.stack)

    assert path.startswith("/Shop/Unnamed")
    assert "routes[0] (checkout) looks at the name, which only a deployment knows of this alarm" in sentence
    assert "nor do Shop/Token" in sentence


def test_a_description_with_tokens_keeps_them(shop: Shop) -> None:
    text = cdk.CfnParameter(shop.stack, "Text").value_as_string
    new_alarm(shop.stack, alarm_description=f"See {text}")

    found = only_alarm(shop.routed(impact=Impact.HIGH))

    assert flat(found["AlarmDescription"]) == "See <Text>\n\n- Impact: 2 - High"


def test_actions_of_a_list_parameter_are_an_error_with_the_alarms_path(shop: Shop) -> None:
    topics = cdk.CfnParameter(shop.stack, "Topics", type="CommaDelimitedList").value_as_list
    l1(shop.stack, alarm_actions=topics)
    IncidentRoutes(default=shop.starter).apply(shop.app)

    assert "its actions for the alarm state are one value, such as a parameter" in error(shop.app)


def test_a_list_of_somebody_s_own_making_is_an_error_and_not_lost(shop: Shop) -> None:
    topic = sns.Topic(shop.home, "Topic")

    @jsii.implements(cdk.IStableListProducer)
    class Topics:
        def produce(self) -> list[str]:
            return [topic.topic_arn]

    l1(shop.stack, alarm_actions=cdk.Lazy.list(Topics()))
    IncidentRoutes(default=shop.starter).apply(shop.app)

    assert "its actions for the alarm state are one value, such as a parameter" in error(shop.app)


def include(shop: Shop, folder: Path, **properties: object) -> None:
    """An alarm of a template that somebody wrote by hand."""
    alarm = {"Type": ALARM, "Properties": {"Namespace": "Shop", "MetricName": "Errors", **properties}}
    template = {
        "Conditions": {"Loud": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, "Alarm": alarm},
    }
    (folder / "template.json").write_text(json.dumps(template))
    cloudformation_include.CfnInclude(shop.stack, "Included", template_file=str(folder / "template.json"))


def test_alarms_of_an_included_template_keep_their_actions_and_get_the_route_s(
    shop: Shop, tmp_path: Path
) -> None:
    include(
        shop, tmp_path, AlarmActions=[{"Ref": "Topic"}], AlarmDescription={"Fn::Sub": "In ${AWS::Region}"}
    )

    found = only_alarm(shop.routed(Route(AlarmMatch(namespace="Shop"), impact=Impact.HIGH)))

    assert flat(found["AlarmActions"][0]) == "<Topic>"
    assert len(found["AlarmActions"]) == 2
    assert "Impact: 2 - High" in flat(found["AlarmDescription"])


def test_a_condition_in_place_of_an_included_list_is_an_error_and_not_lost(
    shop: Shop, tmp_path: Path
) -> None:
    either = {"Fn::If": ["Loud", [{"Ref": "Topic"}], {"Ref": "AWS::NoValue"}]}
    include(shop, tmp_path, AlarmActions=either)
    IncidentRoutes(default=shop.starter).apply(shop.app)

    assert "its actions for the alarm state are one value, such as a parameter" in error(shop.app)


def test_intrinsic_functions_of_an_alarm_without_a_class_stay_as_they_are(shop: Shop) -> None:
    topic = sns.Topic(shop.stack, "Topic")
    cdk.CfnResource(
        shop.stack,
        "Alarm",
        type=ALARM,
        properties={"Namespace": "Shop", "AlarmActions": [topic.topic_arn, {"Ref": "AWS::NoValue"}]},
    )

    actions = only_alarm(shop.routed())["AlarmActions"]

    assert actions[1] == {"Ref": "AWS::NoValue"}
    assert len(actions) == 3


def test_five_actions_already_are_an_error_with_the_alarms_path(shop: Shop) -> None:
    arns = [f"arn:aws:sns:eu-west-1:111122223333:topic{number}" for number in range(5)]
    l1(shop.stack, alarm_actions=arns)
    IncidentRoutes(default=shop.starter).apply(shop.app)

    sentence = error(shop.app)
    assert (
        "incident routes: got 5 actions for its alarm state already and no room for 1 more, CloudWatch takes "
        "5: remove one, or exclude the alarm with IncidentRoutes.exclude"
    ) in sentence
    assert "Shop/Alarm" in sentence


def test_a_description_without_room_is_an_error_with_the_alarms_path(shop: Shop) -> None:
    new_alarm(shop.stack, alarm_description="x" * 1020)
    IncidentRoutes(default=shop.starter, impact=Impact.HIGH).apply(shop.app)

    sentence = error(shop.app)
    assert "description: got 1,040 characters with its trailers, CloudWatch takes 1,024" in sentence
    assert "Shop/Alarm" in sentence


def test_an_alarm_of_another_region_than_a_named_starter_is_an_error() -> None:
    app = new_app()
    starter = IncidentStarter.from_function_arn(cdk.Stack(app, "Platform"), "Starter", FUNCTION)
    stack = cdk.Stack(app, "Shop", env=cdk.Environment(account="111122223333", region="us-east-1"))
    new_alarm(stack)
    IncidentRoutes(default=starter).apply(app)

    assert "us-east-1" in error(app)


def test_routes_twice_on_one_construct_are_refused(shop: Shop) -> None:
    IncidentRoutes(default=shop.starter).apply(shop.app)

    with pytest.raises(
        ValueError, match="the app: got routes twice, one IncidentRoutes decides for a construct"
    ):
        IncidentRoutes(default=shop.starter).apply(shop.app)


def test_a_starter_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="starter: got 'team-a' of type str, an IncidentStarter is needed"):
        IncidentRoutes(default="team-a")  # type: ignore[arg-type]


def test_an_inner_starter_that_is_none_is_told_with_its_route() -> None:
    with pytest.raises(ValueError, match=r"^routes\[0\] \(shop\): starter: got 'team-a' of type str, an Inc"):
        IncidentRoutes(routes=[Route(AlarmMatch(), name="shop", starter="team-a")])


def test_a_route_that_decides_without_any_starter_is_an_error_with_the_alarms_path(shop: Shop) -> None:
    new_alarm(shop.stack, "Decided", alarm_name="decided")
    new_alarm(shop.stack, "Left", alarm_name="left")
    IncidentRoutes(
        routes=[
            Route(AlarmMatch(name="else"), starter=shop.starter),
            Route(AlarmMatch(name="decided"), name="mine", impact=Impact.HIGH),
        ]
    ).apply(shop.stack)

    sentence = error(shop.app)

    assert (
        "incident routes: routes[1] (mine) decides on it, and neither names a starter nor has one from the "
        "routes around it or from default, so that nobody would be paged: name one, or let a route with "
        "page=False decide"
    ) in sentence
    assert "Shop/Decided" in sentence
    assert "Shop/Left" not in sentence


def test_what_an_inner_route_only_adds_to_goes_to_the_outer_ones(shop: Shop) -> None:
    new_alarm(shop.stack)
    IncidentRoutes(
        routes=[
            Route(AlarmMatch(), impact=Impact.HIGH, continue_matching=True),
            Route(AlarmMatch(name="else"), starter=shop.starter),
        ]
    ).apply(shop.stack)

    assert is_routed(only_alarm(shop.routed()))


MISTAKES: dict[str, tuple[Callable[[Shop], object], str]] = {
    "routes that name no starter": (
        lambda shop: IncidentRoutes(routes=[Route(AlarmMatch(), impact=Impact.HIGH)]).apply(shop.stack),
        (
            "Shop: got routes that name no starter, so that nobody would be paged: IncidentRoutes needs a "
            "default, or routes with a starter"
        ),
    ),
    "a path in place of a construct": (
        lambda shop: IncidentRoutes(default=shop.starter).apply("Shop"),  # type: ignore[arg-type]
        "scope: got 'Shop' of type str, an app, Stage, stack or any other construct is needed",
    ),
    "a class in place of an app": (
        lambda shop: IncidentRoutes(default=shop.starter).apply(cdk.App),  # type: ignore[arg-type]
        "scope: got <class 'aws_cdk.App'> of type JSIIMeta, an app, Stage, stack or any other construct is",
    ),
    "a path to exclude": (
        lambda _: IncidentRoutes.exclude("Shop/Errors"),  # type: ignore[arg-type]
        "scope: got 'Shop/Errors' of type str, an app, Stage, stack or any other construct is needed",
    ),
    "a word for a truth value": (
        lambda shop: IncidentRoutes(default=shop.starter, replace_wiring="no"),  # type: ignore[arg-type]
        "replace_wiring: got 'no', True or False is needed",
    ),
    "a word for another": (
        lambda shop: IncidentRoutes(default=shop.starter, tell_ok="no"),  # type: ignore[arg-type]
        "tell_ok: got 'no', True or False is needed",
    ),
    "a word for a third": (
        lambda shop: IncidentRoutes(default=shop.starter, tell_insufficient_data=1),  # type: ignore[arg-type]
        "tell_insufficient_data: got 1, True or False is needed",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_its_sentence(mistake: str, shop: Shop) -> None:
    make, sentence = MISTAKES[mistake]

    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the sentence is compared below
        make(shop)

    assert str(caught.value).startswith(sentence)


COSTS = {
    "without a word": ([], 2),
    "with details": ([Route(AlarmMatch(), impact=Impact.HIGH)], 4),
    "with details by namespace": ([Route(AlarmMatch(namespace="Shop"), impact=Impact.HIGH)], 3),
    "with details by path": ([Route(AlarmMatch(path="Shop/**"), impact=Impact.HIGH)], 5),
    "with details by kind": ([Route(AlarmMatch(kind="metric"), impact=Impact.HIGH)], 3),
}
"""Routes, and the messages to Node that each alarm costs with them."""


@pytest.mark.parametrize("routes", COSTS)
def test_an_alarm_costs_so_many_messages(routes: str) -> None:
    given, each = COSTS[routes]
    messages_of(given, alarms=1)  # asks the starters of other apps in this process where they are, once

    assert messages_of(given, alarms=20) - messages_of(given, alarms=10) == 10 * each


def messages_of(routes: list[Route], alarms: int) -> int:
    shop = Shop()
    for number in range(alarms):
        new_alarm(shop.stack, f"Alarm{number}")
    IncidentRoutes(default=shop.starter, routes=routes).apply(shop.app)
    with counted_messages() as messages:
        shop.app.synth()
    return len(messages)
