"""What the service accepts, as sentences."""

from __future__ import annotations

from typing import Any

import pytest
from incident_starter import limits

PLAN = "arn:aws:ssm-incidents::111122223333:response-plan/checkout"


def item(value: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"relatedItems": [{"identifier": {"type": "OTHER", "value": value}, **more}]}


GOOD: list[dict[str, Any]] = [
    {},
    {"responsePlanArn": PLAN, "impact": 1, "title": "t" * 200, "clientToken": "c" * 128},
    item({"url": "https://x"}, title="t", generatedId="related-item/OTHER/" + "0F" * 16),
    item({"arn": PLAN}),
    item({"metricDefinition": "m" * 4000}),
    item({"pagerDutyIncidentDetail": {"id": "P1", "autoResolve": True, "secretId": "s"}}),
    {"triggerDetails": {"source": "s", "timestamp": "2026-01-31T12:00:00Z", "triggerArn": PLAN}},
    {"triggerDetails": {"source": "s", "timestamp": 1_700_000_000, "rawData": "r" * 10_000}},
    {"relatedItems": item({"url": "https://x"})["relatedItems"] * 40},
]

PLACE = "relatedItems[0].identifier.value"

BAD: list[tuple[object, str]] = [
    ([], "StartIncidentInput: got a list, an object is needed"),
    ({"impact": 0}, "impact: got 0, allowed is 1 to 5"),
    ({"impact": 6}, "impact: got 6, allowed is 1 to 5"),
    ({"impact": True}, "impact: got true, allowed is 1 to 5"),
    ({"impact": "1"}, "impact: got '1', allowed is 1 to 5"),
    ({"impact": 1.0}, "impact: got 1.0, allowed is 1 to 5"),
    ({"impact": 10**5000}, "impact: got a huge number, allowed is 1 to 5"),
    ({"title": "t" * 201}, "title: got 201 characters, at most 200 are allowed"),
    ({"title": None}, "title: got null, a text is needed"),
    ({"title": "\ud800"}, "title: got a lone surrogate, which cannot be sent as UTF-8"),
    ({"clientToken": "c" * 129}, "clientToken: got 129 characters, at most 128 are allowed"),
    ({"responsePlanArn": "checkout"}, "responsePlanArn: got 'checkout', it must match ^arn:"),
    ({"responsePlanArn": PLAN + "\n"}, "responsePlanArn: got 'arn:aws:ssm-incidents::11"),
    ({"summary": "s"}, "summary: unknown, allowed are clientToken, impact, relatedItems, "),
    ({"relatedItems": {}}, "relatedItems: got an object, a list is needed"),
    ({"relatedItems": [7]}, "relatedItems[0]: got 7, an object is needed"),
    ({"relatedItems": [{}]}, "relatedItems[0].identifier: is missing"),
    (
        {"relatedItems": item({"url": "https://x"})["relatedItems"] * 41},
        "relatedItems: got 41 entries, at most 40 are allowed",
    ),
    (item({"url": "u" * 1201}), f"{PLACE}.url: got 1,201 characters, at most 1,000 are allowed"),
    (item({"url": "ftp://x"}), f"{PLACE}.url: got 'ftp://x', it must begin with http:// or"),
    (item({}), f"{PLACE}: got 0 members, exactly one is needed"),
    (item({"url": "https://x", "arn": PLAN}), f"{PLACE}: got 2 members, exactly one is needed"),
    (item({"link": "https://x"}), f"{PLACE}.link: unknown, allowed are arn, metricDefinition"),
    (item({"metricDefinition": "m" * 4001}), f"{PLACE}.metricDefinition: got 4,001 characters"),
    (
        item({"pagerDutyIncidentDetail": {}}),
        f"{PLACE}.pagerDutyIncidentDetail.id: is missing",
    ),
    (
        item({"pagerDutyIncidentDetail": {"id": "", "autoResolve": 1}}),
        f"{PLACE}.pagerDutyIncidentDetail.id: got 0 characters, at least 1 are needed",
    ),
    (item({"url": "https://x"}, generatedId="x"), "relatedItems[0].generatedId: got 'x', it"),
    (
        {"relatedItems": [{"identifier": {"type": "BOGUS", "value": {"url": "https://x"}}}]},
        "relatedItems[0].identifier.type: got 'BOGUS', allowed are ANALYSIS, INCIDENT, METRIC, ",
    ),
    ({"triggerDetails": {}}, "triggerDetails.source: is missing"),
    (
        {"triggerDetails": {"source": "aws.x", "timestamp": 0}},
        "triggerDetails.source: got 'aws.x', the service keeps 'aws.' for itself",
    ),
    (
        {"triggerDetails": {"source": "s", "timestamp": "yesterday"}},
        "triggerDetails.timestamp: got 'yesterday', a time as in 2026-01-31T12:00:00Z is needed",
    ),
    ({"triggerDetails": {"source": "s", "timestamp": float("nan")}}, "triggerDetails.timestamp"),
]


@pytest.mark.parametrize("partial", GOOD)
def test_what_the_service_takes_has_no_problem(partial: dict[str, Any], shape: Any) -> None:
    assert limits.problems(partial, shape) == []


@pytest.mark.parametrize(("partial", "sentence"), BAD)
def test_each_mistake_is_a_sentence(partial: object, sentence: str, shape: Any) -> None:
    assert limits.problems(partial, shape)[0].startswith(sentence)


def test_every_mistake_is_listed_at_once(shape: Any) -> None:
    assert len(limits.problems({"impact": 9, "title": 1, "x": 1}, shape)) == 3


def test_tokens_are_not_checked_wherever_they_stand(shape: Any) -> None:
    token = "${Token[x.1]}" + "x" * 2000
    partial = {
        "responsePlanArn": token,
        "impact": token,
        "relatedItems": [token, *item({"url": token}, title=token)["relatedItems"]],
        "triggerDetails": token,
    }
    assert limits.problems(partial, shape, is_token=lambda text: text.startswith("${")) == []
    assert limits.problems(partial, shape) != []
