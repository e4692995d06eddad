"""The reports that the tests of the e-mail share: what the two designed e-mails say, and their relatives."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from komet_import.mail.report import ImportReport
from komet_import.review.issues import Issue
from komet_import.schema.problems import IssueCode, WordedProblem


def worded(row: int, key: str | None, value: str, sentence: str) -> Issue:
    """An issue that says just this."""
    return Issue(row, key, value, WordedProblem(IssueCode.REQUIRED, sentence=sentence))


HEADERS = {
    "customer_type": "Customer Type",
    "email": "Email for Invoices",
    "code": "Customer Code",
    "codes": "Location Codes",
    "name": "Customer Name",
}
LEFT_OUT = ImportReport(
    company="Sunrise Blooms, Miami",
    file="customers-november.xlsx",
    person="Ana Torres",
    finished_at=datetime(2026, 11, 23, 10, 42, tzinfo=ZoneInfo("America/New_York")),
    state="committed",
    rows=184,
    inserted=12,
    updated=40,
    unchanged=129,
    rejected=3,
    left_out_rows=(14, 31, 96),
    problems=(
        worded(14, "customer_type", "Wholesalr", "Not in the company’s list. Did you mean Wholesaler?"),
        worded(14, "email", "ap@rosewood", "Not an e-mail address."),
        worded(31, "code", "BLUEGRASSWHOLE", "14 characters; at most 10."),
        worded(31, "codes", "MIA:MAI", "“MAI” is not an active location."),
        worded(96, "name", "", "Required for a new customer."),
    ),
    header=lambda key: HEADERS.get(key, key),
    problem_count=6,
    most_changed=(("Terms", 28), ("Salesperson", 22), ("Phone", 17)),
    cleared=0,
    import_url="http://localhost:8501/import_history?import=7",
    customers_url="http://localhost:8501/customers",
)
ALL_IN = replace(LEFT_OUT, unchanged=132, rejected=0, left_out_rows=(), problems=(), problem_count=0)
NOTHING_NEW = replace(ALL_IN, inserted=0, updated=0, unchanged=184, most_changed=())
ALL_OR_NOTHING = replace(
    LEFT_OUT, state="rejected", inserted=0, updated=0, unchanged=0, rejected=184, held_back=181
)
FAILED = replace(
    NOTHING_NEW,
    state="failed",
    rows=0,
    unchanged=0,
    failure="The disk is full. Free some space and try again.",
)
