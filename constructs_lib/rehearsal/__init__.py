"""Rehearse an app: what would page whom, shown by really deployed code on a local AWS.

Needs the extra ``local``. Nothing here imports a construct.
"""

from .errors import RehearsalError
from .json_report import to_json
from .outcome import Outcome, RelatedItem, Report, StartedIncident, Status, Subject, ToldSink
from .page import page
from .rehearse import Options, read_event, rehearse
from .table import show
from .watcher import Silent, Watcher, watching

__all__ = [
    "Options",
    "Outcome",
    "RehearsalError",
    "RelatedItem",
    "Report",
    "Silent",
    "StartedIncident",
    "Status",
    "Subject",
    "ToldSink",
    "Watcher",
    "page",
    "read_event",
    "rehearse",
    "show",
    "to_json",
    "watching",
]
