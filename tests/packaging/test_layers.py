"""Which room may know which: read from the sources, so that a lazy import counts as well."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import constructs_lib

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "constructs_lib"
VALUES = (
    "_checks",
    "alarm_tags",
    "impact",
    "incident_details",
    "policy/guard_rails",
    "related_item",
    "routes/alarm_match",
    "routes/command",
    "routes/globs",
    "routes/route",
    "routes/route_tests",
    "routes/route_tree",
    "routes/routes_file",
    "routes/yaml_nodes",
)


def test_every_public_name_loads_and_the_list_is_sorted() -> None:
    assert constructs_lib.__all__ == sorted(constructs_lib.__all__)
    assert dir(constructs_lib) == constructs_lib.__all__
    for name in constructs_lib.__all__:
        assert getattr(constructs_lib, name).__name__ == name


def test_an_unknown_name_is_said_to_be_unknown() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'IncidentStopper'"):
        _ = constructs_lib.IncidentStopper


@pytest.mark.parametrize(
    "module",
    [
        "constructs_lib",
        "constructs_lib.local",
        "constructs_lib.cli",
        "constructs_lib.catalogue.incident_events",
    ],
)
def test_importing_it_starts_no_jsii_kernel(module: str) -> None:
    probe = f"import sys, {module}; print([name for name in sys.modules if name in ('jsii', 'aws_cdk')])"

    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)

    assert done.stdout.strip() == "[]"


def test_only_the_strategy_needs_the_extra_and_says_which() -> None:
    probe = """
import sys
sys.modules["cdk_monitoring_constructs"] = None
import constructs_lib
for name in constructs_lib.__all__:
    try:
        getattr(constructs_lib, name)
    except ModuleNotFoundError as error:
        print(name, "|", error)
"""
    done = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True)

    [line] = done.stdout.splitlines()
    assert line.startswith("IncidentAlarmActionStrategy | cdk-monitoring-constructs is not installed")
    assert "cdk-incident-starter[monitoring]" in line


def test_the_lambda_knows_the_standard_library_and_botocore_only() -> None:
    allowed = set(sys.stdlib_module_names) | {"botocore"}

    for path in (ROOT / "lambda").rglob("*.py"):
        assert _imported(path) <= allowed, path


@pytest.mark.parametrize(
    "room", ["catalogue", "cli.py", "cloud_assembly.py", "local", "operations", "reading", "rehearsal"]
)
def test_what_is_no_construct_imports_none(room: str) -> None:
    place = LIBRARY / room
    for path in [place] if place.is_file() else place.rglob("*.py"):
        assert not _imported(path) & {"aws_cdk", "constructs", "jsii"}, path


@pytest.mark.parametrize("room", VALUES)
def test_value_objects_import_no_construct(room: str) -> None:
    tree = ast.parse((LIBRARY / f"{room}.py").read_text())

    imported = {
        module
        for node in tree.body  # what stands under TYPE_CHECKING or in a function is no dependency
        for module in _modules(node)
    }

    assert not imported & {"aws_cdk", "constructs", "jsii"}


def _imported(path: Path) -> set[str]:
    return {module for node in ast.walk(ast.parse(path.read_text())) for module in _modules(node)}


def _modules(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        return {node.module.split(".")[0]}
    return set()
