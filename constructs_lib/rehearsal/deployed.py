"""The resources of the deployed stacks, with the construct paths that users know them by."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import ClientError

from constructs_lib.cloud_assembly import Stack, stacks_of
from constructs_lib.reading.resources import construct_path

DEFAULT_QUALIFIER = "hnb659fds"
"""The CDK CLI's own: the name of everything it bootstraps carries it."""

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
        for stack in stacks_of(assembly)
        for resource in _resources(aws, stack, stack.name, stack.template())
    ]


def bootstraps(aws: Aws, assembly: Path) -> dict[tuple[str, str], list[Environment]]:
    """Return what an assembly's stacks expect to be bootstrapped: by account and qualifier, each once.

    Args:
        aws: has the account and Region of stacks that name none.
        assembly: the cloud assembly.
    """
    wanted: dict[tuple[str, str], list[Environment]] = {}
    for stack in stacks_of(assembly):
        where = _environment(aws, stack)
        environments = wanted.setdefault((where.account, _qualifier(stack.bootstrap_version_parameter)), [])
        if where not in environments:
            environments.append(where)
    return wanted


def physical_ids(cloudformation: Any, stack: str) -> dict[str, str]:  # noqa: ANN401 - boto3 makes it at run time
    """Return what the resources of a stack became, by logical id.

    Args:
        cloudformation: the client of its account and Region.
        stack: its name or ARN.
    """
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]: str(each.get("PhysicalResourceId", ""))
        for page in pages
        for each in page["StackResourceSummaries"]
    }


def _environment(aws: Aws, stack: Stack) -> Environment:
    return Environment(stack.account or aws.account_id, stack.region or aws.region)


def _resources(
    aws: Aws, stack: Stack, stack_id: str, template: Mapping[str, Any], parent: str = ""
) -> Iterator[Resource]:
    where = _environment(aws, stack)
    client = aws.client("cloudformation", account_id=where.account, region=where.region)
    try:
        known = physical_ids(client, stack_id)
    except ClientError:
        return  # it was not deployed: only some stacks were asked for
    for logical_id, definition in template.get("Resources", {}).items():
        if logical_id not in known:
            continue  # its condition is false
        metadata = definition.get("Metadata") or {}
        resource = Resource(
            where,
            stack.name,
            logical_id,
            str(definition["Type"]),
            known[logical_id],
            construct_path(metadata) or f"{parent or stack.name}/{logical_id}",
            _STARTER_METADATA in metadata,
        )
        yield resource
        if resource.type == _NESTED_STACK:
            nested = resource.physical_id
            body = client.get_template(StackName=nested)["TemplateBody"]
            inner = json.loads(body) if isinstance(body, str) else body
            yield from _resources(aws, stack, nested, inner, resource.path)


def _qualifier(version_parameter: str) -> str:
    """Read the qualifier out of /cdk-bootstrap/QUALIFIER/version; the CLI's own for older assemblies."""
    parts = version_parameter.split("/")
    is_known = len(parts) == len(("", "cdk-bootstrap", "QUALIFIER", "version"))
    return parts[2] if is_known else DEFAULT_QUALIFIER
