"""Titles: placeholders in, one readable line out."""

from __future__ import annotations

import pytest
from incident_starter import titles

VALUES = {
    "alarm_name": "Errors",
    "account": "111122223333",
    "reason": "line one\nline two\x07",
    "detail": {
        "title": "A finding",
        "severity": 8.5,
        "list": [{"name": "first"}],
        "object": {"a": 1},
        "none": None,
        "huge": 10**5000,
    },
}


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{alarm_name} in {account}", "Errors in 111122223333"),
        ("{reason}", "line one line two"),
        ("{detail.title}: {detail.severity}", "A finding: 8.5"),
        ("{detail.list.0.name}", "first"),
        ("{detail.list.1.name}", "unknown detail.list.1.name"),
        ("{detail.object}", '{"a":1}'),
        ("{detail.none}", "unknown detail.none"),
        ("{detail.huge}", "unknown detail.huge"),
        ("{detail.title.upper}", "unknown detail.title.upper"),
        ("{detail_type}", "unknown detail type"),
        ("{contributor}", "no contributor"),
        ("{{alarm_name}} {{}}", "{alarm_name} {}"),
        ("{nobody} {", "{nobody} {"),
        ("{alarm_name.__class__}", "{alarm_name.__class__}"),
        ("plain\ttext \ud800", "plain text \ufffd"),
        ("", ""),
    ],
)
def test_a_title_is_filled_in(template: str, title: str) -> None:
    assert titles.render(template, VALUES) == title


def test_a_value_is_not_a_template() -> None:
    assert titles.render("{alarm_name}", {"alarm_name": "{account}"}) == "{account}"


@pytest.mark.parametrize("name", titles.PLACEHOLDERS)
def test_each_documented_placeholder_is_known_and_has_a_fallback(name: str) -> None:
    template = f"{{{name}}}"
    assert titles.unknown_placeholders(template) == []
    assert titles.render(template, {})[:3] in {"unk", "no "}


@pytest.mark.parametrize(
    ("template", "unknown"),
    [
        ("{alarm_name} {{x}} {detail.a.b-c.0}", []),
        ("{alarm}", ["{alarm}"]),
        ("{} {detail} {detail.} {detail.a..b}", ["{}", "{detail}", "{detail.}", "{detail.a..b}"]),
        ("{ alarm_name }", ["{ alarm_name }"]),
        ("{alarm_name", ["{"]),
        ("alarm_name}", ["}"]),
        ("{alarm_name!r} {alarm_name:>9}", ["{alarm_name!r}", "{alarm_name:>9}"]),
    ],
)
def test_what_is_no_placeholder_is_listed_as_written(template: str, unknown: list[str]) -> None:
    assert titles.unknown_placeholders(template) == unknown


def test_a_deep_value_does_not_break_a_title() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    assert titles.render("{detail.deep}", {"detail": {"deep": deep}}) == "unknown detail.deep"
