"""CDK constructs that turn CloudWatch alarms and EventBridge events into Incident Manager incidents.

The names are loaded on first use: the command line and the embedded local AWS live in this
package too, and must not start the jsii kernel that the constructs need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .alarm_forwarder import AlarmForwarder as AlarmForwarder
    from .impact import Impact as Impact
    from .incident_action import IncidentAction as IncidentAction
    from .incident_details import IncidentDetails as IncidentDetails
    from .incident_hub import IncidentHub as IncidentHub
    from .incident_sink import IncidentSink as IncidentSink
    from .incident_starter import IncidentStarter as IncidentStarter
    from .incident_subscription import IncidentSubscription as IncidentSubscription
    from .incident_target import IncidentTarget as IncidentTarget
    from .ledger import Ledger as Ledger, LedgerKey as LedgerKey, Storm as Storm
    from .related_item import RelatedItem as RelatedItem, RelatedItemType as RelatedItemType
    from .response_plan_share import ResponsePlanShare as ResponsePlanShare
    from .starter_interface import IIncidentStarter as IIncidentStarter
    from .starter_monitoring import StarterMonitoring as StarterMonitoring

__all__ = [
    "AlarmForwarder",
    "IIncidentStarter",
    "Impact",
    "IncidentAction",
    "IncidentDetails",
    "IncidentHub",
    "IncidentSink",
    "IncidentStarter",
    "IncidentSubscription",
    "IncidentTarget",
    "Ledger",
    "LedgerKey",
    "RelatedItem",
    "RelatedItemType",
    "ResponsePlanShare",
    "StarterMonitoring",
    "Storm",
]

_ROOMS = {
    "AlarmForwarder": "alarm_forwarder",
    "IIncidentStarter": "starter_interface",
    "Impact": "impact",
    "IncidentAction": "incident_action",
    "IncidentDetails": "incident_details",
    "IncidentHub": "incident_hub",
    "IncidentSink": "incident_sink",
    "IncidentStarter": "incident_starter",
    "IncidentSubscription": "incident_subscription",
    "IncidentTarget": "incident_target",
    "Ledger": "ledger",
    "LedgerKey": "ledger",
    "RelatedItem": "related_item",
    "RelatedItemType": "related_item",
    "ResponsePlanShare": "response_plan_share",
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
