"""The events of the catalogue as values: what they match, what narrows them, and which mistakes they name."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies as st

from constructs_lib import Impact, IncidentEvent, IncidentEvents, RelatedItem
from constructs_lib.catalogue.event_samples import sample_names
from tests.catalogue.cases import ACCOUNT, CASES, REGION, sample
from tests.rehearsal.test_sample_events import is_matched

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = sorted(name for name in dir(IncidentEvents) if not name.startswith("_"))
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0a1b2c3d-4e5f-4607-8899-aabbccddeeff"


def plain(name: str) -> IncidentEvent:
    """An event with all its defaults."""
    make: Callable[..., IncidentEvent] = getattr(IncidentEvents, name)
    return make(["i-0a1b2c3d4e5f60718"]) if name == "ec2_instance_state" else make()


def test_each_event_has_a_case_and_a_sample() -> None:
    assert sorted(CASES) == NAMES
    assert [*sorted([*NAMES, "cloud_watch_alarm"])] == list(sample_names())


@pytest.mark.parametrize("name", NAMES)
def test_each_event_matches_its_sample_whether_narrowed_or_not(name: str) -> None:
    assert is_matched(plain(name).pattern, sample(name))
    assert is_matched(CASES[name].event.pattern, sample(name))


@pytest.mark.parametrize("name", NAMES)
def test_no_event_matches_the_sample_of_another(name: str) -> None:
    event = plain(name)
    assert [other for other in sample_names() if is_matched(event.pattern, sample(other))] == [name]


@pytest.mark.parametrize("name", NAMES)
def test_each_event_pins_source_and_detail_type_and_says_everything(name: str) -> None:
    event = plain(name)
    assert event.pattern["source"] == [event.source]
    assert event.pattern["detail-type"] == list(event.detail_types) != []
    assert "{" in event.title or name == "guard_duty_finding"
    assert event.related_items


@pytest.mark.parametrize("name", NAMES)
def test_what_narrows_an_event_is_typed_keyword_only_and_documented(name: str) -> None:
    make = getattr(IncidentEvents, name)
    documented = inspect.getdoc(make) or ""
    assert "https://docs.aws.amazon.com/" in documented
    for parameter in inspect.signature(make).parameters.values():
        assert parameter.kind is parameter.KEYWORD_ONLY or parameter.name == "instance_ids"
        assert parameter.annotation is not parameter.empty
        assert f"{parameter.name}: " in documented


@pytest.mark.parametrize("name", NAMES)
def test_a_list_that_names_nothing_is_refused(name: str) -> None:
    make = getattr(IncidentEvents, name)
    needed = {"instance_ids": ["i-0a1b2c3d4e5f60718"]} if name == "ec2_instance_state" else {}
    for parameter in inspect.signature(make).parameters.values():
        if "Sequence" in str(parameter.annotation):
            for nothing in ([], [""], [7 if parameter.name != "days" else "7"], "text", [None]):
                with pytest.raises(ValueError, match=parameter.name):
                    make(**{**needed, parameter.name: nothing})


@pytest.mark.parametrize(
    ("minimum", "below", "severity", "is_heard"),
    [(7, None, 7, True), (7, None, 6.9, False), (7, 9, 8.9, True), (7, 9, 9, False), (1, None, 10, True)],
)
def test_a_severity_lies_between_its_bounds(
    minimum: float, below: float | None, severity: float, *, is_heard: bool
) -> None:
    event = IncidentEvents.guard_duty_finding(minimum_severity=minimum, below_severity=below)
    assert is_matched(event.pattern, sample("guard_duty_finding", detail__severity=severity)) is is_heard


@given(st.floats(1, 10))
def test_the_impact_of_a_finding_follows_from_its_severity(severity: float) -> None:
    impact = IncidentEvents.guard_duty_finding(minimum_severity=severity).impact
    assert impact == (1 if severity >= 9 else 2 if severity >= 7 else 3 if severity >= 4 else 4)


@pytest.mark.parametrize(
    ("severity", "heard", "impact"),
    [("LOW", 4, 4), ("MEDIUM", 3, 4), ("HIGH", 2, 3), ("CRITICAL", 1, 2)],
)
def test_a_severity_of_security_hub_includes_those_above(severity: Any, heard: int, impact: int) -> None:
    event = IncidentEvents.security_hub_finding(minimum_severity=severity)
    labels = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
    findings = [
        sample("security_hub_finding", detail__findings__0__Severity={"Label": label}) for label in labels
    ]
    assert [is_matched(event.pattern, finding) for finding in findings] == [False] * (5 - heard) + [
        True
    ] * heard
    assert event.impact == impact


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        (
            IncidentEvents.root_sign_in(include_failures=True),
            {"detail__responseElements": {"ConsoleLogin": "Failure"}},
        ),
        (IncidentEvents.root_sign_in(), {"detail-type": "AWS Console Signin via CloudTrail"}),
        (IncidentEvents.kms_key_deletion(include_disabling=True), {"detail__eventName": "DisableKey"}),
        (IncidentEvents.code_deploy_failure(include_stopped=True), {"detail__state": "STOP"}),
        (
            IncidentEvents.security_hub_finding(products=["Macie"]),
            {"detail__findings__0__ProductName": "Macie"},
        ),
        (IncidentEvents.acm_certificate_expiry(days=[45]), {"detail__DaysToExpiry": 45}),
        (IncidentEvents.cloud_formation_failure(stack_names=["prod-shop"]), {}),
        (
            IncidentEvents.cloud_formation_failure(),
            {"detail__status-details": {"status": "UPDATE_ROLLBACK_COMPLETE"}},
        ),
        (IncidentEvents.health_event(statuses=["closed", "open"]), {"detail__statusCode": "closed"}),
        (
            IncidentEvents.ecs_task_stopped(stop_codes=["SpotInterruption"]),
            {"detail__stopCode": "SpotInterruption"},
        ),
        (IncidentEvents.step_functions_failure(statuses=["ABORTED"]), {"detail__status": "ABORTED"}),
        (IncidentEvents.glue_job_failure(states=["STOPPED"]), {"detail__state": "STOPPED"}),
        (IncidentEvents.rds_instance_event(event_ids=["RDS-EVENT-0089"]), {}),
        (IncidentEvents.backup_job_failure(states=["ABORTED"]), {"detail__state": "ABORTED"}),
    ],
)
def test_what_an_argument_lets_in_is_heard(event: IncidentEvent, changed: dict[str, Any]) -> None:
    [name] = [name for name in NAMES if plain(name).pattern["detail-type"] == event.pattern["detail-type"]]
    assert is_matched(event.pattern, sample(name, **changed))


def test_a_stack_that_rolled_back_can_be_left_out() -> None:
    event = IncidentEvents.cloud_formation_failure(include_rolled_back=False)
    back = {"detail__status-details": {"status": "ROLLBACK_COMPLETE"}}
    assert not is_matched(event.pattern, sample("cloud_formation_failure", **back))
    assert is_matched(event.pattern, sample("cloud_formation_failure"))


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="ascii", categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=20))
def test_a_stack_of_another_name_is_never_heard(other: str) -> None:
    event = IncidentEvents.cloud_formation_failure(stack_names=["shop"])
    stack = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{other}/0a1b2c3d"
    assert is_matched(event.pattern, sample("cloud_formation_failure", **{"detail__stack-id": stack})) is (
        other == "shop"
    )


VISIBLE = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12).filter(
    lambda name: not name.startswith("arn:") and "Token[" not in name
)


@settings(max_examples=100, deadline=None)
@given(st.lists(VISIBLE, min_size=1, max_size=4), VISIBLE)
def test_an_event_is_heard_if_its_name_is_one_of_those_given(wanted: list[str], name: str) -> None:
    event = IncidentEvents.code_pipeline_failure(pipelines=wanted)
    for found in (*wanted, name):
        heard = is_matched(event.pattern, sample("code_pipeline_failure", detail__pipeline=found))
        assert heard is (found in wanted)


MISTAKES: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "a severity beyond GuardDuty's": (
        lambda: IncidentEvents.guard_duty_finding(minimum_severity=11),
        ("minimum_severity", "got 11", "1 to 10"),
    ),
    "a severity that is none": (
        lambda: IncidentEvents.guard_duty_finding(minimum_severity="HIGH"),  # type: ignore[arg-type]
        ("minimum_severity", "got 'HIGH'", "1 to 10"),
    ),
    "no number at all": (
        lambda: IncidentEvents.guard_duty_finding(minimum_severity=float("nan")),
        ("minimum_severity", "got nan"),
    ),
    "bounds that cross": (
        lambda: IncidentEvents.guard_duty_finding(minimum_severity=7, below_severity=7),
        ("below_severity", "got 7", "above 7"),
    ),
    "a label that Security Hub has not": (
        lambda: IncidentEvents.security_hub_finding(minimum_severity="SEVERE"),  # type: ignore[arg-type]
        ("minimum_severity", "got 'SEVERE'", "LOW, MEDIUM, HIGH, CRITICAL"),
    ),
    "products in and out": (
        lambda: IncidentEvents.security_hub_finding(products=["Macie"], except_products=["GuardDuty"]),
        ("products", "except_products", "only one"),
    ),
    "a category in another spelling": (
        lambda: IncidentEvents.health_event(categories=["Issue"]),  # type: ignore[list-item]
        ("categories", "got 'Issue'", "issue, accountNotification"),
    ),
    "half a day": (
        lambda: IncidentEvents.acm_certificate_expiry(days=[1.5]),  # type: ignore[list-item]
        ("days", "1.5", "whole numbers of 1 to 45"),
    ),
    "a day before ACM speaks": (
        lambda: IncidentEvents.acm_certificate_expiry(days=[7, 46]),
        ("days[1]", "got 46", "1 to 45"),
    ),
    "one name for a list": (
        lambda: IncidentEvents.code_pipeline_failure(pipelines="release"),
        ("pipelines", "got 'release'", "a list"),
    ),
    "a name for an ARN": (
        lambda: IncidentEvents.step_functions_failure(state_machine_arns=["orders"]),
        ("state_machine_arns[0]", "got 'orders'", "an ARN"),
    ),
    "an ARN for a name": (
        lambda: IncidentEvents.backup_job_failure(vaults=["nightly", "arn:aws:backup:r:1:backup-vault:x"]),
        ("vaults[1]", "got 'arn:aws:backup", "a name"),
    ),
    "stars that EventBridge refuses": (
        lambda: IncidentEvents.guard_duty_finding(types=["Recon:**"]),
        ("types[0]", "got 'Recon:**'", "no two stars"),
    ),
    "an instance that is none": (
        lambda: IncidentEvents.ec2_instance_state(["web"]),
        ("instance_ids[0]", "got 'web'", "i-"),
    ),
    "more names than a pattern has room for": (
        lambda: IncidentEvents.glue_job_failure(jobs=[f"load-{n:04}" for n in range(200)]),
        ("event pattern", "2,048", "fewer things"),
    ),
    "a pattern whose value is no list": (
        lambda: IncidentEvent("shop", "Lost", impact=Impact.LOW, title="t", detail={"a": {"b": "x"}}),
        ("detail.a.b", "got 'x'", "a list of at least one"),
    ),
    "a pattern that is no JSON": (
        lambda: IncidentEvent("shop", "Lost", impact=Impact.LOW, title="t", detail={"a": [{1, 2}]}),
        ("detail.a", "JSON"),
    ),
    "no detail type": (
        lambda: IncidentEvent("shop", [], impact=Impact.LOW, title="t"),
        ("detail_type", "empty list", "matches too much"),
    ),
    "no source": (lambda: IncidentEvent("", "Lost", impact=Impact.LOW, title="t"), ("source", "got ''")),
    "a title with an unknown placeholder": (
        lambda: IncidentEvent("shop", "Lost", impact=Impact.LOW, title="{order}"),
        ("title", "'{order}'", "{detail.any.path}"),
    ),
    "a link with an unknown placeholder": (
        lambda: RelatedItem.url("https://wiki.example.com/{order}"),
        ("url", "'{order}'", "{detail.any.path}", "%7B"),
    ),
    "a link with half a brace": (lambda: RelatedItem.url("https://x/{a"), ("url", "'{'", "%7B")),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_its_sentence(name: str) -> None:
    make, parts = MISTAKES[name]
    with pytest.raises(ValueError, match=r".") as caught:
        make()
    sentence = str(caught.value)
    assert [part for part in parts if part not in sentence] == [], sentence
    assert "\n" not in sentence


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.text(max_size=3), JSON, max_size=2))
def test_any_detail_is_a_pattern_or_a_sentence(detail: dict[str, Any]) -> None:
    try:
        event = IncidentEvent("shop", "Lost", impact=Impact.LOW, title="t", detail=detail)
    except ValueError as error:
        sentence = str(error)
        assert sentence.startswith("detail.")
    else:
        json.dumps(event.pattern, allow_nan=False)


def test_two_events_that_say_the_same_are_equal() -> None:
    assert IncidentEvents.root_sign_in() == IncidentEvents.root_sign_in()
    assert len({IncidentEvents.root_sign_in(), IncidentEvents.root_sign_in()}) == 1
    assert IncidentEvents.kms_key_deletion(key_arns=[KEY]) != IncidentEvents.kms_key_deletion()
