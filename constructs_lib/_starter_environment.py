"""What a starter's function is told through its one environment variable."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack

from ._checks import has_token, without_tokens

if TYPE_CHECKING:
    from aws_cdk import aws_lambda as lambda_

    from ._fallback import Fallback

_VARIABLE = "INCIDENT_STARTER"
_MOST_BYTES = 4096


class StarterEnvironment:
    """The starter's defaults, its topics' details and its options, written anew whenever they change."""

    def __init__(
        self, function: lambda_.Function, fallback: Fallback | None, configuration: dict[str, Any]
    ) -> None:
        """Tell the function, and the fallback's.

        Raises:
            ValueError: the environment is full.
        """
        self._readers = {_VARIABLE: function}
        if fallback is not None:
            self._readers[fallback.variable] = fallback.function
        self._configuration = configuration
        self._topics: dict[str, dict[str, Any]] = {}
        self._write()

    def set(self, name: str, option: object) -> None:
        """Tell the function of an option.

        Raises:
            ValueError: the environment is full.
        """
        self._configuration[name] = option
        self._write()

    def set_topic(self, topic_arn: str, details: dict[str, Any]) -> None:
        """Apply a partial request to everything that comes from the topic.

        Raises:
            ValueError: the topic has other details already, or the environment is full.
        """
        if self._topics.get(topic_arn, details) != details:
            message = (
                f"got a second subscription of the topic {topic_arn} with other details, one set of "
                "details per topic is allowed: use one subscription or two topics"
            )
            raise ValueError(message)
        self._topics[topic_arn] = details
        self._write()

    def _write(self) -> None:
        configuration = self._configuration | ({"topics": self._topics} if self._topics else {})
        text = json.dumps(configuration, ensure_ascii=False, separators=(",", ":"))
        size = len((max(self._readers, key=len) + without_tokens(text)).encode())
        if size > _MOST_BYTES:
            message = (
                f"related_items: got defaults of {size:,} bytes, options included, Lambda takes "
                f"{_MOST_BYTES:,} bytes of environment: move related items to the alarms and rules that "
                "need them"
            )
            raise ValueError(message)
        if has_token(text):
            # CDK escapes what a token turns into at synthesis, such as quotes, so that it stays JSON.
            text = Stack.of(self._readers[_VARIABLE]).to_json_string(configuration)
        for variable, function in self._readers.items():
            function.add_environment(variable, text)
