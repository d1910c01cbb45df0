"""Response plans that other accounts start incidents with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import Annotations, Names, Stack, aws_ram as ram, aws_ssmincidents as ssmincidents
from constructs import Construct

from ._checks import check_list, check_text, has_token, without_tokens
from ._organizations import check_accounts, check_organization, check_principals
from ._response_plans import AnyResponsePlan, incident_records_arn, plan_arn
from ._starter_checks import check_contacts

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_POLICY = 4000
_LONGEST_NAME = 64
_STARTED_AND_FOLLOWED = (
    "ssm-incidents:CreateTimelineEvent",
    "ssm-incidents:GetIncidentRecord",
    "ssm-incidents:GetResponsePlan",
    "ssm-incidents:GetTimelineEvent",
    "ssm-incidents:ListRelatedItems",
    "ssm-incidents:ListTimelineEvents",
    "ssm-incidents:StartIncident",
    "ssm-incidents:UpdateIncidentRecord",
    "ssm-incidents:UpdateRelatedItems",
    "ssm-incidents:UpdateTimelineEvent",
)
"""AWS's own example of a shared plan's policy, on the plan and on its incidents."""


class ResponsePlanShare(Construct):
    """Lets other accounts start incidents of response plans that live here, in the incident account.

    It is one share of Resource Access Manager with the plans and the contacts that they engage: whoever
    starts an incident engages its responders, so a plan without its contacts may page nobody. Each member
    account then has a starter of its own that names the plan by its ARN.

    What a member account cannot do: tag the incidents (so leave ``incident_tags`` out of a shared plan), and
    notify topics of its own through the plan. The 200 incidents that a plan has in a month are counted in
    this account, for all members together.

    See https://docs.aws.amazon.com/incident-manager/latest/userguide/sharing.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        response_plan: AnyResponsePlan,
        principals: Sequence[str],
        additional_response_plans: Sequence[AnyResponsePlan] | None = None,
        allow_external_principals: bool = False,
        contacts: Sequence[str] | None = None,
        share_name: str | None = None,
    ) -> None:
        """Share plans.

        Args:
            scope: the parent construct, in the account that owns the plans.
            id: the id within the scope.
            response_plan: the plan, as a construct or a full ARN of this account.
            principals: whom it is shared with: account ids, ARNs of an organization or of its units, of
                IAM roles or users. Sharing with an organization must be enabled once, in its management
                account; members need not accept anything then.
            additional_response_plans: shared with the same principals.
            allow_external_principals: whether accounts outside the organization may be among them; they
                have to accept an invitation. By default they may not.
            contacts: ARNs of the contacts, escalation plans and on-call schedules that are shared too. By
                default those that plans made in this app engage; name them for a plan given as an ARN.
            share_name: the name in Resource Access Manager. By default one made of the construct's path.

        Raises:
            ValueError: a value is not allowed.
        """
        super().__init__(scope, id)
        try:
            members = check_principals(principals)
            others = check_list("additional_response_plans", additional_response_plans or ())
            plans: list[Any] = [response_plan, *others]
            arns = [plan_arn(plan, within=Stack.of(self)) for plan in plans]
            self._check_owner(arns)
            check_contacts(contacts)
            if share_name is not None:
                check_text("share_name", share_name)
        except ValueError as error:
            message = f"{self.node.path}: {error}"
            raise ValueError(message) from error
        engaged = (
            list(contacts) if contacts is not None else [one for plan in plans for one in _engaged(plan)]
        )
        self._share = ram.CfnResourceShare(
            self,
            "Share",
            name=share_name or Names.unique_resource_name(self, max_length=_LONGEST_NAME, separator="-"),
            principals=members,
            resource_arns=list(dict.fromkeys([*arns, *engaged])),
            allow_external_principals=allow_external_principals,
        )
        self._response_plan_arns = arns
        if not engaged:
            Annotations.of(self).add_warning_v2(
                "cdk-incident-starter:planSharedWithoutContacts",
                "no contact is shared with the plan: whoever starts an incident engages its responders, so "
                "that incidents of other accounts may page nobody; name them in contacts",
            )
        self._warn_about_tags(plans)

    @property
    def response_plan_arns(self) -> list[str]:
        """The ARNs of the shared plans, the first one first."""
        return list(self._response_plan_arns)

    @property
    def resource_share_arn(self) -> str:
        """The ARN of the share."""
        return self._share.attr_arn

    @staticmethod
    def resource_policy(
        response_plan: AnyResponsePlan,
        *,
        organization_id: str | None = None,
        accounts: Sequence[str] | None = None,
    ) -> str:
        """Write a plan's resource policy, which does what a share does, but for the contacts.

        CloudFormation has no resource for it. Put it with ``aws ssm-incidents put-resource-policy
        --resource-arn PLAN --policy TEXT``; contacts have theirs, put by ``aws ssm-contacts
        put-contact-policy``.

        See https://docs.aws.amazon.com/incident-manager/latest/userguide/security_iam_resource-based-policy-examples.html

        Args:
            response_plan: the plan, as a construct or a full ARN.
            organization_id: whose accounts may start its incidents, such as ``o-a1b2c3d4e5``.
            accounts: which accounts may, 12 digits each. Either these or the organization.

        Returns:
            The policy as JSON, at most 4,000 characters.

        Raises:
            ValueError: a value is not allowed, or the policy grows too long.
        """
        check_organization(organization_id)
        named = check_accounts("accounts", accounts)
        if (organization_id is None) is not bool(named):
            message = (
                f"got organization_id {organization_id!r} and {len(named)} accounts, one of the two is "
                "needed: name the organization, or accounts"
            )
            raise ValueError(message)
        arn = plan_arn(response_plan)
        roots = [f"arn:{arn.split(':')[1]}:iam::{account}:root" for account in named]
        statement: dict[str, Any] = {
            "Sid": "StartAndFollowIncidents",
            "Effect": "Allow",
            "Principal": "*" if organization_id else {"AWS": roots},
            "Action": list(_STARTED_AND_FOLLOWED),
            "Resource": [arn, incident_records_arn(response_plan)],
        }
        if organization_id:
            statement["Condition"] = {"StringEquals": {"aws:PrincipalOrgID": organization_id}}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
        size = len(without_tokens(policy))
        if size > _MOST_POLICY:
            message = (
                f"accounts: got a policy of {size:,} characters, a plan takes {_MOST_POLICY:,}: name the "
                "organization, or share the plan with a ResponsePlanShare"
            )
            raise ValueError(message)
        return policy

    def _check_owner(self, arns: Sequence[str]) -> None:
        own = Stack.of(self).account
        for arn in arns:
            if not has_token(arn) and not has_token(own) and arn.split(":")[4] != own:
                message = (
                    f"response_plan: got {arn} of account {arn.split(':')[4]}, a plan is shared from its own "
                    f"account and this stack is of {own}: share it there"
                )
                raise ValueError(message)

    def _warn_about_tags(self, plans: Sequence[Any]) -> None:
        for plan in plans:
            if isinstance(plan, ssmincidents.CfnResponsePlan) and _member(
                plan.incident_template, "incident_tags"
            ):
                Annotations.of(self).add_warning_v2(
                    f"cdk-incident-starter:sharedPlanTagsIncidents:{plan.node.path}",
                    f"the plan {plan.node.path} tags its incidents, which only its own account can: a start "
                    "from another account may be refused; leave incident_tags out",
                )


def _engaged(plan: Any) -> list[str]:  # noqa: ANN401 - a construct of any kind, or an ARN
    return list(plan.engagements or []) if isinstance(plan, ssmincidents.CfnResponsePlan) else []


def _member(template: Any, name: str) -> object:  # noqa: ANN401 - a struct, a mapping or a token
    return template.get(name) if isinstance(template, dict) else getattr(template, name, None)
