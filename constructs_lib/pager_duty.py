"""A PagerDuty service that each incident of a plan is sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._plan_checks import check_line, check_member

if TYPE_CHECKING:
    from aws_cdk.aws_secretsmanager import ISecret, Secret

_CONFIGURATION = ("integrations", "[]", "pagerDutyConfiguration")


class PagerDuty:
    """A PagerDuty service, and the secret with which Incident Manager opens incidents there.

    See https://docs.aws.amazon.com/incident-manager/latest/userguide/integrations-pagerduty.html
    """

    def __init__(
        self,
        name: str,
        *,
        secret: ISecret | Secret | str,  # pyright does not take the second for the first
        service_id: str,
    ) -> None:
        """Name a service.

        Args:
            name: of this configuration, at most 200 characters.
            secret: the Secrets Manager secret with the PagerDuty key, as a construct, a name or an ARN of at
                most 512 characters. Whoever deploys the plan must be allowed to read it.
            service_id: of the service in PagerDuty, such as ``PABC123``, at most 200 characters.

        Raises:
            ValueError: a value is not what Incident Manager takes.
        """
        self._name = check_line("pager_duty.name", name, *_CONFIGURATION, "name")
        self._secret = check_member("pager_duty.secret", _id_of(secret), *_CONFIGURATION, "secretId")
        service = ("pagerDutyIncidentConfiguration", "serviceId")
        self._service_id = check_line("pager_duty.service_id", service_id, *_CONFIGURATION, *service)

    def to_integration(self) -> dict[str, Any]:
        """The service in CloudFormation's words, as CDK spells them."""
        return {
            "pagerDutyConfiguration": {
                "name": self._name,
                "pagerDutyIncidentConfiguration": {"serviceId": self._service_id},
                "secretId": self._secret,
            }
        }


def check_pager_duty(pager_duty: object) -> PagerDuty | None:
    """What a plan was given as its PagerDuty service.

    Raises:
        ValueError: it is something else.
    """
    if pager_duty is None or isinstance(pager_duty, PagerDuty):
        return pager_duty
    message = (
        f"pager_duty: got {pager_duty!r} of type {type(pager_duty).__name__}, a PagerDuty(...) is needed"
    )
    raise ValueError(message)


def _id_of(secret: object) -> object:
    if isinstance(secret, str):
        return secret
    arn = getattr(secret, "secret_arn", None)
    if arn is None:
        message = (
            f"pager_duty.secret: got {secret!r} of type {type(secret).__name__}, a secret is needed, such as "
            "secretsmanager.Secret, a name or an ARN"
        )
        raise ValueError(message)
    return arn
