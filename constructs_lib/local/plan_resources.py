"""Incident Manager's resource types, and those that its plans name, which the emulator lacks."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from constructs_lib.local import hooks
from constructs_lib.local.callers import INCIDENT_MANAGER, incident_manager_may
from constructs_lib.local.incidents_api import IncidentsApi, ResponsePlan
from constructs_lib.local.plan_properties import plan_problems, plan_request
from constructs_lib.local.resource_handlers import Created, Properties, written


@dataclass(frozen=True)
class PlanResources:
    """Makes plans and what they need, and refuses what AWS would."""

    incidents: IncidentsApi

    def handlers(self) -> dict[str, dict[str, Any]]:
        """Return how each type is made, changed and deleted."""
        return {
            "AWS::SSMIncidents::ResponsePlan": {
                "create": self._create_plan,
                "update": self._update_plan,
                "delete": lambda arn, _properties: self.incidents.plans.pop(arn, None),
            },
            "AWS::SSMIncidents::ReplicationSet": {
                "create": self._create_replication_set,
                "update": lambda arn, _old, _new, _stack: (arn, {"Arn": arn}),
                "delete": self._delete_replication_set,
            },
            "AWS::SSMContacts::Contact": written(_contact),
            **{
                f"AWS::SSMContacts::{kind}": written(partial(_of_contacts, kind))
                for kind in ("ContactChannel", "Plan", "Rotation")
            },
            "AWS::SSM::Document": written(_document),
        }

    def _create_plan(self, _logical_id: str, properties: Properties, _stack: str) -> Created:
        arn = _plan_arn(properties)
        existing = self.incidents.plans.get(arn)
        if existing is not None and existing.deployed:
            message = f"{arn} already exists"
            raise ValueError(message)
        return self._put_plan(arn, properties)

    def _update_plan(self, physical_id: str, _old: Properties, new: Properties, stack: str) -> Created:
        if _plan_arn(new) == physical_id:
            return self._put_plan(physical_id, new)
        return self._create_plan("", new, stack)

    def _put_plan(self, arn: str, properties: Properties) -> Created:
        problems = plan_problems(properties)
        if problems:
            raise ValueError("; ".join(problems))
        request = plan_request(properties)
        for topic in request.get("chatChannel", {}).get("chatbotSns", ()):
            _check_chat_topic(topic, arn)
        template, actions = request["incidentTemplate"], request.get("actions", ())
        self.incidents.plans[arn] = ResponsePlan(
            arn,
            bool(template.get("incidentTags")),
            engagements=tuple(request.get("engagements", ())),
            title=template["title"],
            impact=template["impact"],
            summary=template.get("summary", ""),
            dedupe_string=template.get("dedupeString", ""),
            automation=actions[0]["ssmAutomation"] if actions else None,
            deployed=True,
        )
        return arn, {"Arn": arn}

    def _create_replication_set(self, logical_id: str, _properties: Properties, stack: str) -> Created:
        """An account has one, without which it has no plan."""
        account_id = hooks.module("core.responses").get_account_id()
        if account_id in self.incidents.replication_sets:
            message = f"account {account_id} has a replication set already"
            raise ValueError(message)
        if plans := self._plans_of(account_id):
            message = f"{plans[0]} was made before the account's replication set: let it depend on that"
            raise ValueError(message)
        name = hooks.module("services.cloudformation.provisioners")._physical_name(stack, logical_id)
        arn = f"arn:aws:ssm-incidents::{account_id}:replication-set/{name}"
        self.incidents.replication_sets[account_id] = arn
        return arn, {"Arn": arn}

    def _delete_replication_set(self, arn: str, _properties: Properties) -> None:
        """All plans go with it."""
        account_id = arn.split(":")[4]
        self.incidents.replication_sets.pop(account_id, None)
        for plan in self._plans_of(account_id):
            del self.incidents.plans[plan]

    def _plans_of(self, account_id: str) -> list[str]:
        return [
            arn
            for arn, plan in self.incidents.plans.items()
            if plan.deployed and arn.split(":")[4] == account_id
        ]


def _plan_arn(properties: Properties) -> str:
    account_id = hooks.module("core.responses").get_account_id()
    return f"arn:aws:ssm-incidents::{account_id}:response-plan/{properties.get('Name')}"


def _check_chat_topic(topic_arn: str, plan_arn: str) -> None:
    """Incident Manager publishes a message to see whether it may; what is not deployed here passes."""
    topic = hooks.module("services.sns")._topics.get(topic_arn)
    if topic is None:
        return
    policy, region = topic["attributes"].get("Policy") or "{}", topic_arn.split(":")[3]
    if not incident_manager_may(policy, "sns:Publish", topic_arn, region, plan_arn):
        message = f"{INCIDENT_MANAGER} is not authorized to perform sns:Publish on {topic_arn}"
        raise ValueError(message)


def _contact(_name: str, properties: Properties) -> Created:
    return _contacts_arn(f"contact/{properties['Alias']}")


def _of_contacts(kind: str, name: str, _properties: Properties) -> Created:
    return _contacts_arn(f"{kind.lower()}/{name}")


def _contacts_arn(resource: str) -> Created:
    responses = hooks.module("core.responses")
    arn = f"arn:aws:ssm-contacts:{responses.get_region()}:{responses.get_account_id()}:{resource}"
    return arn, {"Arn": arn}


def _document(name: str, properties: Properties) -> Created:
    return str(properties.get("Name") or name), {}
