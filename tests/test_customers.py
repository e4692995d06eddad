"""Stories around the stored customers: the workbook of what is shown, and what an analyst may see."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from komet_import import customers, history
from komet_import.access import may_see
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.schema.company import Role
from komet_import.store.customers import Order, Wanted
from komet_import.store.history import WantedImports
from komet_import.ui.address import id_from
from tests.stories import NEW, checked, csv_of, imported, rows_of


def analyst(desk: Desk, person_id: int) -> Desk:
    return replace(desk, person=replace(desk.person, role=Role.ANALYST, person_id=person_id))


def test_what_is_shown_comes_back_as_a_file_that_would_change_nothing(desk: Desk) -> None:
    imported(
        desk, csv_of(*rows_of(3), NEW | {"Customer Name": "Rosa", "Active": "No", "Credit Limit": "0.5"})
    )
    out = BytesIO()
    written = customers.write_workbook(desk, Wanted(values={"active": "No"}), Order("name"), out)
    document = checked(desk, out.getvalue())
    assert (written, document["rows"], document["issues"]) == (1, 1, [])
    assert document["counts"] == {"new": 0, "update": 0, "unchanged": 1, "rejected": 0}


def test_an_analyst_sees_every_customer_but_not_what_anothers_import_touched(desk: Desk) -> None:
    imported(desk, csv_of(NEW))
    stranger = analyst(desk, 77)
    assert customers.get(stranger, 1).record_id == 1
    (entry,) = customers.audit(stranger, 1, 5)
    assert not may_see(stranger.person, entry)
    for look in (
        lambda: customers.find(stranger, Wanted(import_id=1), None, 5),
        lambda: customers.write_workbook(stranger, Wanted(import_id=1), None, BytesIO()),
    ):
        with pytest.raises(NotFound, match="There is no import 1"):
            look()


def test_an_import_that_wrote_nothing_is_not_offered_as_a_filter(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Customer Name": ""}))
    record = imported(desk, csv_of(NEW))
    page = history.find(desk, WantedImports(wrote=True), limit=5)
    assert ([line.record for line in page.lines], page.total) == ([record], 1)


@pytest.mark.parametrize("given", ["", "x", "-1", "1e3", "１", "9" * 19, "9" * 5000, "' OR 1=1"])
def test_an_address_may_hold_anything(given: str) -> None:
    with pytest.raises(NotFound) as caught:
        id_from(given, "unknown_customer")
    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("customer_id", [0, -1, 99, 2**63, 10**30])
def test_a_customer_that_is_not_there_is_not_found(desk: Desk, customer_id: int) -> None:
    with pytest.raises(NotFound, match="no customer"):
        customers.get(desk, customer_id)
