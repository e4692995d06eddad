"""The sentences of errors: whole, and never longer for what a stranger's file holds."""

from __future__ import annotations

import re
import string

import pytest

from komet_import.errors import WORDING, KometError
from komet_import.sentences import clipped, listed


def sentence(code: str, text: str) -> str:
    """With all its facts: numbers where it wants numbers, else the text."""
    named = [(name, spec) for _, name, spec, _ in string.Formatter().parse(WORDING[code]) if name]
    return str(KometError(code, **{name: 7_000 if spec else text for name, spec in named}))


@pytest.mark.parametrize("code", WORDING)
def test_an_error_is_whole_sentences(code: str) -> None:
    said = sentence(code, "X" if code != "bad_argument" else "It is wrong. Mend it.")
    assert re.fullmatch(r"[A-Z].*\.", said)
    assert ".." not in said
    assert len(re.findall(r"[.;:?] |, so |\. ", said)) >= 1, "one for what is wrong, one for what to do"


@pytest.mark.parametrize("code", WORDING)
def test_an_error_shows_the_beginning_of_a_long_text(code: str) -> None:
    said = sentence(code, "x" * 100_000)
    assert len(said) < 1_500
    assert "x…" in said or "{" not in WORDING[code] or "x" * 10 not in said


def test_a_number_is_never_cut() -> None:
    assert "more than 300,000 rows" in str(KometError("too_many_rows", file="a.xlsx", limit=300_000))


@pytest.mark.parametrize(
    ("words", "most", "expected"),
    [
        ([], None, ""),
        (["a"], None, "a"),
        (["a", "b"], None, "a and b"),
        (["a", "b", "c"], None, "a, b and c"),
        (["a", "b", "c"], 3, "a, b and c"),
        (["a", "b", "c"], 2, "a, b and 1 more"),
        (["a"] * 1_235, 1, "a and 1,234 more"),
    ],
)
def test_a_list_in_a_sentence(words: list[str], most: int | None, expected: str) -> None:
    assert listed(words, most) == expected


def test_a_long_text_is_cut_with_a_sign_of_it() -> None:
    assert [clipped("abcd", longest) for longest in (5, 4, 3)] == ["abcd", "abcd", "ab…"]
