"""The tags that an alarm sends along with its changes of state, where it propagates them.

See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-tags-in-notifications.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._bundle import texts

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUS = "SUCCESS"


def propagated_tags(alarm: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, str] | None:
    """Return the tags that an alarm sends along; None where it sends none at all.

    Args:
        alarm: its properties as CloudFormation has them.
        tags: all its tags.
    """
    wanted = texts.mapping(texts.mapping(alarm.get("ActionConfiguration")).get("AlarmTagsPropagation"))
    if str(wanted.get("Enabled")).lower() != "true":
        return None
    included, excluded = (
        texts.entries(wanted.get("IncludedTagKeys")),
        texts.entries(wanted.get("ExcludedTagKeys")),
    )
    return {
        key: value
        for key, value in tags.items()
        if not key.startswith("aws:") and key not in excluded and (not included or key in included)
    }
