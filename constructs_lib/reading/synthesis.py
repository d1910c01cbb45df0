"""Runs an app as the CDK CLI does, into a directory of one's own."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from constructs_lib import child_process
from constructs_lib._bundle import texts
from constructs_lib.cloud_assembly import is_assembly
from constructs_lib.node import with_node

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_CONTEXT = {
    "aws:cdk:enable-path-metadata": True,
    "aws:cdk:enable-asset-metadata": True,
    "aws:cdk:bundling-stacks": [],
}
"""What the CDK CLI tells apps: without the paths, templates do not say where a resource was made; nothing
that has to be built first, with Docker or not, decides who is paged."""


_NOT_FOUND = (126, 127)
"""What shells end with when they cannot run a command."""


class SynthesisError(Exception):
    """The app does not synthesize; a sentence for the user.

    Attributes:
        details: what the app wrote last.
    """

    def __init__(self, message: str, details: str = "") -> None:
        """Take the sentence, and what the app wrote."""
        super().__init__(message)
        self.details = details


def app_of_settings(cwd: Path) -> str:
    """Return the app's command as cdk.json names it.

    Args:
        cwd: where the app lives.

    Raises:
        SynthesisError: it names none.
    """
    command = _object_in(cwd / "cdk.json").get("app")
    if not command:
        message = "no app: give one with --app 'python app.py', or run where a cdk.json names it"
        raise SynthesisError(message)
    return str(command)


def synthesize(
    command: str,
    directory: Path,
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    context: Mapping[str, Any] | None = None,
    on_line: Callable[[str], object],
) -> None:
    """Run an app.

    Args:
        command: the app's.
        directory: for the cloud assembly.
        cwd: where the app lives.
        environment: what it sees. Default: what this process sees, and a Node if it has none.
        context: values over those of cdk.json and cdk.context.json.
        on_line: is told every line that the app writes.

    Raises:
        SynthesisError: it cannot be run, fails, or makes no cloud assembly.
    """
    given = texts.mapping(_object_in(cwd / "cdk.json").get("context"))
    known = _object_in(cwd / "cdk.context.json")
    told = json.dumps({**given, **known, **(context or {}), **_CONTEXT})
    seen = {**with_node(environment or os.environ), "CDK_OUTDIR": str(directory), "CDK_CONTEXT_JSON": told}
    try:
        status, said = child_process.run(command, cwd=cwd, environment=seen, on_line=on_line)
    except (OSError, ValueError) as error:
        message = f"{command!r} cannot be run: {error}"
        raise SynthesisError(message) from None
    if status in _NOT_FOUND:
        message = f"{command!r} cannot be run: {' '.join(said[-1:])}"
        raise SynthesisError(message)
    if status:
        message = f"{command!r} ended with {status}: the app does not synthesize"
        raise SynthesisError(message, "\n".join(said))
    if not is_assembly(directory):
        message = f"{command!r} made no cloud assembly: it has to end with app.synth()"
        raise SynthesisError(message, "\n".join(said))


def _object_in(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        message = f"{file} cannot be read: {error}"
        raise SynthesisError(message) from None
    return texts.mapping(found)
