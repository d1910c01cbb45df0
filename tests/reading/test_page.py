"""The page for people."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from constructs_lib import cli
from constructs_lib.reading.page import page
from tests.reading.writing import STARTER, alarm, assembly, rows

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EVIL = 'Title: <script>alert("x")</script>\nRunbook: https://wiki.example.com/"onclick="x\nImpact: 1'


def test_what_an_alarm_says_is_text_on_the_page() -> None:
    text = page(rows({"It": alarm(AlarmDescription=EVIL)}), ["<b>half</b>"], "<i>app</i>")
    assert text.count("<script>") == 1  # the page's own
    assert '"onclick' not in text
    assert "<b>" not in text
    assert "<i>" not in text
    HTMLParser().feed(text)


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = page(rows({"It": alarm()}), [], "app")
    assert re.findall(r"(?:src|@import|url\(|<link)", text) == []


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = assembly(tmp_path / "out", Shop={"Resources": {**STARTER, "It": alarm()}})
    assert cli.main(["coverage", "--app", str(app), "--html", str(tmp_path / "page.html")]) == 0
    assert "Shop/It" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert cli.main(["coverage", "--app", str(app), "--html", str(tmp_path / "no" / "page.html")]) == 2
    assert "cannot be written" in capsys.readouterr().err
