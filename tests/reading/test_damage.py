"""An assembly that anything may have happened to: read as far as it goes, and told where it does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from constructs_lib.cloud_assembly import UnreadableError
from tests.reading.writing import FUNCTION, STARTER, alarm, assembly, covered, rule

if TYPE_CHECKING:
    from pathlib import Path

INPUT = '{"startIncident": {"impact": 2}, "event": <aws.events.event.json>}'
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
NESTED = {"TemplateURL": "https://s3/inner.json", "Parameters": {"A": "b"}}
SHOP: dict[str, Any] = {
    "Conditions": {"Prod": {"Fn::Equals": ["a", "b"]}},
    "Resources": {
        **STARTER,
        "Plan": {
            "Type": "AWS::SSMIncidents::ResponsePlan",
            "Properties": {"Name": "on-call", "IncidentTemplate": {"Title": "T", "Impact": 3}},
        },
        "Alarm": alarm(AlarmDescription="Impact: 2\nRunbook: https://rb", OKActions=[FUNCTION]),
        "Rule": rule(
            Targets=[{"Arn": FUNCTION, "Id": "T", "InputTransformer": {"InputTemplate": INPUT}}], Name="r"
        ),
        "Subscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {"Protocol": "lambda", "TopicArn": TOPIC, "Endpoint": FUNCTION},
        },
        "Nested": {"Type": "AWS::CloudFormation::Stack", "Condition": "Prod", "Properties": NESTED},
        "AlsoNested": {"Type": "AWS::CloudFormation::Stack", "Properties": NESTED},
    },
    "Outputs": {"Out": {"Value": {"Ref": "Plan"}, "Export": {"Name": "out"}}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Parameters": {"P": {"Type": "String", "Default": "x"}},
}
ASSETS = {"files": {"inner": {"source": {"path": "Inner.template.json"}}}}
SOMETHING: list[Any] = [
    None,
    True,
    7,
    "",
    "junk",
    [],
    [7],
    [None],
    {},
    {"Ref": "Alarm"},
    {"Ref": 7},
    {"a": []},
]
JUNK = st.sampled_from(SOMETHING)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place within a document."""
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(each for name, value in inner for each in places(value, (*path, name)))]


def damaged(document: Any, path: tuple[Any, ...], junk: object) -> Any:
    """Put something else into one place of a document."""
    if not path:
        return junk
    copy = json.loads(json.dumps(document))
    holder = copy
    for name in path[:-1]:
        holder = holder[name]
    holder[path[-1]] = junk
    return copy


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole assembly, whose files are overwritten."""
    made = assembly(tmp_path_factory.mktemp("damage") / "out", Shop=SHOP)
    (made / "Shop.assets.json").write_text(json.dumps(ASSETS))
    (made / "Inner.template.json").write_text(json.dumps({"Resources": {"Inner": alarm()}}))
    return made


def test_whole_it_is_read_whole(directory: Path) -> None:
    assert [row.path for row in covered(directory)] == [
        "Shop/Alarm",
        "Shop/Rule",
        "Shop-AlsoNested/Inner",
    ]


@pytest.mark.parametrize("file", ["Shop.template.json", "Shop.assets.json", "manifest.json"])
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_damage_raises_but_a_sentence(directory: Path, file: str, data: st.DataObject) -> None:
    whole = (directory / file).read_text()
    document = json.loads(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        document = damaged(document, data.draw(st.sampled_from(places(document))), data.draw(JUNK))
    (directory / file).write_text(json.dumps(document))
    try:
        covered(directory)
    except UnreadableError as error:
        assert "manifest.json" in str(error)  # noqa: PT017 - it may be read as well
    finally:
        (directory / file).write_text(whole)


def test_an_assembly_that_holds_itself_is_told(tmp_path: Path) -> None:
    made = assembly(tmp_path / "out", Shop=SHOP)
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["artifacts"]["Self"] = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}
    (made / "manifest.json").write_text(json.dumps(manifest))
    assert len(covered(made)) == 2
