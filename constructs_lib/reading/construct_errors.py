"""Errors that constructs are annotated with: the CDK CLI stops at them, an app run by itself may not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib._bundle import texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_ERROR = "aws:cdk:error"


def errors_of_constructs(artifact: Mapping[str, Any], directory: Path) -> Iterator[str]:
    """Say what stops the CDK CLI from deploying a stack, a sentence for each.

    Args:
        artifact: the stack's, of a manifest.
        directory: where the manifest lies.
    """
    for path, entries in {**texts.mapping(artifact.get("metadata")), **_beside(artifact, directory)}.items():
        for entry in entries if isinstance(entries, list) else ():
            if texts.mapping(entry).get("type") == _ERROR:
                where, what = path.strip("/").removesuffix("/Resource"), entry.get("data")
                yield f"{where}: its construct has an error, with which CDK deploys nothing: {what}"


def _beside(artifact: Mapping[str, Any], directory: Path) -> Mapping[str, Any]:
    """What newer versions of CDK write into a file of its own."""
    name = artifact.get("additionalMetadataFile")
    try:
        return (
            texts.mapping(json.loads((directory / name).read_text("utf-8"))) if isinstance(name, str) else {}
        )
    except (OSError, ValueError, RecursionError):
        return {}
