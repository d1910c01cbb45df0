"""Globs: what they match, held against slower ways to say the same, and which covers which."""

import fnmatch
import re
import time

from hypothesis import example, given, strategies as st

from constructs_lib.routes.globs import covers, covers_path, matches, matches_path

GLOBS = st.text("ab*?", min_size=1, max_size=8)
TEXTS = st.text("abc", max_size=8)
PARTS = st.one_of(
    st.just("**"), st.text("ab*?", min_size=1, max_size=3).filter(lambda part: "**" not in part)
)
PATH_GLOBS = st.lists(PARTS, min_size=1, max_size=5).map("/".join)
PATHS = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=5).map("/".join)


def plainly(glob: str) -> str:
    """A path glob as a pattern that may take its time."""
    parts = [
        r"(?:[^/]+/)*"
        if part == "**"
        else re.escape(part).replace(r"\*", "[^/]*").replace(r"\?", "[^/]") + "/"
        for part in glob.split("/")
    ]
    return "".join(parts)


@given(GLOBS, TEXTS)
def test_a_glob_of_a_name_matches_what_the_standard_library_says(glob: str, text: str) -> None:
    assert matches(glob, text) == fnmatch.fnmatchcase(text, glob)


@given(PATH_GLOBS, PATHS)
@example("**/a/**/b", "a/x/b")
@example("a/**", "a")
def test_a_glob_of_a_path_matches_what_a_plain_pattern_says(glob: str, path: str) -> None:
    assert matches_path(glob, path) == (re.fullmatch(plainly(glob), f"{path}/") is not None)


@given(GLOBS, GLOBS, TEXTS)
def test_what_covers_another_glob_matches_all_of_its_texts(glob: str, other: str, text: str) -> None:
    if covers(glob, other) and matches(other, text):
        assert matches(glob, text)


@given(PATH_GLOBS, PATH_GLOBS, PATHS)
def test_what_covers_another_path_matches_all_of_its_paths(glob: str, other: str, path: str) -> None:
    if covers_path(glob, other) and matches_path(other, path):
        assert matches_path(glob, path)


@given(GLOBS)
def test_every_glob_covers_itself_and_a_star_covers_every_glob(glob: str) -> None:
    assert covers(glob, glob)
    assert covers("*", glob)


def test_brackets_mean_themselves_in_a_name_of_an_alarm() -> None:
    assert matches("[prod] *", "[prod] errors")
    assert not matches("[prod] *", "p errors")


def test_a_glob_of_many_stars_takes_no_time_on_a_text_that_it_almost_matches() -> None:
    began = time.perf_counter()

    assert not matches("*a" * 100 + "b", "a" * 255)

    assert time.perf_counter() - began < 1
