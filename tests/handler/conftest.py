"""The Lambda's source root is no package: tests find it by its path."""

import sys
from pathlib import Path

import pytest
from botocore.model import StructureShape

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "lambda"))


@pytest.fixture(scope="session")
def shape() -> StructureShape:
    """StartIncident's request, as botocore's model describes it."""
    from incident_starter import limits

    return limits.input_shape()
