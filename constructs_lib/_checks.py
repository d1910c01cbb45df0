"""What every value is held against at synthesis: botocore's model of StartIncident."""

import re
from collections.abc import Mapping, Sequence

from ._bundle import limits, titles
from ._request_shape import request_shape
from .impact import Impact

_IMPACTS = frozenset(Impact)
_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}")
_CONTROL_OR_LONE_SURROGATE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def has_token(text: str) -> bool:
    """Whether CDK will put something else in place of a part of the text.

    The marker of an encoded token is part of the text itself, so no message to Node is needed.
    """
    return "${Token[" in text


def without_tokens(text: str, stand_in: str = "") -> str:
    """The part of the text that is known at synthesis."""
    return _TOKEN.sub(stand_in, text) if has_token(text) else text


def check_request(partial: Mapping[str, object]) -> None:
    """Hold a partial StartIncident request against the service model.

    Raises:
        ValueError: one sentence per violation.
    """
    found = limits.problems(partial, request_shape(), is_token=has_token)
    if found:
        raise ValueError("; ".join(found))


def check_text(name: str, value: object) -> str:
    """A text that a person will read on one line.

    Raises:
        ValueError: it is no text, is empty, or holds a control character or half a surrogate pair.
    """
    if not isinstance(value, str):
        message = f"{name}: got {value!r} of type {type(value).__name__}, a str is needed"
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    if not value.strip():
        message = f"{name}: got {value!r}, at least one visible character is needed (or leave it out)"
        raise ValueError(message)
    if bad := _CONTROL_OR_LONE_SURROGATE.search(value):
        message = (
            f"{name}: got {value!r} with {bad.group()!r} at position {bad.start()}, "
            "control characters, line breaks and lone surrogates are not allowed: remove it"
        )
        raise ValueError(message)
    return value


def check_title(value: object) -> str:
    """A title template of an incident.

    Raises:
        ValueError: see `check_text`; or a placeholder is unknown or a brace is not closed.
    """
    title = check_text("title", value)
    check_placeholders("title", title, "a literal brace is written twice")
    return title


def check_placeholders(name: str, template: str, literal_brace: str) -> None:
    """A text in which names in braces are replaced by what they stand for in the event.

    Raises:
        ValueError: a placeholder is unknown or a brace is not closed.
    """
    unknown = titles.unknown_placeholders(without_tokens(template))
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in titles.PLACEHOLDERS)
        message = (
            f"{name}: got {template!r} with {', '.join(map(repr, unknown))}; known placeholders are {known} "
            f"and {{detail.any.path}}, {literal_brace}"
        )
        raise ValueError(message)


def check_list(name: str, value: object, of: str = "values") -> Sequence[object]:
    """A list, and not one text or one construct that should stand in a list.

    Raises:
        ValueError: it is no list.
    """
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        message = f"{name}: got {value!r} of type {type(value).__name__}, a list of {of} is needed"
        raise ValueError(message)  # noqa: TRY004 - one exception type for every bad value
    return value


def check_count(name: str, value: object, least: int, most: int) -> None:
    """A whole number within bounds.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        message = f"{name}: got {value!r}, allowed are {least} to {most}"
        raise ValueError(message)


def check_duration(name: str, value: object, least: int, most: int) -> None:
    """A `Duration` within bounds, in seconds.

    Raises:
        ValueError: it is none.
    """
    to_seconds = getattr(value, "to_seconds", None)
    if to_seconds is None:
        message = f"{name}: got {value!r} of type {type(value).__name__}, a Duration is needed"
        raise ValueError(message)
    seconds = to_seconds()
    if not least <= seconds <= most:
        message = f"{name}: got {seconds:.9g} seconds, allowed are {least} to {most}"
        raise ValueError(message)


def check_impact(value: object) -> Impact:
    """An impact, as the enum or its number.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value in _IMPACTS:
        return Impact(value)
    allowed = ", ".join(f"Impact.{impact.name} ({impact.value})" for impact in Impact)
    message = f"impact: got {value!r}, allowed are {allowed}; it must be known at synthesis, a token is not"
    raise ValueError(message)


def refuse_angle_brackets(request: Mapping[str, object], path: str, reason: str) -> None:
    """Refuse ``<`` and ``>`` anywhere in a request, for a way of travelling that they disturb.

    Raises:
        ValueError: a text holds one.
    """
    for where, text in _texts(request, path):
        if bad := next((character for character in without_tokens(text) if character in "<>"), None):
            message = (
                f"{where.lstrip('.')}: got {text!r} with {bad!r}, {reason}: remove it, or percent-encode it "
                "in a link"
            )
            raise ValueError(message)


def _texts(value: object, path: str) -> list[tuple[str, str]]:
    if isinstance(value, str):
        return [(path, value)]
    members: list[tuple[object, object]] = []
    if isinstance(value, dict):
        members = [(f".{name}", member) for name, member in value.items()]
    elif isinstance(value, list):
        members = [(f"[{position}]", member) for position, member in enumerate(value)]
    return [found for name, member in members for found in _texts(member, f"{path}{name}")]
