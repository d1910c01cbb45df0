"""Every mistake gets a sentence: where, what was got, what is allowed."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from constructs_lib import RelatedItem
from tests.constructs.apps import new_stack, new_starter


class Mistake(NamedTuple):
    make: Callable[[], object]
    sentence: tuple[str, ...]
    """What the sentence says, among other things."""

    def gets_its_sentence(self) -> None:
        # An exception in `bind` crosses Node and comes back as a RuntimeError with its message.
        with pytest.raises((ValueError, RuntimeError)) as caught:
            self.make()

        sentence = str(caught.value)
        assert [part for part in self.sentence if part not in sentence] == [], sentence
        assert "\n" not in sentence


def starter(**options: Any) -> Callable[[], object]:
    return lambda: new_starter(new_stack(), **options)


def links(count: int, size: int = 30) -> list[RelatedItem]:
    return [RelatedItem.url(f"https://wiki.example.com/{n}".ljust(size, "x")) for n in range(count)]
