"""How much an incident hurts."""

from enum import IntEnum


class Impact(IntEnum):
    """The impact of an incident, in Incident Manager's own scale of 1 to 5.

    See https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_StartIncident.html
    """

    CRITICAL = 1
    """Full application failure that impacts most customers."""
    HIGH = 2
    """Full application failure that impacts a subset of customers."""
    MEDIUM = 3
    """Partial application failure that is customer-impacting."""
    LOW = 4
    """Intermittent failures that have limited impact on customers."""
    NO_IMPACT = 5
    """Customers are not impacted, but action is needed to avoid an impact."""

    @property
    def label(self) -> str:
        """The name as Incident Manager's console spells it, such as ``No impact``."""
        return self.name.replace("_", " ").capitalize()
