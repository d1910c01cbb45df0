"""Deploys of an app only what its pager needs: whatever else is in it decides nothing about who is paged."""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from constructs_lib.cloud_assembly import UnreadableError
from constructs_lib.local import LocalAws, LocalAwsError
from constructs_lib.local.assembly import zipped
from constructs_lib.local.cdk_cli import CdkCli
from constructs_lib.local.cloudformation import unsupported_resources
from constructs_lib.local.stacks import deploy_template, put_object
from constructs_lib.reading.assemblies import read_app
from constructs_lib.reading.pager_slice import Substitution, pager_slice
from constructs_lib.reading.slice_templates import SliceStack, slice_templates
from constructs_lib.reading.synthesis import SynthesisError, app_of_settings, synthesize
from constructs_lib.reading.templates import App as Templates, Template

from .deployed import Environment, Resource, physical_ids
from .deployment import App
from .errors import RehearsalError
from .outcome import Outcome, Status, Subject
from .watcher import Watcher


@dataclass
class Sliced:
    """What was deployed of an app.

    Attributes:
        resources: those of the stacks that were deployed.
        substitutions: what is deployed otherwise than the app says.
        left: the alarms that nothing pages for, which are not deployed.
        unread: sentences on what of the app could not be read.
    """

    resources: list[Resource] = field(default_factory=list)
    substitutions: tuple[Substitution, ...] = ()
    left: tuple[Outcome, ...] = ()
    unread: tuple[str, ...] = ()


def deploy_slice(aws: LocalAws, assembly: Path, watcher: Watcher, wanted: App) -> Sliced:
    """Synthesize the app, and deploy what pages.

    Args:
        aws: where to.
        assembly: the directory for the cloud assembly.
        watcher: is told how far it is.
        wanted: the app; a template is one, too.

    Raises:
        RehearsalError: the app does not synthesize, or something of the slice cannot be deployed.
    """
    watcher.phase("Synthesizing the app")
    read = _read(aws, assembly, watcher, wanted)
    watcher.phase("Looking for what pages")
    found = pager_slice(read, _templates(read, wanted.stacks) if wanted.stacks else None)
    watcher.phase("Deploying it")
    resources: list[Resource] = []
    uploaded: set[tuple[Environment, str]] = set()
    for stack in slice_templates(found):
        watcher.line(stack.name)
        resources += _deploy(aws, read, stack, uploaded)
    left = tuple(
        Outcome(
            Subject("alarm", str(each.name), each.path, str(each.template.stack), str(each.arn)),
            Status.NOT_WIRED,
        )
        for each in found.left
    )
    return Sliced(resources, tuple(found.substitutions), left, tuple(read.problems))


def _read(aws: LocalAws, assembly: Path, watcher: Watcher, wanted: App) -> Templates:
    cwd = wanted.cwd
    try:
        command = wanted.command or app_of_settings(cwd)
        path = cwd / command
        if not _exists(path):
            path = assembly
            environment = CdkCli(aws.environ(), list).environment_with_node()
            values = dict(_pair(each) for each in wanted.context)
            synthesize(command, path, cwd=cwd, environment=environment, context=values, on_line=watcher.line)
        return read_app(path, account=aws.account_id, region=aws.region)
    except SynthesisError as error:
        message = "the app does not synthesize" if error.details else str(error)
        raise RehearsalError(message, error.details) from None
    except UnreadableError as error:
        raise RehearsalError(str(error)) from None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False  # a command may be longer than a path


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        message = f"got the context {text!r}: write it as key=value"
        raise RehearsalError(message)
    return key, value


def _templates(app: Templates, stacks: Sequence[str]) -> frozenset[Template]:
    """Find the templates of the stacks that are asked for, nested ones with them."""
    outermost = [template for template in app.templates if template.parent is None]
    wanted: set[Template] = set()
    for name in stacks:
        found = [each for each in outermost if any(fnmatch.fnmatchcase(known, name) for known in each.names)]
        if not found:
            message = (
                f"the app has no stack {name!r}; it has {', '.join(each.names[-1] for each in outermost)}"
            )
            raise RehearsalError(message)
        wanted.update(found)
    for template in app.templates:  # a nested one comes after the one around it
        if template.parent in wanted:
            wanted.add(template)
    return frozenset(wanted)


def _deploy(
    aws: LocalAws, app: Templates, stack: SliceStack, uploaded: set[tuple[Environment, str]]
) -> Iterator[Resource]:
    where = Environment(str(stack.place.account), str(stack.place.region))

    def client(service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        return aws.client(service, account_id=where.account, region=where.region)

    unsupported = unsupported_resources(stack.body)
    if unsupported:
        named = ", ".join(f"{logical_id} ({kind})" for logical_id, kind in unsupported)
        message = f"the local AWS cannot deploy {named}"
        raise RehearsalError(message)
    for code in _code(stack):
        if (where, code["S3Key"]) not in uploaded:
            uploaded.add((where, code["S3Key"]))
            put_object(client("s3"), code["S3Bucket"], code["S3Key"], _zip(app, stack, code["S3Key"]))
    try:
        bucket = f"local-templates-{where.account}-{where.region}"
        deploy_template(client, bucket, stack.name, stack.body)
    except LocalAwsError as error:
        message = "what pages does not deploy"
        raise RehearsalError(message, str(error)) from None
    known = physical_ids(client("cloudformation"), stack.name)
    for logical_id, resource in stack.resources.items():
        yield Resource(
            where,
            stack.name,
            logical_id,
            resource.type,
            known[logical_id],
            resource.path,
            is_marked_as_starter=True,
        )


def _code(stack: SliceStack) -> Iterator[dict[str, Any]]:
    for definition in stack.body["Resources"].values():
        code = definition["Properties"].get("Code") or {}
        if definition["Type"] == "AWS::Lambda::Function" and "S3Key" in code:
            yield code


def _zip(app: Templates, stack: SliceStack, key: str) -> bytes:
    asset = app.assets.get(key)
    if asset is None or not asset.source.exists():
        message = f"the code of a starter of stack {stack.name} is not there: no asset {key} in the assembly"
        raise RehearsalError(message)
    return zipped(asset.source) if asset.is_zipped else asset.source.read_bytes()
