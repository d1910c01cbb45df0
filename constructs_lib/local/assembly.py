"""Deploys a synthesized cloud assembly with boto3 alone: assets, bootstrap version, stacks in order."""

# ruff: noqa: ANN401 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.cloud_assembly import UnreadableError, is_assembly, read_template, stacks_of
from constructs_lib.local.cloudformation import unsupported_resources
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.stacks import deploy_template, put_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from constructs_lib.cloud_assembly import Stack

_BOOTSTRAP_VERSION = "30"


class Target(Protocol):
    """What the deployment needs of the local AWS."""

    region: str
    account_id: str

    def client(self, service: str, *, account_id: str | None = None, region: str | None = None) -> Any:
        """Return a client of an account and Region."""


def deploy_assembly(target: Target, directory: Path, wanted: Sequence[str] | None) -> None:
    """Deploy an assembly's stacks, or those wanted and what they depend on."""
    if not is_assembly(directory):
        message = (
            f"{directory} is no cloud assembly: it has no manifest.json. Run app.synth() or cdk synth first"
        )
        raise LocalAwsError(message)
    try:
        stacks = {stack.artifact_id: stack for stack in stacks_of(directory)}
        chosen = _in_order(stacks, _wanted(stacks, wanted))
        _refuse_the_unsupported(chosen)
    except UnreadableError as error:
        raise LocalAwsError(str(error)) from None
    for stack in chosen:
        _deploy_stack(target, stack)


def _wanted(stacks: Mapping[str, Stack], wanted: Sequence[str] | None) -> list[Stack]:
    if wanted is None:
        return list(stacks.values())
    chosen = []
    for name in wanted:
        found = [stack for stack in stacks.values() if name in stack.names]
        if not found:
            names = ", ".join(sorted(stack.name for stack in stacks.values()))
            message = f"the assembly has no stack {name!r}; it has {names}"
            raise LocalAwsError(message)
        chosen += found
    return chosen


def _in_order(stacks: Mapping[str, Stack], chosen: Sequence[Stack]) -> list[Stack]:
    ordered: dict[str, Stack] = {}

    def visit(stack: Stack) -> None:
        if stack.artifact_id in ordered:
            return
        for dependency in stack.depends_on:
            if dependency in stacks:
                visit(stacks[dependency])
        ordered[stack.artifact_id] = stack

    for stack in chosen:
        visit(stack)
    return list(ordered.values())


def _refuse_the_unsupported(stacks: Sequence[Stack]) -> None:
    found = [
        f"{logical_id} ({resource_type}) of stack {stack.name}"
        for stack in stacks
        for template in (stack.template(), *_nested_templates(stack))
        for logical_id, resource_type in unsupported_resources(template)
    ]
    if found:
        message = f"the local AWS cannot deploy {', '.join(found)}"
        raise LocalAwsError(message)


def _nested_templates(stack: Stack) -> Iterator[dict[str, Any]]:
    for asset in _file_assets(stack):
        if asset["source"]["path"].endswith(".nested.template.json"):
            yield read_template(stack.directory / asset["source"]["path"])


def _file_assets(stack: Stack) -> list[dict[str, Any]]:
    assets = stack.assets()
    if assets.get("dockerImages"):
        message = (
            f"the local AWS cannot build the container images of stack {stack.name}: it runs without Docker"
        )
        raise LocalAwsError(message)
    return list(assets.get("files", {}).values())


def _deploy_stack(target: Target, stack: Stack) -> None:
    account_id, region = stack.account or target.account_id, stack.region or target.region

    def client(service: str) -> Any:
        return target.client(service, account_id=account_id, region=region)

    if name := stack.bootstrap_version_parameter:
        client("ssm").put_parameter(Name=name, Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True)
    for asset in _file_assets(stack):
        _publish(client("s3"), stack.directory, asset, account_id, region)
    bucket = f"local-templates-{account_id}-{region}"
    deploy_template(
        client,
        bucket,
        stack.name,
        stack.template(),
        parameters=stack.parameters,
        tags=stack.properties.get("tags"),
    )


def _publish(s3: Any, directory: Path, asset: Mapping[str, Any], account_id: str, region: str) -> None:
    source = directory / asset["source"]["path"]
    body = zipped(source) if asset["source"].get("packaging") == "zip" else source.read_bytes()
    for destination in asset["destinations"].values():
        names = {"${AWS::AccountId}": account_id, "${AWS::Region}": region, "${AWS::Partition}": "aws"}
        bucket, key = destination["bucketName"], destination["objectKey"]
        for placeholder, value in names.items():
            bucket, key = bucket.replace(placeholder, value), key.replace(placeholder, value)
        put_object(s3, bucket, key, body)


def zipped(source: Path) -> bytes:
    """Zip a directory as an asset."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(source).as_posix())
    return buffer.getvalue()
