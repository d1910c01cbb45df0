"""Synthesis reads botocore's model by itself; it must read what botocore reads."""

import subprocess
import sys
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from constructs_lib._request_shape import request_shape


def test_the_shape_is_the_one_that_botocore_reads() -> None:
    model = ServiceModel(Loader().load_service_model("ssm-incidents", "service-2"))

    _compare(request_shape(), model.operation_model("StartIncident").input_shape, "StartIncident")


def test_checking_a_value_imports_nothing_of_botocore() -> None:
    probe = (
        "import sys; from constructs_lib import RelatedItem; RelatedItem.url('https://a');"
        "print([name for name in sys.modules if name.startswith('botocore')])"
    )

    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


def _compare(ours: Any, theirs: Any, path: str) -> None:
    assert ours.type_name == theirs.type_name, path
    assert ours.name == theirs.name, path
    for name in ("min", "max", "pattern", "enum"):
        assert ours.metadata.get(name) == theirs.metadata.get(name), (path, name)
    if theirs.type_name == "list":
        _compare(ours.member, theirs.member, f"{path}[]")
    if theirs.type_name == "structure":
        assert list(ours.members) == list(theirs.members), path
        assert ours.required_members == list(theirs.required_members), path
        assert ours.is_tagged_union == bool(theirs.is_tagged_union), path
        for name, member in theirs.members.items():
            _compare(ours.members[name], member, f"{path}.{name}")
