"""One file with one row of each fate, and all that is told of it: the plan, the audit, the e-mail, the workbook, the store."""

from __future__ import annotations

import io
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from komet_import import history, post
from komet_import.cli import documents
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.review.plan import Counts
from komet_import.store.imports import ImportRecord, ImportState
from tests.stories import (
    NEW,
    Document,
    changes_of,
    committed,
    csv_of,
    discrepancies_of,
    edited,
    imported,
    stored,
    uploaded,
)

# Customers 1, 2 and 3.
STORED = csv_of(
    NEW | {"Customer Code": "ROSA", "Customer Name": "Rosa's", "Phone": "305-0101", "Terms": "Net 30"},
    NEW | {"Customer Code": "LILA", "Customer Name": "Lila Events", "Phone": "305-0102"},
    NEW | {"Customer Code": "VERA", "Customer Name": "Vera", "Phone": "305-0103", "Terms": "Net 15"},
)
# New, updated, a rejected update, unchanged, new with a warning, and one that is left out.
FILE = csv_of(
    NEW | {"Customer Code": "NOVA", "Customer Name": "Nova", "Terms": "net 15", "Credit Limit": "$1,250.5"},
    NEW | {"Customer Code": "rosa", "Customer Name": "Rosa's", "Phone": "305-0199", "Credit Limit": "900"},
    NEW | {"Customer Code": "LILA", "Customer Name": "Lila & More", "Phone": "999", "Terms": "Net 31"},
    NEW | {"Customer Code": "VERA", "Customer Name": "Vera", "Phone": "305-0103", "Terms": "NET 15"},
    NEW
    | {"Customer Code": "ZIPS", "Customer Name": "Zip", "Billing ZIP Code": "2118", "Billing State": "MA"},
    NEW | {"Customer Code": "GONE", "Customer Name": "Gone", "Phone": "1"},
)
NOT_IN_LIST = "“Net 31” is not in the list. Did you mean Net 15?"
LOST_ZEROS = "A US ZIP code has five digits. Did you mean 02118?"
LEFT_OUT = "Skipped in the review."

EVERYWHERE = {"location_codes": "MIA:LAX", "main_location": "MIA", "active": "Yes"}
ROSA = EVERYWHERE | {"code": "ROSA", "name": "Rosa's", "phone": "305-0101", "terms": "Net 30"}
LILA = EVERYWHERE | {"code": "LILA", "name": "Lila Events", "phone": "305-0102"}
VERA = EVERYWHERE | {"code": "VERA", "name": "Vera", "phone": "305-0103", "terms": "Net 15"}
ROSA_NOW = ROSA | {"code": "rosa", "phone": "305-0199", "credit_limit": "900.00"}
NOVA = EVERYWHERE | {"code": "NOVA", "name": "Nova", "terms": "Net 15", "credit_limit": "1250.50"}
ZIPS = EVERYWHERE | {"code": "ZIPS", "name": "Zip", "billing_zip": "2118", "billing_state": "MA"}

ISSUES: list[Document] = [
    {
        "row": 4,
        "column": "Terms",
        "code": "not_in_list",
        "severity": "error",
        "value": "Net 31",
        "message": NOT_IN_LIST,
        "suggestion": "Net 15",
    },
    {
        "row": 6,
        "column": "Billing ZIP Code",
        "code": "zip_lost_zeros",
        "severity": "warning",
        "value": "2118",
        "message": LOST_ZEROS,
        "suggestion": "02118",
    },
    {
        "row": 7,
        "column": None,
        "code": "left_out",
        "severity": "error",
        "value": "",
        "message": LEFT_OUT,
        "suggestion": None,
    },
]
EMAIL = """\
Komet Import · Sunrise Blooms, Miami

3 rows imported, 1 with errors, 1 skipped

2 customers are new, 1 was updated and 1 is unchanged. Rows 4 and 7 were
left out: 1 with errors, 1 skipped. Correct them in the workbook and import
it again: it holds just these rows.

    6 rows = 2 new + 1 updated + 1 unchanged + 2 left out

Problems

Row 4, Terms: Net 31
    “Net 31” is not in the list. Did you mean Net 15?

What changed most: Customer Code (1), Phone (1), Credit Limit (1). No stored
value was cleared.

Get the workbook:
http://localhost:8501/import_history?import=2

Customers:
http://localhost:8501/customers

"""
FOOTER = """\
-- 
You get this because you imported the file or are on the company’s list of
recipients.
"""  # noqa: W291
RED = "00FCE4EE"
WORKBOOK = [
    [
        "Reason",
        "Row in your file",
        "Customer Code",
        "Customer Name",
        "Location Codes",
        "Main Location",
        "Phone",
        "Billing State",
        "Billing ZIP Code",
        "Terms",
        "Credit Limit",
    ],
    [f"Terms: {NOT_IN_LIST}", 4, "LILA", "Lila & More", "MIA:LAX", "MIA", "999", None, None, "Net 31", None],
    [LEFT_OUT, 7, "GONE", "Gone", "MIA:LAX", "MIA", "1", None, None, None, None],
]


@pytest.fixture
def reviewed(desk: Desk) -> OpenDraft:
    """The file, with its last row left out."""
    imported(desk, STORED)
    opened = uploaded(desk, FILE)
    edited(desk, opened, (7, None, "Yes"))
    return opened


def filled(texts: Document) -> Document:
    return {key: text for key, text in texts.items() if text}


def test_the_plan_is_just_what_a_commit_would_do(reviewed: OpenDraft) -> None:
    plan = reviewed.draft.plan()
    keys = [column.key for column in reviewed.draft.declaration.value_columns]
    rows = [(*row[:4], filled(dict(zip(keys, row.texts, strict=True)))) for row in plan.rows]
    assert rows == [
        (2, "new", None, None, NOVA),
        (3, "update", 1, 1, ROSA_NOW),
        (5, "unchanged", 3, 1, VERA),
        (6, "new", None, None, ZIPS),
    ]
    assert [tuple(change) for change in plan.changes] == [
        (3, 1, "code", "ROSA", "rosa"),
        (3, 1, "phone", "305-0101", "305-0199"),
        (3, 1, "credit_limit", "", "900.00"),
    ]
    told = documents.checked("customers.csv", None, reviewed.matching, reviewed.draft, plan)
    assert (list(told["issues"]), told["counts"]) == (
        ISSUES,
        {"new": 2, "update": 1, "unchanged": 1, "rejected": 2},
    )
    assert {row: filled(dict(cells)) for row, cells in plan.cells.items()} == {
        4: {
            "code": "LILA",
            "name": "Lila & More",
            "location_codes": "MIA:LAX",
            "main_location": "MIA",
            "phone": "999",
            "terms": "Net 31",
        },
        7: {
            "code": "GONE",
            "name": "Gone",
            "location_codes": "MIA:LAX",
            "main_location": "MIA",
            "phone": "1",
        },
    }


def test_the_store_the_audit_the_e_mail_and_the_workbook_say_what_the_plan_said(
    desk: Desk, reviewed: OpenDraft
) -> None:
    record = committed(desk, reviewed)
    assert (record.import_id, record.state, record.rows) == (2, ImportState.COMMITTED, 6)
    assert record.counts == Counts(new=2, update=1, unchanged=1, rejected=2, skipped=1)
    _stored_is_what_was_planned(desk)
    _audit_is_complete(desk, record)
    _email_says_it(desk, record)
    _workbook_holds_the_rejected_rows(desk, record)


def _stored_is_what_was_planned(desk: Desk) -> None:
    now = {}
    for code, customer in stored(desk).items():
        ours = ("record_id", "customer_id", "version", "updated_at")
        texts = filled({key: text for key, text in customer.items() if key not in ours})
        now[code] = (customer["customer_id"], customer["version"], texts)
    assert now == {
        "rosa": (1, 2, ROSA_NOW),
        "LILA": (2, 1, LILA),
        "VERA": (3, 1, VERA),
        "NOVA": (4, 1, NOVA),
        "ZIPS": (5, 1, ZIPS),
    }


def _audit_is_complete(desk: Desk, record: ImportRecord) -> None:
    told = documents.import_(
        history.show(desk, record.import_id),
        lambda: iter(discrepancies_of(desk, record)),
        lambda: iter(changes_of(desk, record)),
    )
    keys = ("row", "record_id", "action", "column", "old", "new")
    assert [tuple(change[key] for key in keys) for change in told["changes"]] == [
        (2, 4, "insert", None, None, None),
        (3, 1, "update", "Customer Code", "ROSA", "rosa"),
        (3, 1, "update", "Phone", "305-0101", "305-0199"),
        (3, 1, "update", "Credit Limit", None, "900.00"),
        (6, 5, "insert", None, None, None),
    ]
    assert list(told["issues"]) == ISSUES
    problems = history.show(desk, record.import_id).problems
    assert [(*count.problem, count.severity.value, count.cells) for count in problems] == [
        ("", "left_out", "error", 1),
        ("terms", "not_in_list", "error", 1),
        ("billing_zip", "zip_lost_zeros", "warning", 1),
    ]


def _email_says_it(desk: Desk, record: ImportRecord) -> None:
    mail = post.outbox(desk)[0]
    assert (mail.subject, mail.recipients) == (
        "3 rows imported, 1 with errors, 1 skipped · customers.csv",
        ("admin@localhost",),
    )
    head, origin, foot = mail.text.partition("customers.csv, imported")
    assert head == EMAIL
    origin, _, foot = (origin + foot).partition("\n\n")
    local = record.finished_at.astimezone(ZoneInfo("America/New_York"))
    when = f"{local.day} {local:%B %Y} at {local:%H:%M} ({local:%Z})"
    assert " ".join(origin.split()) == (f"customers.csv, imported by Administrator on {when}.")
    assert foot == FOOTER


def _workbook_holds_the_rejected_rows(desk: Desk, record: ImportRecord) -> None:
    out = io.BytesIO()
    assert history.write_discrepancies(desk, record.import_id, out) == 2
    sheet: Any = openpyxl.load_workbook(out)["Customers"]
    cells = list(sheet.iter_rows())
    assert [[cell.value for cell in row] for row in cells] == WORKBOOK
    marked = [
        (cell.coordinate, cell.fill.fgColor.rgb) for row in cells[1:] for cell in row if cell.fill.fill_type
    ]
    noted = [(cell.coordinate, cell.comment.text) for row in cells[1:] for cell in row if cell.comment]
    assert (marked, noted) == ([("J2", RED)], [("J2", NOT_IN_LIST)])
