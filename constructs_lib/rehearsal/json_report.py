"""A report as JSON; docs/rehearsal.md describes it, and it only ever gains members."""

from typing import Any

from .outcome import Outcome, Report, StartedIncident, Status, ToldSink

SCHEMA_VERSION = 1


def to_json(report: Report) -> dict[str, Any]:
    """Return the documented JSON object of a report.

    Args:
        report: what a rehearsal found.
    """
    return {
        "schemaVersion": SCHEMA_VERSION,
        "ok": report.is_ok,
        "complete": report.is_complete,
        "region": report.region,
        "account": report.account,
        "counts": {status.value: report.count(status) for status in Status},
        "assumedResponsePlans": list(report.assumed_plans),
        "outcomes": [_outcome(outcome) for outcome in report.outcomes],
        "afterwards": [_outcome(outcome) for outcome in report.afterwards],
        "substitutions": [
            {"path": each.path, "property": each.property, "standIn": each.stand_in or None, "why": each.why}
            for each in report.substitutions
        ],
        "unread": list(report.unread),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    subject = outcome.subject
    return {
        "kind": subject.kind,
        "path": subject.path,
        "name": subject.name,
        "stack": subject.stack,
        "arn": subject.arn,
        "status": outcome.status.value,
        "fired": outcome.fired or None,
        "incidents": [_incident(incident) for incident in outcome.incidents],
        "problems": list(outcome.problems),
        "notes": list(outcome.notes),
        "event": None if outcome.event is None else dict(outcome.event),
        **({"told": [_told(told) for told in outcome.told]} if outcome.told else {}),
    }


def _incident(incident: StartedIncident) -> dict[str, Any]:
    return {"incidentRecordArn": incident.arn, "startIncident": dict(incident.request)}


def _told(told: ToldSink) -> dict[str, Any]:
    return {
        "sink": told.sink,
        "id": told.id,
        "fallback": told.is_fallback,
        "title": told.title,
        "impact": told.impact,
    }
