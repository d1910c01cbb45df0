"""What only a deployment knows, as something plausible that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self


class Placeholder(str):  # noqa: SLOT000 - a text cannot say why in a slot
    """A text that stands for one that is not known before the deployment, or has such a part.

    Attributes:
        why: what is not known, such as ``the name of Queue``.
    """

    why: str

    def __new__(cls, text: str, why: str) -> Self:
        """Make one.

        Args:
            text: something plausible, such as an ARN of the right service.
            why: what is not known.
        """
        made = super().__new__(cls, text)
        made.why = why
        return made


def is_known(value: object) -> bool:
    """Tell whether a value is literal through and through."""
    if isinstance(value, Mapping):
        return all(is_known(each) for each in value.values())
    if isinstance(value, list):
        return all(is_known(each) for each in value)
    return not isinstance(value, Placeholder)


def joined(separator: str, parts: list[object]) -> str:
    """Join texts; with a part that is not known the whole is not known."""
    text = separator.join(as_text(part) for part in parts)
    unknown = [part.why for part in parts if isinstance(part, Placeholder)]
    return Placeholder(text, ", ".join(dict.fromkeys(unknown))) if unknown else text


def as_text(value: object) -> str:
    """Write a value as CloudFormation does."""
    return str(value).lower() if isinstance(value, bool) else str(value)
