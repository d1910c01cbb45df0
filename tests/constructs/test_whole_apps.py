"""The reference app and everything that was synthesized here, before cdk-nag, cfn-lint and CDK itself.

The file's name puts it last: it looks at the templates of all tests before it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events, aws_sns as sns, aws_sqs as sqs

from constructs_lib import (
    AlarmTags,
    Impact,
    IncidentAction,
    IncidentSink,
    IncidentSubscription,
    IncidentTarget,
    Ledger,
    Storm,
    TagMatch,
)
from tests.constructs.apps import (
    ENVIRONMENT,
    new_alarm,
    new_app,
    new_plan,
    new_rule,
    new_starter,
    plan_with_token_name,
    synthesized,
)
from tests.constructs.test_snapshots import starter_with_every_option

EVERY_LEDGER_OPTION = Ledger(resolve_after=cdk.Duration.minutes(5), storm=Storm(max_incidents=9))
ROOT = Path(__file__).parents[2]


def every_feature() -> cdk.App:
    """An app that uses everything, written so that only our own constructs can be complained about."""
    app = new_app()
    starter_with_every_option(cdk.Stack(app, "EveryOption", env=ENVIRONMENT))
    starter = new_starter(cdk.Stack(app, "Starter"), ledger=EVERY_LEDGER_OPTION)
    starter.schedule_drill(events.Schedule.rate(cdk.Duration.days(1)))
    stack = cdk.Stack(app, "Wired")
    new_alarm(stack).add_alarm_action(
        IncidentAction(starter, impact=Impact.HIGH, response_plan=plan_with_token_name(stack))
    )
    queue = sqs.Queue(stack, "Undelivered", enforce_ssl=True)
    acknowledge_dead_letter_queue(queue)
    new_rule(stack).add_target(
        IncidentTarget(starter, response_plan=new_plan(stack, "Literal"), dead_letter_queue=queue)
    )
    topic = sns.Topic(cdk.Stack(app, "Topics"), "Topic", enforce_ssl=True)
    topic.add_subscription(IncidentSubscription(starter, impact=Impact.LOW))
    key = cdk.aws_kms.Key(stack, "Key", enable_key_rotation=True)
    mine = sqs.Queue(stack, "Mine", enforce_ssl=True, encryption_master_key=key)
    acknowledge_dead_letter_queue(mine)
    watched = new_starter(
        cdk.Stack(app, "OwnQueue"),
        dead_letter_queue=mine,
        ledger=Ledger(),
        regions=["us-east-1", "us-west-2"],
    )
    watched.monitor(
        sns.Topic(watched, "Watchers", enforce_ssl=True), runbook="https://wiki.example.com/pager"
    )
    told = cdk.Stack(app, "Told", env=ENVIRONMENT)
    own_key = cdk.aws_kms.Key(told, "Key", enable_key_rotation=True)
    sinks = [
        IncidentSink.ops_item(category="Availability", source="shop"),
        IncidentSink.topic(sns.Topic(told, "OnCall", enforce_ssl=True, master_key=own_key)),
    ]
    new_starter(told, fallback=sinks, sink=sinks[0], encryption_key=own_key)
    new_starter(cdk.Stack(app, "PlainFallback"), fallback=IncidentSink.ops_item())
    nested = cdk.NestedStack(cdk.Stack(app, "Parent"), "Nested")
    tags = AlarmTags(
        impact="pager-impact", matches=[TagMatch("team", "shop", response_plan=new_plan(nested, "T"))]
    )
    tags.propagate(new_alarm(nested))
    new_starter(nested, response_plan=new_plan(nested), alarm_tags=tags)
    return app


def acknowledge_dead_letter_queue(queue: sqs.Queue) -> None:
    reason = "A dead-letter queue, which only its source could tell"
    cdk.Validations.of(queue).acknowledge(cdk.Acknowledgment(id="AwsSolutions-SQS3", reason=reason))


def test_cdk_nag_finds_nothing_in_an_app_that_uses_everything() -> None:
    cdk_nag = pytest.importorskip("cdk_nag")
    app = every_feature()
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))

    directory = Path(app.synth().directory)

    synthesized.append(directory)
    assert not any(findings(directory).values())


def findings(directory: Path) -> dict[str, list[str]]:
    """What each plugin found."""
    report = json.loads((directory / "validation-report.json").read_text())
    return {
        plugin["pluginName"]: [
            f"{violation['ruleName']} at {place['constructPath']}"
            for violation in plugin["violations"]
            for place in violation["violatingConstructs"]
        ]
        for plugin in report["pluginReports"]
    }


REFERENCE_APP_UNDER_CDK_NAG = """
import runpy
import sys
import aws_cdk as cdk
import cdk_nag
from aws_cdk import aws_sqs

class App(cdk.App):
    def synth(self, **options):
        cdk.Validations.of(self).add_plugins(cdk_nag.AwsSolutionsChecks(self))
        return super().synth(**options)

canary = cdk.App(outdir=sys.argv[1])
wrong = {"DelaySeconds": "x"}
stack = cdk.Stack(canary, "Canary")
cdk.CfnResource(stack, "Queue", type="AWS::SQS::Queue", properties=wrong)
aws_sqs.CfnQueue(stack, "Alone")
cdk.Validations.of(canary).add_plugins(cdk_nag.AwsSolutionsChecks(canary))
try:
    canary.synth()
except RuntimeError:
    pass
cdk.App = App
runpy.run_path("app.py", run_name="__main__")
"""


@pytest.fixture(scope="module")
def findings_in_the_reference_app(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What cdk-nag and CDK's own validation find, which is on in a process of its own only."""
    pytest.importorskip("cdk_nag")
    directory, canary = (tmp_path_factory.mktemp(name) for name in ("reference", "canary"))
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    environment = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    environment |= {"CDK_OUTDIR": str(directory), "CDK_CONTEXT_JSON": json.dumps(context)}
    process = subprocess.run(
        [sys.executable, "-c", REFERENCE_APP_UNDER_CDK_NAG, str(canary)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (directory / "validation-report.json").exists(), process.stdout + process.stderr
    synthesized.append(directory)
    return findings(directory) | {"canary": [*chain.from_iterable(findings(canary).values())]}


def test_cdk_nag_and_cdks_own_validation_find_nothing_in_the_reference_app(
    findings_in_the_reference_app: dict[str, list[str]],
) -> None:
    canary = findings_in_the_reference_app.pop("canary")
    assert "F3012 at Canary/Queue" in canary, "CDK's validation was off"
    assert "AwsSolutions-SQS3 at Canary/Alone" in canary, "cdk-nag was off"
    assert findings_in_the_reference_app == {}


def test_cfn_lint_finds_nothing_in_any_template_of_the_session() -> None:
    api = pytest.importorskip("cfnlint.api")
    rules = pytest.importorskip("cfnlint.core").get_rules([], [], [])
    found = {
        f"{match} in {Path(name).name}"
        for name, text in templates_with_something_new()
        for match in api.lint(text, rules=rules, regions=["eu-west-1"])
        # CDK's weak references; cfn-lint does not know yet that a Join may hold one.
        if not (match.rule.id == "E1022" and "'Fn::GetStackOutput'" in match.message)
    }
    assert found == set()


def templates_with_something_new() -> Iterator[tuple[str, str]]:
    """The templates, smallest first, without those that hold no resource of a shape not seen before."""
    seen: set[str] = set()
    paths = [path for directory in synthesized for path in directory.rglob("*.template.json")]
    names = {path.read_text(): str(path) for path in paths}
    assert names
    for text in sorted(names, key=lambda text: (len(text), text)):
        shapes = {json.dumps(shape(each)) for each in json.loads(text).get("Resources", {}).values()}
        if not shapes <= seen:
            seen |= shapes
            yield names[text], text


def shape(value: object) -> object:
    """A template's value without the texts and numbers in it, but for a resource's type."""
    match value:
        case dict():
            return {
                name: member if name == "Type" else shape(member) for name, member in sorted(value.items())
            }
        case list():
            return sorted({json.dumps(shape(member)) for member in value})
    return None
