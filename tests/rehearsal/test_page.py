"""The page that people put on a wall."""

import re
from html.parser import HTMLParser

import pytest

from constructs_lib.reading.pager_slice import Substitution
from constructs_lib.rehearsal import Report, Status, page
from constructs_lib.rehearsal.outcome import Outcome
from tests.rehearsal.made_up import (
    FAILED,
    FOREIGN_PLAN,
    NO_SAMPLE,
    NOT_TRIED,
    NOT_WIRED,
    PLAN,
    STARTED,
    incident,
    item,
    report,
    subject,
)

STOOD_IN = Substitution("Shop/Slow", "Dimensions[0].Value", "Shop-Db", "the name of AWS::RDS::DBInstance Db")
EVERYTHING = Report(
    "us-east-1",
    "123456789012",
    (NOT_WIRED, STARTED, FAILED, NOT_TRIED, NO_SAMPLE),
    (FOREIGN_PLAN,),
    (),
    (STOOD_IN,),
    ("stack Bank is left out",),
)


def test_it_says_what_pages_whom_what_was_not_tried_and_what_was_stood_in_for() -> None:
    text = re.sub(r"<[^>]+>", " ", page(EVERYTHING, "app.py").partition("</style>")[2])
    for expected in (
        "app.py",
        "✗ 1 of 2 did not start their incidents",
        "stack Bank is left out",
        "✗ Shop/Release",
        "✓ Shop/Checkout",
        "2 High",
        "on-call",
        "Not tried: 2",
        "its actions are disabled",
        "Wired to nothing: 1",
        "Response plans assumed to exist: 1",
        "Stood in for: 1",
        "Dimensions[0].Value: the name of AWS::RDS::DBInstance Db",
    ):
        assert expected in text
    assert text.index("Shop/Release") < text.index("Shop/Checkout")  # what failed first


@pytest.mark.parametrize(
    ("outcomes", "tone"),
    [((STARTED,), "good"), ((STARTED, NOT_TRIED), "warning"), ((STARTED, FAILED), "error")],
)
def test_the_verdict_has_its_colour(outcomes: tuple[Outcome, ...], tone: str) -> None:
    assert f'<p class="verdict {tone}">' in page(report(*outcomes), "app.py")


def test_what_anybody_wrote_is_text_on_the_page() -> None:
    links = [
        item("<b>Runbook</b>", url='https://wiki.example.com/"onclick="x'),
        item("Console", url="javascript:alert(1)"),
    ]
    title = '<script>alert("x")</script>'
    started = (incident(responsePlanArn=PLAN, impact=1, title=title, relatedItems=links),)
    evil = Outcome(subject("alarm", "<i>"), Status.STARTED, "ALARM", started, notes=("<u>",))
    text = page(report(evil), "<s>app</s>")
    assert text.count("<script>") == 1  # the page's own
    for unwanted in ("<b>", "<i>", "<u>", "<s>", '"onclick', 'href="javascript'):
        assert unwanted not in text
    HTMLParser().feed(text)


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert re.findall(r"(?:src|@import|url\(|<link)", page(EVERYTHING, "app.py")) == []
