"""EventBridge patterns: whether an event matches, or a value one field, and a value that does."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Matchers = Sequence[Any]


class _Absent:
    """The member is missing from the event."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = _Absent()

_FALLBACK_TEXTS = ("sample", "example", "rehearsal", "0", "")
_FALLBACK_NUMBERS = (1, 0, 42, -1, 0.5)


def is_matched(event: object, pattern: Mapping[str, Any]) -> bool:
    """Whether an event, or an object in it, matches a pattern.

    Args:
        event: the event.
        pattern: the pattern; all of its fields must match.
    """
    members = event if isinstance(event, Mapping) else {}
    for name, wanted in pattern.items():
        if name == "$or" and isinstance(wanted, list):
            if not any(is_matched(event, branch) for branch in wanted if isinstance(branch, Mapping)):
                return False
        elif isinstance(wanted, Mapping):
            if not is_matched(members.get(name), wanted):
                return False
        elif not isinstance(wanted, list) or not matches(members.get(name, ABSENT), wanted):
            return False
    return True


def matches(value: object, matchers: Matchers) -> bool:
    """Whether a value of an event, ABSENT included, matches one of a field's matchers.

    Args:
        value: the value; of a list one element must match.
        matchers: the list that the pattern holds for the field.
    """
    values = value if isinstance(value, list) else [value]
    return any(_matches(each, matcher) for each in values or [ABSENT] for matcher in matchers)


def matching_value(matchers: Matchers, default: object = ABSENT) -> object:
    """Return a value that matches, the default where it does already.

    Args:
        matchers: the list that the pattern holds for the field.
        default: what a typical event holds.

    Returns:
        The value; ABSENT when the member must be missing, or when no value was found.
    """
    wanted_absent = all(isinstance(each, dict) and each.get("exists") is False for each in matchers)
    if wanted_absent or (default is not ABSENT and matches(default, matchers)):
        return ABSENT if wanted_absent else default
    return next((value for each in matchers for value in _candidates(each) if _matches(value, each)), ABSENT)


def _matches(value: object, matcher: object) -> bool:  # noqa: PLR0911 - one return per kind of matcher
    if not isinstance(matcher, dict):
        return _equal(value, matcher)
    if len(matcher) != 1:
        return False
    [(kind, operand)] = matcher.items()
    if kind == "exists":
        return (value is ABSENT) is not operand
    if value is ABSENT:
        return False
    if kind == "anything-but":
        return _is_anything_but(value, operand)
    if kind == "numeric":
        return _is_number(value) and all(_compare(value, *each) for each in _comparisons(operand))
    if not isinstance(value, str):
        return False
    return _text_matches(value, kind, operand)


def _text_matches(value: str, kind: str, operand: object) -> bool:
    if kind in ("prefix", "suffix") and isinstance(operand, dict):
        operand, value = str(operand.get("equals-ignore-case", "")).lower(), value.lower()
    compare = _TEXT_MATCHERS.get(kind)
    return compare is not None and compare(value, str(operand))


def _is_wildcard_match(value: str, text: str) -> bool:
    parts = [re.escape(_unescaped(part)) for part in _wildcard_parts(text)]
    return re.fullmatch(".*".join(parts), value, re.DOTALL) is not None


def _is_in_network(value: str, text: str) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False


_TEXT_MATCHERS: Mapping[str, Callable[[str, str], bool]] = {
    "prefix": str.startswith,
    "suffix": str.endswith,
    "equals-ignore-case": lambda value, text: value.lower() == text.lower(),
    "wildcard": _is_wildcard_match,
    "cidr": _is_in_network,
}


def _is_anything_but(value: object, operand: object) -> bool:
    if isinstance(operand, dict):
        [(kind, inner)] = operand.items()
        if not isinstance(value, str):
            return True
        excluded = inner if isinstance(inner, list) else [inner]
        return not any(_text_matches(value, kind, each) for each in excluded)
    return not any(_equal(value, each) for each in (operand if isinstance(operand, list) else [operand]))


def _candidates(matcher: object) -> Iterator[object]:
    """Give values that probably match; the caller checks each."""
    if not isinstance(matcher, dict):
        yield matcher
        return
    [(kind, operand)] = matcher.items()
    if kind == "numeric":
        yield from _numbers(operand)
    elif kind in ("prefix", "suffix", "equals-ignore-case"):
        yield operand.get("equals-ignore-case") if isinstance(operand, dict) else operand
    elif kind == "wildcard":
        yield "sample".join(_unescaped(part) for part in _wildcard_parts(str(operand)))
        yield "".join(_unescaped(part) for part in _wildcard_parts(str(operand)))
    elif kind == "cidr":
        try:
            network = ipaddress.ip_network(str(operand), strict=False)
        except ValueError:
            return
        yield str(network[min(10, network.num_addresses - 1)])
    elif kind == "anything-but" and _is_number(
        operand[0] if isinstance(operand, list) and operand else operand
    ):
        yield from _FALLBACK_NUMBERS
        yield from range(2, 300)
    elif kind in ("anything-but", "exists"):
        yield from _FALLBACK_TEXTS
        yield from (f"sample-{number}" for number in range(300))


def _numbers(operand: object) -> Iterator[float]:
    """Give the bounds, then what lies beside and between them."""
    bounds = [number for _, number in _comparisons(operand)]
    yield from bounds
    yield from (bound + step for bound in bounds for step in (1, -1))
    if len(bounds) > 1:
        low, high = min(bounds), max(bounds)
        yield from (low + (high - low) * part for part in (0.5, 0.25, 0.75))


def _comparisons(operand: object) -> list[tuple[str, float]]:
    flat = operand if isinstance(operand, list) else []
    return [
        (str(sign), number) for sign, number in zip(flat[::2], flat[1::2], strict=False) if _is_number(number)
    ]


def _compare(value: Any, sign: str, bound: float) -> bool:  # noqa: ANN401 - a number of the event
    outcomes = {
        "=": value == bound,
        ">": value > bound,
        ">=": value >= bound,
        "<": value < bound,
        "<=": value <= bound,
    }
    return bool(outcomes.get(sign, False))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left: object, right: object) -> bool:
    """Compare as JSON does: true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and left == right


def _wildcard_parts(text: str) -> list[str]:
    """Split at the stars that stand for anything; escapes stay."""
    parts = [""]
    for token in re.findall(r"\\.|.", text, re.DOTALL):
        if token == "*":  # noqa: S105 - no password
            parts.append("")
        else:
            parts[-1] += token
    return parts


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
