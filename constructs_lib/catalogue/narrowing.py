"""The arguments that narrow an event of the catalogue: checked, and left out where they say nothing."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from constructs_lib._checks import check_list, check_text, has_token

_UNKNOWN_LIST = "#{Token["


def names(argument: str, values: Sequence[str] | None) -> list[str] | None:
    """Names or ids, of which an event must have one; tokens are welcome.

    Raises:
        ValueError: it is an empty list, which would match nothing, or holds something else than names.
    """
    return _texts(argument, values, "a name", lambda name: not name.startswith("arn:"))


def arns(argument: str, values: Sequence[str] | None) -> list[str] | None:
    """ARNs, of which an event must have one; tokens are welcome.

    Raises:
        ValueError: it is an empty list, which would match nothing, or holds something else than ARNs.
    """
    return _texts(argument, values, "an ARN", lambda arn: arn.startswith("arn:"))


def ids(argument: str, values: Sequence[str] | None, prefix: str) -> list[str] | None:
    """Ids with a prefix, of which an event must have one; tokens are welcome.

    Raises:
        ValueError: it is an empty list, which would match nothing, or holds something else than such ids.
    """
    return _texts(argument, values, f"an id as in {prefix}...", lambda found: found.startswith(prefix))


def globs(argument: str, values: Sequence[str] | None) -> list[str] | None:
    """Names in which a star stands for anything.

    Raises:
        ValueError: as for `names`; or two stars follow each other, which EventBridge refuses.
    """
    return _texts(
        argument,
        values,
        "a name, in which no two stars follow each other,",
        lambda name: not name.startswith("arn:") and "**" not in name,
    )


def choices(argument: str, values: Sequence[str], kind: Any) -> list[str]:  # noqa: ANN401 - a Literal type
    """Values of which AWS knows only a few: those of a ``Literal`` type.

    Raises:
        ValueError: one is not among them, or none is given.
    """
    allowed = get_args(kind)
    for value in _listed(argument, values):
        if value not in allowed and not (isinstance(value, str) and has_token(value)):
            message = f"{argument}: got {value!r}, allowed are {', '.join(allowed)}"
            raise ValueError(message)
    return list(values)


def number(argument: str, value: float, least: float, most: float) -> float:
    """A number within bounds.

    Raises:
        ValueError: it is none; a token is not either, a pattern must know its numbers at synthesis.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or math.isnan(value) or not least <= value <= most:
        message = f"{argument}: got {value!r}, allowed is {least:g} to {most:g}, known at synthesis"
        raise ValueError(message)
    return value


def said(**members: object) -> dict[str, Any]:
    """The members of a pattern that say something."""
    return {name: value for name, value in members.items() if value is not None}


def nested(path: str, matchers: list[Any] | None) -> dict[str, Any]:
    """A pattern on one member below others, as in ``resources.ARN``; empty where it says nothing."""
    if matchers is None:
        return {}
    found: Any = matchers
    for name in reversed(path.split(".")):
        found = {name: found}
    pattern: Mapping[str, Any] = found
    return dict(pattern)


def _texts(
    argument: str, values: Sequence[str] | None, needed: str, is_right: Callable[[str], bool]
) -> list[str] | None:
    if values is None:
        return None
    found = []
    for position, value in enumerate(_listed(argument, values)):
        text = check_text(f"{argument}[{position}]", value)
        if _UNKNOWN_LIST in text:
            message = (
                f"{argument}: got a list that is known only at deployment, a pattern needs to know how many "
                "there are: name them one by one, as with Fn.select"
            )
            raise ValueError(message)
        if not (has_token(text) or is_right(text)):
            message = f"{argument}[{position}]: got {text!r}, {needed} is needed: no event would match"
            raise ValueError(message)
        found.append(text)
    return found


def _listed(argument: str, values: Sequence[str]) -> Sequence[object]:
    found = check_list(argument, values)
    if not found:
        message = f"{argument}: got an empty list, which no event would match: leave it out or name one"
        raise ValueError(message)
    return found
