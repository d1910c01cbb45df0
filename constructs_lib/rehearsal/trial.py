"""Fires one alarm, rule or topic and judges what came of it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.local import LocalAws, LocalAwsError

from .alarm_reasons import reason_of, sns_notification
from .evidence import Evidence, Marks
from .outcome import Outcome, Status
from .sample_events import sample_events, scheduled_event
from .wiring import Wired, Wiring


class NoSampleError(Exception):
    """No event could be made that a rule's pattern matches; the message says why."""


@dataclass
class Stage:
    """Where trials take place, one after the other.

    Attributes:
        aws: the local AWS with the deployed app.
        wiring: what is wired to what.
        timeout: how many seconds a trial may take.
    """

    aws: LocalAws
    wiring: Wiring
    timeout: float
    _paths: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Remember the names that users know."""
        self._paths = {wired.subject.arn: wired.subject.path for wired in self.wiring.wired}

    def try_out(self, wired: Wired) -> Outcome:
        """Fire what is wired and return what became of it.

        Args:
            wired: an alarm, rule or topic with at least one starter behind it.
        """
        tries = {"alarm": self._alarm, "rule": self._rule, "topic": self._topic}
        return tries[wired.subject.kind](wired)

    def try_event(self, wired: Wired, event: Mapping[str, Any]) -> Outcome:
        """Send a given event that a rule matches.

        Args:
            wired: the rule.
            event: the event.
        """
        return self._judged(
            wired, str(event.get("detail-type", "event")), lambda: self._put(wired, event), event
        )

    def is_matched(self, wired: Wired, event: Mapping[str, Any]) -> bool:
        """Whether a rule's pattern matches an event.

        Args:
            wired: the rule.
            event: the event, complete or not.
        """
        pattern = wired.description.get("EventPattern")
        complete = {"id": "sample", "account": "", "time": "", "region": "", "resources": [], **event}
        return bool(pattern) and bool(
            self._client("events", wired).test_event_pattern(
                EventPattern=pattern, Event=json.dumps(complete)
            )["Result"]
        )

    def _alarm(self, wired: Wired) -> Outcome:
        def fire() -> None:
            if wired.state == "INSUFFICIENT_DATA":  # its first state: leave it, to enter it
                self.aws.set_alarm_state(wired.subject.arn, "OK", reason=reason_of(wired.description, "OK"))
                self.aws.wait_idle(self.timeout)
            reason = reason_of(wired.description, wired.state)
            self.aws.set_alarm_state(wired.subject.arn, wired.state, reason=reason)
            self.aws.wait_idle(self.timeout)
            # An alarm that stays in ALARM could suppress another one; and OK actions are tried, too.
            self.aws.set_alarm_state(wired.subject.arn, "OK", reason=reason_of(wired.description, "OK"))

        return self._judged(wired, wired.state, fire)

    def _rule(self, wired: Wired) -> Outcome:
        if not wired.description.get("EventPattern"):
            return self._schedule(wired)
        try:
            event = self._sample(wired)
        except NoSampleError as error:
            return Outcome(wired.subject, Status.NO_SAMPLE, problems=(str(error),))
        return self._judged(wired, event["detail-type"], lambda: self._put(wired, event), event)

    def _schedule(self, wired: Wired) -> Outcome:
        """Let a rule with a schedule match one event: nothing else makes it fire on demand."""
        event, rule = scheduled_event(wired.subject.arn), wired.description
        pattern = json.dumps({"source": ["aws.events"], "resources": [wired.subject.arn]})
        settings = {name: rule[name] for name in ("Name", "ScheduleExpression", "State", "EventBusName")}
        client = self._client("events", wired)

        def fire() -> None:
            client.put_rule(**settings, EventPattern=pattern)
            self._put(wired, event)
            self.aws.wait_idle(self.timeout)
            client.put_rule(**settings)

        return self._judged(wired, event["detail-type"], fire, event)

    def _topic(self, wired: Wired) -> Outcome:
        arn = wired.subject.arn
        _, _, _, region, account, _ = arn.split(":", 5)
        message = json.dumps(sns_notification(account=account, region=region))

        def fire() -> None:
            client = self._client("sns", wired)
            client.publish(TopicArn=arn, Subject='ALARM: "rehearsal"', Message=message)

        return self._judged(wired, "alarm notification", fire)

    def _sample(self, wired: Wired) -> dict[str, Any]:
        _, _, _, region, account, _ = wired.subject.arn.split(":", 5)
        pattern = json.loads(wired.description["EventPattern"])
        try:
            for event in sample_events(pattern, account=account, region=region):
                if self.is_matched(wired, event):
                    return self._deliverable(event, account, region)
        except ClientError as error:
            reason = error.response.get("Error", {}).get("Message", str(error))
            message = f"EventBridge refuses its pattern: {reason}"
            raise NoSampleError(message) from None
        message = "no sample event could be made that its pattern matches: give one with --event FILE"
        raise NoSampleError(message)

    @staticmethod
    def _deliverable(event: dict[str, Any], account: str, region: str) -> dict[str, Any]:
        if (event["account"], event["region"]) == (account, region):
            return event
        message = (
            f"its pattern wants events of account {event['account']} in {event['region']}, which the "
            f"local AWS does not bring to a bus of {account} in {region}"
        )
        raise NoSampleError(message)

    def _put(self, wired: Wired, event: Mapping[str, Any]) -> None:
        bus = str(wired.description.get("EventBusName", "default"))
        _, _, _, region, account, _ = wired.subject.arn.split(":", 5)
        self.aws.put_event(
            {**event, "EventBusName": f"arn:aws:events:{region}:{account}:event-bus/{bus.rpartition('/')[2]}"}
        )

    def _client(self, service: str, wired: Wired) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        _, _, _, region, account, _ = wired.subject.arn.split(":", 5)
        return self.aws.client(service, account_id=account, region=region)

    def _judged(
        self, wired: Wired, fired: str, fire: Callable[[], None], event: Mapping[str, Any] | None = None
    ) -> Outcome:
        marks, problem = Marks.of(self.aws), ""
        try:
            fire()
            self.aws.wait_idle(self.timeout)
        except (LocalAwsError, ClientError) as error:
            problem = str(error)
        evidence = Evidence.since(
            marks, self.aws, frozenset({wired.subject.arn, *wired.targets, *wired.passes})
        )
        problems = [each for each in (problem, wired.twice) if each] + evidence.problems(len(wired.targets))
        return Outcome(
            wired.subject,
            Status.FAILED if problems else Status.STARTED,
            fired,
            evidence.incidents,
            tuple(problems),
            tuple(evidence.notes(self._paths)),
            event,
            evidence.told,
        )
