"""YAML of routes and their tests, with the line of everything that is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_MOST_NODES, _DEEPEST = 20_000, 50
_TAB = repr("\t")
_INDENT = "indent with spaces"
_QUOTE = "a text with a colon, or that begins with one of * { [ & ! @, stands in quotes, as in '*-errors'"
_NEEDED = "PyYAML is not installed: pip install 'cdk-incident-starter[routes]' brings it"


class RoutesFileError(ValueError):
    """A file of routes or tests is wrong; the sentence names file, line and key."""


@dataclass(frozen=True)
class Entry:
    """A value of a file.

    Attributes:
        file: the file's name.
        line: its line, from 1.
        key: where it stands, such as ``routes[0].match.path``.
        value: a text, a number, a truth value, None, a list of entries, or entries by their keys.
    """

    file: str
    line: int
    key: str
    value: Any

    def fail(self, sentence: str) -> NoReturn:
        """Say what is wrong with it.

        Raises:
            RoutesFileError: always.
        """
        message = f"{self.file}:{self.line}: {self.key + ': ' if self.key else ''}{sentence}"
        raise RoutesFileError(message)

    def members(self, known: Sequence[str], required: Sequence[str] = ()) -> dict[str, Entry]:
        """Its members by their keys.

        Raises:
            RoutesFileError: it has no members, a key is unknown, or one is missing.
        """
        if not isinstance(self.value, dict):
            self.fail(f"got {self.shown}, keys with values are needed: {', '.join(known)}")
        for name, entry in self.value.items():
            if name not in known:
                entry.fail(f"unknown key {name!r}, known are {', '.join(known)}")
        for name in required:
            if name not in self.value:
                self.fail(f"the key {name!r} is missing")
        return dict(self.value)

    def entries(self) -> list[Entry]:
        """The entries of a list.

        Raises:
            RoutesFileError: it is none.
        """
        if not isinstance(self.value, list):
            self.fail(f"got {self.shown}, a list is needed")
        return [*self.value]

    def text(self) -> str:
        """A text.

        Raises:
            RoutesFileError: it is none; YAML reads 1, yes and null as something else.
        """
        if not isinstance(self.value, str):
            self.fail(f"got {self.shown}, a text is needed: put it in quotes")
        return str(self.value)

    def flag(self) -> bool:
        """A truth value.

        Raises:
            RoutesFileError: it is none.
        """
        if not isinstance(self.value, bool):
            self.fail(f"got {self.shown}, true or false is needed")
        return bool(self.value)

    def texts(self) -> list[str]:
        """One text, or a list of some.

        Raises:
            RoutesFileError: it is neither.
        """
        return [each.text() for each in self.value] if isinstance(self.value, list) else [self.text()]

    @property
    def shown(self) -> str:
        """The value in a sentence."""
        if isinstance(self.value, dict | list):
            return "keys with values" if isinstance(self.value, dict) else "a list"
        return "nothing" if self.value is None else repr(self.value)


def read_yaml(file: Path) -> Entry:
    """Read a file.

    Args:
        file: in YAML, of which JSON is a part.

    Raises:
        RoutesFileError: it cannot be read, is no YAML, names a key twice, or holds itself.
    """
    try:
        import yaml  # noqa: PLC0415 - belongs to the extra
    except ImportError:
        raise RoutesFileError(f"{file}: {_NEEDED}") from None  # noqa: EM102
    try:
        text = file.read_text(encoding="utf-8")
        node = yaml.compose(text, yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        message = f"{file}: it cannot be read: {' '.join(str(error).split())}"
        raise RoutesFileError(message) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark is not None else str(file)
        problem = getattr(error, "problem", None) or " ".join(str(error).split())
        message = f"{place}: it is no YAML: {problem}: {_INDENT if _TAB in problem else _QUOTE}"
        raise RoutesFileError(message) from None
    if node is None:
        message = f"{file}:1: it is empty, 'version: 1' and routes or tests are needed"
        raise RoutesFileError(message)
    return _Reader(str(file)).entry(node, "", 0)


class _Reader:
    """Turns nodes into entries; an alias is read where it stands, and none may hold itself."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._around: list[int] = []
        self._left = _MOST_NODES

    def entry(self, node: Any, key: str, depth: int) -> Entry:  # noqa: ANN401 - PyYAML is untyped
        line = node.start_mark.line + 1
        here = Entry(self._file, line, key, None)
        self._left -= 1
        if id(node) in self._around:
            here.fail("what begins here stands within itself by an alias, routes are a tree without cycles")
        if self._left < 0 or depth > _DEEPEST:
            here.fail(f"too much for routes: at most {_MOST_NODES:,} values, {_DEEPEST} within each other")
        self._around.append(id(node))
        try:
            return Entry(self._file, line, key, self._value(node, here, depth))
        finally:
            self._around.pop()

    def _value(self, node: Any, here: Entry, depth: int) -> Any:  # noqa: ANN401 - PyYAML is untyped
        if node.id == "sequence":
            return [
                self.entry(each, f"{here.key}[{position}]", depth + 1)
                for position, each in enumerate(node.value)
            ]
        if node.id == "mapping":
            return dict(self._pairs(node, here, depth))
        return _scalar(node, here)

    def _pairs(self, node: Any, here: Entry, depth: int) -> Iterator[tuple[str, Entry]]:  # noqa: ANN401
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            at_key = Entry(self._file, line, here.key, None)
            if key_node.id != "scalar":
                at_key.fail("got a key that is no text")
            name = str(key_node.value)
            if name in seen:
                at_key.fail(f"the key {name!r} stands here twice, in line {seen[name]} already")
            seen[name] = line
            value = self.entry(value_node, f"{here.key}.{name}".lstrip("."), depth + 1)
            # The line of a key tells more than that of what stands below it.
            yield name, Entry(self._file, line, value.key, value.value)


def _scalar(node: Any, here: Entry) -> str | int | float | bool | None:  # noqa: ANN401 - PyYAML is untyped
    kind, _, name = node.tag.rpartition(":")
    text = str(node.value)
    if kind != "tag:yaml.org,2002":
        here.fail(f"got the tag {node.tag}, plain values are needed")
    if name == "bool":
        return text.lower() in ("yes", "true", "on")
    if name == "null":
        return None
    if name == "int" and text.isascii() and text.lstrip("-").isdigit() and len(text) < 10:  # noqa: PLR2004
        return int(text)
    return text if name in ("str", "int", "timestamp") else _number(text)


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text
