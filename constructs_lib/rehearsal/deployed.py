"""The resources of the deployed stacks, with the construct paths that users know them by."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError

_NESTED_STACK = "AWS::CloudFormation::Stack"
_STARTER_METADATA = "cdk-incident-starter"


class Aws(Protocol):
    """What a rehearsal reads from a local AWS."""

    region: str
    account_id: str

    def client(self, service: str, *, account_id: str | None = None, region: str | None = None) -> Any:  # noqa: ANN401
        """Return a client of an account and Region."""


@dataclass(frozen=True)
class Environment:
    """An account and Region that stacks were deployed to."""

    account: str
    region: str


@dataclass(frozen=True)
class Resource:
    """One resource of a deployed stack."""

    environment: Environment
    stack: str
    logical_id: str
    type: str
    physical_id: str
    path: str
    is_marked_as_starter: bool


def deployed_resources(aws: Aws, assembly: Path) -> list[Resource]:
    """Return the resources of an assembly's stacks, in the order of the templates.

    Args:
        aws: where the stacks were deployed; those that were not are left out.
        assembly: the cloud assembly they were deployed from.
    """
    return [
        resource
        for name, environment in _stacks(aws, assembly)
        for resource in _resources(aws, environment, name, name, "")
    ]


def environments(aws: Aws, assembly: Path) -> list[Environment]:
    """Return the accounts and Regions of an assembly's stacks, each once.

    Args:
        aws: has those of stacks that name none.
        assembly: the cloud assembly.
    """
    return list(dict.fromkeys(environment for _, environment in _stacks(aws, assembly)))


def _stacks(aws: Aws, assembly: Path) -> Iterator[tuple[str, Environment]]:
    manifest = json.loads((assembly / "manifest.json").read_text(encoding="utf-8"))
    for artifact_id, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(aws, assembly / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            account, _, region = artifact["environment"].removeprefix("aws://").partition("/")
            environment = Environment(
                aws.account_id if account == "unknown-account" else account,
                aws.region if region == "unknown-region" else region,
            )
            yield properties.get("stackName", artifact_id), environment


def _resources(
    aws: Aws, environment: Environment, stack: str, stack_id: str, parent: str
) -> Iterator[Resource]:
    client = aws.client("cloudformation", account_id=environment.account, region=environment.region)
    try:
        pages = client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        physical_ids = {
            summary["LogicalResourceId"]: str(summary.get("PhysicalResourceId", ""))
            for page in pages
            for summary in page["StackResourceSummaries"]
        }
        body = client.get_template(StackName=stack_id)["TemplateBody"]
    except ClientError:
        return  # it was not deployed: only some stacks were asked for
    template = json.loads(body) if isinstance(body, str) else body
    for logical_id, definition in template.get("Resources", {}).items():
        if logical_id not in physical_ids:
            continue  # its condition is false
        resource = Resource(
            environment,
            stack,
            logical_id,
            str(definition["Type"]),
            physical_ids[logical_id],
            _path(logical_id, definition, parent or stack),
            _STARTER_METADATA in (definition.get("Metadata") or {}),
        )
        yield resource
        if resource.type == _NESTED_STACK:
            yield from _resources(aws, environment, stack, resource.physical_id, resource.path)


def _path(logical_id: str, definition: Mapping[str, Any], stack: str) -> str:
    path = (definition.get("Metadata") or {}).get("aws:cdk:path")
    if not path:
        return f"{stack}/{logical_id}"
    return str(path).removesuffix("/Resource").removesuffix("/Default")
