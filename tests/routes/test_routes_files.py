"""Routes in a file: what is read, the sentence of every mistake with its line, and the schema beside it."""

import json
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from constructs_lib import AlarmKind, Impact, IncidentRoutes, RelatedItemType, RoutedAlarm
from constructs_lib.routes import routes_file
from constructs_lib.routes.route_tree import RouteTree
from constructs_lib.routes.routes_file import read_routes
from constructs_lib.routes.yaml_nodes import RoutesFileError
from tests.constructs.apps import new_stack, new_starter
from tests.routes.schemas import is_valid

SCHEMA = json.loads(files("constructs_lib.routes").joinpath("routes.schema.json").read_text(encoding="utf-8"))
GOOD = """\
version: 1
default: platform
impact: medium
routes:
  - name: shop
    match:
      path: "Shop/**"
      tags: {team: [shop, "checkout-*"]}
    starter: shop
    related_items:
      - {url: "https://wiki.example.com/shop", title: Runbook}
    routes:
      - match: {kind: composite}
        impact: 1
        title: "{alarm_name} is down"
  - match: {stage: "dev*"}
    page: false
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("routes.yaml")


def read(file: Path, text: str | bytes) -> RouteTree:
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_routes(file, lambda name: name)


def test_a_file_decides_as_the_same_routes_in_python(file: Path) -> None:
    tree = read(file, GOOD)

    down = tree.decide(RoutedAlarm("Shop/All", kind=AlarmKind.COMPOSITE, tags={"team": "shop"}))
    assert down.starters == ("shop",)
    assert down.request["impact"] == 1
    assert down.request["title"] == "{alarm_name} is down"
    assert [item["title"] for item in down.request["relatedItems"]] == ["Runbook"]
    assert down.routes == ("routes.yaml:5: routes[0] (shop)", "routes.yaml:13: routes[0].routes[0]")
    assert not tree.decide(RoutedAlarm("Else", stage="dev-eu")).pages
    assert tree.decide(RoutedAlarm("Else")).request == {"impact": 3}


def test_json_is_read_too(file: Path) -> None:
    read(file, json.dumps({"version": 1, "default": "platform", "routes": []}))


def test_an_app_takes_its_routes_from_a_file_with_its_starters_by_name(file: Path) -> None:
    starter = new_starter(new_stack())
    file.write_text(GOOD)

    routes = IncidentRoutes.from_file(file, starters={"platform": starter, "shop": starter})

    assert routes.decide(RoutedAlarm("Else")).starters == (starter,)


def test_a_starter_that_the_app_does_not_name_is_told(file: Path) -> None:
    file.write_text(GOOD)

    with pytest.raises(ValueError, match=r"routes.yaml:2: default: got 'platform', which none of the given"):
        IncidentRoutes.from_file(file, starters={})


REACHED = (
    "routes.yaml:16: routes[1]: got AlarmMatch(path=['Shop/**'], stage=['dev'], tags={'team': ['shop']}), "
    "which is never reached, as routes.yaml:5: routes[0] (shop) before it takes all of its alarms with "
    "AlarmMatch(path=['Shop/**'], tags={'team': ['shop', 'checkout-*']}): move it before that one, or let "
    "that one continue"
)
MISTAKES = {
    "an unknown key of a route": (
        ("    starter: shop", "    starters: shop"),
        (
            "routes.yaml:9: routes[0].starters: unknown key 'starters', known are continue, match, name, "
            "page, routes, impact, related_items, response_plan, starter, title"
        ),
    ),
    "an unknown condition": (
        ("path:", "paht:"),
        (
            "routes.yaml:7: routes[0].match.paht: unknown key 'paht', known are kind, name, namespace, path, "
            "stage, tags"
        ),
    ),
    "a key twice": (
        ("impact: medium", "impact: medium\nimpact: low"),
        "routes.yaml:4: the key 'impact' stands here twice, in line 3 already",
    ),
    "an impact that is none": (
        ("impact: 1", "impact: 9"),
        (
            "routes.yaml:14: routes[0].routes[0].impact: got 9, allowed are 1 (critical), 2 (high), 3 "
            "(medium), 4 (low), 5 (no_impact)"
        ),
    ),
    "a kind that is none": (
        ("composite", "[metric, comp]"),
        (
            "routes.yaml:13: routes[0].routes[0].match.kind: got 'comp', allowed are anomaly, composite, "
            "log, math, metric, promql"
        ),
    ),
    "a path that is none": (
        ("Shop/**", "/Shop"),
        (
            "routes.yaml:7: routes[0].match.path: got '/Shop', a construct path has no empty parts: write it "
            "as in 'Shop/**' or '*/Checkout/*', without slashes at its ends"
        ),
    ),
    "a link with a space": (
        ("https://wiki.example.com/shop", "https://wiki example"),
        (
            "routes.yaml:11: routes[0].related_items[0].url: got 'https://wiki example' with ' ' at position "
            "12, percent-encode or remove it"
        ),
    ),
    "no link at all": (
        ('url: "https://wiki.example.com/shop", ', ""),
        "routes.yaml:11: routes[0].related_items[0]: got neither, one of arn and url is needed",
    ),
    "a title with an unknown placeholder": (
        ("{alarm_name} is", "{alarm} is"),
        "routes.yaml:15: routes[0].routes[0].title: got '{alarm} is down' with",
    ),
    "a text where a list is needed": (
        ("related_items:\n      - {", "related_items:\n      {"),
        "routes.yaml:10: routes[0].related_items: got keys with values, a list is needed",
    ),
    "a number where a text is needed": (
        ("[shop, ", "[1, "),
        "routes.yaml:8: routes[0].match.tags.team[0]: got 1, a text is needed: put it in quotes",
    ),
    "nothing where a match is needed": (
        ('match: {stage: "dev*"}', "match:"),
        (
            "routes.yaml:16: routes[1].match: got nothing, keys with values are needed: kind, name, "
            "namespace, path, stage, tags"
        ),
    ),
    "no match": (
        ('match: {stage: "dev*"}', "name: dev"),
        "routes.yaml:16: routes[1]: the key 'match' is missing",
    ),
    "maybe": (
        ("page: false", "page: maybe"),
        "routes.yaml:17: routes[1].page: got 'maybe', true or false is needed",
    ),
    "silence with an impact": (
        ("page: false", "page: false\n    impact: 1"),
        "routes.yaml:16: routes[1]: page: got False beside other values, a route that starts no incident has",
    ),
    "a route behind one that takes its alarms": (
        ('{stage: "dev*"}\n    page: false', '{path: "Shop/**", tags: {team: shop}, stage: dev}'),
        REACHED,
    ),
    "a newer version": (
        ("version: 1", "version: 2\nnew: key"),
        (
            "routes.yaml:1: version: got 2, this version reads 1: it was written for a newer "
            "cdk-incident-starter, upgrade this one"
        ),
    ),
    "no version": (("version: 1\n", ""), "routes.yaml:1: the key 'version' is missing"),
    "routes within themselves": (
        ("routes:\n  -", "routes: &all\n  - match: {}\n    routes: *all\n  -"),
        (
            "routes.yaml:4: routes[0].routes: what begins here stands within itself by an alias, routes are "
            "a tree without cycles"
        ),
    ),
    "a tag of another language": (
        ("default: platform", "default: !!python/name:os.system ''"),
        (
            "routes.yaml:2: default: got the tag tag:yaml.org,2002:python/name:os.system, plain values are "
            "needed"
        ),
    ),
    "a glob that YAML takes for an alias": (
        ('match: {stage: "dev*"}', "match: {name: *-noise}"),
        (
            "routes.yaml:16: it is no YAML: found undefined alias '-noise': a text with a colon, or that "
            "begins with one of * { [ & ! @, stands in quotes, as in '*-errors'"
        ),
    ),
    "a star that YAML takes for an alias": (
        ('match: {stage: "dev*"}', "match: {name: *}"),
        (
            "routes.yaml:16: it is no YAML: expected alphabetic or numeric character, but found '}': a text "
            "with a colon, or that begins with one of * { [ & ! @, stands in quotes, as in '*-errors'"
        ),
    ),
    "a tab": (
        ("    page: false", "\tpage: false"),
        (
            "routes.yaml:17: it is no YAML: found character '\\t' that cannot start any token: indent with "
            "spaces"
        ),
    ),
    "no YAML": (("routes:\n  -", "routes:\n - [\n  -"), "routes.yaml:6: it is no YAML: "),
    "an empty file": ((GOOD, ""), "routes.yaml:1: it is empty, 'version: 1' and routes or tests are needed"),
    "a list": (
        (GOOD, "- 1"),
        (
            "routes.yaml:1: got a list, keys with values are needed: $schema, default, impact, "
            "related_items, response_plan, routes, title, version"
        ),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_key(mistake: str, file: Path) -> None:
    (good, bad), sentence = MISTAKES[mistake]
    assert good in GOOD

    with pytest.raises(RoutesFileError) as caught:
        read(file, GOOD.replace(good, bad, 1))

    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_and_one_that_is_no_text_are_told(file: Path) -> None:
    with pytest.raises(RoutesFileError, match=r"^routes.yaml: it cannot be read: "):
        read_routes(file, str)
    with pytest.raises(RoutesFileError, match=r"^routes.yaml: it cannot be read: "):
        read(file, b"\xff\xfe\xfd")


def test_without_pyyaml_the_extra_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)

    with pytest.raises(RoutesFileError, match=r"pip install 'cdk-incident-starter\[routes\]' brings it"):
        read(file, GOOD)


def test_aliases_that_multiply_are_told_before_they_fill_the_memory(file: Path) -> None:
    lines = ["version: 1", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    with pytest.raises(
        RoutesFileError, match="too much for routes: at most 20,000 values, 50 within each other"
    ):
        read(file, "\n".join(lines))


def said_of(file: Path, text: str | bytes) -> str:
    try:
        read(file, text.encode(errors="replace") if isinstance(text, str) else text)
    except RoutesFileError as error:
        return str(error)
    return "nothing"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | st.binary(max_size=200))
def test_whatever_a_file_holds_it_is_read_or_told_in_a_sentence(file: Path, text: str | bytes) -> None:
    assert said_of(file, text).startswith(("routes.yaml", "nothing"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_file_with_a_piece_cut_out_is_read_or_told_in_a_sentence(file: Path, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, len(GOOD)))
    text = GOOD[:start] + data.draw(st.text(":-[]{}&*!|> \n", max_size=3)) + GOOD[end:]

    assert said_of(file, text).startswith(("routes.yaml", "nothing"))


TEXTS = st.sampled_from(["", "a", "a*", "metric", "high"])
VALUES = TEXTS | st.sampled_from([None, True, False, 0, 1, 6, [], ["a"], ["a", 1], {}, {"team": "a"}])
ITEMS = st.dictionaries(
    st.sampled_from([*routes_file.ITEM_KEYS, "uri"]), VALUES | st.just("OTHER"), max_size=3
)
MATCHES = st.dictionaries(st.sampled_from([*routes_file.MATCHES, "nam"]), VALUES, max_size=2)
ROUTES = st.recursive(
    st.fixed_dictionaries({}, optional={"match": MATCHES | VALUES, "impact": VALUES}),
    lambda inner: st.fixed_dictionaries(
        {"match": MATCHES},
        optional={
            "continue": VALUES,
            "name": VALUES,
            "page": VALUES,
            "related_items": st.lists(ITEMS, max_size=2) | VALUES,
            "response_plan": VALUES,
            "routes": st.lists(inner, max_size=2) | VALUES,
            "starter": VALUES,
            "title": VALUES,
            "wrong": VALUES,
        },
    ),
    max_leaves=3,
)


class TestTheSchema:
    """routes.schema.json is for editors; the loader is what counts, and the two agree."""

    def test_the_good_file_is_valid(self) -> None:
        assert is_valid(yaml.safe_load(GOOD), SCHEMA, SCHEMA)

    def test_it_names_the_keys_and_values_that_the_loader_knows(self) -> None:
        definitions = SCHEMA["$defs"]
        assert {*SCHEMA["properties"]} == {*routes_file.ROOT_KEYS}
        assert {*definitions["route"]["properties"]} == {*routes_file.ROUTE_KEYS}
        assert {*definitions["match"]["properties"]} == {*routes_file.MATCHES}
        assert {*definitions["item"]["properties"]} == {*routes_file.ITEM_KEYS}
        assert {*definitions["item"]["properties"]["type"]["enum"]} == {each.name for each in RelatedItemType}
        assert definitions["kind"]["enum"] == [each.value for each in AlarmKind]
        assert {*definitions["impact"]["enum"]} >= {*Impact} | {each.name.lower() for each in Impact}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
    @given(st.fixed_dictionaries({"version": st.sampled_from([1, 1, 1, 2, "1", True])}, optional={
        "default": VALUES, "impact": VALUES, "routes": st.lists(ROUTES, max_size=2) | VALUES, "other": VALUES,
    }))  # fmt: skip
    def test_what_the_loader_takes_is_valid(self, file: Path, document: dict[str, Any]) -> None:
        try:
            read(file, json.dumps(document))
        except RoutesFileError:
            return
        assert is_valid(document, SCHEMA, SCHEMA)
