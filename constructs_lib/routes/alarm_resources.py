"""The resources of alarms in a construct tree, read and written with as few messages to Node as can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import CfnResource, ConstructSelector, aws_cloudwatch as cloudwatch

from constructs_lib._stacks import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from constructs import IConstruct

    from constructs_lib.starter_interface import IIncidentStarter

TYPES = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::LogAlarm")
_SIMPLE = frozenset({"alarmActions", "alarmDescription", "alarmName", "insufficientDataActions", "okActions"})
"""Properties that CDK hands over as they were given."""
_FEW = 2  # by name, which takes no longer than reading all properties at once
_L1S = tuple(
    getattr(cloudwatch, name)
    for name in ("CfnAlarm", "CfnCompositeAlarm", "CfnLogAlarm")
    if hasattr(cloudwatch, name)
)


def select_alarms(scopes: Iterable[IConstruct]) -> list[CfnResource]:
    """Find the resources of all alarms in some trees, each once; one message for each tree."""
    selector = ConstructSelector.resources_of_type(*TYPES)
    found: dict[str, Any] = {}
    for scope in scopes:
        for resource in selector.select(scope):
            found.setdefault(reference_of(resource), resource)
    return [*found.values()]


def is_composite(resource: CfnResource) -> bool:
    """Whether it is of CDK's class of composite alarms."""
    return isinstance(resource, cloudwatch.CfnCompositeAlarm)


def read_properties(resource: CfnResource, names: Collection[str]) -> Mapping[str, Any]:
    """Some properties of an alarm as they were given, tokens included, and maybe others.

    Args:
        resource: its L1 construct.
        names: as CloudFormation spells them, beginning in lower case. A message for each, if they are few
            and simple; else one for all properties, which takes as long as two or three.
    """
    if isinstance(resource, _L1S) and len(names) <= _FEW and _SIMPLE.issuperset(names):
        try:
            found = {name: jsii.get(resource, name) for name in names}
        except RuntimeError:  # jsii refuses an intrinsic function in place of a list
            return _all_properties(resource)
        return {name: value for name, value in found.items() if value is not None}
    return _all_properties(resource)


def set_properties(resource: CfnResource, values: Mapping[str, Any]) -> None:
    """Set properties of an alarm, with a message for each.

    Args:
        resource: its L1 construct.
        values: by names as CloudFormation spells them, beginning in lower case.
    """
    for name, value in values.items():
        if isinstance(resource, _L1S):
            jsii.set(resource, name, value)
        else:
            resource.add_property_override(_written(name), value)


def _written(name: str) -> str:
    return "OKActions" if name == "okActions" else name[:1].upper() + name[1:]


def _all_properties(resource: CfnResource) -> Mapping[str, Any]:
    given: Mapping[str, Any] = resource._cfn_properties  # noqa: SLF001 - protected; one message for all of them
    if not given or any(name[:1].islower() for name in given):
        return dict(given)
    # A resource of no class of its own has them as CloudFormation spells them.
    return {
        "okActions" if name == "OKActions" else name[:1].lower() + name[1:]: each
        for name, each in given.items()
    }


def written_arns(starter: IIncidentStarter) -> list[str]:
    """What an alarm may say that names a starter by its name, and not by a reference to it."""
    if starter.is_imported or not starter.is_named:
        return []
    resource: Any = starter.function.node.default_child
    place = place_of(resource.stack)
    rest = f"lambda:{place.region}:{place.account}:function:{resource.function_name}"
    return [f"arn:{partition}:{rest}" for partition in ("aws", place.partition)]


def reference_of(construct: IConstruct) -> str:
    """A construct's name in Node; jsii may make several Python objects of one construct."""
    name: str = getattr(construct, "__jsii_ref__").ref  # noqa: B009 - no interface of CDK declares it
    return name


def path_of(resource: CfnResource) -> str:
    """The construct path of an alarm, with one message; ``node.path`` takes two."""
    path = resource.to_string().rpartition(" [")[0]
    return path.removesuffix("/Resource").removesuffix("/Default")
