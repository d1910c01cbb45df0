"""The one error of the local AWS."""

from __future__ import annotations


class LocalAwsError(Exception):
    """Something the local AWS cannot do, said in a sentence meant for the user."""
