"""The operators' commands: their options, exit codes and output."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .redrive_report import End, to_json
from .spans import seconds_of

_OK, _STAYS, _UNUSABLE, _INTERRUPTED = 0, 1, 2, 130
_REDRIVE_CODES = {End.REFUSED: _UNUSABLE, End.INTERRUPTED: _INTERRUPTED, End.LIMIT: _STAYS}
_WAIT_SECONDS = 5
_MOST_MESSAGES = 10_000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the operators' commands.

    Args:
        commands: of the command line.
    """
    _add_redrive(commands)
    _add_drill(commands)


def _add_redrive(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "redrive",
        help="try again what a deployed starter failed with, and empty its queue",
        description="Invoke a deployed starter with each message of its final queue, wait for the answer, "
        "and delete the message once that worked. What started an incident before starts no second one. By "
        "default every message is tried, however old, so that no page is lost.",
        epilog="Exit codes: 0 every message is gone, 1 something stays, 2 nothing (more) could be tried, 130 "
        "interrupted.",
    )
    add = command.add_argument
    _add_function(command)
    add("--queue-url", metavar="URL", help="the queue; by default where the function's failures end")
    add("--dry-run", action="store_true", help="only tell what would be done")
    add(
        "--skip-recovered",
        action="store_true",
        help="leave alarms that are OK by now: redriving one would page for what is over",
    )
    add(
        "--skip-older-than",
        metavar="AGE",
        type=_span,
        help="leave what happened longer ago than that, as in 90m, 6h or 2d",
    )
    add(
        "--delete-skipped",
        action="store_true",
        help="delete what the two options above would leave; needs one of them",
    )
    add(
        "--limit",
        metavar="N",
        type=_count,
        default=_MOST_MESSAGES,
        help="try at most so many messages; default %(default)s",
    )
    add("--json", action="store_true", help="print JSON, as docs/operating.md describes it")
    command.set_defaults(run=lambda options: _redrive(command, options))


def _add_drill(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "drill",
        help="start an incident of impact 5 through a deployed starter, and see that it is closed",
        description="Let a deployed starter start an incident titled [DRILL] with impact 5, close it, and "
        "look whether it is. Where the function may not close it, your credentials do. It is one of the 200 "
        "incidents of the plan in a month, and engages whom the plan engages at impact 5.",
        epilog="Exit codes: 0 an incident was started and is closed, 1 it was not or may be open, 2 nothing "
        "could be tried, 130 interrupted.",
    )
    _add_function(command)
    add = command.add_argument
    add("--title", metavar="TEXT", help="what follows [DRILL] in the incident's title")
    add("--response-plan", metavar="ARN", help="another plan than the starter's")
    add("--json", action="store_true", help="print JSON, as docs/operating.md describes it")
    command.set_defaults(run=_drill)


def _drill(options: argparse.Namespace) -> int:
    from .deployed_starter import find_starter  # noqa: PLC0415 - see _redrive
    from .drill import drill, lines, to_json as drill_to_json  # noqa: PLC0415

    starter = find_starter(options.function, region=options.region, profile=options.profile)
    drilled = drill(starter, title=options.title, response_plan=options.response_plan)
    if options.json:
        _print_json(drill_to_json(drilled))
    else:
        _print_lines(lines(drilled))
    if drilled.is_interrupted:
        return _INTERRUPTED
    if drilled.is_unusable:
        return _UNUSABLE
    return _OK if drilled.is_ok else _STAYS


def _print_lines(styled: Iterable[tuple[str, str]]) -> None:
    try:
        from rich.console import Console  # noqa: PLC0415 - belongs to an extra
    except ImportError:
        sys.stdout.writelines(f"{line}\n" for line, _ in styled)
        return
    console = Console()
    for line, style in styled:
        console.print(line, style=style or None, markup=False, highlight=False, soft_wrap=True)


def _add_function(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--function", metavar="NAME_OR_ARN", required=True, help="the starter's function")
    add("--region", metavar="REGION", help="of the function; by default its ARN's, or your configuration's")
    add("--profile", metavar="PROFILE", help="of your AWS configuration")


def _redrive(command: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.delete_skipped and not (options.skip_recovered or options.skip_older_than is not None):
        command.error("--delete-skipped needs --skip-recovered or --skip-older-than")
    # botocore takes a quarter of a second to import, which `--help` need not pay.
    from .deployed_starter import find_starter  # noqa: PLC0415
    from .final_queue import find_queue  # noqa: PLC0415
    from .redrive import Options, Redrive  # noqa: PLC0415
    from .redrive_table import show  # noqa: PLC0415

    starter = find_starter(options.function, region=options.region, profile=options.profile)
    queue = find_queue(starter, url=options.queue_url, wait=_WAIT_SECONDS)
    wanted = Options(
        dry_run=options.dry_run,
        limit=options.limit,
        skip_recovered=options.skip_recovered,
        skip_older_than=options.skip_older_than,
        delete_skipped=options.delete_skipped,
    )
    with _watching() as watch:
        report = Redrive(starter, queue, wanted, watch).run()
    if options.json:
        _print_json(to_json(report))
    else:
        show(report, sys.stdout)
    return _REDRIVE_CODES.get(report.end, _OK if report.is_ok else _STAYS)


@contextmanager
def _watching() -> Iterator[Callable[[str], None]]:
    """Show on a terminal with rich what is being tried; elsewhere the report has to do."""
    try:
        from rich.console import Console  # noqa: PLC0415 - belongs to an extra
        from rich.markup import escape  # noqa: PLC0415
    except ImportError:
        yield lambda _subject: None
        return
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _subject: None
        return
    with console.status("[bold]Reading the queue[/]") as status:
        yield lambda subject: status.update(f"[bold]Redriving[/] [cyan]{escape(subject)}[/]")


def _print_json(document: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _span(text: str) -> int:
    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        message = f"got {text!r}, a positive number is needed"
        raise argparse.ArgumentTypeError(message)
    return int(text)
