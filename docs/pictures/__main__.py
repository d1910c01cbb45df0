"""Draws the pictures of the README into this directory."""

from pathlib import Path

from docs.pictures.path import draw_path
from docs.pictures.rehearsal import draw_rehearsal

HERE = Path(__file__).parent

(HERE / "path.svg").write_text(draw_path(), encoding="utf-8")
(HERE / "rehearsal.svg").write_text(draw_rehearsal(HERE.parents[1]), encoding="utf-8")
