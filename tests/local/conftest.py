"""One local AWS for the whole session, and a way to deploy a template into it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.local.templates import assembly_manifest, template, zipped_handler

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.local import LocalAws

Deploy = Callable[..., None]


@pytest.fixture
def running_aws(local_aws_session: LocalAws) -> LocalAws:
    """Return the one local AWS of this process, with whatever state it has."""
    return local_aws_session


@pytest.fixture
def aws(local_aws: LocalAws) -> LocalAws:
    """Return a local AWS without any state: the very fixture that users get."""
    return local_aws


@pytest.fixture
def deploy(aws: LocalAws, tmp_path: Path) -> Deploy:
    """Return a function that deploys a template; arguments are those of `template`."""

    def deploy_template(**arguments: Any) -> None:
        deploy_assembly_of(aws, tmp_path, {"Shop": template(**arguments)})

    return deploy_template


def deploy_assembly_of(aws: LocalAws, directory: Path, templates: dict[str, dict[str, Any]]) -> None:
    """Write an assembly of some templates and deploy it."""
    write_assembly(aws, directory, templates)
    aws.deploy(directory)


def write_assembly(
    aws: LocalAws,
    directory: Path,
    templates: dict[str, dict[str, Any]],
    depends_on: dict[str, list[str]] | None = None,
    environment: str = "aws://unknown-account/unknown-region",
) -> None:
    """Write an assembly of some templates, and put the function's code where they look for it."""
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="starter.zip", Body=zipped_handler())
    artifacts = {}
    for name, content in templates.items():
        (directory / f"{name}.template.json").write_text(json.dumps(content))
        dependencies = (depends_on or {}).get(name, [])
        artifacts[name] = assembly_manifest(
            name, f"{name}.template.json", environment=environment, dependencies=dependencies
        )
    (directory / "manifest.json").write_text(json.dumps({"version": "48.0.0", "artifacts": artifacts}))
