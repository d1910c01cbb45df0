"""CDK constructs that turn CloudWatch alarms and EventBridge events into Incident Manager incidents.

The names are loaded on first use: the command line and the embedded local AWS live in this
package too, and must not start the jsii kernel that the constructs need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .alarm_forwarder import AlarmForwarder as AlarmForwarder
    from .alarm_tags import AlarmTags as AlarmTags, TagMatch as TagMatch
    from .catalogue.incident_event import IncidentEvent as IncidentEvent
    from .catalogue.incident_events import IncidentEvents as IncidentEvents
    from .impact import Impact as Impact
    from .incident_action import IncidentAction as IncidentAction
    from .incident_details import IncidentDetails as IncidentDetails
    from .incident_hub import IncidentHub as IncidentHub
    from .incident_rule import IncidentRule as IncidentRule
    from .incident_sink import IncidentSink as IncidentSink
    from .incident_starter import IncidentStarter as IncidentStarter
    from .incident_subscription import IncidentSubscription as IncidentSubscription
    from .incident_target import IncidentTarget as IncidentTarget
    from .ledger import Ledger as Ledger, LedgerKey as LedgerKey, Storm as Storm
    from .monitoring import IncidentAlarmActionStrategy as IncidentAlarmActionStrategy
    from .pager_duty import PagerDuty as PagerDuty
    from .policy.guard_rails import PolicyLevel as PolicyLevel
    from .policy.incident_policy import IncidentPolicy as IncidentPolicy
    from .related_item import RelatedItem as RelatedItem, RelatedItemType as RelatedItemType
    from .response_plan import ResponsePlan as ResponsePlan
    from .response_plan_interface import IResponsePlan as IResponsePlan
    from .response_plan_share import ResponsePlanShare as ResponsePlanShare
    from .routes.alarm_match import (
        AlarmKind as AlarmKind,
        AlarmMatch as AlarmMatch,
        RoutedAlarm as RoutedAlarm,
    )
    from .routes.incident_routes import IncidentRoutes as IncidentRoutes
    from .routes.route import Route as Route
    from .runbook import (
        Runbook as Runbook,
        RunbookAccount as RunbookAccount,
        RunbookVariable as RunbookVariable,
    )
    from .starter_interface import IIncidentStarter as IIncidentStarter
    from .starter_monitoring import StarterMonitoring as StarterMonitoring

__all__ = [
    "AlarmForwarder",
    "AlarmKind",
    "AlarmMatch",
    "AlarmTags",
    "IIncidentStarter",
    "IResponsePlan",
    "Impact",
    "IncidentAction",
    "IncidentAlarmActionStrategy",
    "IncidentDetails",
    "IncidentEvent",
    "IncidentEvents",
    "IncidentHub",
    "IncidentPolicy",
    "IncidentRoutes",
    "IncidentRule",
    "IncidentSink",
    "IncidentStarter",
    "IncidentSubscription",
    "IncidentTarget",
    "Ledger",
    "LedgerKey",
    "PagerDuty",
    "PolicyLevel",
    "RelatedItem",
    "RelatedItemType",
    "ResponsePlan",
    "ResponsePlanShare",
    "Route",
    "RoutedAlarm",
    "Runbook",
    "RunbookAccount",
    "RunbookVariable",
    "StarterMonitoring",
    "Storm",
    "TagMatch",
]

_ROOMS = {
    "AlarmForwarder": "alarm_forwarder",
    "AlarmKind": "routes.alarm_match",
    "AlarmMatch": "routes.alarm_match",
    "AlarmTags": "alarm_tags",
    "IIncidentStarter": "starter_interface",
    "Impact": "impact",
    "IncidentAction": "incident_action",
    "IncidentAlarmActionStrategy": "monitoring",
    "IncidentDetails": "incident_details",
    "IncidentEvent": "catalogue.incident_event",
    "IncidentEvents": "catalogue.incident_events",
    "IncidentHub": "incident_hub",
    "IncidentPolicy": "policy.incident_policy",
    "IncidentRoutes": "routes.incident_routes",
    "IncidentRule": "incident_rule",
    "IncidentSink": "incident_sink",
    "IncidentStarter": "incident_starter",
    "IncidentSubscription": "incident_subscription",
    "IncidentTarget": "incident_target",
    "IResponsePlan": "response_plan_interface",
    "Ledger": "ledger",
    "LedgerKey": "ledger",
    "PagerDuty": "pager_duty",
    "PolicyLevel": "policy.guard_rails",
    "RelatedItem": "related_item",
    "RelatedItemType": "related_item",
    "ResponsePlan": "response_plan",
    "ResponsePlanShare": "response_plan_share",
    "Route": "routes.route",
    "RoutedAlarm": "routes.alarm_match",
    "Runbook": "runbook",
    "RunbookAccount": "runbook",
    "RunbookVariable": "runbook",
    "StarterMonitoring": "starter_monitoring",
    "Storm": "ledger",
    "TagMatch": "alarm_tags",
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
