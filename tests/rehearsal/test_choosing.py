"""What is tried when the user names an alarm or gives an event."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from constructs_lib.rehearsal import Options, RehearsalError, Subject
from constructs_lib.rehearsal.plans import foreign_plans
from constructs_lib.rehearsal.rehearse import chosen
from constructs_lib.rehearsal.trial import Stage
from constructs_lib.rehearsal.wiring import Starter, Wired, Wiring
from tests.rehearsal.test_sample_events import is_matched

if TYPE_CHECKING:
    from constructs_lib.local import LocalAws

PLAN = "arn:aws:ssm-incidents::123456789012:response-plan/{}"


class PatternJudge:
    """Knows TestEventPattern only."""

    def client(self, _service: str, **_where: str) -> Any:
        return SimpleNamespace(test_event_pattern=self._test)

    @staticmethod
    def _test(*, EventPattern: str, Event: str) -> dict[str, bool]:  # noqa: N803 - boto3's names
        return {"Result": is_matched(json.loads(EventPattern), json.loads(Event))}


def wired(kind: str, path: str, **description: Any) -> Wired:
    arn = f"arn:aws:{kind}:us-east-1:123456789012:{path}"
    subject = Subject(kind, f"{path}-1A2B", path, "Shop", arn)
    return Wired(subject, description, targets=[arn])


BACKLOG, FAILING = wired("alarm", "Shop/Backlog"), wired("alarm", "Shop/Failing")
SOLD = wired("rule", "Shop/Sold", EventPattern='{"source": ["shop"]}')
DAILY = wired("rule", "Shop/Daily", ScheduleExpression="rate(1 day)")
EVERYTHING = [BACKLOG, FAILING, SOLD, DAILY]


def choose(**options: Any) -> list[Wired]:
    stage = Stage(cast("LocalAws", PatternJudge()), Wiring(wired=EVERYTHING), 1.0)
    return chosen(stage, Options(app=None, cwd=Path(), **options))


def test_without_a_wish_everything_is_tried() -> None:
    assert choose() == EVERYTHING


@pytest.mark.parametrize("name", ["Backlog", "Shop/Backlog", "Shop/Backlog-1A2B"])
def test_an_alarm_is_known_by_its_path_and_its_names(name: str) -> None:
    assert choose(alarms=[name, name]) == [BACKLOG]


def test_an_unknown_alarm_is_answered_with_those_there_are() -> None:
    with pytest.raises(RehearsalError, match="no alarm 'Down'; it has: Shop/Backlog, Shop/Failing"):
        choose(alarms=["Down"])


def test_an_event_chooses_the_rules_that_match_it() -> None:
    event = {"source": "shop", "detail-type": "Sold"}
    assert choose(event=event) == [SOLD]
    assert choose(event=event, alarms=["Failing"]) == [FAILING, SOLD]


def test_an_event_that_matches_nothing_is_answered_with_the_wired_rules() -> None:
    with pytest.raises(RehearsalError, match=r"matches no rule .* wired are: Shop/Sold, Shop/Daily"):
        choose(event={"source": "bakery", "detail-type": "Sold"})


def test_plans_of_others_are_found_in_starters_trailers_and_templates() -> None:
    template = json.dumps({"startIncident": {"responsePlanArn": PLAN.format("rule")}, "event": None})
    template = template.replace("null", "<aws.events.event.json>")
    starter = Starter(
        "function",
        "role",
        {
            "startIncident": {"responsePlanArn": PLAN.format("own")},
            "topics": {"topic": {"responsePlanArn": PLAN.format("topic")}},
        },
    )
    wiring = Wiring(
        starters={"function": starter},
        wired=[
            wired("alarm", "A", AlarmDescription=f"Broken.\n- Response plan: {PLAN.format('alarm')}"),
            wired("rule", "R", Targets=[{"InputTransformer": {"InputTemplate": template}}]),
        ],
        plans=[PLAN.format("own")],
    )
    assert foreign_plans(wiring) == tuple(PLAN.format(name) for name in ("topic", "alarm", "rule"))
