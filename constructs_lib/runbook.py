"""A Systems Manager Automation runbook that starts with each incident of a plan."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, TypeAlias

from ._plan_checks import check_member, check_parameters, check_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from aws_cdk.interfaces.aws_ssm import IDocumentRef

_AUTOMATION = ("actions", "[]", "ssmAutomation")


class RunbookVariable(str, Enum):
    """What Incident Manager knows of the incident, as a runbook's parameter."""

    INCIDENT_RECORD_ARN = "INCIDENT_RECORD_ARN"
    """The incident's ARN, for a parameter of type String."""
    INVOLVED_RESOURCES = "INVOLVED_RESOURCES"
    """The ARNs of its related items of type INVOLVED_RESOURCE, for a parameter of type StringList."""


_VARIABLES = frozenset(variable.value for variable in RunbookVariable)


class RunbookAccount(str, Enum):
    """The account that a runbook runs in."""

    IMPACTED = "IMPACTED_ACCOUNT"
    """The account that reported the incident, through its AWS-SystemsManager-AutomationExecutionRole."""
    RESPONSE_PLAN_OWNER = "RESPONSE_PLAN_OWNER_ACCOUNT"
    """The account of the response plan."""


if TYPE_CHECKING:
    RunbookParameter: TypeAlias = str | Sequence[str] | RunbookVariable


class Runbook:
    """A runbook of a response plan: a document of Systems Manager Automation, and what it is started with.

    See https://docs.aws.amazon.com/incident-manager/latest/userguide/runbooks.html
    """

    def __init__(
        self,
        document: IDocumentRef | str,
        *,
        parameters: Mapping[str, RunbookParameter] | None = None,
        role: iam.IRole | iam.Role | None = None,  # pyright does not take the second for the first
        target_account: RunbookAccount = RunbookAccount.RESPONSE_PLAN_OWNER,
        version: str | None = None,
    ) -> None:
        """Name a document and its parameters.

        Args:
            document: a construct, such as ``ssm.CfnDocument``, a name (3 to 128 characters) or the ARN of a
                document that another account shares.
            parameters: by name, at most 200: a text, up to 10 different texts of at most 512 characters, or a
                `RunbookVariable`, which Incident Manager fills in.
            role: what the runbook runs as; Incident Manager must be able to assume it. By default the plan
                makes one that may start this document and nothing else; grant what the steps of the document
                need to ``plan.runbook_role``.
            target_account: where it runs. By default in the plan's account.
            version: a number, ``$LATEST`` or ``$DEFAULT``. By default the document's default version.

        Raises:
            ValueError: a value is not what Incident Manager or CloudFormation takes.
        """
        self._document = check_member("runbook.document", _name_of(document), *_AUTOMATION, "documentName")
        self._parameters = _checked(parameters)
        if role is not None and not isinstance(getattr(role, "role_arn", None), str):
            kind = type(role).__name__
            message = f"runbook.role: got {role!r} of type {kind}, a role is needed, such as iam.Role"
            raise ValueError(message)
        self._role = role
        if not isinstance(target_account, RunbookAccount):
            allowed = ", ".join(f"RunbookAccount.{each.name}" for each in RunbookAccount)
            message = f"runbook.target_account: got {target_account!r}, allowed are {allowed}"
            raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
        self._target_account = target_account
        self._version = None
        if version is not None:
            self._version = check_member("runbook.version", version, *_AUTOMATION, "documentVersion")

    @property
    def document(self) -> str:
        """The document's name, or its ARN."""
        return self._document

    @property
    def role(self) -> iam.IRole | iam.Role | None:
        """What it runs as, if that was given."""
        return self._role

    @property
    def target_account(self) -> RunbookAccount:
        """Where it runs."""
        return self._target_account

    def to_automation(self, role_arn: str) -> dict[str, Any]:
        """The runbook in CloudFormation's words, as CDK spells them."""
        fixed = {key: value for key, value in self._parameters.items() if isinstance(value, list)}
        filled_in = {key: value for key, value in self._parameters.items() if not isinstance(value, list)}
        automation: dict[str, Any] = {
            "documentName": self._document,
            "roleArn": role_arn,
            "targetAccount": self._target_account.value,
        }
        if self._version is not None:
            automation["documentVersion"] = self._version
        if fixed:
            automation["parameters"] = [{"key": key, "values": values} for key, values in fixed.items()]
        if filled_in:
            automation["dynamicParameters"] = [
                {"key": key, "value": {"variable": variable}} for key, variable in filled_in.items()
            ]
        return automation


def check_runbook(runbook: object) -> Runbook | None:
    """What a plan was given as its runbook.

    Raises:
        ValueError: it is something else.
    """
    if runbook is None or isinstance(runbook, Runbook):
        return runbook
    message = (
        f"runbook: got {runbook!r} of type {type(runbook).__name__}, a Runbook is needed: Runbook('NAME')"
    )
    raise ValueError(message)


def _name_of(document: object) -> object:
    if isinstance(document, str):
        return document
    reference = getattr(document, "document_ref", None)
    if reference is None:
        message = (
            f"runbook.document: got {document!r} of type {type(document).__name__}, a name, an ARN or a "
            "construct with document_ref is needed, such as ssm.CfnDocument"
        )
        raise ValueError(message)
    return reference.document_name


def _checked(parameters: Mapping[str, RunbookParameter] | None) -> dict[str, list[str] | str]:
    """Parameters by name: a list of what is fixed, a text for what is filled in."""
    if parameters is None:
        return {}
    checked: dict[str, list[str] | str] = {}
    for key, value in check_parameters("runbook.parameters", parameters).items():
        name = f"runbook.parameters: {key}"
        if isinstance(value, RunbookVariable):
            checked[key] = value.value
            continue
        values = check_values(name, [value] if isinstance(value, str) else value)
        if variable := next((text for text in values if text in _VARIABLES), None):
            message = (
                f"{name}: got {variable!r} as a text, write RunbookVariable.{variable} by itself to have it "
                "filled in"
            )
            raise ValueError(message)
        checked[key] = values
    return checked
