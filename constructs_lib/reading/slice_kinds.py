"""Which resources a pager slice takes, by type, and what it leaves out of them."""

from __future__ import annotations

from constructs_lib._bundle import texts

from .pager import ALARMS, RULE, STATES
from .plan_stand_ins import PLAN

MAPPING = "AWS::Lambda::EventSourceMapping"

KEPT = {
    *ALARMS,
    RULE,
    "AWS::DynamoDB::Table",
    "AWS::Events::EventBus",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SSM::Document",
    "AWS::SSMContacts::Contact",
    "AWS::SSMIncidents::ReplicationSet",
    PLAN,
}
"""What is deployed where something kept refers to it; of functions only starters are."""

ATTACHED = {
    "AWS::Events::EventBusPolicy": ("EventBusName",),
    "AWS::IAM::ManagedPolicy": ("Roles",),
    "AWS::IAM::Policy": ("Roles",),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::Lambda::EventInvokeConfig": ("FunctionName",),
    MAPPING: ("EventSourceArn",),
    "AWS::Lambda::Permission": ("FunctionName",),
    "AWS::SNS::Subscription": ("TopicArn", "Endpoint"),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SQS::QueuePolicy": ("Queues",),
}
"""What is deployed where each of these properties refers to something kept."""

REFERRING = {
    **dict.fromkeys(ALARMS, (*STATES.values(), "AlarmRule", "ActionsSuppressor")),
    RULE: ("EventBusName", "Targets"),
}
"""Where alarms and rules refer to what pages; the rest is what they watch."""

_STRIPPED = {
    "AWS::DynamoDB::Table": ("SSESpecification",),
    "AWS::Events::EventBus": ("KmsKeyIdentifier",),
    "AWS::Lambda::Function": (
        "CodeSigningConfigArn",
        "FileSystemConfigs",
        "KmsKeyArn",
        "Layers",
        "VpcConfig",
    ),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds"),
}
"""What is left out: networks, keys and layers decide nothing about who is paged."""


def is_stripped(resource_type: str, name: str, value: object) -> bool:
    """Whether a property is left out; a table may be encrypted, but with no key of one's own."""
    if name == "SSESpecification" and "KMSMasterKeyId" not in texts.mapping(value):
        return False
    return name in _STRIPPED.get(resource_type, ())
