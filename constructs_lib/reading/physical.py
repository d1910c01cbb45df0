"""Physical names and ARNs that resources have, or are likely to get."""

from __future__ import annotations

from typing import NamedTuple

from .placeholders import Placeholder, joined


class Place(NamedTuple):
    """Where a stack goes."""

    account: str
    region: str
    partition: str = "aws"

    @property
    def url_suffix(self) -> str:
        """What the addresses of its services end with."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


class _Kind(NamedTuple):
    """How resources of a type are named.

    `arn` is what follows the account; a plan's ARN has no Region.
    """

    name: str
    service: str
    arn: str
    ref_is_arn: bool = False
    has_region: bool = True


_KINDS = {
    "AWS::CloudWatch::Alarm": _Kind("AlarmName", "cloudwatch", "alarm:"),
    "AWS::CloudWatch::CompositeAlarm": _Kind("AlarmName", "cloudwatch", "alarm:"),
    "AWS::CloudWatch::LogAlarm": _Kind("AlarmName", "cloudwatch", "alarm:"),
    "AWS::Events::EventBus": _Kind("Name", "events", "event-bus/"),
    "AWS::Events::Rule": _Kind("Name", "events", "rule/"),
    "AWS::IAM::Role": _Kind("RoleName", "iam", "role/", has_region=False),
    "AWS::Lambda::Function": _Kind("FunctionName", "lambda", "function:"),
    "AWS::SNS::Topic": _Kind("TopicName", "sns", "", ref_is_arn=True),
    "AWS::SQS::Queue": _Kind("QueueName", "sqs", ""),
    "AWS::SSM::Document": _Kind("Name", "ssm", "document/"),
    "AWS::SSMContacts::Contact": _Kind("Alias", "ssm-contacts", "contact/", ref_is_arn=True),
    "AWS::StepFunctions::StateMachine": _Kind("StateMachineName", "states", "stateMachine:", ref_is_arn=True),
    "AWS::SSMIncidents::ResponsePlan": _Kind(
        "Name", "ssm-incidents", "response-plan/", ref_is_arn=True, has_region=False
    ),
}


def name_of(stack: str, logical_id: str, resource_type: str, given: object) -> str:
    """Give a resource's physical name: the one in the template, or one as CloudFormation makes it up.

    Args:
        stack: the stack's name.
        logical_id: the resource's.
        resource_type: its type.
        given: the evaluated property that names it, if there is one.
    """
    if isinstance(given, str) and given:
        return given
    return Placeholder(f"{stack}-{logical_id}", f"the name of {resource_type} {logical_id}")


def naming_property(resource_type: str) -> str | None:
    """Give the property that names resources of a type."""
    kind = _KINDS.get(resource_type)
    return kind.name if kind else None


def reference(resource_type: str, name: str, place: Place) -> str:
    """Give what Ref makes of a resource."""
    if resource_type == "AWS::SQS::Queue":
        return joined(
            "", ["https://sqs.", place.region, ".", place.url_suffix, "/", place.account, "/", name]
        )
    kind = _KINDS.get(resource_type)
    return arn(resource_type, name, place) if kind and kind.ref_is_arn else name


def arn(resource_type: str, name: str, place: Place) -> str:
    """Give a resource's ARN; for a type that is not known here something like it, marked."""
    kind = _KINDS.get(resource_type)
    if kind is None:
        service = resource_type.split("::")[1].lower() if resource_type.count("::") > 1 else "unknown"
        text = f"arn:{place.partition}:{service}:{place.region}:{place.account}:{name}"
        return Placeholder(text, f"the ARN of {resource_type} {name}")
    region = place.region if kind.has_region else ""
    return joined(
        ":", ["arn", place.partition, kind.service, region, place.account, joined("", [kind.arn, name])]
    )
