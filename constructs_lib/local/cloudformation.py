"""Resource types that the emulator lacks, and a sentence for those that nobody deploys here."""

# ruff: noqa: ANN401, SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks
from constructs_lib.local.alarm_resources import alarm_resources
from constructs_lib.local.bus_policies import bus_policies
from constructs_lib.local.function_resources import checked_function_resources
from constructs_lib.local.plan_resources import PlanResources
from constructs_lib.local.resource_handlers import Created, Handler, Properties, written
from constructs_lib.local.share_resources import share_resources

if TYPE_CHECKING:
    from constructs_lib.local.incidents_api import IncidentsApi


@dataclass
class CloudFormation:
    """Handlers for the types we add; collects what a template asks for in vain."""

    incidents: IncidentsApi
    unsupported: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Add the handlers to the emulator while the block runs."""
        handlers = hooks.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
        before = dict(handlers)
        handlers |= {
            **PlanResources(self.incidents).handlers(),
            **alarm_resources(),
            **checked_function_resources(before),
            "AWS::CodePipeline::Pipeline": written(lambda name, _properties: (name, {"Version": "1"})),
            "AWS::Events::EventBusPolicy": bus_policies(),
            "AWS::RAM::ResourceShare": share_resources(self.incidents.shares),
            "AWS::SNS::Topic": _owned(before["AWS::SNS::Topic"]),
        }
        try:
            yield
        finally:
            handlers.clear()
            handlers.update(before)

    def validating(self, validate: Any) -> Any:
        """Wrap the emulator's template validation so that unsupported resources are remembered by name."""

        def validate_and_collect(template: Any, *arguments: Any, **options: Any) -> None:
            if isinstance(template, Mapping):
                self.unsupported += unsupported_resources(template)
            validate(template, *arguments, **options)

        return validate_and_collect


def unsupported_resources(template: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return logical id and type of every resource that the local AWS cannot deploy."""
    handlers = hooks.module("services.cloudformation.provisioners")._RESOURCE_HANDLERS
    return [
        (logical_id, str(resource.get("Type")))
        for logical_id, resource in (template.get("Resources") or {}).items()
        if isinstance(resource, Mapping)
        and resource.get("Type") not in handlers
        and not str(resource.get("Type")).startswith("Custom::")
    ]


def _owned(handler: Handler) -> Handler:
    """Let a new topic's default policy speak of its owner, as SNS writes it, not of everyone."""

    def create(logical_id: str, properties: Properties, stack_name: str) -> Created:
        created: Created = handler["create"](logical_id, properties, stack_name)
        attributes = hooks.module("services.sns")._topics[created[0]]["attributes"]
        policy = json.loads(attributes["Policy"])
        for statement in policy["Statement"]:
            statement["Condition"] = {"StringEquals": {"AWS:SourceOwner": attributes["Owner"]}}
        attributes["Policy"] = json.dumps(policy)
        return created

    return {**handler, "create": create}
