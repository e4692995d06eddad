"""One word for each thing that becomes of a row, and none that only a programmer knows, wherever a person reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from komet_import.errors import WORDING
from tests.test_language import ROOT, literal_marks, modules

# What no row, customer or import is called, and what it is called instead.
ONE_WORD = {
    r"\binsert(s|ed)?\b": "new",
    r"\brejected\b": "left out, or has errors",
    r"\bnew customers\b$": "new",
    r"^updates?$|\bupdates\b.*\{": "updated",
    r"\bcame in new\b|\bchanged nothing\b|\bas stored\b|\bup to date\b": "new, unchanged",
    r"\b(discarded|dropped|ignored|refused) rows?\b": "left out",
    r"\bstay(s|ed)? out\b": "left out",
    r"\bleave (it|them|row|this row)\b[^.]* out\b|\bleft (it|them|row) out\b": "skipped",
    r"\bput (it|them|(the )?row\b[^.]*) back\b": "taken back",
    r"\bput (back|it back|row .* back)\b": "take back",
}
# What an analyst has no use for, and what is said instead.
JARGON = {
    r"\bsha-?256\b|\bhash(es|ed)?\b|\bchecksum\b": "the same file",
    r"\bcommit(s|ted|ting)?\b": "import",
    r"\baudit(s|ed)?\b": "what it changed",
    r"\bstag(ed?|ing)\b": "nothing",
    r"\bplan(s|ned)?\b": "preview, what would change",
    r"\btime-?out\b": "stopped answering",
    r"\butf-|\bwindows-1252\b|\biso\b": "what it is for a person",
    r"\bedits? in the review\b": "corrections",
    r"\bvega\b": "nothing",
    r"\bask you to sign in\b": "nothing, where nobody signs in",
    r"^setup$": "nothing: it is no place",
}
# Those who read these set the program up.
OF_ADMINISTRATORS = ("cli/", "ui/settings/machine.py", "settings.py")
ADMINISTRATORS_ERRORS = frozenset(("database_unusable", "name_from_settings", "no_company", "which_company"))
TEMPLATES = sorted((ROOT / "komet_import/mail/templates").iterdir())


def sentences() -> Iterator[tuple[str, str]]:
    """Each marked one with the file that it stands in."""
    for path in modules():
        for marked in literal_marks(path):
            for sentence in marked if isinstance(marked, tuple) else (marked,):
                yield str(path.relative_to(ROOT)), str(sentence)
    for path in TEMPLATES:
        for sentence in re.findall(r'_\("([^"]+)"\)', path.read_text(encoding="utf-8")):
            yield path.name, sentence


def said(wrong: str) -> list[tuple[str, str]]:
    """In the sentences' own words, and not in the names of what is filled in."""
    return [
        (path, sentence)
        for path, sentence in sentences()
        if re.search(wrong, re.sub(r"{\w+", "{", sentence), re.IGNORECASE)
    ]


@pytest.mark.parametrize("wrong", ONE_WORD)
def test_a_row_is_new_updated_unchanged_or_left_out_wherever_a_person_reads(wrong: str) -> None:
    assert said(wrong) == [], f"say: {ONE_WORD[wrong]}"


@pytest.mark.parametrize("wrong", JARGON)
def test_no_sentence_has_a_word_that_only_a_programmer_knows(wrong: str) -> None:
    assert said(wrong) == [], f"say: {JARGON[wrong]}"


def test_only_administrators_are_told_of_the_environments_variables() -> None:
    of_errors = {WORDING[code] for code in ADMINISTRATORS_ERRORS}
    assert [
        (path, sentence)
        for path, sentence in said(r"KOMET\\*_")
        if not any(room in path for room in OF_ADMINISTRATORS) and sentence not in of_errors
    ] == []


def test_the_manual_tells_the_journey_in_the_same_words() -> None:
    journey = (
        (ROOT / "README.md").read_text(encoding="utf-8").partition("## The journey")[2].partition("\n## ")[0]
    )
    assert "new, updated and unchanged" in journey
    assert [wrong for wrong in (*ONE_WORD, *JARGON) if re.search(wrong, journey, re.IGNORECASE)] == []


def test_the_words_are_looked_for_where_they_would_stand() -> None:
    """The search itself finds what is there."""
    found = {sentence for _path, sentence in sentences()}
    assert {
        "Has errors",
        "{count:,} left out",
        "Row {row}, {column}: {value}",
        "{count:,} row imported",
    } <= found
