"""Errors that constructs are annotated with: the CDK CLI stops at them, an app run by itself may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib._bundle import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.cloud_assembly import Stack

_ERROR = "aws:cdk:error"


def errors_of_constructs(stack: Stack) -> Iterator[str]:
    """Say what stops the CDK CLI from deploying a stack, a sentence for each.

    Raises:
        UnreadableError: what they are annotated with cannot be read.
    """
    for path, entries in stack.metadata().items():
        for entry in texts.entries(entries):
            if texts.mapping(entry).get("type") == _ERROR:
                where, what = path.strip("/").removesuffix("/Resource"), entry.get("data")
                yield f"{where}: its construct has an error, with which CDK deploys nothing: {what}"
