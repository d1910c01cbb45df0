"""What tests need before aws_cdk is imported; and the code blocks of the README and the docs as tests."""

import os
import signal

import pytest
from hypothesis import settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from constructs_lib.node import node_of_wheel

if "JSII_NODE" not in os.environ and (node := node_of_wheel()):
    os.environ["JSII_NODE"] = str(node)
# CDK's validator costs seconds in every process; one test has it on, in a process of its own.
os.environ["CDK_VALIDATION"] = "false"

# A shell lets what it starts in the background ignore SIGINT, and every process of the tests would
# inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says more about the machine than about the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep together, where processes share the tests out, what shares its fixtures or its templates."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    constructs = config.rootpath / "tests" / "constructs"
    for item in items:
        shared = constructs if constructs in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(str(shared)))


# Each file is one story.
pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser()],
    patterns=["README.md", "docs/*.md"],
).pytest()
