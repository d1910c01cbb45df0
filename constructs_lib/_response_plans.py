"""Response plans: how they are named, checked and referred to across stacks."""

import re
from typing import TYPE_CHECKING, Union

from ._checks import check_text, has_token

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk.interfaces.aws_ssmincidents import IResponsePlanRef

AnyResponsePlan = Union["IResponsePlanRef", str]
"""A response plan: anything with CDK's ``IResponsePlanRef``, or a full ARN, of any account."""

_PLAN_ARN = re.compile(r"arn:(aws[a-z-]*):ssm-incidents::(\d{12}):response-plan/([a-zA-Z0-9_-]{1,200})")
_PLAN, _RECORD = ":response-plan/", ":incident-record/"


def plan_arn(plan: AnyResponsePlan, *, within: "Stack | None" = None) -> str:
    """The plan's ARN, for use in a template.

    A plan made with a literal name is referred to by the ARN built from that name, so that no
    export ties its stack to the reader's and no cycle can close.

    Args:
        plan: the plan.
        within: the stack that reads the ARN; a plan of this very stack is referred to directly, so
            that it is made first.

    Raises:
        ValueError: a malformed ARN, or neither an ARN nor a plan.
    """
    if isinstance(plan, str):
        return _checked_arn(plan)
    reference = getattr(plan, "response_plan_ref", None)
    if reference is None:
        message = (
            f"response_plan: got {plan!r} of type {type(plan).__name__}, allowed are a full ARN, such as "
            "'arn:aws:ssm-incidents::111122223333:response-plan/NAME', and a construct with "
            "response_plan_ref, such as ssmincidents.CfnResponsePlan"
        )
        raise ValueError(message)
    if within is not None and stack_of(plan) is within:
        return str(reference.response_plan_arn)
    return _arn_from_literal_name(plan) or str(reference.response_plan_arn)


def ties_stacks(plan: AnyResponsePlan, reader: "Stack") -> bool:
    """Whether reading the plan's ARN from this stack needs an export of the plan's stack."""
    return not isinstance(plan, str) and stack_of(plan) is not reader and _arn_from_literal_name(plan) is None


def incident_records_arn(plan: AnyResponsePlan) -> str:
    """The ARN pattern of the incidents that a plan starts.

    An incident has no stack to be made in, so a literal name is enough here, whatever the stack.
    """
    arn = plan_arn(plan)
    if not has_token(arn) or arn.count(_PLAN) == 1:
        return arn.replace(_PLAN, _RECORD) + "/*"
    from aws_cdk import Fn  # noqa: PLC0415 - late, most plans have literal names

    parts = Fn.split(_PLAN, arn)
    return f"{Fn.select(0, parts)}{_RECORD}{Fn.select(1, parts)}/*"


def plan_name(plan: AnyResponsePlan) -> str:
    """The plan's name, as the function's metrics have it."""
    arn = plan_arn(plan)
    if arn.count(_PLAN) == 1:
        return arn.partition(_PLAN)[2]
    from aws_cdk import Fn  # noqa: PLC0415 - late, most plans have literal names

    return Fn.select(1, Fn.split(_PLAN, arn))


def stack_of(plan: "IResponsePlanRef") -> "Stack":
    """The stack that a plan is made in."""
    from aws_cdk import Stack  # noqa: PLC0415 - late, see the package's docstring

    return Stack.of(plan)


def _checked_arn(arn: str) -> str:
    check_text("response_plan", arn)
    if not has_token(arn) and not _PLAN_ARN.fullmatch(arn):
        message = (
            f"response_plan: got {arn!r}, a full ARN is needed: "
            "'arn:aws:ssm-incidents::ACCOUNT:response-plan/NAME' with 12 digits of account, no Region "
            "and a name of 1 to 200 letters, digits, '-' and '_'"
        )
        raise ValueError(message)
    return arn


def _arn_from_literal_name(plan: "IResponsePlanRef") -> str | None:
    from aws_cdk.aws_ssmincidents import CfnResponsePlan  # noqa: PLC0415 - late, see the package's docstring

    if isinstance(plan, CfnResponsePlan):
        return arn_of_name(plan, plan.name)
    from .response_plan_interface import IResponsePlan  # noqa: PLC0415 - it knows this room

    # Of another kind of plan, such as a team's own construct, nobody knows what its name names.
    return plan.arn_by_name if isinstance(plan, IResponsePlan) else None


def arn_of_name(plan: "IResponsePlanRef", name: str) -> str | None:
    """The ARN of a plan that is made with a name, without a reference to it; None if the name is a token."""
    if has_token(name):
        return None
    return stack_of(plan).format_arn(
        service="ssm-incidents", region="", resource="response-plan", resource_name=name
    )
