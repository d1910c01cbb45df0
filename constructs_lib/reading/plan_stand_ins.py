"""Stand-ins within a response plan: a deployment judges its members, so what is not known must look right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from constructs_lib._bundle import texts

from .placeholders import Placeholder
from .references import has_mark

if TYPE_CHECKING:
    from .physical import Place

_ENGAGE = "ssm-contacts:StartEngagement"
PLAN = "AWS::SSMIncidents::ResponsePlan"


class _Form(NamedTuple):
    """What a member must look like, and what does."""

    right: re.Pattern[str]
    made: str


_TOPIC = _Form(re.compile(r"arn:[^:]+:sns:[^:]*:\d*:.+"), "arn:{0.partition}:sns:{0.region}:{0.account}:{1}")
_NAME = _Form(re.compile(r"[A-Za-z0-9_-]{3,200}"), "{1}")
_FORMS = {
    "ChatbotSns": _TOPIC,
    "DocumentName": _Form(re.compile(r"[a-zA-Z0-9_.:/-]{3,128}"), "{1}"),
    "Engagements": _Form(
        re.compile(r"arn:[^:]+:ssm-contacts:[a-z0-9-]*:\d{12}:contact/[a-z0-9_-]+"),
        "arn:{0.partition}:ssm-contacts:{0.region}:{0.account}:contact/{1}",
    ),
    "Impact": _Form(re.compile("[1-5]"), "3"),
    "Key": _NAME,
    "Name": _NAME,
    "RoleArn": _Form(
        re.compile(r"arn:[^:]+:iam::\d{12}:role/.+"), "arn:{0.partition}:iam::{0.account}:role/{1}"
    ),
    "SnsTopicArn": _TOPIC,
    "Value": _NAME,
}
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_-]+")
_LONGEST = 50


def stand_ins(resource_type: str, name: str, value: object, place: Place) -> object:
    """Give a property with stand-ins that look right within a plan, and the same in who may engage whom.

    Args:
        resource_type: whose it is.
        name: the property's.
        value: as evaluated.
        place: where it is deployed.
    """
    if resource_type == PLAN:
        return _formed(value, name, place)
    if name == "PolicyDocument" and isinstance(value, Mapping):
        statements = [_engaging(each, place) for each in texts.entries(value.get("Statement"))]
        return {**value, "Statement": statements}
    return value


def _engaging(statement: object, place: Place) -> object:
    if not isinstance(statement, Mapping):
        return statement
    action = statement.get("Action")
    if action != _ENGAGE and _ENGAGE not in texts.entries(action):
        return statement
    return {**statement, "Resource": _formed(statement.get("Resource"), "Engagements", place)}


def _formed(value: object, name: str, place: Place) -> object:
    if isinstance(value, Placeholder):
        form = _FORMS.get(name)
        if form is None or has_mark(value) or form.right.fullmatch(value):
            return value
        named = f"unknown-{_NOT_IN_A_NAME.sub('-', value.lower())}"[:_LONGEST]
        return Placeholder(form.made.format(place, named), value.why)
    if isinstance(value, Mapping):
        return {key: _formed(each, key, place) for key, each in value.items()}
    if isinstance(value, list):
        return [_formed(each, name, place) for each in value]
    return value
