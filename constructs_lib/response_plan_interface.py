"""What starters and grants need of a response plan, wherever it was made."""

from abc import abstractmethod
from collections.abc import Sequence

import jsii
from aws_cdk import Resource, Stack, aws_iam as iam
from aws_cdk.interfaces.aws_ssmincidents import IResponsePlanRef, ResponsePlanReference
from constructs import Construct

from ._acknowledgments import acknowledge_incident_records
from ._incident_rights import right_to_create_ops_items, right_to_engage, rights_to_start
from ._response_plans import incident_records_arn, plan_arn


@jsii.implements(IResponsePlanRef)
class IResponsePlan(Resource):
    """A response plan: a `ResponsePlan`, or one that another app owns."""

    @property
    @abstractmethod
    def response_plan_arn(self) -> str:
        """The plan's ARN, which has no Region."""

    @property
    @abstractmethod
    def response_plan_name(self) -> str:
        """The plan's name."""

    @property
    @abstractmethod
    def arn_by_name(self) -> str | None:
        """The ARN without a reference to the plan's resource, where the name is known at synthesis."""

    @property
    @abstractmethod
    def engagements(self) -> Sequence[str] | None:
        """ARNs of whom the plan engages; None where that is not known."""

    @property
    def response_plan_ref(self) -> ResponsePlanReference:
        """A reference to the plan, for whatever takes CDK's ``IResponsePlanRef``."""
        return ResponsePlanReference(response_plan_arn=self.response_plan_arn)

    def grant_start_incident(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal start incidents of this plan, and of no other.

        Beside StartIncident that takes TagResource on the plan's incidents and, through Incident Manager
        only, StartEngagement on the plan's engagements (any, where none is known) and CreateOpsItem: with
        StartIncident alone an incident may page nobody. An `IncidentStarter` gives all this to its own role
        by itself.

        See https://docs.aws.amazon.com/incident-manager/latest/userguide/incident-creation.html

        Args:
            grantee: who may.
        """
        scope = next(
            (each for each in (grantee, grantee.grant_principal) if isinstance(each, Construct)), None
        )
        arn = plan_arn(self, within=Stack.of(scope or self))
        records = incident_records_arn(self)
        first, *others = (
            right.grant(grantee)
            for right in (
                *rights_to_start(arn, records),
                right_to_engage(self.engagements or None),
                right_to_create_ops_items(),
            )
        )
        if scope is not None:
            acknowledge_incident_records(scope, records)
        for grant in others:
            first = first.combine(grant)
        return first
