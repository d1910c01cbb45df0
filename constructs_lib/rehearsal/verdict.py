"""What a rehearsal says in the end, in one sentence."""

from .outcome import FAILING, LEAVING_OUT, Report, Status


def verdict(report: Report) -> str:
    """Sum a report up.

    Args:
        report: what a rehearsal found.
    """
    started, failed = report.count(Status.STARTED), sum(report.count(status) for status in FAILING)
    broken = sum(outcome.status in FAILING for outcome in report.afterwards)
    untried = sum(report.count(status) for status in LEAVING_OUT)
    if not started + failed:
        return (
            f"Nothing was tried: {untried} could not be"
            if untried
            else "Nothing in this app is wired to a starter"
        )
    if failed:
        return f"✗ {failed} of {started + failed} did not start their incidents"
    if broken:
        return f"✗ {started} started their incidents, {broken} did not go on as configured"
    all_of_them = f"All {started} started their incidents" if started > 1 else "It started its incident"
    if any(outcome.told for outcome in report.outcomes):
        all_of_them = f"All {started} arrived" if started > 1 else "It arrived"
    return f"✓ {all_of_them}" + (f", {untried} could not be tried" if untried else "")
