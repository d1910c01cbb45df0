"""The queue in which a starter's failed events end: found from its function, emptied message by message."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .deployed_starter import Client, DeployedStarter
from .errors import OperationError, sentence

_LONGEST_HIDDEN = 43_200  # seconds, SQS' own limit
_MARGIN = 60

Message = Mapping[str, Any]


@dataclass(frozen=True)
class FinalQueue:
    """A queue and how long a message of it stays hidden while it is dealt with.

    Attributes:
        url: its URL.
        hidden: seconds; another run does not see the message meanwhile, and if this one dies the
            message comes back by itself.
        wait: seconds that an empty queue is watched for.
        client: of SQS.
        note: what else the operator should know.
    """

    url: str
    hidden: int
    wait: int
    client: Client
    note: str = ""

    def receive(self) -> Message | None:
        """Take the next message, or None when there is none.

        Raises:
            ClientError: SQS refused.
            BotoCoreError: it could not be reached.
        """
        said = self.client.receive_message(
            QueueUrl=self.url,
            AttributeNames=["SentTimestamp"],
            MessageAttributeNames=["RequestID", "TARGET_ARN"],
            MaxNumberOfMessages=1,
            VisibilityTimeout=self.hidden,
            WaitTimeSeconds=self.wait,
        )
        messages: list[Message] = said.get("Messages") or []
        return messages[0] if messages else None

    def delete(self, receipt: str) -> None:
        """Delete a message.

        Raises:
            ClientError: SQS refused.
            BotoCoreError: it could not be reached.
        """
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)

    def give_back(self, receipt: str) -> None:
        """Show a message to others again at once; where that fails it comes back a little later."""
        with contextlib.suppress(BotoCoreError, ClientError):
            self.client.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=0
            )


def find_queue(starter: DeployedStarter, *, url: str | None, wait: int) -> FinalQueue:
    """Find the queue where a starter's failed events end.

    That is the function's on-failure destination, or where the destination's own redrive policy
    leads: then the destination has a consumer and only what failed there as well is left over.

    Args:
        starter: the starter.
        url: of another queue, which is taken as it is.
        wait: seconds that an empty queue is watched for.

    Raises:
        OperationError: there is none, or it cannot be looked at.
    """
    client = starter.client("sqs")
    hidden = min(starter.timeout + _MARGIN, _LONGEST_HIDDEN)
    if url:
        return FinalQueue(url, hidden, wait, client)
    try:
        found, note = _destination(starter), ""
        destination = _url(client, found)
        wanted = ["RedrivePolicy", "ApproximateNumberOfMessages"]
        said = client.get_queue_attributes(QueueUrl=destination, AttributeNames=wanted).get("Attributes", {})
        beyond = json.loads(said.get("RedrivePolicy", "{}")).get("deadLetterTargetArn")
        if beyond is None:
            return FinalQueue(destination, hidden, wait, client)
        if waiting := int(said.get("ApproximateNumberOfMessages", 0)):
            note = f"about {waiting} more in {destination}, which hands on what its consumer fails with"
        return FinalQueue(_url(client, beyond), hidden, wait, client, note)
    except (BotoCoreError, ClientError) as error:
        message = f"the failure queue of {starter.name} cannot be looked at: {sentence(error)}"
        raise OperationError(message) from None


def _destination(starter: DeployedStarter) -> str:
    client = starter.client("lambda")
    try:
        config = client.get_function_event_invoke_config(
            FunctionName=starter.unqualified_arn, Qualifier=starter.qualifier
        )
    except client.exceptions.ResourceNotFoundException:
        config = {}
    found = config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if not found or ":sqs:" not in found:
        message = (
            f"the failures of {starter.name} go {f'to {found}, which is no queue' if found else 'nowhere'}: "
            "give the queue with --queue-url"
        )
        raise OperationError(message)
    return str(found)


def _url(client: Client, arn: str) -> str:
    account, name = arn.split(":")[4:6]
    return str(client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"])
