"""JSON is written as it comes, and reads as if it had been written at once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from komet_import.bulk import CHUNK
from komet_import.cli import commands
from komet_import.cli.documents import Document, Each, text
from komet_import.store.discrepancies import MOST_KEPT
from tests.commands import Command, write
from tests.stories import NEW, csv_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
DOCUMENTS = st.dictionaries(st.text(max_size=3), VALUES, min_size=1, max_size=4)


@settings(max_examples=50)
@given(DOCUMENTS, st.lists(DOCUMENTS, max_size=4))
def test_a_document_reads_as_it_would_all_at_once(document: Document, items: list[Document]) -> None:
    whole = document | {"items": items}
    assert json.loads("".join(text(whole))) == whole
    assert json.loads("".join(text(document | {"items": Each(lambda: iter(items))}))) == whole
    assert json.loads("".join(text([document]))) == [document]


@pytest.mark.parametrize("written", [0, 2 * CHUNK])
def test_a_document_that_fails_on_its_way_is_followed_by_no_other(
    written: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def items() -> Any:
        yield from ({} for _ in range(written))
        raise ValueError("on its way")

    with pytest.raises(commands.CutShort if written else ValueError):
        commands.print_document({"items": Each(items)}, None)
    assert bool(capsys.readouterr().out) == bool(written)


MANY = MOST_KEPT + 2


@pytest.fixture(scope="module")
def many() -> bytes:
    """More rows than are kept of one kind, each with two errors and a warning; and a good one with the warning."""
    wrong = ({"Terms": f"x {n}", "Credit Limit": f"y {n}"} for n in range(MANY))
    rows = (
        NEW | {"Customer Code": f"C{n}", "Customer Name": "Same"} | cells for n, cells in enumerate(wrong)
    )
    return csv_of(*rows, NEW | {"Customer Code": "GOOD", "Customer Name": "Same"})


def test_check_is_never_cut_and_an_import_says_how_many_there_were(command: Command, many: bytes) -> None:
    write("many.csv", many)
    checked = command("check", "many.csv", "--json").json
    assert len(checked["issues"]) == 3 * MANY + 1
    done = command("import", "many.csv", "--json").json
    assert done["issues"] == checked["issues"]
    shown = command("show", "1", "--json").json
    assert {(one["column"], one["code"]): one["count"] for one in shown["issue_counts"]} == {
        ("Credit Limit", "invalid_number"): MANY,
        ("Terms", "not_in_list"): MANY,
        ("Customer Name", "possible_duplicate"): MANY + 1,
    }
    by_row: dict[int, list[str]] = {}
    for issue in shown["issues"]:
        by_row.setdefault(issue["row"], []).append(issue["code"])
    assert by_row[2] == ["possible_duplicate", "not_in_list", "invalid_number"]
    assert by_row[MANY + 1] == ["possible_duplicate", "not_in_list"], "up to its first error"
    assert (len(by_row), MANY + 2 in by_row) == (MANY, False)
    said = command("show", "1").out
    assert f"the first {len(shown['issues']):,} of {3 * MANY + 1:,} problems" in said


def test_a_column_that_is_wrong_as_a_whole_is_told_first(command: Command) -> None:
    rows = [NEW | {"Customer Code": f"C{n}", "Customer Name": f"N{n}", "Terms": "x"} for n in range(12)]
    write("twelve.csv", csv_of(*rows))
    lines = command("check", "twelve.csv").out.splitlines()
    assert lines[2] == "  Terms: 12 of 12 filled cells are wrong. Is this the right column?"
    assert command("check", "twelve.csv", "--json").json["wrong_columns"] == [
        {"column": "Terms", "wrong": 12, "filled": 12}
    ]
