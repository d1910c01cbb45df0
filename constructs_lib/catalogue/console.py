"""Pages of the AWS console, as links that are filled in from the event."""

from constructs_lib.related_item import RelatedItem


def console(path: str, title: str) -> RelatedItem:
    """A page of the console in the event's Region.

    Args:
        path: what follows the host; it may hold the placeholders of a title.
        title: what responders read.
    """
    return RelatedItem.url(f"https://{{region}}.console.aws.amazon.com/{path}", title=title)


def trail_event() -> RelatedItem:
    """The record that CloudTrail has of the event."""
    return console("cloudtrailv2/home?region={region}#/events/{detail.eventID}", "Event in CloudTrail")
