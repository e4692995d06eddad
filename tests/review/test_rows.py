"""The rows of a file under edits, without any rule: what stands there, what stood there, and whom they name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from komet_import.review.rows import Edit, Keys, Rows
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import LARGEST_ID


def rows(numbers: Sequence[int] = (2, 3, 5), edits: Sequence[Edit] = (), **texts: Sequence[str]) -> Rows:
    return Rows(CUSTOMERS, numbers, texts or {"code": ["A", "B", "C"], "phone": ["1", "", "2"]}, edits)


def named(**texts: str) -> Keys:
    return Rows(CUSTOMERS, [2], {key: [text] for key, text in texts.items()}).keys()


def keys(*ids: int, codes: Sequence[str] = (), names: Sequence[str] = ()) -> Keys:
    return Keys(frozenset(ids), frozenset(codes), frozenset(names))


def test_rows_are_known_by_their_numbers_in_the_sheet() -> None:
    made = rows()
    assert [number in made for number in range(1, 7)] == [False, True, True, False, True, False]
    assert [made.position(number) for number in (2, 3, 5)] == [0, 1, 2]
    assert len(made) == 3
    for number in (1, 4, 6):
        with pytest.raises(KeyError, match=str(number)):
            made.position(number)


def test_a_column_that_the_file_lacks_is_blank_until_an_edit_gives_it_a_value() -> None:
    made = rows()
    assert (made.text(0, "fax"), made.columns, "fax" in made.absent) == ("", ("code", "phone"), True)
    assert made.put([Edit(5, "fax", " 7 ")]) == {2}
    assert [made.text(position, "fax") for position in range(3)] == ["", "", "7"]
    assert (made.columns, "fax" in made.absent, "phone" in made.absent) == (
        ("code", "phone", "fax"),
        True,
        False,
    )


def test_edits_are_made_in_their_order_and_remember_what_the_file_said() -> None:
    made = rows(
        edits=[Edit(2, "phone", "8"), Edit(2, "phone", "9"), Edit(3, "phone", "8"), Edit(3, "phone", "")]
    )
    assert [made.text(position, "phone") for position in range(3)] == ["9", "", "2"]
    assert [made.corrected(position) for position in range(3)] == [{"phone": "1"}, {}, {}]


def test_a_row_is_left_out_and_taken_back() -> None:
    made = rows()
    assert made.put([Edit(3, None, "Yes"), Edit(5, None, "Yes"), Edit(5, None, "")]) == {1, 2}
    assert list(made.left_out) == [0, 1, 0]
    assert made.put([Edit(3, None, "")]) == {1}
    assert list(made.left_out) == [0, 0, 0]


def test_the_originals_are_the_edits_that_make_of_the_rows_what_the_file_says() -> None:
    edits = [
        Edit(2, "phone", "9"),
        Edit(3, "fax", "1"),
        Edit(3, None, "Yes"),
        Edit(5, "phone", "3"),
        Edit(5, "phone", "2"),
    ]
    made = rows(edits=edits)
    assert list(made.originals()) == [Edit(2, "phone", "1"), Edit(3, "fax", ""), Edit(3, None, "")]
    made.put(list(made.originals()))
    assert list(made.originals()) == []
    assert [made.text(position, "phone") for position in range(3)] == ["1", "", "2"]


def test_filled_cells_are_counted_as_they_are_edited() -> None:
    made = rows()
    made.put([Edit(2, "phone", "")])
    assert (made.filled("code"), made.filled("phone"), made.filled("fax")) == (3, 1, 0)
    for text, filled in (("7", 2), ("8", 2), ("", 1), ("", 1), ("9", 2)):
        made.put([Edit(3, "phone", text)])
        assert made.filled("phone") == filled
    made.put([Edit(5, "fax", "1")])
    assert made.filled("fax") == 1


@pytest.mark.parametrize(("positions", "texts"), [(range(1, 3), ["", "2"]), ([2, 0], ["2", "1"]), ([], [])])
def test_a_batch_holds_the_rows_that_it_was_asked_for(positions: Sequence[int], texts: list[str]) -> None:
    batch = rows(edits=[Edit(5, None, "Yes")]).batch(positions)
    assert list(batch.positions) == list(positions)
    assert list(batch.texts["phone"]) == texts
    assert list(batch.left_out) == [position == 2 for position in positions]
    assert ("fax" in batch.absent, "phone" in batch.absent) == (True, False)


def test_a_search_marks_each_row_with_such_a_cell_in_any_column() -> None:
    made = rows(code=["Rosa", "B", "C"], name=["x", "PRIMAROSA", "y"], phone=["1", "", "2"])
    assert list(made.search(" rosa ")) == [1, 1, 0]
    assert list(made.search("2")) == [0, 0, 1]
    assert list(made.search("none")) == [0, 0, 0]


# -- whom they name --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("007", 7),
        ("+7", 7),
        ("7.0", 7),
        ("7.", 7),
        (str(LARGEST_ID), LARGEST_ID),
        (str(LARGEST_ID + 1), None),
        ("1" * 19, int("1" * 19)),
        ("9" * 30, None),
        ("0", None),
        ("x", None),
        ("X7", None),
        ("-7", None),
        ("٧", None),
        ("²", None),
        ("", None),
    ],
)
def test_an_id_is_any_text_that_may_mean_a_whole_number(text: str, number: int | None) -> None:
    assert named(customer_id=text) == (keys() if number is None else keys(number))


def test_a_file_names_customers_by_id_code_and_name_in_any_case() -> None:
    made = rows(
        customer_id=["7", "", "8.0"],
        code=["ABC", "abc", "Straße"],
        name=["", "ROSA", "Rosa"],
        phone=["1"] * 3,
    )
    assert made.keys() == keys(7, 8, codes=["abc", "strasse"], names=["rosa"])
    assert bool(made.keys())
    assert not rows(phone=["1", "2", "3"]).keys()
    assert all((named(customer_id="7"), named(code="A"), named(name="A")))


@pytest.mark.parametrize("key", ["customer_id", "code", "name"])
def test_a_text_that_is_not_even_read_names_nobody(key: str) -> None:
    longest = CUSTOMERS.column(key).longest_read
    assert not named(**{key: "1" * (longest + 1)})
    assert key == "customer_id" or named(**{key: "1" * longest})


def test_edits_name_customers_in_the_key_columns_alone() -> None:
    edits = [
        Edit(2, "customer_id", " 7 "),
        Edit(2, "code", "ABC"),
        Edit(3, "code", " Def "),
        Edit(3, "name", "ROSA"),
        Edit(5, "phone", "9"),
        Edit(5, None, "Yes"),
    ]
    assert rows().keys_of(edits) == keys(7, codes=["abc", "def"], names=["rosa"])
    assert not rows().keys_of(edits[4:])
    assert not rows().keys_of([Edit(2, "code", "")])
