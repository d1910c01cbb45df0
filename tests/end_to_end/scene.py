"""What happens in the local AWS from a moment on, while its deployments are shared by many tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.local import DeniedCall, FailedDelivery, Incident, Invocation, LocalAws

_AWAY = {"ALARM": "OK", "INSUFFICIENT_DATA": "OK", "OK": "ALARM"}


@dataclass
class Scene:
    """The local AWS with its past cut off."""

    aws: LocalAws

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget what happened so far."""
        self.aws.wait_idle()
        self._incidents = len(self.aws.incidents)
        self._failed = len(self.aws.failed_deliveries)
        self._invocations = len(self.aws.invocations)
        self._denied = len(self.aws.denied_calls)

    # -- looking -----------------------------------------------------------

    @property
    def incidents(self) -> list[Incident]:
        return self.aws.incidents[self._incidents :]

    @property
    def incident(self) -> Incident:
        """The only one."""
        [found] = self.incidents
        return found

    @property
    def request(self) -> dict[str, Any]:
        """The only incident's."""
        return self.incident.request

    @property
    def failed(self) -> list[FailedDelivery]:
        return self.aws.failed_deliveries[self._failed :]

    @property
    def invocations(self) -> list[Invocation]:
        return self.aws.invocations[self._invocations :]

    @property
    def denied(self) -> list[DeniedCall]:
        return self.aws.denied_calls[self._denied :]

    @property
    def records(self) -> list[dict[str, Any]]:
        """The metrics records that asynchronous invocations wrote."""
        lines = [line for invocation in self.invocations for line in invocation.log.splitlines()]
        return [json.loads(line) for line in lines if line.startswith('{"_aws"')]

    @property
    def record(self) -> dict[str, Any]:
        """The only one."""
        [found] = self.records
        return found

    @property
    def outcomes(self) -> list[str]:
        """What became of each event, as its record says."""
        return [record["outcome"] for record in self.records]

    def outputs(self, stack: str) -> dict[str, str]:
        described = self.aws.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        return {each["OutputKey"].removesuffix("Is"): each["OutputValue"] for each in described["Outputs"]}

    def messages(self, queue_url: str) -> list[Any]:
        """The bodies of all messages in a queue; they are gone from it afterwards."""
        sqs = self.aws.client("sqs")
        bodies = []
        while found := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
            for message in found:
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(json.loads(message["Body"]))
        return bodies

    # -- provoking ---------------------------------------------------------

    def make_all_due(self) -> None:
        """Let the time pass that entries of the only ledger wait for, by moving it into the past."""
        dynamodb = self.aws.client("dynamodb")
        [table] = dynamodb.list_tables()["TableNames"]
        for item in dynamodb.scan(TableName=table)["Items"]:
            if "due" in item:
                entry = {**json.loads(item["entry"]["S"]), "due": 1}
                item |= {"due": {"N": "1"}, "entry": {"S": json.dumps(entry)}}
                dynamodb.put_item(TableName=table, Item=item)

    def sweep(self, stack: str) -> dict[str, Any]:
        """Invoke a stack's starter as its sweeper's rule does."""
        answer: dict[str, Any] = self.aws.invoke(self.outputs(stack)["Function"], {"sweep": {}})
        return answer

    def alarm(self, name: str, state: str = "ALARM", **reason: Any) -> None:
        """Move an alarm into a state, from another one, and wait for what it causes."""
        if self.state_of(name) == state:
            self.aws.set_alarm_state(name, _AWAY[state])
            self.begin()
        self.aws.set_alarm_state(name, state, **reason)
        self.aws.wait_idle()

    def state_of(self, name: str) -> str:
        found = self.aws.client("cloudwatch").describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        [alarm] = found["MetricAlarms"] + found["CompositeAlarms"]
        return str(alarm["StateValue"])

    def event(self, source: str, detail_type: str, detail: Mapping[str, Any], **more: Any) -> None:
        """Put an event on the default bus and wait for what it causes."""
        self.aws.put_event({"source": source, "detail-type": detail_type, "detail": dict(detail), **more})
        self.aws.wait_idle()

    def by_hand(self, function: str, **request: Any) -> str:
        """Invoke a starter with a request; the incident's ARN comes back."""
        result = self.aws.invoke(function, {"startIncident": request})
        assert result["outcome"] == "started"
        return str(result["incidentRecordArn"])
