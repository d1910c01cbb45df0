"""The parameters of a template that nobody gave a value: CloudFormation's own, and those with a default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .intrinsics import NO_VALUE
from .placeholders import Placeholder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .physical import Place


def pseudo_parameter(name: str, stack: str, place: Place) -> object:
    """Give what CloudFormation knows of a stack by itself.

    Args:
        name: such as ``AWS::Region``.
        stack: the stack's name.
        place: where it goes.
    """
    known: dict[str, object] = {
        "AWS::AccountId": place.account,
        "AWS::NoValue": NO_VALUE,
        "AWS::NotificationARNs": [],
        "AWS::Partition": place.partition,
        "AWS::Region": place.region,
        "AWS::StackName": stack,
        "AWS::URLSuffix": place.url_suffix,
    }
    stack_id = f"arn:{place.partition}:cloudformation:{place.region}:{place.account}:stack/{stack}/0"
    return known.get(name, Placeholder(stack_id, f"the value of {name}"))


def default_of(name: str, parameter: Mapping[str, Any]) -> object:
    """Give a parameter's default, or a placeholder.

    Args:
        name: the parameter's.
        parameter: as it stands in the template.
    """
    kind, default = str(parameter.get("Type", "String")), parameter.get("Default")
    if default is None or kind.startswith("AWS::SSM::"):
        return Placeholder(name, f"parameter {name}")
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [part.strip() for part in str(default).split(",")]
    return str(default)
