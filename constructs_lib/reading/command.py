"""The commands that read templates: their options, exit codes and output."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.cloud_assembly import UnreadableError
from constructs_lib.html_page import write

from .assemblies import read_app
from .changes import CHANGES, changes
from .coverage import Row, cover
from .documents import NoCoverageError, changes_document, changes_markdown, coverage_document, rows_of
from .findings import CODES, SEVERITIES
from .page import page
from .synthesis import app_of_settings, synthesize

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

_OK, _FOUND = 0, 1


class ReadingError(Exception):
    """Nothing could be read; a sentence for the user."""


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands that read templates.

    Args:
        commands: of the command line.
    """
    command = commands.add_parser(
        "coverage",
        help="list what every alarm and rule of an app pages, without deploying it",
        description="Read an app's templates and list every alarm and rule: what it is wired to, the plan, "
        "impact, title and runbook of its incident, and what to look at.",
        epilog="Exit codes: 0 read, 1 something that --fail-on names was found, 2 nothing could be read.",
    )
    _add_app(command)
    _add_fail_on(command, CODES)
    command.add_argument("--json", action="store_true", help="print JSON, as docs/coverage.md describes it")
    command.add_argument("--html", metavar="FILE", help="write one page for people as well")
    command.set_defaults(run=_coverage)
    command = commands.add_parser(
        "diff",
        help="tell what a change does to the pager",
        description="Compare what an app pages with what it paged before, as Markdown for a pull request.",
        epilog="Exit codes: 0 compared, 1 a change that --fail-on names was found, 2 nothing could be read.",
    )
    command.add_argument(
        "base", metavar="BASE", help="before: a cloud assembly, a template, or what coverage --json wrote"
    )
    _add_app(command)
    _add_fail_on(command, CHANGES)
    command.add_argument("--json", action="store_true", help="print JSON, as docs/coverage.md describes it")
    command.set_defaults(run=_diff)


def _add_app(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--app",
        metavar="COMMAND",
        help="the app, as in 'python app.py', an assembly or a template; by default what ./cdk.json says",
    )


def _add_fail_on(command: argparse.ArgumentParser, codes: dict[str, str]) -> None:
    command.add_argument(
        "--fail-on",
        metavar="WHAT",
        action="append",
        default=[],
        choices=[*SEVERITIES, *codes],
        help=f"exit with 1 on this: a severity, which means it and worse ({', '.join(SEVERITIES)}), or "
        f"one of {', '.join(codes)}; repeatable",
    )


def _coverage(options: argparse.Namespace) -> int:
    rows, problems = _rows_of_app(options.app)
    if options.html:
        write(options.html, page(rows, problems, options.app or Path.cwd().name))
    if options.json:
        sys.stdout.write(json.dumps(coverage_document(rows, problems), indent=2, ensure_ascii=False) + "\n")
    else:
        _show(rows, problems)
    return _code([each for row in rows for each in row.findings], options.fail_on)


def _diff(options: argparse.Namespace) -> int:
    base, before = _rows_of_file(Path(options.base))
    head, after = _rows_of_app(options.app)
    found, problems = changes(base, head), [*before, *after]
    for problem in problems:  # what could not be read looks like what is gone
        sys.stderr.write(f"incident-starter: {problem}\n")
    if options.json:
        sys.stdout.write(json.dumps(changes_document(found, problems), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(changes_markdown(found))
    return _code(found, options.fail_on)


def _code(found: Sequence[Any], fail_on: Sequence[str]) -> int:
    unwanted = {*fail_on}
    for severity in SEVERITIES:
        if severity in unwanted:
            unwanted |= {*SEVERITIES[: SEVERITIES.index(severity) + 1]}
    return _FOUND if any({each.code, each.severity} & unwanted for each in found) else _OK


def _show(rows: Sequence[Row], problems: Sequence[str]) -> None:
    if importlib.util.find_spec("rich") is None:
        message = "rich is not installed: pip install 'cdk-incident-starter[local]' brings it, or use --json"
        raise ReadingError(message)
    from .table import show  # noqa: PLC0415 - needs the extra

    show(rows, problems)


def _rows_of_file(path: Path) -> tuple[list[Row], list[str]]:
    try:
        if path.is_file() and path.suffix == ".json":
            document = json.loads(path.read_text(encoding="utf-8"))
            if isinstance(document, dict) and "Resources" not in document:
                return rows_of(document), list(document.get("problems", ()))
        app = read_app(path)
    except (UnreadableError, NoCoverageError, OSError, ValueError) as error:
        message = f"{path}: {error}"
        raise ReadingError(message) from None
    return cover(app), app.problems


def _rows_of_app(app: str | None) -> tuple[list[Row], list[str]]:
    command = app or app_of_settings(Path.cwd())
    if os.path.exists(command):  # noqa: PTH110 - a command may be longer than a path, which pathlib raises for
        return _rows_of_file(Path(command))
    with _synthesized(command) as assembly:
        return _rows_of_file(assembly)


@contextmanager
def _synthesized(command: str) -> Iterator[Path]:
    """Run an app into a directory of its own; what it writes is shown, as stdout is for JSON and Markdown."""
    with tempfile.TemporaryDirectory(prefix="coverage-", ignore_cleanup_errors=True) as directory:
        synthesize(
            command,
            Path(directory),
            cwd=Path.cwd(),
            on_line=lambda line: sys.stderr.write(f"{line}\n"),
        )
        yield Path(directory)
