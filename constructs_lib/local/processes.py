"""How the processes of functions are started."""

from __future__ import annotations

import os
import subprocess
from typing import Any

from constructs_lib.local.environment import function_environment


class FunctionProcesses:
    """Stands in for the module ``subprocess`` where the emulator starts functions.

    A function sees its own environment, not the caller's, and a Ctrl-C at the
    terminal reaches the local AWS, which then ends its functions in order.
    """

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever subprocess has
        """Pass everything but Popen through."""
        return getattr(subprocess, name)

    def Popen(self, *arguments: Any, **options: Any) -> subprocess.Popen[Any]:  # noqa: ANN401, N802
        """Start a function's process."""
        options["env"] = function_environment(options.get("env") or os.environ)
        return subprocess.Popen(*arguments, start_new_session=True, **options)
