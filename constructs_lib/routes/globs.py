"""Globs of names and of construct paths: what they match, and which covers which.

In a name ``*`` is any text and ``?`` any character. In a path they stay within one part, and ``**``
between slashes is any number of parts.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

LONGEST = 500
UNSEEN_PARTS = ("Resource", "Default")
"""What CDK calls the resource within an L2 construct; routes see the path of the construct."""
_DEEPEST = 40  # parts of a path glob
_STAR_RUN = re.compile(r"\*+")


def check_glob(name: str, value: object) -> str:
    """A glob of a name.

    Raises:
        ValueError: it is no text, is empty, a token or too long.
    """
    if not isinstance(value, str) or not value:
        message = f"{name}: got {value!r}, a text is needed, in which * is any text and ? any character"
        raise ValueError(message)
    if "${Token[" in value:
        message = (
            f"{name}: got {value!r}, which only a deployment knows: no alarm would match, a literal text is "
            "needed"
        )
        raise ValueError(message)
    if len(value) > LONGEST:
        message = f"{name}: got a glob of {len(value):,} characters, at most {LONGEST} are allowed"
        raise ValueError(message)
    return value


def check_path_glob(name: str, value: object) -> str:
    """A glob of a construct path.

    Raises:
        ValueError: see `check_glob`; or it begins or ends with a slash, or ``**`` is only a part of a part.
    """
    glob = check_glob(name, value)
    parts = glob.split("/")
    if len(parts) > _DEEPEST:
        message = f"{name}: got {glob!r} with {len(parts)} parts, at most {_DEEPEST} are allowed"
        raise ValueError(message)
    if not all(parts):
        message = (
            f"{name}: got {glob!r}, a construct path has no empty parts: write it as in 'Shop/**' or "
            "'*/Checkout/*', without slashes at its ends"
        )
        raise ValueError(message)
    if bad := next((part for part in parts if "**" in part and part != "**"), None):
        message = f"{name}: got {glob!r} with {bad!r}, ** stands alone between slashes, as in 'Shop/**'"
        raise ValueError(message)
    check_last_part(name, glob)
    return glob


def check_last_part(name: str, path: str) -> None:
    """Refuse the path of an L2 alarm's own resource, which routes never see.

    Raises:
        ValueError: it ends with the part that messages of CDK and templates have and routes leave out.
    """
    scope, _, last = path.rpartition("/")
    if scope and last in UNSEEN_PARTS:
        message = (
            f"{name}: got {path!r}, which matches no alarm, as routes see paths without a last /{last}: "
            f"write {scope!r}"
        )
        raise ValueError(message)


def matches(glob: str, text: str) -> bool:
    """Whether a glob of a name matches all of a text."""
    return _pattern(glob).fullmatch(text) is not None


def matches_path(glob: str, path: str) -> bool:
    """Whether a glob of a path matches all of a construct path."""
    globs, parts = _parts(glob), _parts(path)
    position = at = 0
    resume: tuple[int, int] | None = None  # after the last **, and the part it has not swallowed yet
    while at < len(parts):
        if position < len(globs) and globs[position] == "**":
            position += 1
            resume = (position, at)
        elif position < len(globs) and matches(globs[position], parts[at]):
            position, at = position + 1, at + 1
        elif resume is not None:
            position, at = resume[0], resume[1] + 1
            resume = (position, at)
        else:
            return False
    return all(rest == "**" for rest in globs[position:])


@lru_cache(4096)
def _parts(path: str) -> Sequence[str]:
    return path.split("/")


def covers(glob: str, other: str) -> bool:
    """Whether a glob of a name certainly matches all that the other matches."""
    return _covers(_STAR_RUN.sub("*", glob), _STAR_RUN.sub("*", other), "*", _takes)


def covers_path(glob: str, other: str) -> bool:
    """Whether a glob of a path certainly matches all that the other matches."""
    return _covers(glob.split("/"), other.split("/"), "**", covers)


def is_literal(glob: str) -> bool:
    """Whether it matches itself only."""
    return not any(mark in glob for mark in "*?")


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    """A pattern that takes linear time: each text between stars is looked for once, from the left."""
    head, *rest = [_literal(part) for part in _STAR_RUN.split(glob)]
    if not rest:
        return re.compile(head, re.DOTALL)
    *middle, tail = rest
    found = "".join(f"(?=(?P<g{n}>.*?{part}))(?P=g{n})" for n, part in enumerate(middle) if part)
    return re.compile(f"{head}{found}.*{tail}", re.DOTALL)


def _literal(part: str) -> str:
    return "".join("." if character == "?" else re.escape(character) for character in part)


def _covers(glob: Sequence[str], other: Sequence[str], star: str, takes: Callable[[str, str], bool]) -> bool:
    """Walk both; a star of the glob takes whatever symbols of the other, its stars too."""
    reachable = {0}
    for symbol in other:
        following = set()
        for position in _after(glob, star, reachable):
            if position < len(glob):
                if glob[position] == star:
                    following.add(position)
                elif symbol != star and takes(glob[position], symbol):
                    following.add(position + 1)
        reachable = following
    return len(glob) in _after(glob, star, reachable)


def _takes(symbol: str, other: str) -> bool:
    return symbol in ("?", other)


def _after(glob: Sequence[str], star: str, positions: set[int]) -> set[int]:
    """The positions, and those behind stars that match nothing."""
    found = set(positions)
    for start in positions:
        position = start
        while position < len(glob) and glob[position] == star:
            position += 1
            found.add(position)
    return found
