"""What is dropped, and above all what is not."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from komet_import import drafts, history, importer
from komet_import.desk import Desk
from komet_import.errors import NotFound, UnusableFile
from komet_import.importer import Choices
from komet_import.purge import Purged, purge
from komet_import.review.edits import CellEdit
from komet_import.store.models import draft, edit, rejected_row, upload, upload_table
from tests.commands import Command, process, start, write
from tests.stories import NEW, TWO, at_desk, committed, csv_of, listed, rows_of, uploaded

NOTHING = Purged(0, 0, 0, 0)
KEPT = timedelta(days=30)


def count(desk: Desk, table: sa.Table) -> int:
    with desk.database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def purged(desk: Desk, after: timedelta = KEPT) -> Purged:
    return purge(desk.settings, desk.database, datetime.now(UTC) + after)


def discarded(desk: Desk, content: bytes) -> None:
    opened = uploaded(desk, content)
    drafts.edit(desk, opened, [CellEdit(2, "phone", "", "305")])
    drafts.discard(desk, opened.stored.draft_id)


def test_a_discarded_draft_goes_with_its_edits_and_its_file_after_the_days_of_the_settings(
    desk: Desk,
) -> None:
    discarded(desk, csv_of(NEW))
    assert purged(desk, KEPT - timedelta(minutes=1)).files == 0
    assert [count(desk, table) for table in (draft, edit, upload)] == [1, 1, 1]
    found = purged(desk)
    assert (found.drafts, found.files) == (1, 1)
    assert [count(desk, table) for table in (draft, edit, upload, upload_table)] == [0, 0, 0, 0]
    assert purged(desk) == NOTHING


def test_a_refused_file_goes_too(desk: Desk) -> None:
    with pytest.raises(UnusableFile):
        uploaded(desk, b"no table at all")
    assert purged(desk, timedelta(0)) == NOTHING
    assert (purged(desk).files, count(desk, upload)) == (1, 0)


def test_an_open_draft_stays_however_old_and_opens_when_its_table_is_gone(desk: Desk) -> None:
    opened = uploaded(desk, TWO)
    drafts.edit(desk, opened, [CellEdit(3, "name", "", "Def")])
    found = purged(desk, timedelta(days=5000))
    assert (found.drafts, found.files, found.tables) == (0, 0, 1)
    again = drafts.open_draft(desk, opened.stored.draft_id)
    assert again.draft.plan().hash == opened.draft.plan().hash
    assert count(desk, upload_table) == 1


def test_an_open_draft_in_use_keeps_its_table(desk: Desk) -> None:
    uploaded(desk, TWO)
    assert purged(desk, timedelta(days=1)) == NOTHING


def test_an_import_keeps_its_file_and_its_rejected_rows(desk: Desk) -> None:
    record = committed(desk, uploaded(desk, TWO))
    found = purged(desk, timedelta(days=5000))
    assert (found.drafts, found.files, found.tables) == (0, 0, 1)
    assert history.original_file(desk, record.import_id) == TWO
    assert count(desk, rejected_row) == 1


def test_a_file_that_another_draft_still_needs_stays(desk: Desk) -> None:
    discarded(desk, TWO)
    opened = uploaded(desk, TWO)
    with desk.database.writing() as connection:
        connection.execute(sa.update(draft).values(upload_id=opened.stored.upload_id))
    assert purged(desk).drafts == 1
    assert drafts.open_draft(desk, opened.stored.draft_id).draft.counts.rows == 2


def test_nobody_waits_for_the_whole_of_it(desk: Desk) -> None:
    for number in range(4):
        discarded(desk, csv_of(*rows_of(number + 1)))
    transactions = []
    with desk.database.reading() as connection:
        sa.event.listen(connection.engine, "commit", lambda _connection: transactions.append(1))
    purged(desk)
    assert len(transactions) >= 4 + 4 + 4  # drafts, tables and files


def test_the_disk_gets_its_room_back(desk: Desk, tmp_path: Path) -> None:
    desk = replace(desk, settings=replace(desk.settings, keep_days=1))
    size = (tmp_path / "komet.sqlite3").stat().st_size
    with pytest.raises(UnusableFile):
        uploaded(desk, os.urandom(9 << 20))
    assert purged(desk, timedelta(days=1)).size == 9 << 20
    assert sum(path.stat().st_size for path in tmp_path.glob("komet.sqlite3*")) < size + (1 << 20)


def test_a_large_upload_leaves_no_large_log(desk: Desk, tmp_path: Path) -> None:
    importer._store_upload(desk, "large.csv", os.urandom(9 << 20), Choices())
    assert (tmp_path / "komet.sqlite3-wal").stat().st_size <= 4 << 20


def test_a_draft_of_a_command_is_nobodys_and_goes_when_the_command_died(desk: Desk) -> None:
    left = importer.upload(desk, "nightly.csv", TWO, Choices(), attended=False)
    assert drafts.find(desk).drafts == ()
    for look in (drafts.open_draft, drafts.get):
        with pytest.raises(NotFound):
            look(desk, left.stored.draft_id)
    assert purged(desk, KEPT - timedelta(minutes=1)) == NOTHING
    found = purged(desk)
    assert (found.drafts, found.files, found.tables) == (1, 1, 1)


def test_what_it_did_is_said(command: Command, tmp_path: Path) -> None:
    write("bad.csv", b"no table at all")
    assert command("import", "bad.csv").code == 2
    assert command("purge").out == "There is nothing to drop.\n"
    with closing(sqlite3.connect(tmp_path / "data" / "komet.sqlite3", isolation_level=None)) as raw:
        raw.execute("UPDATE draft SET updated_at = '2020-01-01'")
    assert command("purge", "--json").json == {"drafts": 1, "files": 1, "tables": 0, "bytes": 15}
    assert command("purge", "--json").json == {"drafts": 0, "files": 0, "tables": 0, "bytes": 0}


def test_a_command_that_was_killed_leaves_no_draft_to_people(tmp_path: Path) -> None:
    many = tmp_path / "many.csv"
    many.write_bytes(csv_of(*rows_of(20_000)))
    with at_desk(tmp_path / "data") as desk:
        killed = start(tmp_path, "import", str(many))
        while not count(desk, draft):
            assert killed.poll() is None
        killed.kill()
        killed.communicate()
        assert listed(desk) == []
        assert drafts.find(desk).drafts == ()
        assert purged(desk).drafts == 1
    assert process(tmp_path, "import", str(many)).code == 0
