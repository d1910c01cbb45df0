"""Events of the account: what AWS itself has to say about it."""

from collections.abc import Sequence
from typing import Literal

from constructs_lib._checks import check_list
from constructs_lib.impact import Impact
from constructs_lib.related_item import RelatedItem

from .console import console
from .incident_event import IncidentEvent
from .narrowing import arns, choices, names, number, said

HealthCategory = Literal["issue", "accountNotification", "investigation", "scheduledChange"]
HealthStatus = Literal["open", "closed", "upcoming"]
TrustedAdvisorStatus = Literal["OK", "WARN", "ERROR"]
_GLOBAL_SERVICES = frozenset(("CLOUDFRONT", "IAM", "ORGANIZATIONS", "ROUTE53"))
_EARLIEST = 45


class AccountEvents:
    """AWS Health, Trusted Advisor and certificates."""

    @staticmethod
    def health_event(
        *,
        services: Sequence[str] | None = None,
        categories: Sequence[HealthCategory] = ("issue",),
        statuses: Sequence[HealthStatus] = ("open",),
        event_type_codes: Sequence[str] | None = None,
    ) -> IncidentEvent:
        """AWS Health tells of trouble at AWS that concerns this account.

        **A rule hears of its own Region only**: one is needed in each Region in use. Events of global
        services such as IAM come to us-east-1 (and, as a backup, us-west-2); `IncidentRule` warns when only
        those are named elsewhere. us-west-2 gets a copy of every Region's public events, us-east-1 a copy
        of us-west-2's. One problem is told of several times, as it goes on or names many resources; each
        time starts an incident.

        Args:
            services: such as ``EC2`` or ``RDS``, in Health's spelling. By default all, which is a lot.
            categories: issue, accountNotification, investigation, scheduledChange. By default issues only.
            statuses: open, closed, upcoming. By default open.
            event_type_codes: such as ``AWS_EC2_OPERATIONAL_ISSUE``. By default all.

        See https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html and
        https://docs.aws.amazon.com/health/latest/ug/choosing-a-region.html
        """
        named = names("services", services)
        return IncidentEvent(
            "aws.health",
            "AWS Health Event",
            detail=said(
                service=named,
                eventTypeCategory=choices("categories", categories, HealthCategory),
                statusCode=choices("statuses", statuses, HealthStatus),
                eventTypeCode=names("event_type_codes", event_type_codes),
            ),
            impact=Impact.MEDIUM,
            title="AWS Health: {detail.eventTypeCode} in {detail.eventRegion}",
            related_items=[
                RelatedItem.url(
                    "https://health.aws.amazon.com/health/home#/account/event-log?eventID={detail.eventArn}",
                    title="Event in AWS Health",
                )
            ],
            regions=["us-east-1", "us-west-2"] if named and _GLOBAL_SERVICES.issuperset(named) else [],
        )

    @staticmethod
    def trusted_advisor_check(
        *, checks: Sequence[str] | None = None, statuses: Sequence[TrustedAdvisorStatus] = ("ERROR",)
    ) -> IncidentEvent:
        """Trusted Advisor has refreshed a check, and a resource is not as it should be.

        **AWS delivers this in us-east-1 only**; `IncidentRule` warns in a stack of another Region. There is
        an event per resource and refresh: name the checks.

        Args:
            checks: names of checks as Trusted Advisor spells them. By default all.
            statuses: OK, WARN, ERROR. By default ERROR, Trusted Advisor's red.

        See https://docs.aws.amazon.com/awssupport/latest/user/cloudwatch-events-ta.html
        """
        return IncidentEvent(
            "aws.trustedadvisor",
            "Trusted Advisor Check Item Refresh Notification",
            detail={
                **said(status=choices("statuses", statuses, TrustedAdvisorStatus)),
                **said(**{"check-name": names("checks", checks)}),
            },
            impact=Impact.LOW,
            title="Trusted Advisor: {detail.check-name} is {detail.status}",
            related_items=[console("trustedadvisor/home#/dashboard", "Trusted Advisor")],
            regions=["us-east-1"],
            needs="a support plan that includes all checks of Trusted Advisor",
        )

    @staticmethod
    def acm_certificate_expiry(
        *, certificate_arns: Sequence[str] | None = None, days: Sequence[int] = (14, 7, 3, 1)
    ) -> IncidentEvent:
        """A certificate of ACM expires soon.

        ACM tells of each certificate once a day, from 45 days before its end (the account can be set to
        fewer); every day in the pattern would be an incident a day. Those that ACM renews by itself are
        gone from it long before the days named here by default. Certificates of CloudFront live in
        us-east-1.

        Args:
            certificate_arns: the certificates. By default all.
            days: on which days before the end to start an incident, 1 to 45. By default 14, 7, 3 and 1.

        Raises:
            ValueError: a day is not a whole number of 1 to 45.

        See https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html
        """
        wanted = [number(f"days[{n}]", day, 1, _EARLIEST) for n, day in enumerate(check_list("days", days))]  # type: ignore[arg-type]
        if not wanted or any(day != int(day) for day in wanted):
            message = f"days: got {days!r}, whole numbers of 1 to {_EARLIEST} are needed"
            raise ValueError(message)
        return IncidentEvent(
            "aws.acm",
            "ACM Certificate Approaching Expiration",
            detail={"DaysToExpiry": wanted},
            resources=arns("certificate_arns", certificate_arns) or [],
            impact=Impact.MEDIUM,
            title="Certificate of {detail.CommonName} expires in {detail.DaysToExpiry} days",
            related_items=[
                console("acm/home?region={region}#/certificates/list", "Certificates in the console")
            ],
        )
