"""Events of security: findings, sign-ins and keys."""

from collections.abc import Sequence
from typing import Any, Literal, get_args

from constructs_lib.impact import Impact

from .console import console, trail_event
from .incident_event import IncidentEvent
from .narrowing import arns, choices, globs, names, nested, number, said

SecurityHubSeverity = Literal["LOW", "MEDIUM", "HIGH", "CRITICAL"]
_TRAIL = "a CloudTrail trail that logs management events"


class SecurityEvents:
    """GuardDuty, Security Hub, the root user and KMS keys."""

    @staticmethod
    def guard_duty_finding(
        *,
        minimum_severity: float = 7,
        below_severity: float | None = None,
        types: Sequence[str] | None = None,
    ) -> IncidentEvent:
        """A finding of GuardDuty that is not archived.

        GuardDuty tells of a finding in the Region where it was made, within five minutes when it is new, and
        again when it recurs: every 6 hours unless the detector's frequency says otherwise. Each time starts
        an incident; archive what is known. An administrator account hears of its members' findings too.

        Args:
            minimum_severity: 1 to 10. By default 7, where GuardDuty's "High" begins; 9 is "Critical", 4
                "Medium". The impact follows: 9 is critical, 7 high, 4 medium, less is low.
            below_severity: for a second rule with another impact or plan above it. By default there is no
                end.
            types: finding types, where ``*`` stands for anything, such as ``CryptoCurrency:*``. By default
                all.

        Raises:
            ValueError: a severity is not within 1 to 10, or the second is not above the first.

        See https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
        """
        severity: list[Any] = [">=", number("minimum_severity", minimum_severity, 1, 10)]
        if below_severity is not None:
            if not minimum_severity < number("below_severity", below_severity, 1, 10):
                message = f"below_severity: got {below_severity!r}, it must be above {minimum_severity!r}"
                raise ValueError(message)
            severity += ["<", below_severity]
        wanted = globs("types", types)
        return IncidentEvent(
            "aws.guardduty",
            "GuardDuty Finding",
            detail=said(
                severity=[{"numeric": severity}],
                type=wanted and [{"wildcard": each} if "*" in each else each for each in wanted],
                service={"archived": [False]},
            ),
            impact=_impact_of_finding(minimum_severity),
            title="GuardDuty: {detail.title}",
            related_items=[
                console("guardduty/home?region={region}#/findings?fId={detail.id}", "Finding in GuardDuty")
            ],
            needs="a GuardDuty detector in the Region",
        )

    @staticmethod
    def security_hub_finding(
        *,
        minimum_severity: SecurityHubSeverity = "CRITICAL",
        products: Sequence[str] | None = None,
        except_products: Sequence[str] | None = None,
    ) -> IncidentEvent:
        """A finding that Security Hub CSPM has imported, active and with nobody at work on it.

        Its workflow is NEW. It is told of again whenever its product updates it; set its workflow to
        NOTIFIED to hear no more. Findings of GuardDuty arrive here as well: leave them out if they have a
        rule of their own. Those of the new Security Hub (detail type "Findings Imported V2") are other
        events.

        Args:
            minimum_severity: LOW, MEDIUM, HIGH or CRITICAL. By default critical ones only. The impact
                follows: critical findings are high, high ones medium, others low.
            products: names of products, such as ``Inspector``. By default all.
            except_products: names of products to leave out. By default none.

        Raises:
            ValueError: the severity is unknown, or both lists are given.

        See https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
        """
        choices("minimum_severity", [minimum_severity], SecurityHubSeverity)
        if products is not None and except_products is not None:
            message = "products: got except_products as well, only one of the two can be given"
            raise ValueError(message)
        labels = get_args(SecurityHubSeverity)
        excluded = names("except_products", except_products)
        finding = said(
            Severity={"Label": [*labels[labels.index(minimum_severity) :]]},
            Workflow={"Status": ["NEW"]},
            RecordState=["ACTIVE"],
            ProductName=[{"anything-but": excluded}] if excluded else names("products", products),
        )
        impacts = {"CRITICAL": Impact.HIGH, "HIGH": Impact.MEDIUM}
        return IncidentEvent(
            "aws.securityhub",
            "Security Hub Findings - Imported",
            detail={"findings": finding},
            impact=impacts.get(minimum_severity, Impact.LOW),
            title="Security Hub: {detail.findings.0.Title} in {detail.findings.0.AwsAccountId}",
            related_items=[
                console("securityhub/home?region={region}#/findings", "Findings in Security Hub"),
            ],
            needs="Security Hub CSPM in the Region",
        )

    @staticmethod
    def root_sign_in(*, include_failures: bool = False) -> IncidentEvent:
        """The root user has signed in to the console.

        **CloudTrail records this in us-east-1 only**, whatever Region the person looks at: the rule must
        stand there. `IncidentRule` warns in a stack of another Region.

        Args:
            include_failures: whether a sign-in that failed counts as well. By default only one that
                succeeded.

        See https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
        """
        succeeded = nested("responseElements.ConsoleLogin", None if include_failures else ["Success"])
        return IncidentEvent(
            "aws.signin",
            # Events carry the first name; EventBridge's user guide has the second.
            ["AWS Console Sign In via CloudTrail", "AWS Console Signin via CloudTrail"],
            detail={"userIdentity": {"type": ["Root"]}, "eventName": ["ConsoleLogin"], **succeeded},
            impact=Impact.HIGH,
            title="Root sign-in to {account} from {detail.sourceIPAddress}",
            related_items=[trail_event()],
            regions=["us-east-1"],
            needs=_TRAIL,
        )

    @staticmethod
    def kms_key_deletion(
        *, key_arns: Sequence[str] | None = None, include_disabling: bool = False
    ) -> IncidentEvent:
        """A KMS key is scheduled for deletion: 7 to 30 days are left to cancel it.

        Calls that were denied do not count. The event comes in the key's Region.

        Args:
            key_arns: the keys. By default all.
            include_disabling: whether disabling a key counts as well. By default it does not.

        See https://docs.aws.amazon.com/kms/latest/developerguide/ct-schedule-key-deletion.html
        """
        return IncidentEvent(
            "aws.kms",
            "AWS API Call via CloudTrail",
            detail={
                "eventSource": ["kms.amazonaws.com"],
                "eventName": ["ScheduleKeyDeletion", *(["DisableKey"] if include_disabling else [])],
                "errorCode": [{"exists": False}],
                **nested("resources.ARN", arns("key_arns", key_arns)),
            },
            impact=Impact.HIGH,
            title="KMS {detail.eventName}: {detail.requestParameters.keyId} by {detail.userIdentity.arn}",
            related_items=[
                console(
                    "kms/home?region={region}#/kms/keys/{detail.requestParameters.keyId}",
                    "Key in the console",
                ),
                trail_event(),
            ],
            needs=_TRAIL,
        )


def _impact_of_finding(severity: float) -> Impact:
    steps = ((9, Impact.CRITICAL), (7, Impact.HIGH), (4, Impact.MEDIUM))
    return next((impact for least, impact in steps if severity >= least), Impact.LOW)
