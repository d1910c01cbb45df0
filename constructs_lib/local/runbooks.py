"""Whether a plan's runbook could run: its role is asked as Incident Manager and Systems Manager would."""

# ruff: noqa: SLF001 - the emulator is untyped, its gaps private

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import Caller, Denial, incident_manager_may, role_is_allowed

if TYPE_CHECKING:
    from collections.abc import Mapping

_RESERVED_BY_AWS = ("aws", "amazon", "amzn")
_DOCUMENT_PARTS = 6


def runbook_denials(automation: Mapping[str, Any], incident_arn: str, caller: Caller) -> list[Denial]:
    """Return what the role of a plan's runbook may not do; a role of nobody here is believed."""
    role_arn = str(automation["roleArn"])
    owner, name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    role = hooks.module("services.iam")._roles.get_scoped(owner, None, name)
    if role is None:
        return []
    trust = role["AssumeRolePolicyDocument"]
    if not incident_manager_may(trust, "sts:AssumeRole", role_arn, caller.region, incident_arn):
        return [Denial("sts:AssumeRole", role_arn)]
    denials = []
    definition, document, execution = _resources(automation, incident_arn, caller.region)
    start = "ssm:StartAutomationExecution"
    # Two guides of AWS name two ways in which this is decided; a role that passes either is believed.
    if not (
        role_is_allowed(role_arn, caller.region, start, definition)
        or all(role_is_allowed(role_arn, caller.region, start, each) for each in (document, execution))
    ):
        denials.append(Denial(start, document))
    if (
        automation.get("targetAccount") == "IMPACTED_ACCOUNT"
        and caller.account_id != incident_arn.split(":")[4]
    ):
        elsewhere = f"arn:aws:iam::{caller.account_id}:role/AWS-SystemsManager-AutomationExecutionRole"
        if not role_is_allowed(role_arn, caller.region, "sts:AssumeRole", elsewhere):
            denials.append(Denial("sts:AssumeRole", elsewhere))
    return denials


def _resources(automation: Mapping[str, Any], incident_arn: str, region: str) -> tuple[str, str, str]:
    name, account = str(automation["documentName"]), incident_arn.split(":")[4]
    parts = name.split(":", _DOCUMENT_PARTS - 1)
    owner = "" if name.lower().startswith(_RESERVED_BY_AWS) else account
    if len(parts) == _DOCUMENT_PARTS:
        name, owner = parts[-1].removeprefix("document/"), parts[4]
    beginning, version = f"arn:aws:ssm:{region}", automation.get("documentVersion", "$DEFAULT")
    return (
        f"{beginning}:{owner}:automation-definition/{name}:{version}",
        f"{beginning}:{owner}:document/{name}",
        f"{beginning}:{account}:automation-execution/made-up",
    )
