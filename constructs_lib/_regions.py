"""Where Incident Manager exists."""

from functools import cache


@cache
def regions_with_incident_manager() -> frozenset[str]:
    """The Regions of the service, from botocore's own list of endpoints."""
    from botocore.loaders import Loader  # noqa: PLC0415 - late, only concrete Regions ask

    partitions = Loader().load_data("endpoints")["partitions"]
    return frozenset(
        region
        for partition in partitions
        for region in partition["services"].get("ssm-incidents", {}).get("endpoints", {})
        if not region.startswith("fips-")
    )
