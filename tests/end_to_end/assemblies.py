"""Cloud assemblies: synthesized once, and copies of them with something changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk

Template = dict[str, Any]
Change = Callable[[Template], None]

_FLAGS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]


def new_app(directory: Path) -> cdk.App:
    return cdk.App(outdir=str(directory), context=_FLAGS, analytics_reporting=False)


def add_variant(assembly: Path, stack: str, name: str, change: Change) -> None:
    """Add a copy of a stack to an assembly, under another name and with a changed template."""
    manifest_file = assembly / "manifest.json"
    manifest = json.loads(manifest_file.read_text())
    artifact = copy.deepcopy(manifest["artifacts"][stack])
    template = json.loads((assembly / artifact["properties"]["templateFile"]).read_text())
    change(template)
    artifact["properties"] |= {"templateFile": f"{name}.template.json", "stackName": name}
    artifact["displayName"] = name
    (assembly / f"{name}.template.json").write_text(json.dumps(template))
    (assembly / f"{name}.assets.json").write_text((assembly / f"{stack}.assets.json").read_text())
    manifest["artifacts"][name] = artifact
    manifest_file.write_text(json.dumps(manifest))


def resources_of_type(template: Template, type: str) -> dict[str, dict[str, Any]]:
    """The properties of all resources of a type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == type
    }


def only(template: Template, type: str) -> dict[str, Any]:
    [found] = resources_of_type(template, type).values()
    return found


def statements(template: Template) -> list[dict[str, Any]]:
    """The statements of the starter's role; removing one from the list removes it from the template."""
    policy = only(template, "AWS::IAM::Policy")
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def actions(statement: dict[str, Any]) -> list[str]:
    listed = statement["Action"]
    return listed if isinstance(listed, list) else [listed]
