"""Cloud assemblies written by hand: what jsii would take seconds for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ANYWHERE = "aws://unknown-account/unknown-region"


def write_assembly(
    directory: Path,
    templates: Mapping[str, Any],
    environment: str = ANYWHERE,
    environments: Mapping[str, str] | None = None,
) -> Path:
    """Write the templates of stacks; where one is None, only the manifest has it."""
    directory.mkdir(exist_ok=True)
    artifacts = {}
    for name, body in templates.items():
        file = f"{name}.template.json"
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": (environments or {}).get(name, environment),
            "properties": {"templateFile": file},
        }
        if body is not None:
            (directory / file).write_text(json.dumps(body))
    (directory / "manifest.json").write_text(json.dumps({"version": "55.0.0", "artifacts": artifacts}))
    return directory
