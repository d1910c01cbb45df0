"""Why a rule of cdk-nag does not apply, said where its readers look for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Stack, Validations

from ._checks import has_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct


def acknowledge(scope: Construct, reasons: Mapping[str, str]) -> None:
    """Say why a rule of cdk-nag does not apply, where its readers look for it.

    Args:
        scope: where the finding is.
        reasons: reason by rule, or by finding in cdk-nag's own words.
    """
    Validations.of(scope).acknowledge(
        *(Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items())
    )


def acknowledge_incident_records(scope: Construct, records_arn: str) -> None:
    """Say why a plan's incidents stand in a policy with a wildcard."""
    acknowledge_wildcard(scope, records_arn, "The ids of incidents are not known before they are started")


def acknowledge_wildcard(scope: Construct, arn: str, reason: str) -> None:
    """Say why an ARN with a wildcard stands in a policy, in cdk-nag's own words for it."""
    finding = _flattened(Stack.of(scope).resolve(arn)) if has_token(arn) else arn
    acknowledge(scope, {f"AwsSolutions-IAM5[Resource::{finding}]": reason})


def _flattened(value: object) -> str:
    """A resolved value as cdk-nag spells it in the id of a finding."""
    match value:
        case str():
            return value
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{resource}.{attribute}>"
        case {"Fn::Join": [delimiter, [*parts]]}:
            return str(delimiter).join(map(_flattened, parts))
        case _:
            return json.dumps(value, separators=(",", ":"))
