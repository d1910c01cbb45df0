"""docs/coverage.md names every finding and every change, with its severity."""

from __future__ import annotations

import re
from pathlib import Path

from constructs_lib.reading.changes import CHANGES
from constructs_lib.reading.findings import CODES

DOCS = (Path(__file__).parents[2] / "docs" / "coverage.md").read_text(encoding="utf-8")


def test_every_finding_is_explained_with_its_severity() -> None:
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (error|warning|info) \|", DOCS, re.MULTILINE)) == CODES


def test_every_change_is_listed_under_its_severity() -> None:
    told = {
        code: severity
        for codes, severity in re.findall(r"^\| (`[a-z`, -]+`) \| (error|warning|info)", DOCS, re.MULTILINE)
        for code in re.findall(r"`([a-z-]+)`", codes)
    }
    assert {code: told[code] for code in CHANGES} == CHANGES
