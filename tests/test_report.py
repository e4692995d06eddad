"""What the e-mail of an import says: every number and row of it is that of the import."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from komet_import import company, post
from komet_import.desk import Desk, open_desk
from komet_import.store.drafts import BlankCells
from komet_import.store.imports import ImportRecord, ImportState
from komet_import.store.mails import StoredMail
from tests.stories import FILE, NEW, Row, at_desk, committed, drafted, edited, rows_of

FILLED = {"Phone": "305", "Fax": "1", "Terms": "Net 30", "Billing City": "Miami"}


def customer(number: int, **cells: object) -> dict[str, object]:
    """A row of the customer that `stocked` stored under that number, with what else it says."""
    return NEW | {"Customer Code": f"C{number}", "Customer Name": f"Florist {number}"} | cells


def stocked(desk: Desk, count: int = 6) -> None:
    """Stores customers that have a phone, a fax, terms and a city."""
    committed(desk, drafted(desk, *(row | FILLED for row in rows_of(count))))


def mail(desk: Desk) -> StoredMail:
    """The newest."""
    return post.outbox(desk)[0]


def said(desk: Desk) -> str:
    """The newest e-mail's plain text in one line."""
    return " ".join(mail(desk).text.split())


def of_rows(desk: Desk, *rows: Row, **choices: Any) -> str:
    """What the e-mail of these rows says."""
    committed(desk, drafted(desk, *rows, **choices))
    return said(desk)


def test_each_figure_is_the_imports(desk: Desk) -> None:
    stocked(desk)
    text = of_rows(
        desk,
        *(customer(n, Phone="306") for n in range(3)),
        *(customer(n) for n in (3, 4)),
        customer(20),
        *({"Customer Code": f"BAD{n}"} for n in range(4)),
    )
    assert mail(desk).subject == f"4 rows imported, 4 left out · {FILE}"
    assert "1 customer is new, 3 were updated and 2 are unchanged." in text
    assert "10 rows = 1 new + 3 updated + 2 unchanged + 4 left out" in text
    assert "Rows 8, 9, 10 and 11 were left out. Correct them in the workbook and import it again" in text
    assert f"{FILE}, imported by Administrator on" in text


def test_the_three_columns_that_changed_most_are_named_with_the_number_of_cells(desk: Desk) -> None:
    stocked(desk)
    text = of_rows(
        desk,
        customer(0, Terms="Net 15"),
        customer(1, Terms="Net 15", Phone="306", **{"Billing City": "Orlando"}),
        customer(2, Terms="Net 15", Phone="306", Fax="2"),
        customer(3, Terms="Net 15", Phone="306", Fax="2"),
        customer(30, Currency="USD"),
        customer(4, Phone="999", Terms="Net 31"),
    )
    assert "What changed most: Terms (4), Phone (3), Fax (2). No stored value was cleared." in text
    assert "Orlando" not in text


def test_new_customers_alone_changed_nothing_that_was_stored(desk: Desk) -> None:
    text = of_rows(desk, customer(0, **FILLED))
    assert "changed most" not in text
    assert "cleared" not in text


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"Phone": "306", "Fax": "1"}, "What changed most: Phone (1). No stored value was cleared."),
        ({"Phone": "", "Fax": "2"}, "What changed most: Phone (1), Fax (1). 1 stored value was cleared."),
        ({"Phone": "", "Fax": ""}, "What changed most: Phone (1), Fax (1). 2 stored values were cleared."),
    ],
)
def test_what_was_cleared_is_counted(desk: Desk, cells: Row, sentence: str) -> None:
    stocked(desk, 1)
    assert sentence in of_rows(desk, customer(0, **cells), blank_cells=BlankCells.CLEAR)


def test_problems_are_the_first_five_errors_and_say_how_many_there_are(desk: Desk) -> None:
    wrong = {"Terms": "Net 31", "Phone": "3" * 21}
    committed(
        desk,
        drafted(
            desk,
            customer(0, **{"Billing ZIP Code": "2118", "Billing State": "MA"}),
            customer(1, **wrong),
            customer(2, **wrong, Fax="4" * 22),
            customer(3, **wrong | {"Phone": "305"}),
        ),
    )
    problems = mail(desk).text.partition("\nProblems\n")[2].partition("Get the workbook")[0]
    assert [line for line in problems.splitlines() if line] == [
        f"Row 3, Phone: {'3' * 21}",
        "    21 characters; at most 20.",
        "Row 3, Terms: Net 31",
        "    “Net 31” is not in the list. Did you mean Net 15?",
        f"Row 4, Phone: {'3' * 21}",
        "    21 characters; at most 20.",
        f"Row 4, Fax: {'4' * 22}",
        "    22 characters; at most 20.",
        "Row 4, Terms: Net 31",
        "    “Net 31” is not in the list. Did you mean Net 15?",
        "The first 5 of 6 problems. All of them are on the import’s page.",
    ]


def test_five_problems_are_all_of_them(desk: Desk) -> None:
    text = of_rows(desk, *(customer(n, Terms="Net 31") for n in range(5)))
    assert text.count("is not in the list") == 5
    assert "The first" not in text


def test_a_warning_is_no_problem_of_an_e_mail(desk: Desk) -> None:
    text = of_rows(desk, customer(0, **{"Billing ZIP Code": "2118", "Billing State": "MA"}))
    assert mail(desk).subject == f"The only row is in · {FILE}"
    assert "Problems" not in text
    assert "See the import:" in text


def test_a_row_that_was_skipped_is_nothing_to_correct(desk: Desk) -> None:
    opened = drafted(desk, customer(0), customer(1))
    edited(desk, opened, (3, None, "Yes"))
    committed(desk, opened)
    text = said(desk)
    assert "Row 3 was skipped in the review." in text
    assert not [word for word in ("Correct", "Problems", "error") if word in text]
    assert mail(desk).subject == f"1 row imported, 1 skipped · {FILE}"


def test_rows_with_errors_and_skipped_ones_are_told_apart(desk: Desk) -> None:
    opened = drafted(desk, customer(0), customer(1, Terms="Net 31"), customer(2, Terms="x"))
    edited(desk, opened, (4, None, "Yes"))
    counts = committed(desk, opened).counts
    assert (counts.rejected, counts.with_errors, counts.skipped) == (2, 1, 1)
    text = said(desk)
    assert "Rows 3 and 4 were left out: 1 with errors, 1 skipped. Correct them in the workbook" in text
    assert mail(desk).subject == f"1 row imported, 1 with errors, 1 skipped · {FILE}"


def test_all_or_nothing_names_the_rows_with_errors_alone(desk: Desk) -> None:
    rows = customer(0), customer(1, Terms="Net 31"), customer(2)
    opened = drafted(desk, *rows, all_or_nothing=True)
    edited(desk, opened, (2, None, "Yes"))
    record = committed(desk, opened)
    assert record.state is ImportState.REJECTED
    counts = record.counts
    assert (counts.rejected, counts.with_errors, counts.skipped, counts.held_back) == (3, 1, 1, 1)
    text = said(desk)
    assert "Row 3 has errors. Correct it in your file and import that again" in text
    assert "3 rows = 1 without errors + 1 with errors + 1 skipped" in text


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "Row 3 was left out. Correct it"),
        (6, "Rows 3, 4, 5, 6, 7 and 1 more were left out."),
        (25, "Rows 3, 4, 5, 6, 7 and 20 more were left out."),
    ],
)
def test_the_first_rows_left_out_are_named_and_the_others_counted(
    desk: Desk, count: int, sentence: str
) -> None:
    bad = (customer(n, **{"Customer Name": ""}) for n in range(1, count + 1))
    text = of_rows(desk, customer(0), *bad)
    assert sentence in text
    assert f"{count + 1} rows = 1 new + 0 updated + 0 unchanged + {count} left out" in text


def test_all_or_nothing_says_that_nothing_was_imported_and_which_rows_kept_the_others_out(desk: Desk) -> None:
    stocked(desk, 2)
    text = of_rows(
        desk,
        customer(0, Phone="306"),
        customer(1),
        customer(7),
        customer(8, Terms="Net 31"),
        customer(9, Terms="Net 31"),
        all_or_nothing=True,
    )
    assert mail(desk).subject == f"Nothing was imported: 2 of 5 rows have errors · {FILE}"
    assert "All rows were to go in, or none. Rows 5 and 6 have errors." in text
    assert "5 rows = 3 without errors + 2 with errors" in text
    assert "changed most" not in text
    assert "cleared" not in text
    assert f"{FILE}, tried by Administrator on" in text
    assert "See the problems:" in text


def test_all_or_nothing_with_one_bad_row_speaks_of_one(desk: Desk) -> None:
    text = of_rows(desk, customer(0, Terms="Net 31"), all_or_nothing=True)
    assert mail(desk).subject == f"Nothing was imported: 1 of 1 row has errors · {FILE}"
    assert "Row 2 has errors. Correct it in your file and import that again" in text
    assert "1 row = 0 without errors + 1 with errors" in text


def test_all_or_nothing_without_errors_is_an_import_like_any_other(desk: Desk) -> None:
    assert "2 customers are new." in of_rows(desk, customer(0), customer(1), all_or_nothing=True)
    assert mail(desk).subject == f"All 2 rows are in · {FILE}"


def test_nothing_to_change_and_nothing_that_could_go_in_are_two_verdicts(desk: Desk) -> None:
    stocked(desk, 2)
    of_rows(desk, customer(0), customer(1))
    assert mail(desk).subject == f"Nothing to change: all 2 rows are unchanged · {FILE}"
    of_rows(desk, customer(0), customer(1, Terms="Net 31"))
    assert mail(desk).subject == f"Nothing was imported: 1 of 2 rows was left out · {FILE}"


def test_times_are_the_companys_and_links_lead_to_this_import(tmp_path: Path) -> None:
    with at_desk(tmp_path, base_url="https://import.example") as first:
        company.describe(first, "Andes Roses", "Asia/Kathmandu")
        desk = open_desk(first.settings, first.database)
        committed(desk, drafted(desk, customer(0)))
        record: ImportRecord = committed(desk, drafted(desk, customer(1)))
        text, html = said(desk), mail(desk).html
    local = record.finished_at + timedelta(hours=5, minutes=45)
    assert f"on {local.day} {local:%B %Y} at {local:%H:%M} (UTC+05:45)." in text
    assert text.startswith("Komet Import · Andes Roses The only row is in")
    for link in (
        f"https://import.example/import_history?import={record.import_id}",
        "https://import.example/customers",
    ):
        assert link in text
        assert f'href="{link}"' in html


def test_the_e_mail_goes_to_whoever_imported(desk: Desk) -> None:
    record = committed(desk, drafted(desk, customer(0)))
    assert (mail(desk).recipients, mail(desk).import_id) == ((desk.person.email,), record.import_id)
    committed(desk, drafted(desk, customer(1)))
    first, second = post.outbox(desk)
    assert first.message_id != second.message_id
