"""What a screen reads from the database is bounded by what it shows, however large the import is."""

from __future__ import annotations

import gc
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import streamlit as st

from komet_import import drafts
from komet_import.ui.customers import screen as customers_screen
from komet_import.ui.history import details as import_details
from tests.pages.conftest import OpenApp
from tests.stories import NEW, at_desk, csv_of, imported, rows_of, uploaded

A_CONNECTIONS_OWN = 9  # rows that opening one or two of them reads
# Both fill every page and every list that is cut.
FEW, MANY = max(customers_screen.PAGE_ROWS, import_details.PAGE_ROWS) + 1, 2_500
SCREENS: dict[str, tuple[str, Callable[[dict[str, str]], dict[str, str]]]] = {
    "start": ("", lambda _: {}),
    "result": ("", lambda ids: {"draft": ids["draft"]}),
    "history": ("import_history.py", lambda _: {}),
    "import": ("import_history.py", lambda ids: {"import": ids["import"]}),
    "customers": ("customers.py", lambda _: {}),
    "customers of an import": ("customers.py", lambda ids: {"import": ids["import"], "customer": "1"}),
}


class Fetched:
    """How many rows came from the database while `counted` was open; the background worker's are not the screen's."""

    def __init__(self) -> None:
        self.rows = 0

    def __call__(self, _cursor: sqlite3.Cursor, row: tuple[Any, ...]) -> tuple[Any, ...]:
        self.rows += threading.current_thread().name != "worker"
        return row


@contextmanager
def counted() -> Iterator[Fetched]:
    fetched = Fetched()

    def watch(connection: sqlite3.Connection, _record: object) -> None:
        connection.row_factory = fetched

    sa.event.listen(sa.Pool, "connect", watch)
    try:
        yield fetched
    finally:
        sa.event.remove(sa.Pool, "connect", watch)


def imports(folder: Path, rows: int) -> dict[str, str]:
    """New customers; then each of them changed in two columns, as many rows that stay out, and a draft of the same."""
    changed = [row | {"Phone": "305", "Fax": "306"} for row in rows_of(rows)]
    bad = [NEW | {"Customer Code": f"B{n}", "Customer Name": "", "Terms": "Nett"} for n in range(rows)]
    with at_desk(folder) as desk:
        imported(desk, csv_of(*rows_of(rows)))
        record = imported(desk, csv_of(*changed, *bad))
        uploaded(desk, csv_of(*changed, *bad))
        assert len(drafts.find(desk).drafts) == 1
    return {"import": str(record.import_id), "draft": record.draft_id or ""}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, dict[str, str]]]:
    """Two data folders and what their addresses need, the second with a dozen times as many rows."""
    folders = [tmp_path_factory.mktemp(f"{rows}-rows") for rows in (FEW, MANY)]
    return [(folder, imports(folder, rows)) for folder, rows in zip(folders, (FEW, MANY), strict=True)]


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_reads_no_more_of_a_large_import_than_of_a_small_one(
    screen: str,
    made: list[tuple[Path, dict[str, str]]],
    open_app: OpenApp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, query = SCREENS[screen]
    read = []
    for folder, ids in made:
        monkeypatch.setenv("KOMET_DATA_DIR", str(folder))
        st.cache_resource.clear()
        with counted() as fetched:
            app = open_app(page, **query(ids))
        assert not app.exception
        read.append(fetched.rows)
    assert 0 < read[1] <= read[0] + A_CONNECTIONS_OWN


def test_what_is_gone_through_after_each_run_is_less_than_what_was_loaded(open_app: OpenApp) -> None:
    """Streamlit has the collector look at everything after every click, with the whole process waiting."""
    open_app()
    assert len(gc.get_objects()) < gc.get_freeze_count()
