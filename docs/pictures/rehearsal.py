"""A picture of a real rehearsal of the project's app.py."""

import io
import re
import sys
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from constructs_lib.rehearsal import Options, Silent, rehearse, show

_COLUMNS = 112
_BACKGROUND, _FOREGROUND = (22, 27, 34), (230, 237, 243)
_COLOURS = [
    (72, 79, 88),
    (255, 123, 114),
    (63, 185, 80),
    (210, 153, 34),
    (88, 166, 255),
    (188, 140, 255),
    (57, 197, 207),
    (177, 186, 196),
]
_THEME = TerminalTheme(_BACKGROUND, _FOREGROUND, _COLOURS, _COLOURS)
_FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def draw_rehearsal(project: Path) -> str:
    """Rehearse the project's app and return its picture as SVG.

    Args:
        project: the project's directory.
    """
    report = rehearse(Options(app=f"{sys.executable} app.py", cwd=project), Silent())
    console = Console(
        record=True, width=_COLUMNS, file=io.StringIO(), color_system="truecolor", force_terminal=True
    )
    command = Text.assemble(("$ ", "dim"), ('incident-starter rehearse --app "python app.py"', "bold"))
    console.print(command)
    console.print()
    show(report, console)
    return console.export_svg(
        title="incident-starter", theme=_THEME, code_format=_without_web_fonts(), unique_id="rehearsal"
    )


def _without_web_fonts() -> str:
    """Return rich's frame, with the reader's own fonts: a picture in a README may load none."""
    local = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    return local.replace("Fira Code, monospace", _FONTS).replace(
        "font-family: arial", "font-family: sans-serif"
    )
