"""One event of each kind in AWS's own shape: for rehearsals and tests.

They were written from AWS's documentation, with made-up names. Beside the events of the catalogue stands a
change of an alarm's state, which a rule can hear too.
"""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("samples")


@cache
def sample_names() -> Sequence[str]:
    """The names of all samples, which are those of `IncidentEvents`."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def sample_event(name: str, *, account: str, region: str) -> dict[str, Any]:
    """An event as EventBridge delivers it.

    Args:
        name: one of `sample_names`.
        account: the account that it is about.
        region: the Region that it is about; events that AWS delivers in one Region only keep theirs.
    """
    filled: dict[str, Any] = json.loads(_text(name).replace("{account}", account).replace("{region}", region))
    return filled


@cache
def _text(name: str) -> str:
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")
