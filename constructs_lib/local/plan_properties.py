"""A response plan's properties, judged as CloudFormation and Incident Manager judge them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from constructs_lib._plan_checks import LESS, TAG_KEY
from constructs_lib.local.model_check import violations
from constructs_lib.local.replies import service_model

if TYPE_CHECKING:
    from botocore.model import StructureShape

    from constructs_lib.local.resource_handlers import Properties

_ENTRIES = {"Tags": "Value", "IncidentTags": "Value", "Parameters": "Values", "DynamicParameters": "Value"}
"""Where CloudFormation has a list of keys with something, and the service a mapping."""

_SERVICE_ONLY = ("clientToken", "empty")
_ONCE = ("Engagements", "ChatbotSns", "Values")


def plan_request(properties: Properties) -> dict[str, Any]:
    """Return the CreateResponsePlan request that CloudFormation makes of a template's properties."""
    request = cast("dict[str, Any]", _lowered(properties))
    template = request.get("incidentTemplate")
    if isinstance(template, dict) and str(template.get("impact", "")).isdigit():
        template["impact"] = int(template["impact"])  # a template's numbers may be texts
    return request


def plan_problems(properties: Properties) -> list[str]:
    """Return one sentence for everything that CloudFormation or the service would refuse."""
    return [*violations(plan_request(properties), _input_shape()), *_against_the_schema(properties, "")]


@cache
def _input_shape() -> StructureShape:
    shape = service_model().operation_model("CreateResponsePlan").input_shape
    return cast("StructureShape", shape)


def _lowered(value: object) -> object:
    if isinstance(value, Mapping):
        return {
            f"{name[:1].lower()}{name[1:]}": _mapped(member, _ENTRIES[name])
            if name in _ENTRIES and isinstance(member, list)
            else _lowered(member)
            for name, member in value.items()
            if member not in ([], {})  # as good as left out
        }
    return [_lowered(member) for member in value] if isinstance(value, list) else value


def _mapped(entries: list[Any], of: str) -> dict[str, object]:
    return {str(entry.get("Key")): _lowered(entry.get(of)) for entry in entries if isinstance(entry, Mapping)}


def _against_the_schema(value: object, name: str) -> list[str]:
    """What the resource's schema refuses and the service's model does not."""
    problems = []
    if isinstance(value, Mapping):
        for member, inner in value.items():
            lowered = f"{member[:1].lower()}{member[1:]}"
            if lowered in _SERVICE_ONLY:
                problems.append(f"extraneous key [{member}] is not permitted")
            if isinstance(inner, str | list) and len(inner) > LESS.get(lowered, len(inner)):
                problems.append(f"{member}: is longer than {LESS[lowered]}")
            problems += _against_the_schema(inner, member)
    elif isinstance(value, list):
        if name in ("Tags", "IncidentTags"):
            problems += [f"{name}: {tag} is not permitted" for tag in value if not _is_tag(tag)]
        if name in _ONCE and len({str(entry) for entry in value}) != len(value):
            problems.append(f"{name}: array items are not unique")
        for entry in value:
            problems += _against_the_schema(entry, "")
    return problems


def _is_tag(tag: object) -> bool:
    return (
        isinstance(tag, Mapping)
        and bool(TAG_KEY.fullmatch(str(tag.get("Key"))))
        and len(str(tag.get("Value", ""))) > 0
    )
