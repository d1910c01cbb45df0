"""A response plan that another app owns."""

from aws_cdk import Fn, Stack
from constructs import Construct

from ._response_plans import plan_arn, plan_name
from .response_plan_interface import IResponsePlan

_ACCOUNT = 4  # the part of an ARN


class ImportedPlan(IResponsePlan):
    """Names a plan that exists already; it changes nothing about it."""

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        """See `ResponsePlan.from_response_plan_arn`."""
        super().__init__(scope, id, account=_account_in(arn), region=Stack.of(scope).region)
        self._arn = arn
        self._name = plan_name(arn)

    @property
    def response_plan_arn(self) -> str:
        """The plan's ARN, as given."""
        return self._arn

    @property
    def response_plan_name(self) -> str:
        """The plan's name."""
        return self._name

    @property
    def arn_by_name(self) -> str | None:
        """The ARN, which refers to no resource of this app."""
        return self._arn

    @property
    def engagements(self) -> None:
        """Only its owner knows."""
        return


def _account_in(arn: str) -> str:
    """The plan's account; the ARN is checked on the way."""
    parts = plan_arn(arn).split(":")
    return parts[_ACCOUNT] if len(parts) > _ACCOUNT else Fn.select(_ACCOUNT, Fn.split(":", arn))
