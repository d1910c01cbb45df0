"""Which files of the function's source only its options need: a bundle without them is smaller."""

FILES_OF_OPTIONS = {
    "alarm_tags": ("tags.py",),
    "drills": ("drill.py",),
    "ledger": (
        "appends.py",
        "claims.py",
        "finishing.py",
        "followup.py",
        "keeper.py",
        "ledger.py",
        "problems.py",
        "recovery.py",
        "storms.py",
        "suppression.py",
        "sweeping.py",
        "table.py",
    ),
    "regions": ("failover.py",),
    "sinks": (
        "delivery.py",
        "fallback.py",
        "message.py",
        "ops_item.py",
        "report.py",
        "report_texts.py",
        "sinks.py",
        "undelivered.py",
    ),
}


def unused_files(**used: bool) -> list[str]:
    """List the files that a starter does not import.

    Args:
        used: whether an option is used, by its name; those left out are not.
    """
    return [
        file for option, files in FILES_OF_OPTIONS.items() if not used.get(option, False) for file in files
    ]
