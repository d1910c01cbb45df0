"""Creates and updates stacks, and tells why one failed."""

# ruff: noqa: ANN401 - boto3's clients are untyped

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.local.errors import LocalAwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_POLL_SECONDS = 0.01
_DEPLOY_SECONDS = 120
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


def put_object(s3: Any, bucket: str, key: str, body: bytes) -> None:
    """Put an object, making its bucket if need be."""
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    except s3.exceptions.NoSuchBucket:
        region = s3.meta.region_name
        elsewhere = (
            {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
        )
        s3.create_bucket(Bucket=bucket, **elsewhere)
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def deploy_template(
    client: Callable[[str], Any],
    bucket: str,
    name: str,
    template: Mapping[str, Any],
    *,
    parameters: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
) -> None:
    """Bring a stack to its template, whatever its size, and wait until it is there.

    Args:
        client: gives the client of a service in the stack's account and Region.
        bucket: one of that account and Region, for the template.
        name: the stack's.
        template: what it holds.
        parameters: the values of its parameters.
        tags: its tags.

    Raises:
        LocalAwsError: it was refused or failed; the message says why.
    """
    s3 = client("s3")
    put_object(s3, bucket, f"{name}.json", json.dumps(template).encode())
    url = f"{s3.meta.endpoint_url}/{bucket}/{name}.json"
    _create_or_update(client("cloudformation"), name, url, parameters or {}, tags or {})


def _create_or_update(
    cloudformation: Any, name: str, template_url: str, parameters: Mapping[str, str], tags: Mapping[str, str]
) -> None:
    """Bring a stack to its template and wait until it is there, or say why it is not."""
    request = {
        "StackName": name,
        "TemplateURL": template_url,
        "Capabilities": _CAPABILITIES,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }
    try:
        status = _status(cloudformation, name)
        if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
            cloudformation.delete_stack(StackName=name)
            _settled(cloudformation, name)
            status = None
        if status is None or status == "DELETE_COMPLETE":
            cloudformation.create_stack(**request)
        else:
            cloudformation.update_stack(**request)
    except ClientError as error:
        reason = error.response["Error"]["Message"]
        if "No updates are to be performed" in reason:
            return
        message = f"stack {name} was refused: {reason}"
        raise LocalAwsError(message) from None
    status = _settled(cloudformation, name)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        message = f"stack {name} failed ({status}): {failure_reason(cloudformation, name)}"
        raise LocalAwsError(message)


def _status(cloudformation: Any, name: str) -> str | None:
    try:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except ClientError:
        return None


def _settled(cloudformation: Any, name: str) -> str | None:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while time.monotonic() < deadline:
        status = _status(cloudformation, name)
        if status is None or not status.endswith("_IN_PROGRESS"):
            return status
        time.sleep(_POLL_SECONDS)
    message = f"stack {name} is still {status} after {_DEPLOY_SECONDS} seconds"
    raise LocalAwsError(message)


def failure_reason(cloudformation: Any, name: str) -> str:
    """Return why a stack failed: its first resource that did, named by logical id and type."""
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    for event in reversed(events):
        reason = event.get("ResourceStatusReason", "")
        if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in reason:
            return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
    return "no reason was recorded"
