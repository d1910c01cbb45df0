"""Finding deployed functions by ARN and deciding whether a service may invoke them."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from constructs_lib.local import hooks


@dataclass(frozen=True)
class Function:
    """A deployed function as one of its ARNs names it."""

    arn: str
    record: dict[str, Any]
    policy: dict[str, Any]
    qualifier: str | None

    @property
    def config(self) -> dict[str, Any]:
        """The configuration that an invocation through this ARN runs with."""
        config: dict[str, Any] = self.record["config"]
        return config

    @property
    def account_id(self) -> str:
        """The account that owns it."""
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        """The Region it is in."""
        return self.arn.split(":")[3]

    @property
    def invoke_config(self) -> dict[str, Any]:
        """The event-invoke configuration of the qualifier."""
        by_qualifier = self.record.get("event_invoke_configs") or {}
        found = self.record.get("event_invoke_config") or by_qualifier.get(self.qualifier or "$LATEST") or {}
        return dict(found)


def find_function(arn: str) -> Function | None:
    """Return the function behind an ARN, whatever account it is in."""
    lambda_svc = hooks.module("services.lambda_svc")
    name, qualifier = lambda_svc._lambda_function_name_and_qualifier_from_arn(arn)
    _, _, _, region, account_id, *_ = arn.split(":")
    base = lambda_svc._functions.get_scoped(account_id, region, name)
    if base is None:
        return None
    with hooks.module("core.responses").request_scope(account_id, region):
        if not lambda_svc._function_qualifier_exists(base, qualifier):
            return None
        record, config = lambda_svc._effective_func_record_for_qualifier(base, qualifier)
        record = lambda_svc._execution_record_for_config(record, {**config, "FunctionArn": arn})
    record.setdefault("event_invoke_configs", base.get("event_invoke_configs"))
    return Function(arn, record, base["policy"], qualifier)


def refusal_to_invoke(function: Function, service: str, source_arn: str, source_account: str) -> str | None:
    """Return why a service may not invoke a function, judged by its resource policy, or None."""
    evaluator = hooks.module("core.iam_evaluator")
    request = evaluator.EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function.arn,
        region=function.region,
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": source_account},
    )
    if evaluator.evaluate_resource_policy(function.policy, request, service).decision == "Allow":
        return None
    return (
        f"{service} is not authorized to perform lambda:InvokeFunction on {function.arn}: "
        f"no AWS::Lambda::Permission of the function allows it for "
        f"source {source_arn} of account {source_account}"
    )
