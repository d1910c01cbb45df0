"""What the handler's tests share."""

import pytest
from botocore.model import StructureShape
from incident_starter import limits


@pytest.fixture(scope="session")
def shape() -> StructureShape:
    """StartIncident's request, as botocore's model describes it."""
    return limits.input_shape()
