"""Deploys a synthesized cloud assembly with boto3 alone: assets, bootstrap version, stacks in order."""

# ruff: noqa: ANN401 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.local.cloudformation import unsupported_resources
from constructs_lib.local.errors import LocalAwsError
from constructs_lib.local.stacks import deploy_template, put_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_BOOTSTRAP_VERSION = "30"


class Target(Protocol):
    """What the deployment needs of the local AWS."""

    region: str
    account_id: str

    def client(self, service: str, *, account_id: str | None = None, region: str | None = None) -> Any:
        """Return a client of an account and Region."""


@dataclass(frozen=True)
class Stack:
    """One stack of an assembly."""

    artifact_id: str
    directory: Path
    properties: Mapping[str, Any]
    display_name: str
    depends_on: tuple[str, ...]
    environment: str

    @property
    def name(self) -> str:
        """The stack's name on AWS."""
        return str(self.properties.get("stackName", self.artifact_id))

    def template(self) -> dict[str, Any]:
        """Read the stack's template."""
        text = (self.directory / self.properties["templateFile"]).read_text(encoding="utf-8")
        template: dict[str, Any] = json.loads(text)
        return template

    def matches(self, wanted: str) -> bool:
        """Whether a user means this stack."""
        return wanted in (self.name, self.artifact_id, self.display_name)


def deploy_assembly(target: Target, directory: Path, wanted: Sequence[str] | None) -> None:
    """Deploy an assembly's stacks, or those wanted and what they depend on."""
    if not (directory / "manifest.json").is_file():
        message = (
            f"{directory} is no cloud assembly: it has no manifest.json. Run app.synth() or cdk synth first"
        )
        raise LocalAwsError(message)
    stacks = {stack.artifact_id: stack for stack in _stacks(directory)}
    chosen = _in_order(stacks, _wanted(stacks, wanted))
    _refuse_the_unsupported(chosen)
    for stack in chosen:
        _deploy_stack(target, stack)


def _stacks(directory: Path) -> Iterator[Stack]:
    artifacts = json.loads((directory / "manifest.json").read_text(encoding="utf-8")).get("artifacts", {})
    for artifact_id, artifact in artifacts.items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(directory / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            yield Stack(
                artifact_id,
                directory,
                properties,
                artifact.get("displayName", artifact_id),
                tuple(artifact.get("dependencies", ())),
                artifact.get("environment", "aws://unknown-account/unknown-region"),
            )


def _wanted(stacks: Mapping[str, Stack], wanted: Sequence[str] | None) -> list[Stack]:
    if wanted is None:
        return list(stacks.values())
    chosen = []
    for name in wanted:
        found = [stack for stack in stacks.values() if stack.matches(name)]
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
            template: dict[str, Any] = json.loads(
                (stack.directory / asset["source"]["path"]).read_text("utf-8")
            )
            yield template


def _file_assets(stack: Stack) -> list[dict[str, Any]]:
    manifest = stack.directory / f"{stack.artifact_id}.assets.json"
    if not manifest.is_file():
        return []
    assets = json.loads(manifest.read_text(encoding="utf-8"))
    if assets.get("dockerImages"):
        message = (
            f"the local AWS cannot build the container images of stack {stack.name}: it runs without Docker"
        )
        raise LocalAwsError(message)
    return list(assets.get("files", {}).values())


def _deploy_stack(target: Target, stack: Stack) -> None:
    account_id, _, region = stack.environment.removeprefix("aws://").partition("/")
    account_id = target.account_id if account_id == "unknown-account" else account_id
    region = target.region if region == "unknown-region" else region

    def client(service: str) -> Any:
        return target.client(service, account_id=account_id, region=region)

    _bootstrap(client("ssm"), stack)
    for asset in _file_assets(stack):
        _publish(client("s3"), stack.directory, asset, account_id, region)
    bucket = f"local-templates-{account_id}-{region}"
    deploy_template(
        client,
        bucket,
        stack.name,
        stack.template(),
        parameters=stack.properties.get("parameters"),
        tags=stack.properties.get("tags"),
    )


def _bootstrap(ssm: Any, stack: Stack) -> None:
    name = stack.properties.get("bootstrapStackVersionSsmParameter")
    if name:
        ssm.put_parameter(Name=name, Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True)


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
