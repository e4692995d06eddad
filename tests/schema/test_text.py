"""How a cell's text is tidied, whatever it comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_import.schema.text import has_control_characters, is_cell_error, tidy


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("", ""),
        ("   ", ""),
        ("  ABC  ", "ABC"),
        ("ABC   Wholesale", "ABC Wholesale"),
        ("\u00a0ABC\u00a0\u2007Wholesale\u3000", "ABC Wholesale"),
        ("ABC\tWhole\r\nsale\n", "ABC Whole sale"),
        ("\ufeffABC\u200b Whole\u2060sale", "ABC Wholesale"),
        ("\u200dABC\u200c", "ABC"),
        ("Cafe\u0301", "Café"),
        ("👩\u200d🌾 Flores", "👩\u200d🌾 Flores"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("00123", "00123"),
        ("=1+1", "=1+1"),
        ("A\x0bB", "A\x0bB"),
        ("A\x00", "A\x00"),
    ],
)
def test_spaces_are_tidied_and_the_rest_stands(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@pytest.mark.parametrize("times", [1, 300])
def test_a_text_of_any_length_is_composed_whatever_the_order_of_a_letters_marks(times: int) -> None:
    assert tidy("a\u0301\u0323=\u0301\u0338c" * times) == "ạ\u0301≠\u0301c" * times


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize(
    "text", ["#N/A", "#REF!", "#DIV/0!", "#name?", "#VALUE!", "#NULL!", "#NUM!", "#SPILL!"]
)
def test_the_errors_of_formulas_are_known(text: str) -> None:
    assert is_cell_error(text)


@pytest.mark.parametrize("text", ["", "N/A", "#1 Florist", "#N/A today", "# REF!"])
def test_other_texts_are_no_errors(text: str) -> None:
    assert not is_cell_error(text)


@pytest.mark.parametrize("text", ["A\x00", "\x1b", "A\x7fB", "\x85x\x90", "\ud800", "\ufffe"])
def test_control_characters_are_seen(text: str) -> None:
    assert has_control_characters(text)


@pytest.mark.parametrize("text", ["", "plain", "مرحبا", "🌹", "e\u0301", "\u200d"])
def test_any_script_is_fine(text: str) -> None:
    assert not has_control_characters(text)
