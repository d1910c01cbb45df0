"""The command that tests a file of routes: its options, exit codes and output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .route_tests import RouteTestResult, read_tests, run_test, shown
from .routes_file import read_routes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

_OK, _FAILED = 0, 1


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands on routes.

    Args:
        commands: of the command line.
    """
    parser = commands.add_parser("routes", help="test a file of routes, without an app")
    inner = parser.add_subparsers(required=True, metavar="COMMAND")
    command = inner.add_parser(
        "test",
        help="compare what routes decide about alarms with what is expected",
        description="Route each alarm of the tests and compare starter, plan, impact, title and links with "
        "what the test expects. docs/routes.md describes both files.",
        epilog="Exit codes: 0 all as expected, 1 something differs, 2 a file cannot be used.",
    )
    command.add_argument("routes", metavar="ROUTES", help="the routes, such as routes.yaml")
    command.add_argument("tests", metavar="TESTS", nargs="+", help="the tests, such as routes.tests.yaml")
    command.add_argument("--json", action="store_true", help="print JSON, as docs/routes.md describes it")
    command.set_defaults(run=_test)


def _test(options: argparse.Namespace) -> int:
    # A starter is a construct of an app; here its name stands for it.
    tree = read_routes(Path(options.routes), lambda name: name)
    tests = [test for file in options.tests for test in read_tests(Path(file))]
    results = [run_test(test, tree) for test in tests]
    if options.json:
        sys.stdout.write(json.dumps(_document(results), indent=2, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(_report(results))
    return _FAILED if any(result.differences for result in results) else _OK


def _report(results: Sequence[RouteTestResult]) -> str:
    lines = []
    for result in results:
        test = result.test
        lines.append(f"{'differs' if result.differences else 'ok':<8}{test.place}: {test.name}")
        if result.differences:
            width = max(len(key) for key, _, _ in result.differences)
            for key, expected, got in result.differences:
                lines.append(f"        {key:<{width}}  expected  {expected}")
                lines.append(f"        {'':<{width}}  got       {got}")
            routes = result.decision.routes
            lines += [f"        through {route}" for route in routes]
            lines += [] if routes else ["        through no route but the default"]
            lines += [f"        matches too, and comes too late: {route}" for route in result.overlapping]
        else:
            lines.append(f"        {_summary(result)}")
    failed = sum(bool(result.differences) for result in results)
    count = f"{len(results)} test{'s' if len(results) > 1 else ''}"
    lines.append(
        f"{count}, {failed} of them {'differ' if failed != 1 else 'differs'}"
        if failed
        else f"{count}, all as expected"
    )
    return "\n".join(lines) + "\n"


def _summary(result: RouteTestResult) -> str:
    decision = result.decision
    if not decision.pages:
        return "starts no incident"
    said = decision.request
    parts = [", ".join(map(str, decision.starters))]
    parts += [f"impact {shown('impact', said['impact'])}"] if "impact" in said else []
    parts += [f"plan {said['responsePlanArn'].rpartition('/')[2]}"] if "responsePlanArn" in said else []
    return ", ".join(parts)


def _document(results: Sequence[RouteTestResult]) -> dict[str, Any]:
    return {
        "schemaVersion": 1,
        "counts": {"tests": len(results), "differ": sum(bool(each.differences) for each in results)},
        "tests": [
            {
                "place": each.test.place,
                "name": each.test.name,
                "pages": each.decision.pages,
                "starters": [str(starter) for starter in each.decision.starters],
                "request": dict(each.decision.request),
                "routes": [*each.decision.routes],
                "overlapping": [*each.overlapping],
                "differences": [
                    {"key": key, "expected": expected, "got": got} for key, expected, got in each.differences
                ],
            }
            for each in results
        ],
    }
