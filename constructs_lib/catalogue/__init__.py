"""The event catalogue: what wakes people, as EventBridge patterns with the incident that fits each.

`incident_events` is its table of contents; the rooms beside it have the events by subject, and
`event_samples` an event of each in AWS's own shape. Nothing in here is a construct.
"""
