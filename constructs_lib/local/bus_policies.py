"""The policies of event buses, as CloudFormation puts them: one statement each."""

# ruff: noqa: SLF001 - the emulator and its clients are untyped, its gaps private

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.local import hooks

if TYPE_CHECKING:
    from constructs_lib.local.resource_handlers import Created, Handler, Properties


def bus_policies() -> Handler:
    """Return the handler of AWS::Events::EventBusPolicy."""
    return {
        "create": lambda _logical_id, properties, _stack: _put(properties),
        "update": lambda physical_id, old, new, _stack: _replace(physical_id, old, new),
        "delete": lambda _physical_id, properties: _remove(properties),
    }


def _put(properties: Properties) -> Created:
    name, statement_id = _bus_of(properties), str(properties["StatementId"])
    eventbridge = hooks.module("services.eventbridge")
    if name != "default" and name not in eventbridge._event_buses:
        message = f"Event bus {name} does not exist."
        raise ValueError(message)
    policies = eventbridge._event_bus_policies
    policy = policies.get(name) or {"Version": "2012-10-17", "Statement": []}
    policy["Statement"] = [
        *(each for each in policy["Statement"] if each.get("Sid") != statement_id),
        _statement(name, statement_id, properties),
    ]
    policies[name] = policy
    return f"{name}|{statement_id}", {}


def _replace(_physical_id: str, old: Properties, new: Properties) -> Created:
    _remove(old)
    return _put(new)


def _remove(properties: Properties) -> None:
    policy = hooks.module("services.eventbridge")._event_bus_policies.get(_bus_of(properties))
    if policy:
        kept = [each for each in policy["Statement"] if each.get("Sid") != properties["StatementId"]]
        policy["Statement"] = kept


def _bus_of(properties: Properties) -> str:
    return str(properties.get("EventBusName") or "default").rpartition("/")[2]


def _statement(bus: str, statement_id: str, properties: Properties) -> dict[str, Any]:
    """Return the statement as written, or the one that the older properties stand for."""
    if isinstance(properties.get("Statement"), dict):
        return {**properties["Statement"], "Sid": statement_id}
    responses = hooks.module("core.responses")
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    condition = properties.get("Condition") or {}
    principal = properties.get("Principal", "*")
    return {
        "Sid": statement_id,
        "Effect": "Allow",
        "Principal": principal if principal == "*" else {"AWS": principal},
        "Action": properties.get("Action", "events:PutEvents"),
        "Resource": f"arn:aws:events:{place}:event-bus/{bus}",
        **({"Condition": {condition["Type"]: {condition["Key"]: condition["Value"]}}} if condition else {}),
    }
