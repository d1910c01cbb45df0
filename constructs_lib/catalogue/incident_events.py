"""The table of contents of the catalogue."""

from .account_events import AccountEvents
from .deployment_events import DeploymentEvents
from .infrastructure_events import InfrastructureEvents
from .security_events import SecurityEvents
from .workload_events import WorkloadEvents


class IncidentEvents(SecurityEvents, AccountEvents, DeploymentEvents, WorkloadEvents, InfrastructureEvents):
    """Events of AWS that really wake people, each with a pattern and the incident that fits it.

    Give one to an `IncidentRule`. Each pins source and detail type, takes arguments that narrow it, and
    knows an impact, a title and related items, all of which the rule can override. What is said of an event
    here comes from AWS's documentation; the links into the console were not tried.
    """
