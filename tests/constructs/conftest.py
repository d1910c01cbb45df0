"""Snapshots of templates: one JSON file each, with everything that changes by itself left out."""

import re
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

_HASH = re.compile(r"[0-9a-f]{64}")


def _normalised(value: Any) -> Any:
    match value:
        case dict():
            return {name: _normalised(member) for name, member in value.items()}
        case list():
            return [_normalised(member) for member in value]
        case str():
            return _HASH.sub("<asset>", value)
    return value


def without_noise(template: dict[str, Any]) -> dict[str, Any]:
    """The template without CDK's bootstrap rule and parameter, asset hashes replaced."""
    kept = {
        name: {
            key: value
            for key, value in section.items()
            if key not in {"BootstrapVersion", "CheckBootstrapVersion"}
        }
        for name, section in template.items()
    }
    normalised = _normalised({name: section for name, section in kept.items() if section})
    assert isinstance(normalised, dict)
    return normalised


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)
