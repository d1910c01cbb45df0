"""A made-up report with one outcome of every kind."""

from constructs_lib.rehearsal import Outcome, Report, StartedIncident, Status, Subject

PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/on-call"
FOREIGN_PLAN = "arn:aws:ssm-incidents::222233334444:response-plan/theirs"


def subject(kind: str, name: str) -> Subject:
    return Subject(kind, f"Shop-{name}-1A2B", f"Shop/{name}", "Shop", f"arn:aws:{kind}:{name}")


def incident(**request: object) -> StartedIncident:
    return StartedIncident("arn:aws:ssm-incidents::123456789012:incident-record/on-call/1", request)


def item(title: str, **value: str) -> dict[str, object]:
    return {"identifier": {"type": "OTHER", "value": value}, "title": title}


RUNBOOK = item("Runbook [draft]", url="https://wiki.example.com/checkout")
STARTED = Outcome(
    subject("alarm", "Checkout"),
    Status.STARTED,
    "ALARM",
    (incident(responsePlanArn=PLAN, impact=2, title="Checkout is [failing]", relatedItems=[RUNBOOK]),),
    notes=("also pages through Shop/States",),
)
BARE = Outcome(
    subject("topic", "Alerts"), Status.STARTED, "alarm notification", (incident(responsePlanArn=PLAN),)
)
FAILED = Outcome(
    subject("rule", "Release"),
    Status.FAILED,
    "CodePipeline Pipeline Execution State Change",
    problems=("Role may not perform ssm-incidents:StartIncident", "the event is kept in Dead"),
    event={"source": "aws.codepipeline"},
)
NO_SAMPLE = Outcome(subject("rule", "Odd"), Status.NO_SAMPLE, problems=("no sample event could be made",))
NOT_TRIED = Outcome(subject("alarm", "Off"), Status.NOT_TRIED, problems=("its actions are disabled",))
NOT_WIRED = Outcome(subject("alarm", "Loose"), Status.NOT_WIRED)


def report(*outcomes: Outcome, assumed: tuple[str, ...] = ()) -> Report:
    return Report("us-east-1", "123456789012", outcomes, assumed)
