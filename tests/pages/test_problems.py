"""What the review says of a cell that was changed: what is stored, and what stood in the file before it was corrected."""

from __future__ import annotations

from komet_import.review.rows import Edit
from komet_import.ui.review.told import earlier_texts
from tests.review.example import NEW, draft, was

STORED = {"customer_id": "7", "active": "Yes", **NEW, "phone": "305"}


def test_a_corrected_cell_tells_what_is_stored_and_what_stood_in_the_file() -> None:
    judged = draft(
        [{"code": "ABC", "phone": "306", "terms": "Net 31", "fax": ""}, NEW | {"code": "B"}], STORED
    )
    assert earlier_texts(judged, 2, was(judged, 2)) == {"phone": "Stored now: 305"}
    judged.edit([Edit(2, "terms", "Net 45")])
    judged.edit([Edit(2, "terms", "Net 30")])
    judged.edit([Edit(2, "phone", "305")])
    judged.edit([Edit(2, "fax", "1")])
    judged.edit([Edit(3, "phone", "1")])
    assert earlier_texts(judged, 2, was(judged, 2)) == {
        "phone": "In the file: 306",
        "terms": "Stored now: (blank)\nIn the file: Net 31",
        "fax": "Stored now: (blank)\nIn the file: (blank)",
    }
    assert earlier_texts(judged, 3, was(judged, 3)) == {"phone": "In the file: (blank)"}
    judged.edit([Edit(2, "phone", "306")])
    assert earlier_texts(judged, 2, was(judged, 2))["phone"] == "Stored now: 305"
