"""Who is calling: the role sessions of functions, and the IAM decisions about them."""

# ruff: noqa: ANN401, SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import contextvars
import hashlib
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.records import DeniedCall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

INCIDENT_MANAGER = "ssm-incidents.amazonaws.com"

_called_by_a_function: contextvars.ContextVar[bool] = contextvars.ContextVar(
    "_called_by_a_function", default=False
)


class EnforcedForFunctions:
    """Stands in for the emulator's switch: IAM is enforced for calls of functions, not of the deployer."""

    def __bool__(self) -> bool:
        """Whether the request at hand was signed by a function's role."""
        return _called_by_a_function.get()


@contextmanager
def policies_enforced() -> Iterator[None]:
    """Make the emulator judge resource policies while the block runs, as a delivering service is judged.

    A service delivers over TLS, however the request came that caused the delivery.
    """
    origin = hooks.module("core.iam_evaluator")._request_origin
    token, origin_token = _called_by_a_function.set(True), origin.set(("127.0.0.1", True))
    try:
        yield
    finally:
        origin.reset(origin_token)
        _called_by_a_function.reset(token)


@dataclass(frozen=True)
class Caller:
    """Who signed the request, where it went, and which delivery it belongs to."""

    access_key: str
    account_id: str
    region: str
    source: str | None = None

    @property
    def place(self) -> str:
        """The account and Region that were called."""
        return f"{self.account_id} {self.region}"


@dataclass(frozen=True)
class Denial:
    """A refused action and the resource it was refused on."""

    action: str
    resource: str


class Callers:
    """The role sessions handed to functions and what was refused to them."""

    def __init__(self) -> None:
        """Start without sessions."""
        self._role_by_access_key: dict[str, str] = {}
        self._lock = threading.Lock()
        self.denied: list[DeniedCall] = []

    def forget(self) -> None:
        """Drop every session and refusal."""
        with self._lock:
            self._role_by_access_key.clear()
            self.denied.clear()

    def credentials(self, config: Mapping[str, Any]) -> dict[str, str]:
        """Return the credentials of a function: a session of its role, as on AWS."""
        role_arn = str(config.get("Role", ""))
        account_id, _ = hooks.module("core.lambda_runtime")._account_region_from_function_config(config)
        digest = hashlib.sha256(f"{config.get('FunctionArn')}:{role_arn}".encode()).hexdigest()
        access_key, secret, token = f"ASIA{digest[:16].upper()}", f"secret-{digest}", f"token-{digest}"
        session_name = str(config.get("FunctionName", "function"))
        hooks.module("services.sts").register_session(
            access_key,
            {
                "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_arn.rsplit('/', 1)[-1]}/{session_name}",
                "UserId": f"AROA{digest[16:32].upper()}:{session_name}",
                "SecretAccessKey": secret,
                "SessionToken": token,
            },
        )
        with self._lock:
            self._role_by_access_key[access_key] = role_arn
        self._refuse_unwritable_log(config, role_arn)
        return {
            "AWS_ACCESS_KEY_ID": access_key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_SESSION_TOKEN": token,
        }

    def _refuse_unwritable_log(self, config: Mapping[str, Any], role_arn: str) -> None:
        """Lambda writes the log as the function's role; a role that may not leaves no trace on AWS."""
        group = (config.get("LoggingConfig") or {}).get("LogGroup", "")
        _, _, _, region, account_id, *_ = str(config.get("FunctionArn")).split(":")
        if not group.strip() or group.startswith("/aws/lambda/"):
            return  # not named by the deployment; often a managed policy's matter, which is not kept here
        stream = f"arn:aws:logs:{region}:{account_id}:log-group:{group}:log-stream:any"
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            denial = DeniedCall(role_arn, action, stream)
            if denial not in self.denied and not role_is_allowed(role_arn, region, action, stream):
                self.denied.append(denial)

    def role_of(self, access_key: str) -> str:
        """Return the role behind an access key, or an empty string for the deployer."""
        return self._role_by_access_key.get(access_key, "")

    def enforce_for(self, access_key: str) -> None:
        """Let the emulator's own services enforce IAM if a function is calling."""
        _called_by_a_function.set(access_key in self._role_by_access_key)

    def enforcing(self, enforce: Any) -> Any:
        """Wrap the emulator's decision about its own services so that refusals are remembered."""

        def enforce_and_record(
            access_key: str, action: str, service: str, region: str, resource_arn: str = "*", **options: Any
        ) -> Any:
            refused = enforce(access_key, action, service, region, resource_arn=resource_arn, **options)
            role_arn = self.role_of(access_key)
            if refused is not None and role_arn:
                self.record(role_arn, Denial(action, resource_arn))
            return refused

        return enforce_and_record

    def record(self, role_arn: str, denial: Denial) -> None:
        """Remember a refusal."""
        self.denied.append(DeniedCall(role_arn, denial.action, denial.resource))


def session_arn(caller: Caller) -> str:
    """Return the ARN that error messages name as the caller."""
    principal = hooks.module("core.iam_evaluator").resolve_principal(caller.access_key, caller.account_id)
    return str(getattr(principal, "arn", caller.access_key))


def is_allowed(caller: Caller, action: str, resource: str, context: Mapping[str, str]) -> bool:
    """Evaluate the caller's policies, boundary included, for one action on one resource."""
    evaluator = hooks.module("core.iam_evaluator")
    principal = evaluator.resolve_principal(caller.access_key, caller.account_id)
    if isinstance(principal, evaluator.AuthError):
        return False
    if principal.policies is None:
        return True
    request = evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource,
        region=caller.region,
        service_context={key.lower(): value for key, value in context.items()},
        principal_keys=principal.keys,
    )
    return bool(evaluator.evaluate(request, principal.policies, *principal.limits).decision == "Allow")


def engaged_contact(caller: Caller, owner: str) -> str:
    """Return a contact to ask about when a plan's are unknown: one that the role names, if it does."""
    evaluator = hooks.module("core.iam_evaluator")
    principal = evaluator.resolve_principal(caller.access_key, caller.account_id)
    policies = getattr(principal, "policies", None) or []
    named = [
        resource.replace("*", "on-call")
        for statements in policies
        for statement in statements
        for resource in statement.resources
        if resource.startswith("arn:") and ":ssm-contacts:" in resource
    ]
    return named[0] if named else f"arn:aws:ssm-contacts:{caller.region}:{owner}:contact/on-call"


def role_is_allowed(role_arn: str, region: str, action: str, resource: str) -> bool:
    """Evaluate a role's own policies, as the service that checks them at deployment does."""
    account_id = role_arn.split(":")[4]
    evaluator = hooks.module("core.iam_evaluator")
    request = evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account_id,
        action=action,
        resource_arn=resource,
        region=region,
    )
    name = role_arn.rsplit("/", 1)[-1]
    policies = evaluator._gather_role_policies(name, account_id)
    limits = evaluator._permissions_boundary(hooks.module("services.iam")._roles, name, account_id)
    return bool(evaluator.evaluate(request, policies, *limits).decision == "Allow")


def incident_manager_may(policy: Any, action: str, resource: str, region: str, behalf_of: str) -> bool:
    """Evaluate the policy of a resource for Incident Manager, on behalf of one of its plans or incidents."""
    evaluator = hooks.module("core.iam_evaluator")
    request = evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action=action,
        resource_arn=resource,
        region=region,
        service_context={"aws:sourcearn": behalf_of, "aws:sourceaccount": behalf_of.split(":")[4]},
    )
    decided = evaluator.evaluate_resource_policy(policy, request, service=INCIDENT_MANAGER)
    return bool(decided.decision == "Allow")
