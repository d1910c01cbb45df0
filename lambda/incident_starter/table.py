"""The ledger's table: entries that are read whole and written only over the version that was read."""

import json
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

Entry = dict[str, Any]

_MONTH = 31 * 24 * 3600
_LOST = "ConditionalCheckFailedException"
_ATTEMPTS_WITHOUT_ANSWER = 2


class TableFaultError(Exception):
    """The table did not do what it was asked; no page waits for it."""


class Table:
    """DynamoDB, with short waits: a page must not stand behind its book-keeping."""

    def __init__(self, session: Session, name: str) -> None:
        config = Config(
            connect_timeout=1,
            read_timeout=2,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS_WITHOUT_ANSWER},
        )
        self._client = session.create_client("dynamodb", config=config)
        self._name = name

    def get(self, key: str) -> tuple[Entry, int]:
        """Read an entry and its version: an empty one of version 0 where there is none.

        Raises:
            TableFaultError: The table did not answer.
        """
        item = self._call("get_item", Key={"key": {"S": key}}, ConsistentRead=True).get("Item")
        return (json.loads(item["entry"]["S"]), int(item["version"]["N"])) if item else ({}, 0)

    def put(self, key: str, entry: Entry, version: int, now: float) -> bool:
        """Write an entry over the version that was read; false where somebody was faster.

        An entry with `due` is found by `due` from that time on. Untouched ones expire after a month.

        Raises:
            TableFaultError: The table did not answer; the entry may be written or not.
        """
        item = {
            "key": {"S": key},
            "version": {"N": str(version + 1)},
            "expires": {"N": str(int(now) + _MONTH)},
            "entry": {"S": json.dumps(entry, separators=(",", ":"))},
        }
        if due := entry.get("due"):
            item |= {"sweep": {"S": "due"}, "due": {"N": str(int(due))}}
        was = "version = :read" if version else "attribute_not_exists(version)"
        values = {"ExpressionAttributeValues": {":read": {"N": str(version)}}} if version else {}
        try:
            self._call("put_item", Item=item, ConditionExpression=was, **values)
        except TableFaultError as fault:
            if (
                isinstance(fault.__cause__, ClientError)
                and fault.__cause__.response["Error"]["Code"] == _LOST
            ):
                return False
            raise
        return True

    def count(self, key: str, now: float) -> int:
        """Count one more under a key of its own, and give the number.

        Raises:
            TableFaultError: The table did not answer; one more may be counted or not.
        """
        answer = self._call(
            "update_item",
            Key={"key": {"S": key}},
            UpdateExpression="ADD counted :one SET expires = :later",
            ExpressionAttributeValues={":one": {"N": "1"}, ":later": {"N": str(int(now) + 2 * _MONTH)}},
            ReturnValues="UPDATED_NEW",
        )
        try:
            return int(answer["Attributes"]["counted"]["N"])
        except (KeyError, ValueError) as error:
            message = f"update_item: an answer without the count: {error}"
            raise TableFaultError(message) from error

    def due(self, now: float) -> list[str]:
        """List the keys of entries that are due, the longest overdue first.

        Raises:
            TableFaultError: The table did not answer.
        """
        found = self._call(
            "query",
            IndexName="due",
            KeyConditionExpression="sweep = :due AND due <= :now",
            ExpressionAttributeValues={":due": {"S": "due"}, ":now": {"N": str(int(now))}},
            Limit=100,
        )
        return [item["key"]["S"] for item in found["Items"]]

    def _call(self, operation: str, **arguments: object) -> Any:  # botocore's answer
        try:
            return getattr(self._client, operation)(TableName=self._name, **arguments)
        except (BotoCoreError, ClientError) as error:
            message = f"{operation}: {type(error).__name__}: {error}"
            raise TableFaultError(message) from error
