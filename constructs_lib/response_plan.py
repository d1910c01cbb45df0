"""What happens when an incident starts: what it is called, whom it engages, who is told, what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Annotations, CfnTag, Names, Stack, aws_ssmincidents as ssmincidents

from ._checks import check_impact
from ._imported_plan import ImportedPlan
from ._naming import naming
from ._plan_checks import check_line, check_member, check_plan_title, check_tags
from ._plan_references import check_replication_set, contact_arns, topic_arns
from ._plan_topics import let_incident_manager_publish
from ._response_plans import arn_of_name
from ._runbook_role import make_runbook_role
from ._stacks import place_of
from ._starter_checks import warn_without_incident_manager
from .pager_duty import check_pager_duty
from .response_plan_interface import IResponsePlan
from .runbook import check_runbook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam, aws_sns as sns
    from aws_cdk.interfaces.aws_sns import ITopicRef
    from aws_cdk.interfaces.aws_ssmcontacts import IContactRef
    from aws_cdk.interfaces.aws_ssmincidents import IReplicationSetRef
    from constructs import Construct

    from .impact import Impact
    from .pager_duty import PagerDuty
    from .runbook import Runbook

    Topics = Sequence[sns.ITopic | sns.Topic | ITopicRef]  # pyright does not take the second for the first

_LONGEST_NAME = 200


class ResponsePlan(IResponsePlan):
    """A response plan of Incident Manager.

    Everywhere that a plan is named - a starter, an action, a target - this construct can stand. It is named
    there by the ARN that its name makes, so that no stack is tied to the plan's and no cycle can close.

    See https://docs.aws.amazon.com/incident-manager/latest/userguide/response-plans.html
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        impact: Impact,
        title: str,
        chat_channel: Topics | None = None,
        dedupe_string: str | None = None,
        display_name: str | None = None,
        engagements: Sequence[IContactRef | str] | None = None,
        incident_tags: Mapping[str, str] | None = None,
        notification_targets: Topics | None = None,
        pager_duty: PagerDuty | None = None,
        replication_set: IReplicationSetRef | None = None,
        response_plan_name: str | None = None,
        runbook: Runbook | None = None,
        summary: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Make a plan.

        Args:
            scope: the parent construct.
            id: the id within the scope.
            impact: of incidents that do not say one themselves.
            title: of incidents that do not say one themselves, at most 200 characters; shown as it stands,
                without placeholders.
            chat_channel: at most 5 topics that Amazon Q Developer (once AWS Chatbot) reads for a chat room,
                best one in each Region of the replication set. The plan lets Incident Manager publish to
                those that this app makes, encrypted or not; of others their owners must, or AWS refuses the
                plan.
            dedupe_string: **merges all incidents** that are open with the same text, at most 1,000
                characters, of whichever alarm. By default each start is an incident of its own; a starter's
                ledger tells one problem from another.
            display_name: what people read, may hold spaces, at most 200 characters. By default the name.
            engagements: whom to engage, at most 5 contacts and escalation plans: each an ARN or a construct,
                such as ``ssmcontacts.CfnContact``. By default nobody, and a plan that tells nobody else
                either warns.
            incident_tags: of each incident, at most 50. Whoever starts one must be allowed to tag it.
            notification_targets: at most 10 topics that are told of changes to an incident; as
                ``chat_channel``.
            pager_duty: a PagerDuty service that gets an incident as well. By default none.
            replication_set: the account's, where this app makes it: the plan is then made after it, and
                deleted before it. By default it exists.
            response_plan_name: 1 to 200 letters, digits, ``-`` and ``_``, unique in the account, whatever the
                Region. Another name is another plan. By default one is made of the construct's path.
            runbook: what runs when an incident starts. Not after a failover to another Region.
            summary: of each incident, Markdown of at most 4,000 characters.
            tags: of the plan itself, at most 50, beside those of ``Tags.of``.

        Raises:
            ValueError: a value is not what CloudFormation or Incident Manager takes; the sentence says where,
                what was got, what is allowed and what to do.
        """
        super().__init__(scope, id)
        stack = Stack.of(self)
        place = place_of(stack)
        with naming(self):
            self._name = (
                check_member("response_plan_name", response_plan_name, "name")
                if response_plan_name is not None
                else _name_of_path(self)
            )
            template: dict[str, Any] = {"title": check_plan_title(title), "impact": int(check_impact(impact))}
            template |= _texts(summary, dedupe_string)
            if incident_tags is not None:
                tagged = check_tags("incident_tags", incident_tags)
                template["incidentTags"] = [{"key": key, "value": value} for key, value in tagged.items()]
            targets = ("incidentTemplate", "notificationTargets")
            told = topic_arns("notification_targets", notification_targets, *targets)
            if told:
                template["notificationTargets"] = [{"snsTopicArn": arn} for arn in told]
            chat = topic_arns("chat_channel", chat_channel, "chatChannel", "chatbotSns")
            self._engagements = contact_arns(engagements)
            named = None if display_name is None else check_line("display_name", display_name, "displayName")
            checked_runbook = check_runbook(runbook)
            integration = check_pager_duty(pager_duty)
            own_tags = check_tags("tags", tags) if tags is not None else {}
            check_replication_set(replication_set)

        self._runbook_role: iam.IRole | None = None
        if checked_runbook is not None:
            self._runbook_role = checked_runbook.role or make_runbook_role(
                self, checked_runbook, self._name, place
            )
        published = let_incident_manager_publish(
            self, [*(chat_channel or ()), *(notification_targets or ())], place.account
        )
        self._resource = ssmincidents.CfnResponsePlan(
            self,
            "Resource",
            name=self._name,
            incident_template=template,
            display_name=named,
            engagements=list(self._engagements) or None,
            chat_channel={"chatbotSns": chat} if chat else None,
            actions=(
                [{"ssmAutomation": checked_runbook.to_automation(self._runbook_role.role_arn)}]
                if checked_runbook is not None and self._runbook_role is not None
                else None
            ),
            integrations=[integration.to_integration()] if integration is not None else None,
            tags=[CfnTag(key=key, value=value) for key, value in own_tags.items()] or None,
        )
        self._arn = str(self._resource.response_plan_ref.response_plan_arn)
        self._arn_by_name = arn_of_name(self, self._name)
        for needed in published:
            self._resource.node.add_dependency(needed)
        if replication_set is not None:
            self._resource.node.add_dependency(replication_set)
        warn_without_incident_manager(self, place.region)
        if not (self._engagements or integration or chat or told):
            Annotations.of(self).add_warning_v2(
                "cdk-incident-starter:nobodyIsTold",
                "incidents of this plan page and tell nobody: name engagements, or pager_duty, chat_channel "
                "or notification_targets",
            )

    @staticmethod
    def from_response_plan_arn(scope: Construct, id: str, arn: str) -> IResponsePlan:
        """A plan that another app or account owns; another account's must be shared with this one.

        Args:
            scope: the parent construct.
            id: the id within the scope.
            arn: its full ARN, ``arn:aws:ssm-incidents::111122223333:response-plan/NAME``, literal or a token.

        Raises:
            ValueError: it is no full ARN of a plan.
        """
        with naming(scope):
            return ImportedPlan(scope, id, arn)

    @staticmethod
    def from_response_plan_name(scope: Construct, id: str, name: str) -> IResponsePlan:
        """A plan of this account that another app owns.

        Args:
            scope: the parent construct.
            id: the id within the scope.
            name: its name, literal or a token.

        Raises:
            ValueError: no plan can have that name.
        """
        with naming(scope):
            check_line("response_plan_name", name, "name")
        arn = Stack.of(scope).format_arn(
            service="ssm-incidents", region="", resource="response-plan", resource_name=name
        )
        return ImportedPlan(scope, id, arn)

    @property
    def response_plan_arn(self) -> str:
        """The plan's ARN, which has no Region."""
        return self._arn

    @property
    def response_plan_name(self) -> str:
        """The plan's name."""
        return self._name

    @property
    def arn_by_name(self) -> str | None:
        """The ARN that the name makes, without a reference to the resource; None if the name is a token."""
        return self._arn_by_name

    @property
    def engagements(self) -> Sequence[str]:
        """ARNs of the contacts and escalation plans that are engaged."""
        return tuple(self._engagements)

    @property
    def runbook_role(self) -> iam.IRole | None:
        """What the runbook runs as, to grant it what the document's steps need; None without a runbook."""
        return self._runbook_role


def _name_of_path(plan: ResponsePlan) -> str:
    return Names.unique_resource_name(
        plan, max_length=_LONGEST_NAME, separator="-", allowed_special_characters="-_"
    )


def _texts(summary: str | None, dedupe_string: str | None) -> dict[str, str]:
    texts = {}
    if summary is not None:
        texts["summary"] = check_member("summary", summary, "incidentTemplate", "summary")
    if dedupe_string is not None:
        texts["dedupeString"] = check_line("dedupe_string", dedupe_string, "incidentTemplate", "dedupeString")
    return texts
