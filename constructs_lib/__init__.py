"""CDK constructs that turn CloudWatch alarms and EventBridge events into Incident Manager incidents.

The names are loaded on first use: the command line and the embedded local AWS live in this
package too, and must not start the jsii kernel that the constructs need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .impact import Impact as Impact
    from .incident_action import IncidentAction as IncidentAction
    from .incident_details import IncidentDetails as IncidentDetails
    from .incident_sink import IncidentSink as IncidentSink
    from .incident_starter import IncidentStarter as IncidentStarter
    from .incident_subscription import IncidentSubscription as IncidentSubscription
    from .incident_target import IncidentTarget as IncidentTarget
    from .ledger import Ledger as Ledger, LedgerKey as LedgerKey, Storm as Storm
    from .policy.guard_rails import PolicyLevel as PolicyLevel
    from .policy.incident_policy import IncidentPolicy as IncidentPolicy
    from .related_item import RelatedItem as RelatedItem, RelatedItemType as RelatedItemType
    from .routes.alarm_match import (
        AlarmKind as AlarmKind,
        AlarmMatch as AlarmMatch,
        RoutedAlarm as RoutedAlarm,
    )
    from .routes.incident_routes import IncidentRoutes as IncidentRoutes
    from .routes.route import Route as Route
    from .starter_interface import IIncidentStarter as IIncidentStarter
    from .starter_monitoring import StarterMonitoring as StarterMonitoring

__all__ = [
    "AlarmKind",
    "AlarmMatch",
    "IIncidentStarter",
    "Impact",
    "IncidentAction",
    "IncidentDetails",
    "IncidentPolicy",
    "IncidentRoutes",
    "IncidentSink",
    "IncidentStarter",
    "IncidentSubscription",
    "IncidentTarget",
    "Ledger",
    "LedgerKey",
    "PolicyLevel",
    "RelatedItem",
    "RelatedItemType",
    "Route",
    "RoutedAlarm",
    "StarterMonitoring",
    "Storm",
]

_ROOMS = {
    "AlarmKind": "routes.alarm_match",
    "AlarmMatch": "routes.alarm_match",
    "IIncidentStarter": "starter_interface",
    "Impact": "impact",
    "IncidentAction": "incident_action",
    "IncidentDetails": "incident_details",
    "IncidentPolicy": "policy.incident_policy",
    "IncidentRoutes": "routes.incident_routes",
    "IncidentSink": "incident_sink",
    "IncidentStarter": "incident_starter",
    "IncidentSubscription": "incident_subscription",
    "IncidentTarget": "incident_target",
    "Ledger": "ledger",
    "LedgerKey": "ledger",
    "PolicyLevel": "policy.guard_rails",
    "RelatedItem": "related_item",
    "RelatedItemType": "related_item",
    "Route": "routes.route",
    "RoutedAlarm": "routes.alarm_match",
    "StarterMonitoring": "starter_monitoring",
    "Storm": "ledger",
}


def __getattr__(name: str) -> object:
    room = _ROOMS.get(name)
    if room is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(f".{room}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
