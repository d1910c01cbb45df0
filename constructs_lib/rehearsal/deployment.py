"""Deploys an app with the real CDK CLI, without leaving anything in the app's directory."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from constructs_lib.cloud_assembly import is_assembly
from constructs_lib.local import LocalAws, LocalAwsError
from constructs_lib.local.cdk_cli import CdkCli

from .deployed import DEFAULT_QUALIFIER, bootstraps
from .errors import RehearsalError
from .watcher import Watcher

_EVERY_STACK = "**"


class App(NamedTuple):
    """An app to deploy.

    Attributes:
        command: the app's command or a cloud assembly; None where cdk.json names it.
        cwd: where it lives.
        stacks: those to deploy; all when empty.
        context: ``key=value`` pairs for it.
    """

    command: str | None
    cwd: Path
    stacks: Sequence[str]
    context: Sequence[str]


def deploy(aws: LocalAws, assembly: Path, watcher: Watcher, wanted: App) -> None:
    """Synthesize the app, bootstrap the accounts it names, deploy its stacks.

    Args:
        aws: where to.
        assembly: the directory for the cloud assembly.
        watcher: is told how far it is.
        wanted: the app.

    Raises:
        RehearsalError: the app does not synthesize or deploy.
    """
    app, cwd, stacks, context = wanted

    def cdk(failure: str, *arguments: str, app: str | None) -> None:
        try:
            aws.cdk(*arguments, app=app, cwd=cwd, on_line=watcher.line)
        except LocalAwsError as error:
            raise _told(failure, error) from None

    watcher.phase("Synthesizing the app")
    if app is not None and is_assembly(cwd / app):
        shutil.copytree(cwd / app, assembly)  # the CLI locks an assembly by files in it
    else:
        values = [word for pair in context for word in ("--context", pair)]
        synth = ("synth", _EVERY_STACK, "--quiet", "--output", str(assembly), *values)
        cdk("the app does not synthesize", *synth, app=app)
    if not is_assembly(assembly):
        message = "the app synthesized nothing: does it call app.synth()?"
        raise RehearsalError(message)
    watcher.phase("Bootstrapping the local account")
    _bootstrap(aws, assembly, watcher, cwd)
    watcher.phase("Deploying")
    cdk("the app does not deploy", "deploy", *(stacks or [_EVERY_STACK]), app=str(assembly))


def _bootstrap(aws: LocalAws, assembly: Path, watcher: Watcher, cwd: Path) -> None:
    """Bootstrap with credentials of each account: the CLI refuses those of another one.

    The assembly stands in for the app that cdk.json names: the CLI would synthesize that again.
    """
    for (account, qualifier), environments in bootstraps(aws, assembly).items():
        arguments = ["bootstrap", *(f"aws://{each.account}/{each.region}" for each in environments)]
        if qualifier != DEFAULT_QUALIFIER:
            arguments += ["--qualifier", qualifier, "--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
        credentials = {"AWS_ACCESS_KEY_ID": account, "CDK_DEFAULT_ACCOUNT": account}
        cli = CdkCli({**aws.environ(), **credentials}, unsupported=list)
        try:
            cli.run(arguments, app=str(assembly), cwd=cwd, on_line=watcher.line)
        except LocalAwsError as error:
            failure = "the local account could not be bootstrapped"
            raise _told(failure, error) from None


def _told(failure: str, error: LocalAwsError) -> RehearsalError:
    """Tell the CLI's last lines, or the resources that cannot be deployed, from the command."""
    summary, _, details = str(error).partition(":\n")
    _, _, reason = summary.partition(" failed: ")
    if not details and not reason:
        return RehearsalError(f"{failure}: {summary}")
    return RehearsalError(f"{failure}: {reason}" if reason else failure, details)
