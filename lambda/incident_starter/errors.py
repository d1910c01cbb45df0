"""What this Lambda raises by itself; errors of a call are botocore's own."""

from __future__ import annotations


class IncidentStarterError(Exception):
    """The base of this Lambda's own exceptions."""


class UnknownPayloadError(IncidentStarterError):
    """The payload is none that this Lambda knows: it goes to the failure queue whole."""


class ConfigurationError(IncidentStarterError):
    """The function's environment variable does not say which plan to start."""


class OutOfTimeError(IncidentStarterError):
    """The invocation has no time left for another attempt; Lambda invokes the function again."""
