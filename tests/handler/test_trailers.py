"""The grammar of trailers, row by row."""

from __future__ import annotations

import time
from typing import Any

import pytest
from incident_starter import limits, trailers

ARN = "arn:aws:ssm:eu-west-1:111122223333:automation-definition/Restart"
PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/checkout"


def link(title: str, url: str, item_type: str = "OTHER") -> dict[str, Any]:
    return {"title": title, "identifier": {"type": item_type, "value": {"url": url}}}


def resource(title: str, arn: str, item_type: str = "INVOLVED_RESOURCE") -> dict[str, Any]:
    return {"title": title, "identifier": {"type": item_type, "value": {"arn": arn}}}


RUNBOOK = {"relatedItems": [link("Runbook", "https://rb")]}


@pytest.mark.parametrize(
    ("description", "partial", "ignored"),
    [
        ("Errors too high\r\nRunbook: https://rb", RUNBOOK, 0),
        ("Note: see https://x", {}, 0),
        ("Impact: customers cannot pay\nImpact: 1", {"impact": 1}, 1),
        ("Impact: 1\nRunbook: https://rb\nManaged by team Foo", {"impact": 1, **RUNBOOK}, 0),
        ("- **Impact**: 2\n- **Runbook:** <https://rb>", {"impact": 2, **RUNBOOK}, 0),
        ("Impact: 2 - Critical", {}, 1),
        (
            f"Runbook: checkout [AUTOMATION]: {ARN}",
            {"relatedItems": [resource("Runbook: checkout", ARN, "AUTOMATION")]},
            0,
        ),
        ("Title:\nRunbook: https://a and https://b\nDocs:https://x", {}, 0),
    ],
)
def test_the_table_of_the_design(description: str, partial: dict[str, Any], ignored: int) -> None:
    read = trailers.parse(description)
    assert read.partial == partial
    assert len(read.ignored) == ignored


@pytest.mark.parametrize(
    ("value", "impact"),
    [
        ("1", 1),
        ("5", 5),
        ("1 - Critical", 1),
        ("2 - HIGH", 2),
        ("5 - No impact", 5),
        ("5 - NO_IMPACT", 5),
        ("medium", 3),
        ("no impact", 5),
        ("0", None),
        ("6", None),
        ("01", None),
        ("\u0661", None),
        ("1.0", None),
        ("-1", None),
        ("1 Critical", None),
        ("1 - ", None),
        ("Critical - 1", None),
        ("1 - 1", None),
        ("severe", None),
    ],
)
def test_an_impact_is_a_number_a_name_or_both_in_agreement(value: str, impact: int | None) -> None:
    read = trailers.parse(f"Impact: {value}")
    assert read.partial.get("impact") == impact
    assert len(read.ignored) == (impact is None)


@pytest.mark.parametrize("key", ["Impact", "impact", "IMPACT", "* **Impact**", "+ Impact", "-\tImpact"])
def test_a_reserved_key_is_read_in_any_case_and_markdown(key: str) -> None:
    assert trailers.parse(f"  {key}: 3  ").partial == {"impact": 3}


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_each_line_end_splits_and_no_other_does(end: str) -> None:
    assert trailers.parse(f"Impact: 1{end}Title: a").partial == {"impact": 1, "title": "a"}
    assert trailers.parse("Title: a\u2028Impact: 1").partial == {"title": "a\u2028Impact: 1"}


def test_a_title_is_the_rest_of_the_line_cut_at_200_characters() -> None:
    assert trailers.parse("Title: Checkout: down https://x").partial == {"title": "Checkout: down https://x"}
    assert trailers.parse("Title: " + "\U0001f525" * 201).partial == {"title": "\U0001f525" * 200}


def test_the_last_valid_value_wins_and_a_bad_one_never_does() -> None:
    assert trailers.parse("Impact: 1\nImpact: 4\nImpact: x").partial == {"impact": 4}


@pytest.mark.parametrize("value", ["checkout", "arn:aws:sns:us-east-1:111122223333:x", f"{PLAN} now"])
def test_a_response_plan_is_a_full_arn_or_it_is_ignored(value: str) -> None:
    assert trailers.parse(f"Response plan: {PLAN}").partial == {"responsePlanArn": PLAN}
    read = trailers.parse(f"Response plan: {value}")
    assert read.partial == {}
    assert "a full ARN is needed" in read.ignored[0]


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("Logs [TASK]: https://l", link("Logs", "https://l", "TASK")),
        ("**Logs** [TASK]: https://l", link("Logs", "https://l", "TASK")),
        ("**Logs [TASK]:** https://l", link("Logs", "https://l", "TASK")),
        ("Board [EU]: https://g?a=1&b=2#c", link("Board [EU]", "https://g?a=1&b=2#c")),
        ("Board [task]: https://g", link("Board [task]", "https://g")),
        ("[TASK]: https://g", link("[TASK]", "https://g")),
        (f"Function: {ARN}", resource("Function", ARN)),
        (f"Function: <{ARN}>", resource("Function", ARN)),
        ("a: b: c:\thttps://g", link("a: b: c", "https://g")),
        ("L" * 200 + ": http://g", link("L" * 200, "http://g")),
        ("L" * 201 + ": http://g", None),
        (": https://g", None),
        ("https://g", None),
        ("Docs: ftp://g", None),
        ("Docs: https://", None),
        ("Docs: <https://g", None),
        ("Docs: https://g>", None),
        ("Docs: https://g\x07", None),
        ("Docs: arn:aws:s3", None),
        ("Docs https://g", None),
    ],
)
def test_an_item_is_a_label_and_one_target_that_fills_the_line(
    line: str, item: dict[str, Any] | None
) -> None:
    expected = {"relatedItems": [item]} if item else {}
    assert trailers.parse(line) == (expected, [])


def test_one_identifier_is_read_once_and_two_types_of_it_are_two() -> None:
    read = trailers.parse("A: https://x\nB: https://x\nC [TASK]: https://x")
    assert read.partial["relatedItems"] == [link("A", "https://x"), link("C", "https://x", "TASK")]


def test_the_nine_types_are_those_of_botocores_model(shape: Any) -> None:
    for item_type in trailers.TYPES:
        assert limits.problems(trailers.parse(f"A [{item_type}]: https://x").partial, shape) == []
    refused = {"relatedItems": [link("A", "https://x", "BOGUS")]}
    [sentence] = limits.problems(refused, shape)
    assert set(sentence.partition("allowed are ")[2].split(", ")) == trailers.TYPES


@pytest.mark.parametrize(
    "hostile",
    [
        "a: " * 300_000,
        "** " * 300_000 + ":",
        "Runbook: https://" + "a" * 900_000,
        "x: arn:" + ":" * 900_000,
        "x: " + "arn:a:" * 150_000,
        "Impact" + " " * 900_000 + ": 1",
        "[" * 900_000 + "]: https://x",
        "\r" * 900_000,
        "a: https://x\n" * 60_000,
    ],
)
def test_hostile_descriptions_take_linear_time(hostile: str) -> None:
    start = time.process_time()
    trailers.parse(hostile)
    assert time.process_time() - start < 1
