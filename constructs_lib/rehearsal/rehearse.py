"""The rehearsal: deploy an app into a local AWS, fire everything wired to a starter, report."""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_lib.local import LocalAws
from constructs_lib.local.incidents_api import Unknowns

from .afterwards import afterwards
from .deployed import deployed_resources
from .deployment import App, deploy
from .errors import RehearsalError
from .outcome import Outcome, Report, Status
from .plans import foreign_plans
from .sliced import Sliced, deploy_slice
from .trial import Stage
from .watcher import Watcher
from .wiring import Wired, Wiring, read_wiring

_ANY_NUMBER = 1_000_000
"""Of incidents: that a plan has had its 200 of this month is true of no month in which everything burns."""


@dataclass(frozen=True)
class Options:
    """What to rehearse.

    Attributes:
        app: the command that synthesizes the app, or a cloud assembly; None where cdk.json names it.
        cwd: where the app lives.
        region: the Region of stacks that name none.
        timeout: how many seconds each incident may take.
        stacks: the stacks to deploy, with what they depend on; all when empty.
        context: ``key=value`` pairs for the app.
        alarms: names or construct paths of the alarms to try.
        event: the event to try. With alarms or an event given nothing else is tried.
        whole: whether everything is deployed with the CDK CLI, not only what pages.
    """

    app: str | None
    cwd: Path
    region: str = "us-east-1"
    timeout: float = 30.0
    stacks: Sequence[str] = ()
    context: Sequence[str] = ()
    alarms: Sequence[str] = ()
    event: Mapping[str, Any] | None = None
    whole: bool = False


def rehearse(options: Options, watcher: Watcher) -> Report:
    """Deploy the app, fire what is wired and report.

    Args:
        options: what to rehearse.
        watcher: is told how far it is.

    Raises:
        RehearsalError: the app does not synthesize or deploy, or has nothing of what was asked for.
    """
    watcher.phase("Starting a local AWS")
    with _scratch_directory() as scratch, LocalAws(region=options.region) as aws:
        aws.set_unknowns(Unknowns(incidents_per_month=_ANY_NUMBER))
        found = _deployed(aws, scratch / "cdk.out", watcher, options)
        watcher.phase("Reading what is wired")
        wiring = read_wiring(aws, found.resources)
        assumed = foreign_plans(wiring)
        for arn in assumed:
            aws.add_response_plan(arn)
        stage = Stage(aws, wiring, options.timeout)
        outcomes = [*_fire(stage, options, watcher), *(() if options.alarms or options.event else found.left)]
        followed: tuple[Outcome, ...] = ()
        if not options.alarms and options.event is None:
            watcher.phase("Trying what comes after a first incident")
            followed = tuple(afterwards(stage, {outcome.subject.arn: outcome for outcome in outcomes}))
        return Report(
            aws.region,
            aws.account_id,
            tuple(outcomes),
            assumed,
            followed,
            found.substitutions,
            found.unread,
        )


def _deployed(aws: LocalAws, assembly: Path, watcher: Watcher, options: Options) -> Sliced:
    """Deploy what pages, or everything, and return what there is then."""
    wanted = App(options.app, options.cwd, options.stacks, options.context)
    if not options.whole:
        return deploy_slice(aws, assembly, watcher, wanted)
    deploy(aws, assembly, watcher, wanted)
    return Sliced(deployed_resources(aws, assembly))


@contextmanager
def _scratch_directory() -> Iterator[Path]:
    """Give a directory that also takes the temporary files of every child process."""
    before = os.environ.get("TMPDIR")
    with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as name:
        os.environ["TMPDIR"] = name
        try:
            yield Path(name)
        finally:
            if before is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = before


def _fire(stage: Stage, options: Options, watcher: Watcher) -> list[Outcome]:
    subjects = chosen(stage, options)
    outcomes: list[Outcome] = []
    total = sum(_is_tried(wired) for wired in subjects)
    for wired in subjects:
        if not _is_tried(wired):
            outcomes.append(_untried(wired))
            continue
        watcher.trial(wired.subject.path, sum(_was_tried(each) for each in outcomes) + 1, total)
        if options.event is not None and wired.subject.kind == "rule":
            outcomes.append(stage.try_event(wired, options.event))
        else:
            outcomes.append(stage.try_out(wired))
    return outcomes


def chosen(stage: Stage, options: Options) -> list[Wired]:
    """Return what the user asked for: everything, or the named alarms and the rules of one event.

    Args:
        stage: where it takes place.
        options: the wishes.

    Raises:
        RehearsalError: there is no such alarm, or no rule matches the event.
    """
    everything = stage.wiring.wired
    if not options.alarms and options.event is None:
        return list(everything)
    wanted = [wired for name in options.alarms for wired in _named(stage.wiring, name)]
    if options.event is not None:
        matched = [
            each
            for each in everything
            if each.subject.kind == "rule" and stage.is_matched(each, options.event)
        ]
        if not matched:
            rules = ", ".join(wired.subject.path for wired in everything if wired.subject.kind == "rule")
            message = f"the event matches no rule that is wired to a starter; wired are: {rules or 'none'}"
            raise RehearsalError(message)
        wanted += matched
    return list({wired.subject.arn: wired for wired in wanted}.values())


def _named(wiring: Wiring, name: str) -> list[Wired]:
    alarms = [wired for wired in wiring.wired if wired.subject.kind == "alarm"]
    found = [
        wired
        for wired in alarms
        if name in (wired.subject.name, wired.subject.path, wired.subject.path.split("/")[-1])
    ]
    if not found:
        known = ", ".join(wired.subject.path for wired in alarms)
        message = f"the app has no alarm {name!r}; it has: {known or 'none'}"
        raise RehearsalError(message)
    return found


def _is_tried(wired: Wired) -> bool:
    return bool(wired.targets) and not wired.why_not


def _was_tried(outcome: Outcome) -> bool:
    return outcome.status not in (Status.NOT_TRIED, Status.NOT_WIRED)


def _untried(wired: Wired) -> Outcome:
    status = Status.NOT_TRIED if wired.why_not else Status.NOT_WIRED
    return Outcome(wired.subject, status, problems=(wired.why_not,) if wired.why_not else ())


def read_event(text: str) -> dict[str, Any]:
    """Read an event that a user wrote.

    Args:
        text: JSON.

    Raises:
        RehearsalError: it is no event of EventBridge.
    """
    try:
        event = json.loads(text)
    except ValueError as error:
        message = f"the event is no JSON: {error}"
        raise RehearsalError(message) from None
    if not isinstance(event, dict) or not all(
        isinstance(event.get(name), str) for name in ("source", "detail-type")
    ):
        message = 'the event must be an object with the texts "source" and "detail-type", as rules see it'
        raise RehearsalError(message)
    if not isinstance(event.get("detail", {}), dict):
        message = 'the "detail" of the event must be an object'
        raise RehearsalError(message)
    return event
