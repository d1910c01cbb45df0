"""A world of alarms, people, a table and Incident Manager, in virtual time, in which anything may fail.

The starter in it is the real one, whole; only what it calls is made of memory. Every call is a
point at which the world may crash the invocation, fail the call, lose its reply, or let another
delivery run in between.
"""

from __future__ import annotations

import json
import re
from contextlib import ExitStack, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timezone
from io import StringIO
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from incident_starter import calling, followup, keeper, starter
from incident_starter.calling import make_client
from incident_starter.starter import Starter
from incident_starter.table import TableFaultError

from tests.handler.service import one_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "123456789012"
PLANS = [f"arn:aws:ssm-incidents::{ACCOUNT}:response-plan/{name}" for name in ("checkout", "search")]
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:starter"
_TIMEOUT = 60.0
_MOST_STEPS = 600  # of one invocation; the most that end by themselves are those that wait for another one
_MARK = re.compile(r"<(\d+)>")
_CLIENT = make_client(one_session())


class CrashError(BaseException):
    """The function's process is gone."""


@dataclass
class Incident:
    """An incident, and which alarm changes it tells of."""

    arn: str
    request: dict[str, Any]
    impact: int
    status: str = "OPEN"
    resolved_by: str = ""
    told: list[str] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_storm(self) -> bool:
        return str(self.request.get("title", "")).startswith("Storm")

    @property
    def members(self) -> set[int]:
        texts = (self.request.get("title", ""), *self.told)
        return {int(mark) for text in texts for mark in _MARK.findall(text)}

    @property
    def supersedes(self) -> set[str]:
        items = self.request.get("relatedItems", [])
        found = [item["identifier"] for item in items]
        return {each["value"]["arn"] for each in found if each["type"] == "INCIDENT"}


@dataclass
class Change:
    """One change of an alarm's state, and its delivery."""

    number: int
    alarm: str
    state: str
    previous: str
    impact: int | None
    plan: str
    at: float
    contributor: str = ""
    attempts: int = 3
    outcome: str = ""

    def event(self, **detail: Any) -> dict[str, Any]:
        """Return the change as an event of the bus."""
        alarm = self.payload()
        return {
            "id": f"event {self.number}",
            "source": "aws.cloudwatch",
            "detail-type": "CloudWatch Alarm State Change",
            "account": ACCOUNT,
            "region": "eu-west-1",
            "time": "2027-01-15T08:00:00Z",
            "resources": [alarm["alarmArn"]],
            "detail": {**alarm["alarmData"], **detail},
        }

    def payload(self) -> dict[str, Any]:
        moment = datetime.fromtimestamp(self.at, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        lines = [f"Title: <{self.number}>", f"Response plan: {self.plan}"]
        lines += [f"Impact: {self.impact}"] if self.impact else []
        data: dict[str, Any] = {
            "alarmName": self.alarm,
            "state": {"value": self.state, "reason": "because", "timestamp": f"{moment}+0000"},
            "previousState": {"value": self.previous},
            "configuration": {"description": "\n".join(lines), "metrics": []},
        }
        if self.contributor:
            data["alarmContributor"] = {"id": self.contributor, "attributes": {"host": self.contributor}}
            del data["previousState"]
        arn = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:{self.alarm}"
        return {
            "source": "aws.cloudwatch",
            "alarmArn": arn,
            "accountId": ACCOUNT,
            "region": "eu-west-1",
            "time": moment,
            "alarmData": data,
        }


class World:
    """Everything, and what may go wrong with it."""

    def __init__(self, **ledger: Any) -> None:
        self.now = 1_800_000_000.0
        self.entries: dict[str, tuple[str, int]] = {}
        self.counted: dict[str, int] = {}
        self.incidents: dict[str, Incident] = {}
        self.changes: list[Change] = []
        self.waiting: list[Change] = []
        self.dead: list[Change] = []
        self.lines: list[dict[str, Any]] = []
        self.violations: list[str] = []
        self.table_is_down = False
        self.table_was_down = False
        self.failures: list[str] = []
        """What the next calls of Incident Manager meet: an error's code or `lost`."""
        self.crash_at: int | None = None
        self.interrupt_at: tuple[int, Callable[[], object]] | None = None
        self.steps = 0
        self.calls: list[str] = []
        self.plan_impact = 3
        self.faults: dict[str, str] = {}
        """How an operation fails, as long as it stands here."""
        self.over_quota = "ServiceQuotaExceededException"
        self.unreadable: set[str] = set()
        """Incidents that may not be read."""
        self.deleted: set[str] = set()
        self.due_at_once = 100
        self._by = ledger.get("key", {}).get("by", "alarm")
        self._by_token: dict[str, Incident] = {}
        self._told: set[str] = set()
        configuration = {
            "startIncident": {"responsePlanArn": PLANS[0]},
            "ledger": {
                "table": "ledger",
                "key": {"by": "alarm"},
                "appendWithin": 3600,
                "lease": 90,
                **ledger,
            },
        }
        table = SimpleNamespace(get=self._get, put=self._put, due=self._due, count=self._count)
        with mock.patch.object(keeper, "Table", return_value=table):
            environ = {"INCIDENT_STARTER": json.dumps(configuration)}
            self.starter = Starter(environ, self._client(), one_session())
        self.mute_rules: list[str] = []
        self.suppressor = ""
        self.cloudwatch_is_down = False
        self.starter._cloudwatch = SimpleNamespace(
            describe_alarms=self._describe_alarms, list_alarm_mute_rules=self._list_mute_rules
        )

    # -- what happens -------------------------------------------------------

    def change(self, alarm: str, state: str, **more: Any) -> Change:
        """Let an alarm change; its delivery waits."""
        self.now += 0.01
        previous = self.state_of(alarm, more.get("contributor", ""))
        made = Change(
            len(self.changes),
            alarm,
            state,
            previous,
            at=round(self.now, 3),
            **{"impact": 3, "plan": PLANS[0], **more},
        )
        self.changes.append(made)
        self.waiting.append(made)
        return made

    def state_of(self, alarm: str, contributor: str = "") -> str:
        """Return an alarm's state as CloudWatch knows it."""
        mine = [each for each in self.changes if (each.alarm, each.contributor) == (alarm, contributor)]
        return mine[-1].state if mine else "INSUFFICIENT_DATA"

    def deliver(self, change: Change, *, again: bool = False) -> str:
        """Run the function for a change; what fails comes again, three times in all."""
        if not again:
            self.waiting.remove(change)
        try:
            answer = self._run(change.payload())
        except CrashError:
            outcome = "crashed"
        except Exception as error:  # noqa: BLE001 - Lambda does the same
            outcome = f"failed: {error}"
        else:
            outcome = change.outcome = str(answer["outcome"])
            return outcome
        if not again:
            change.attempts -= 1
            if change.attempts:
                self.waiting.append(change)
            else:
                self.dead.append(change)
        return outcome

    def deliver_all(self) -> None:
        """Deliver what waits, in order, with Lambda's pauses between attempts."""
        while self.waiting:
            if self.waiting[0].attempts < 3:
                self.now += 60
            self.deliver(self.waiting[0])

    def sweep(self) -> dict[str, Any] | None:
        """Run the sweeper once; None when it crashed."""
        try:
            return self._run({"sweep": {}})
        except (CrashError, TableFaultError):
            return None

    def resolve_by_hand(self, incident: Incident) -> None:
        """Let a person close an incident."""
        incident.status, incident.resolved_by = "RESOLVED", "a person"

    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    # -- what it looks like -------------------------------------------------

    def key_of(self, change: Change) -> str:
        """Name the problem that a change belongs to."""
        return f"{change.plan} {change.alarm} {change.contributor if self._by == 'contributor' else ''}"

    def open_incidents(self) -> list[Incident]:
        return [each for each in self.incidents.values() if each.status == "OPEN"]

    def homes_of(self, change: Change) -> list[Incident]:
        """Return the incidents that tell of a change."""
        return [each for each in self.incidents.values() if change.number in each.members]

    # -- running ------------------------------------------------------------

    def _run(self, payload: dict[str, Any]) -> dict[str, Any]:
        began = self.now
        context = SimpleNamespace(
            aws_request_id="request",
            function_name="starter",
            invoked_function_arn=FUNCTION,
            get_remaining_time_in_millis=lambda: int((began + _TIMEOUT - self.now) * 1000),
        )
        out = StringIO()
        self.steps = 0
        try:
            with redirect_stdout(out):
                answer: dict[str, Any] = self.starter.handle(payload, context)
            return answer
        finally:
            self.lines += [json.loads(line) for line in out.getvalue().splitlines()]
            self.crash_at = None

    def _step(self, name: str) -> None:
        """Pass a point at which the process may die or another delivery may run."""
        self.steps += 1
        self.calls.append(name)
        if self.steps > _MOST_STEPS:
            self.violations.append(f"{_MOST_STEPS} calls, and no end: the last were {self.calls[-6:]}")
            raise CrashError
        if self.crash_at is not None and self.steps == self.crash_at:
            raise CrashError
        if self.interrupt_at is not None and self.steps >= self.interrupt_at[0]:
            steps, (_, other), crash_at = self.steps, self.interrupt_at, self.crash_at
            self.interrupt_at = self.crash_at = None
            other()
            self.steps, self.crash_at = steps, crash_at

    # -- the table ----------------------------------------------------------

    def _table_answers(self, name: str) -> None:
        self._step(name)
        if name in self.faults and self.faults[name] != "its reply is lost":
            self.now += 3
            raise TableFaultError(name)
        if self.table_is_down:
            self.now += 3
            raise TableFaultError(name)

    def _get(self, key: str) -> tuple[dict[str, Any], int]:
        self._table_answers("get")
        text, version = self.entries.get(key, ("{}", 0))
        return json.loads(text), version

    def _put(self, key: str, entry: dict[str, Any], version: int, _now: float) -> bool:
        self._table_answers("put")
        if self.entries.get(key, ("", 0))[1] != version:
            return False
        self.entries[key] = (json.dumps(entry), version + 1)
        self._step("put done")
        if "put" in self.faults:
            raise TableFaultError
        return True

    def _count(self, key: str, _now: float) -> int:
        self._table_answers("count")
        self.counted[key] = self.counted.get(key, 0) + 1
        self._step("count done")
        if "count" in self.faults:
            raise TableFaultError
        return self.counted[key]

    def _due(self, now: float) -> list[str]:
        self._table_answers("query")
        dues = {key: json.loads(text).get("due", 0) for key, (text, _) in self.entries.items()}
        return sorted((key for key, due in dues.items() if 0 < due <= now), key=lambda key: dues[key])[
            : self.due_at_once
        ]

    # -- CloudWatch ---------------------------------------------------------

    def _describe_alarms(self, *, AlarmNames: list[str], **_: Any) -> dict[str, Any]:  # noqa: N803 - the API's name
        self._step("describe")
        if self.cloudwatch_is_down:
            raise error(self.over_quota, "describe_alarms")
        found = []
        for name in AlarmNames:
            mine = [each for each in self.changes if each.alarm == name]
            bad = [each for each in mine if self.state_of(name, each.contributor) != "OK"]
            last = max(bad or mine, key=lambda each: each.at, default=None)
            if last is not None:
                moment = datetime.fromtimestamp(last.at, tz=timezone.utc)
                arn = f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:{name}"
                alarm = {"AlarmArn": arn, "StateValue": last.state, "StateTransitionedTimestamp": moment}
                suppressed = {"ActionsSuppressedBy": self.suppressor} if self.suppressor else {}
                found.append({**alarm, **suppressed})
        return {"MetricAlarms": found, "CompositeAlarms": []}

    def _list_mute_rules(self, **_: object) -> dict[str, Any]:
        return {"AlarmMuteRuleSummaries": [{"AlarmMuteRuleArn": arn} for arn in self.mute_rules]}

    # -- Incident Manager ---------------------------------------------------

    def _client(self) -> Any:
        operations: dict[str, Callable[..., dict[str, Any]]] = {
            "start_incident": self._start,
            "get_incident_record": self._record,
            "create_timeline_event": self._tell,
            "update_related_items": self._link,
            "update_incident_record": self._update,
            "get_response_plan": lambda **_: {"incidentTemplate": {"impact": self.plan_impact}},
        }
        wrapped = {name: self._reachable(name, call) for name, call in operations.items()}
        return SimpleNamespace(meta=_CLIENT.meta, **wrapped)

    def _reachable(self, name: str, call: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
        def called(**request: Any) -> dict[str, Any]:
            self._step(name)
            if fault := self.faults.get(name):
                return self._fail(fault, lambda: call(**request), name)
            failure = self.failures.pop(0) if self.failures else ""
            if failure == "ConflictException" and request.get("clientToken") in self._by_token:
                failure = ""  # a token whose incident was started is answered with it
            if failure and failure != "lost":
                raise error(failure, name)
            answer = call(**request)
            self._step(f"{name} done")
            if failure:
                msg = "InternalServerException"
                raise error(msg, name)
            return answer

        return called

    def _fail(self, fault: str, call: Callable[[], object], name: str) -> dict[str, Any]:
        """Fail a call in one of the ways of the fault matrix."""
        if fault == "its reply is lost":
            call()
        if fault in {"its reply is lost", "gives no answer"}:
            self.now += 5
            raise ReadTimeoutError(endpoint_url=name)
        if fault == "closes the connection":
            raise ConnectionClosedError(endpoint_url=name)
        codes = {"throttles": "ThrottlingException", "fails (5xx)": "InternalServerException"}
        raise error(codes.get(fault, "AccessDeniedException"), name)

    def _start(self, **request: Any) -> dict[str, Any]:
        token = request["clientToken"]
        known = self._by_token.get(token)
        if known is None:
            arn = request["responsePlanArn"].replace(":response-plan/", ":incident-record/")
            impact = request.get("impact", self.plan_impact)
            known = Incident(f"{arn}/{len(self.incidents)}", request, impact)
            self.incidents[known.arn] = self._by_token[token] = known
        elif known.request != request:
            self.violations.append(f"one token with two requests: {known.request} and {request}")
        return {"incidentRecordArn": known.arn}

    def _find(self, arn: str) -> Incident:
        if arn in self.deleted:
            code = "ResourceNotFoundException"
            raise error(code, "any")
        return self.incidents[arn]

    def _record(self, *, arn: str) -> dict[str, Any]:
        incident = self._find(arn)
        if arn in self.unreadable:
            code = "AccessDeniedException"
            raise error(code, "get_incident_record")
        return {"incidentRecord": {"status": incident.status, "impact": incident.impact}}

    def _tell(self, **request: Any) -> dict[str, Any]:
        incident, token = self._find(request["incidentRecordArn"]), request["clientToken"]
        if token in self._told:
            return {"eventId": "1"}
        if len(incident.told) >= 1000:
            raise error(self.over_quota, "create_timeline_event")
        incident.told.append(json.loads(request["eventData"]))
        self._told.add(token)
        return {"eventId": "1"}

    def _link(self, *, incidentRecordArn: str, relatedItemsUpdate: Any, **_: Any) -> dict[str, Any]:  # noqa: N803 - the API's
        self._find(incidentRecordArn).links.append(relatedItemsUpdate["itemToAdd"])
        return {}

    def _update(self, *, arn: str, status: str = "", impact: int = 0, **_: Any) -> dict[str, Any]:
        incident = self._find(arn)
        if impact:
            incident.impact = impact
        if status:
            self._check_resolve(incident)
            incident.status, incident.resolved_by = status, "the sweeper"
        return {}

    def _check_resolve(self, incident: Incident) -> None:
        """Nothing is resolved that tells of what still burns."""
        for number in incident.members:
            change = self.changes[number]
            mine = (change.alarm, change.contributor)
            last = [each for each in self.changes if (each.alarm, each.contributor) == mine][-1]
            if last.state != "OK" and last.number in incident.members:
                self.violations.append(f"{incident.arn} was resolved while {change.alarm} is in {last.state}")


def error(code: str, operation: str) -> ClientError:
    """Return an error as botocore raises it."""
    status = {"ThrottlingException": 429, "InternalServerException": 500, "ConflictException": 409}
    response: Any = {
        "Error": {"Code": code, "Message": "told to"},
        "ResponseMetadata": {"HTTPStatusCode": status.get(code, 400)},
    }
    return ClientError(response, operation)


@contextmanager
def virtual_time(world: World) -> Iterator[None]:
    """Let the starter's clock be the world's."""
    clock = SimpleNamespace(
        time=lambda: world.now,
        sleep=world.pass_time,
        monotonic=lambda: world.now,
        time_ns=lambda: int(world.now * 1e9),
    )
    with ExitStack() as stack:
        for room in (calling, followup, keeper, starter):
            stack.enter_context(mock.patch.multiple(room, time=clock))
        yield
