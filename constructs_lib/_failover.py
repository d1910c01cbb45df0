"""Which Regions start an incident when the function's own does not answer."""

from collections.abc import Sequence

from ._checks import check_list, check_text, has_token
from ._starter_checks import regions_with_incident_manager

_MOST_REGIONS = 3
_CONTACT_REGION = 3  # the part of an ARN


def check_regions(regions: Sequence[str] | None, own: str) -> list[str]:
    """The Regions of the replication set, in the order they are tried.

    Args:
        regions: as given.
        own: the function's, may be a token.

    Raises:
        ValueError: it is no list of Regions that Incident Manager knows, one is named twice or there
            are more than a replication set has, or none is another than the function's own.
    """
    if regions is None:
        return []
    known = regions_with_incident_manager()
    for region in check_list("regions", regions, "Regions"):
        name = check_text("regions", region)
        if has_token(name):
            message = (
                f"regions: got {name!r}, names that are known at synthesis are needed, a token is not; the "
                "function's own Region need not be listed"
            )
            raise ValueError(message)
        if name not in known:
            message = f"regions: got {name!r}, Incident Manager exists in {', '.join(sorted(known))}"
            raise ValueError(message)
    named = list(regions)
    if repeated := next((name for name in named if named.count(name) > 1), None):
        message = f"regions: got {repeated!r} twice, each Region is tried in its turn: list it once"
        raise ValueError(message)
    if not [name for name in named if name != own]:
        message = (
            f"regions: got {named}, at least one Region beside the function's own is needed: list the others "
            "of the replication set, or leave it out to stay in one Region"
        )
        raise ValueError(message)
    together = set(named) if has_token(own) else {own, *named}
    if len(together) > _MOST_REGIONS:
        message = (
            f"regions: got {', '.join(named)}, a replication set has at most {_MOST_REGIONS} Regions, the "
            "function's own among them: list those of the account's set"
        )
        raise ValueError(message)
    return named


def contacts_everywhere(contacts: Sequence[str] | None, regions: Sequence[str]) -> list[str] | None:
    """The contacts as they are named in each Region.

    A contact's ARN holds a Region, and which one Incident Manager engages after a failover is not
    documented. What a token turns into is not known here and stays as it is.
    """
    if contacts is None:
        return None
    found = dict.fromkeys(contacts)
    for contact in contacts:
        if not has_token(contact):
            parts = contact.split(":")
            for region in regions:
                found[":".join([*parts[:_CONTACT_REGION], region, *parts[_CONTACT_REGION + 1 :]])] = None
    return list(found)
