"""Cells and headers as long as a workbook can hold, of what costs a parser most: twice the text is twice the work at most."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_import.mail.wording import inert
from komet_import.review.cells import ColumnValues
from komet_import.review.matching import match
from komet_import.schema.column import Column
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import KINDS
from komet_import.schema.problems import IssueCode, Problem
from komet_import.schema.text import fold, has_control_characters, is_cell_error, tidy
from komet_import.ui.markdown import escape_markdown
from tests.schema.companies import SEVERAL

LONGEST = 32_767
TRIES = 3
# Three times the time for twice the text is noise, four times is the square; what is over at once is not looked at.
MOST, AT_ONCE = 3, 0.15
REPEATED = (
    *("a", "a.", "a@a.", "a@a-", "!", "a@b.co;", "a@b.c ", "1,", "1,000", ".", "-", "0", "1.0", "$", "%", "#", ":"),
    *("e\u0301", "\u0301", "\u0301\u0316", "\u202e", "A\u0300", "\ufdfa", "ß", "İ", "MIA:", "👩\u200d", "\ufb2c"),
    *("www.", "://", "http://a.", "<>~-", "streamlit", "united ", " \u200b", "\u2028 "),
)  # fmt: skip
STARTS_AND_ENDS = (("", ""), ("", "x"), ("a", "@"), ("http://", "!"))


def seconds(work: Callable[[str], object], text: str) -> float:
    """Of this process; the best of some tries."""
    best = float("inf")
    for _ in range(TRIES):
        started = time.process_time()
        work(text)
        best = min(best, time.process_time() - started)
        if best < AT_ONCE:
            break
    return best


def assert_linear(work: Callable[[str], object], what: str) -> None:
    for repeated in REPEATED:
        for start, end in STARTS_AND_ENDS:
            text = repeated * LONGEST
            longer = f"{start}{text}{text}"[: 2 * LONGEST] + end
            twice = seconds(work, longer)
            if twice > AT_ONCE:
                once = seconds(work, longer[:LONGEST] + end)
                assert twice < MOST * once, (
                    f"{what}: {twice:.3f} s, half of it {once:.3f} s: {longer[:20]!r}…"
                )


@pytest.mark.parametrize(
    "work", [tidy, fold, is_cell_error, has_control_characters, escape_markdown, partial(inert, limit=60)]
)
def test_a_text_is_tidied_compared_and_shown_in_time(work: Callable[[str], object]) -> None:
    assert_linear(work, str(work))


@pytest.mark.parametrize(
    "column", {c.kind: c for c in CUSTOMERS.columns}.values(), ids=lambda c: c.kind.value
)
def test_each_kind_parses_in_time(column: Column) -> None:
    assert_linear(lambda text: KINDS[column.kind].parse(text, column, SEVERAL), column.key)


def judged(column: Column, text: str) -> str | Problem:
    """What a cell would be stored as, or its problem, in words."""
    cells = ColumnValues(column, SEVERAL)
    (value,) = cells.of([text])
    problem = cells.problems.get(text)
    if problem is None:
        return value
    assert len(problem.message(text)) < 500
    return problem


@pytest.mark.parametrize("column", CUSTOMERS.columns, ids=lambda column: column.key)
def test_each_column_judges_a_long_text_in_time(column: Column) -> None:
    assert_linear(partial(judged, column), column.key)


@pytest.mark.parametrize("column", CUSTOMERS.columns, ids=lambda column: column.key)
def test_a_text_far_beyond_the_limit_is_too_long_whatever_it_says(column: Column) -> None:
    longest = max(1000, 4 * (column.max_length or 0))
    for text in ("0" * (longest + 1), "#N/A" + "!" * longest, "\x00" * (longest + 1), "a " * longest):
        problem = judged(column, text)
        assert isinstance(problem, Problem)
        assert problem.code is IssueCode.TOO_LONG
    read = judged(column, "0" * longest)
    assert KINDS[column.kind].has_length or not (
        isinstance(read, Problem) and read.code is IssueCode.TOO_LONG
    )


def test_the_headers_of_a_file_are_matched_in_time() -> None:
    def work(text: str) -> object:
        return match([text, *(text[:12] + str(number) for number in range(len(text) // 256))], CUSTOMERS, {})

    assert_linear(work, "match")


@given(
    st.lists(st.sampled_from("aeo\u0301\u0316\u0344\u05b4\u0327\u1112\u1161\u11ab\ufb2c\u0958"), min_size=300)
)
def test_a_long_text_is_composed_as_unicode_says(characters: list[str]) -> None:
    text = "".join(characters)
    assert tidy(text) == unicodedata.normalize("NFC", text)
