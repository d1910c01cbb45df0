"""What an ordered tree of routes decides, as Alertmanager's would; no construct is needed for it."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from constructs_lib import AlarmKind, AlarmMatch, Impact, RelatedItem, Route, RoutedAlarm
from constructs_lib.routes.route_tree import EVERY_ALARM, Decision, RouteTree

PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/on-call"
SHOP = AlarmMatch(path="Shop/**")
ALARM = RoutedAlarm("Shop/Checkout/Errors", name="checkout-errors", namespaces=("Shop",), stage="Prod")


def runbook(name: str) -> RelatedItem:
    return RelatedItem.url(f"https://wiki.example.com/{name}", title=name)


def tree(*routes: Route, **root: Any) -> RouteTree:
    return RouteTree(Route(EVERY_ALARM, routes=routes, **{"starter": "platform", **root}))


def decided(*routes: Route, alarm: RoutedAlarm = ALARM, **root: Any) -> Decision:
    return tree(*routes, **root).decide(alarm)


def test_what_no_route_matches_has_the_default() -> None:
    decision = decided(Route(AlarmMatch(name="other"), impact=Impact.HIGH), impact=Impact.LOW)

    assert (decision.starters, decision.request, decision.routes) == (("platform",), {"impact": 4}, ())


def test_without_a_default_what_no_route_matches_starts_nothing() -> None:
    assert not decided(starter=None).pages


def test_the_first_route_that_matches_decides() -> None:
    routes = Route(AlarmMatch(name="checkout*"), impact=Impact.HIGH), Route(SHOP, impact=Impact.CRITICAL)

    assert decided(*routes).request == {"impact": 2}


def test_an_inner_route_inherits_what_it_leaves_out_and_overrides_what_it_says() -> None:
    inner = Route(AlarmMatch(name="*errors"), impact=Impact.CRITICAL, related_items=[runbook("errors")])
    outer = Route(
        SHOP, starter="shop", impact=Impact.LOW, title="Shop", routes=[inner], related_items=[runbook("shop")]
    )

    decision = decided(outer, related_items=[runbook("all")], response_plan=PLAN)

    assert decision.starters == ("shop",)
    assert decision.request["impact"] == 1
    assert decision.request["title"] == "Shop"
    assert decision.request["responsePlanArn"] == decision.plan == PLAN
    assert [item["title"] for item in decision.request["relatedItems"]] == ["errors", "shop", "all"]


def test_a_route_whose_inner_routes_do_not_match_decides_itself() -> None:
    assert decided(
        Route(SHOP, impact=Impact.LOW, routes=[Route(AlarmMatch(name="x"), impact=Impact.HIGH)])
    ).request == {"impact": 4}


def test_what_comes_after_a_route_that_continues_comes_on_top() -> None:
    adds = Route(
        AlarmMatch(namespace="Shop"),
        related_items=[runbook("shop")],
        impact=Impact.LOW,
        continue_matching=True,
    )
    decides = Route(AlarmMatch(stage="prod"), impact=Impact.HIGH, starter="prod")
    never = Route(AlarmMatch(name="*errors"), impact=Impact.CRITICAL)

    decision = decided(adds, decides, never)

    assert decision.starters == ("prod",)
    assert decision.request["impact"] == 2
    assert [item["title"] for item in decision.request["relatedItems"]] == ["shop"]
    assert decision.routes == ("routes[0]", "routes[1]")


def test_every_starter_that_a_continuing_route_names_is_told_once() -> None:
    first = Route(AlarmMatch(namespace="Shop"), starter="security", continue_matching=True)
    again = Route(AlarmMatch(name="checkout*"), starter="security", continue_matching=True)

    assert decided(first, again, Route(SHOP, starter="shop")).starters == ("security", "shop")


def test_a_route_that_pages_nobody_ends_it() -> None:
    assert not decided(Route(AlarmMatch(stage="prod"), page=False), Route(SHOP, impact=Impact.HIGH)).pages


def test_the_same_link_of_two_routes_stands_there_once_with_the_inner_title() -> None:
    outer = RelatedItem.url("https://wiki.example.com/x", title="Outer")
    inner = RelatedItem.url("https://wiki.example.com/x", title="Inner")

    [item] = decided(Route(SHOP, related_items=[inner]), related_items=[outer]).request["relatedItems"]

    assert item["title"] == "Inner"


@pytest.mark.parametrize(
    ("match", "alarm"),
    [
        (AlarmMatch(kind="composite"), RoutedAlarm("A", kind=AlarmKind.COMPOSITE)),
        (AlarmMatch(kind=["metric", AlarmKind.LOG]), RoutedAlarm("A", kind=AlarmKind.LOG)),
        (AlarmMatch(name=["x", "chec?out"]), RoutedAlarm("A", name="checkout")),
        (AlarmMatch(name="*"), RoutedAlarm("A", name=None)),
        (AlarmMatch(namespace="AWS/*"), RoutedAlarm("A", namespaces=("Shop", "AWS/SQS"))),
        (AlarmMatch(path="*/A"), RoutedAlarm("Shop/A")),
        (AlarmMatch(stage="PROD*"), RoutedAlarm("A", stage="prod-eu")),
        (
            AlarmMatch(tags={"team": "s*", "tier": ["0", "1"]}),
            RoutedAlarm("A", tags={"team": "shop", "tier": "1"}),
        ),
        (AlarmMatch(tags={"team": "*"}), RoutedAlarm("A", tags={"team": None})),
    ],
    ids=repr,
)
def test_a_condition_holds(match: AlarmMatch, alarm: RoutedAlarm) -> None:
    assert match.matches(alarm)


@pytest.mark.parametrize(
    ("match", "alarm", "unknown"),
    [
        (AlarmMatch(name="check*"), RoutedAlarm("A", name=None), ["name"]),
        (AlarmMatch(namespace="A*"), RoutedAlarm("A", namespaces=(None,)), ["namespace"]),
        (AlarmMatch(tags={"team": "a"}), RoutedAlarm("A", tags={"team": None}), ["tags.team"]),
        (AlarmMatch(name="check*", path="B"), RoutedAlarm("A", name=None), []),
        (AlarmMatch(name="check*"), RoutedAlarm("A", name="else"), []),
        (AlarmMatch(tags={"team": "a"}), RoutedAlarm("A"), []),
        (AlarmMatch(kind="log"), RoutedAlarm("A"), []),
        (AlarmMatch(path="Shop/*"), RoutedAlarm("Shop/a/b"), []),
    ],
    ids=repr,
)
def test_a_condition_fails_and_it_is_known_whether_only_a_deployment_could_tell(
    match: AlarmMatch, alarm: RoutedAlarm, unknown: list[str]
) -> None:
    assert not match.matches(alarm)
    assert match.unknowns(alarm) == unknown


def test_a_route_that_only_adds_something_decides_nothing() -> None:
    adds = Route(AlarmMatch(name="a*"), impact=Impact.LOW, continue_matching=True)
    decides = Route(AlarmMatch(name="*b"), impact=Impact.HIGH)
    silences = Route(AlarmMatch(name="*c"), page=False)
    made = tree(adds, decides, silences, starter=None)

    assert [made.decide(RoutedAlarm("Shop", name=name)).is_final for name in ("a", "ab", "b", "ac", "d")] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert made.decide(RoutedAlarm("Shop", name="ac")).is_silenced
    assert not made.decide(RoutedAlarm("Shop", name="ab")).is_silenced


MISTAKES: dict[str, tuple[Callable[[], object], str]] = {
    "a route behind one that takes all of its alarms": (
        lambda: tree(
            Route(AlarmMatch(name="shop-*")), Route(AlarmMatch(name="shop-checkout-*", stage="prod"))
        ),
        (
            "routes[1]: got AlarmMatch(name=['shop-checkout-*'], stage=['prod']), which is never reached, as "
            "routes[0] before it takes all of its alarms with AlarmMatch(name=['shop-*']): move it before "
            "that one, or let that one continue"
        ),
    ),
    "the same route twice": (
        lambda: tree(Route(SHOP, name="shop"), Route(SHOP)),
        (
            "routes[1]: got AlarmMatch(path=['Shop/**']), which is never reached, as routes[0] (shop) before "
            "it takes all of its alarms with AlarmMatch(path=['Shop/**']): move it before that one, or let "
            "that one continue"
        ),
    ),
    "an inner route that the outer one excludes": (
        lambda: tree(Route(AlarmMatch(kind="log"), routes=[Route(AlarmMatch(kind="metric"))])),
        (
            "routes[0].routes[0]: got AlarmMatch(kind=['metric']), which can match no alarm within routes[0] "
            "with AlarmMatch(kind=['log']): move it out, or change one of them"
        ),
    ),
    "silence with an impact": (
        lambda: Route(SHOP, page=False, impact=Impact.LOW),
        (
            "page: got False beside other values, a route that starts no incident has a match and a name "
            "only: leave the others out"
        ),
    ),
    "an unknown kind": (
        lambda: AlarmMatch(kind="metrics"),
        "kind: got 'metrics', allowed are anomaly, composite, log, math, metric, promql",
    ),
    "no globs": (lambda: AlarmMatch(name=[]), "name: got [], one value or a list of at least one is needed"),
    "an empty glob": (
        lambda: AlarmMatch(namespace=["A", ""]),
        "namespace: got '', a text is needed, in which * is any text and ? any character",
    ),
    "a path with slashes at its ends": (
        lambda: AlarmMatch(path="/Shop/"),
        (
            "path: got '/Shop/', a construct path has no empty parts: write it as in 'Shop/**' or "
            "'*/Checkout/*', without slashes at its ends"
        ),
    ),
    "two stars within a part": (
        lambda: AlarmMatch(path="Shop/a**"),
        "path: got 'Shop/a**' with 'a**', ** stands alone between slashes, as in 'Shop/**'",
    ),
    "the path of an L2 alarm's own resource": (
        lambda: AlarmMatch(path=["Shop/**", "Shop/Errors/Resource"]),
        (
            "path: got 'Shop/Errors/Resource', which matches no alarm, as routes see paths without a last "
            "/Resource: write 'Shop/Errors'"
        ),
    ),
    "a token": (
        lambda: AlarmMatch(tags={"team": ["shop", "${Token[AWS.StackName.7]}"]}),
        (
            "tags.team: got '${Token[AWS.StackName.7]}', which only a deployment knows: no alarm would "
            "match, a literal text is needed"
        ),
    ),
    "tags as a list": (
        lambda: AlarmMatch(tags=["team"]),  # type: ignore[arg-type]
        "tags: got ['team'], globs by the keys of tags are needed, such as {'team': 'shop'}",
    ),
    "a metric as related item": (
        lambda: Route(SHOP, related_items=[RelatedItem.metric_definition("{}")]),
        (
            "related_items: got a metricDefinition item, an alarm's description can carry links and ARNs "
            "only: give it to the starter, a rule or a topic instead (an alarm's own metrics are added "
            "anyway)"
        ),
    ),
    "a match that is none": (
        lambda: Route("Shop/**"),  # type: ignore[arg-type]
        "match: got 'Shop/**' of type str, an AlarmMatch is needed",
    ),
    "a route that is none": (
        lambda: Route(SHOP, routes=[SHOP]),  # type: ignore[list-item]
        "routes[0]: got AlarmMatch(path=['Shop/**']) of type AlarmMatch, a Route is needed",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_its_sentence(mistake: str) -> None:
    make, sentence = MISTAKES[mistake]

    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared below
        make()

    assert str(caught.value) == sentence


NAMES = st.text("ab*?", min_size=1, max_size=4)
MATCHES = st.builds(
    AlarmMatch,
    name=st.none() | NAMES | st.lists(NAMES, min_size=1, max_size=2),
    stage=st.none() | NAMES,
    kind=st.none() | st.sampled_from(AlarmKind),
    tags=st.none() | st.dictionaries(st.sampled_from("kl"), NAMES, min_size=1, max_size=2),
)
ALARMS = st.builds(
    RoutedAlarm,
    path=st.just("A"),
    kind=st.sampled_from(AlarmKind),
    name=st.none() | st.text("ab", max_size=4),
    stage=st.text("ab", max_size=4),
    tags=st.dictionaries(st.sampled_from("kl"), st.none() | st.text("ab", max_size=4), max_size=2),
)


@given(MATCHES, MATCHES, ALARMS)
def test_what_is_said_of_two_matches_holds_for_every_alarm(
    match: AlarmMatch, other: AlarmMatch, alarm: RoutedAlarm
) -> None:
    if match.covers(other) and other.matches(alarm):
        assert match.matches(alarm)
    if match.excludes(other):
        assert not (match.matches(alarm) and other.matches(alarm))


@given(st.lists(st.tuples(MATCHES, st.sampled_from(Impact), st.booleans()), max_size=5), ALARMS)
def test_a_flat_tree_decides_as_a_loop_would(
    rows: list[tuple[AlarmMatch, Impact, bool]], alarm: RoutedAlarm
) -> None:
    routes = [Route(match, impact=impact, continue_matching=goes_on) for match, impact, goes_on in rows]
    impact = None
    for match, own, goes_on in rows:
        if match.matches(alarm):
            impact = own
            if not goes_on:
                break
    try:
        decision = decided(*routes, alarm=alarm)
    except ValueError:
        return  # one is never reached, which the other tests judge

    assert decision.request.get("impact") == impact
