"""Commits: once, as shown, whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from komet_import import company, drafts, history, importer, jobs, post
from komet_import.desk import Desk, open_desk
from komet_import.errors import Refused, StoreUnavailable
from komet_import.store.imports import ImportState
from tests.stories import (
    FILE,
    NEW,
    TWO,
    at_desk,
    checked,
    committed,
    csv_of,
    edited,
    imported,
    is_empty,
    listed,
    rows_of,
    stored,
    uploaded,
)

ROOT = Path(__file__).parents[1]


def test_a_second_commit_of_a_draft_gives_the_first_result(desk: Desk) -> None:
    opened = uploaded(desk, TWO)
    other_tab = drafts.open_draft(desk, opened.stored.draft_id)
    record = committed(desk, opened)
    assert committed(desk, opened) == record
    assert committed(desk, other_tab) == record
    assert (len(listed(desk)), len(post.outbox(desk))) == (1, 1)
    assert drafts.get(desk, opened.stored.draft_id).import_id == record.import_id


def test_only_the_plan_that_was_shown_is_committed(desk: Desk) -> None:
    opened = uploaded(desk, TWO)
    shown = opened.draft.plan().hash
    edited(desk, opened, (2, "phone", "1"))
    with pytest.raises(Refused) as caught:
        importer.commit(desk, opened.stored.draft_id, shown, opened=opened)
    assert caught.value.code == "plan_moved"
    assert is_empty(desk)


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param({"Customer Code": "OLD", "Phone": "2"}, id="a customer that the plan updates"),
        pytest.param({"Customer Code": "SAME", "Phone": "2"}, id="a customer that the plan leaves as it is"),
        pytest.param(NEW | {"Customer Name": "First"}, id="a code that the plan gives away"),
    ],
)
def test_a_commit_is_refused_when_its_customers_moved_and_works_after_a_new_look(
    desk: Desk, meanwhile: dict[str, str]
) -> None:
    old, same = ({"Customer Code": code, "Customer Name": code} for code in ("OLD", "SAME"))
    imported(desk, csv_of(NEW | old, NEW | same))
    opened = uploaded(desk, csv_of(NEW | {"Phone": "3"}, NEW | old | {"Phone": "3"}, NEW | same))
    imported(desk, csv_of(meanwhile))
    before = stored(desk)
    with pytest.raises(Refused, match="nothing was imported") as caught:
        committed(desk, opened)
    assert caught.value.code == "plan_moved"
    assert stored(desk) == before
    assert len(listed(desk)) == 2
    again = drafts.open_draft(desk, opened.stored.draft_id)
    assert committed(desk, again).state is ImportState.COMMITTED
    assert {stored(desk)[code]["phone"] for code in ("ABC", "OLD")} == {"3"}


def test_a_commit_is_refused_when_the_companys_lists_moved(desk: Desk) -> None:
    opened = uploaded(desk, csv_of(NEW | {"Terms": "Net 30"}))
    document = company.document(desk)
    company.load(desk, "company.json", document | {"lists": document["lists"] | {"terms": []}})  # type: ignore[operator]
    with pytest.raises(Refused):
        committed(desk, opened)
    later = open_desk(desk.settings, desk.database)
    again = drafts.up_to_date(later, opened)
    assert [issue.code for issue in again.draft.issues(2)] == ["not_in_list"]


def test_the_same_bytes_again_are_refused_with_the_import_they_were(desk: Desk) -> None:
    content = csv_of(NEW)
    importer.refuse_repetition(desk, FILE, content)
    record = imported(desk, content)
    with pytest.raises(Refused, match=rf"\(import {record.import_id}\).*add --again") as caught:
        importer.refuse_repetition(desk, "other name.csv", content)
    assert caught.value.code == "already_imported"
    importer.refuse_repetition(desk, FILE, content + b"\n")


KILLED = """
import os, signal, sys
from pathlib import Path
from komet_import import drafts, importer
from tests.stories import at_desk
folder, draft_id, at = sys.argv[1:]

def progress(share):
    if share >= float(at):
        os.kill(os.getpid(), signal.SIGKILL)

with at_desk(Path(folder)) as desk:
    opened = drafts.open_draft(desk, draft_id)
    importer.commit(desk, draft_id, opened.draft.plan().hash, progress)
"""
INTERRUPTED = "It was interrupted; nothing was imported."


def _killed(folder: Path, draft_id: str, at: str) -> None:
    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(folder), draft_id, at], cwd=ROOT, capture_output=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("at", ["0", "0.8"], ids=["after the line", "in the middle"])
@pytest.mark.parametrize("swept", [False, True])
def test_a_killed_commit_leaves_its_line_alone_and_is_made_again(
    tmp_path: Path, at: str, swept: bool
) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(*rows_of(1000)))
        draft_id = uploaded(
            desk, csv_of(*(row | {"Phone": "305"} for row in rows_of(20_000)))
        ).stored.draft_id
    _killed(tmp_path, draft_id, at)
    with at_desk(tmp_path) as desk:
        line = listed(desk)[0]
        assert (line.state, line.rows, line.counts.rejected) == (ImportState.COMMITTING, 20_000, 20_000)
        figures = history.overview(desk, history.Period.MONTH, line.started_at).figures
        assert (figures.imports, figures.rows) == (1, 1000)
        assert importer.count_stored(desk) == 1000
        assert len(post.outbox(desk)) == 1
        assert {customer["phone"] for customer in stored(desk).values()} == {None}
        if swept:
            jobs.end_interrupted(desk.database)
            (told, _) = listed(desk)
            assert (told.import_id, told.state, told.failure) == (
                line.import_id,
                ImportState.FAILED,
                INTERRUPTED,
            )
        record = committed(desk, drafts.open_draft(desk, draft_id))
        assert (record.import_id, record.state, record.failure) == (
            line.import_id,
            ImportState.COMMITTED,
            None,
        )
        assert (record.counts.new, record.counts.update) == (19_000, 1000)
        assert importer.count_stored(desk) == 20_000
        assert (len(listed(desk)), len(post.outbox(desk))) == (2, 2)
        jobs.end_interrupted(desk.database)
        assert listed(desk)[0] == record
    with closing(sqlite3.connect(tmp_path / "komet.sqlite3")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)


COMMITS = """
import sys
from pathlib import Path
from komet_import import importer
from tests.stories import at_desk
folder, draft_id, shown = sys.argv[1:]
with at_desk(Path(folder)) as desk:
    print(importer.commit(desk, draft_id, shown).import_id)
"""


def test_another_process_commits_what_the_first_one_showed(tmp_path: Path) -> None:
    def elsewhere(draft_id: str, shown: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", COMMITS, str(tmp_path), draft_id, shown]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    with at_desk(tmp_path) as desk:
        opened = uploaded(desk, TWO)
        draft_id = opened.stored.draft_id
        edited(desk, opened, (3, "name", "DEF"))
        shown = opened.draft.plan().hash
        assert "nothing was imported" in elsewhere(draft_id, "another").stderr
        assert is_empty(desk)
        done = elsewhere(draft_id, shown)
        assert done.returncode == 0, done.stderr
        record = committed(desk, opened)
        assert (int(done.stdout), record.counts.new) == (record.import_id, 2)
        assert len(listed(desk)) == 1


def test_a_locked_database_says_so_and_loses_nothing(desk: Desk) -> None:
    opened = uploaded(desk, TWO)
    other = sqlite3.connect(desk.settings.data_dir / "komet.sqlite3", isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        for step in (
            lambda: uploaded(desk, TWO),
            lambda: edited(desk, opened, (3, "name", "DEF")),
            lambda: committed(desk, opened),
        ):
            with pytest.raises(StoreUnavailable, match=r"busy.*Nothing was changed") as caught:
                step()
            assert caught.value.code == "database_busy"
        assert checked(desk, TWO)["counts"]["new"] == 1
        assert opened.draft.text(3, "name") == ""
    edited(desk, opened, (3, "name", "DEF"))
    assert committed(desk, opened).counts.new == 2


def test_a_full_disk_says_so_and_loses_nothing(desk: Desk) -> None:
    opened = uploaded(desk, csv_of(*rows_of(2000)))
    with desk.database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(StoreUnavailable, match=r"disk.*full.*Nothing was changed") as caught:
        committed(desk, opened)
    assert caught.value.code == "disk_full"
    assert is_empty(desk)
    with desk.database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert committed(desk, opened).counts.new == 2000


def test_an_unforeseen_failure_stays_in_the_history_and_may_be_tried_again(desk: Desk) -> None:
    class Broken(Exception):
        pass

    def progress(_share: float) -> None:
        raise Broken

    opened = uploaded(desk, TWO)
    with pytest.raises(Broken):
        importer.commit(desk, opened.stored.draft_id, opened.draft.plan().hash, progress, opened=opened)
    (record,) = listed(desk)
    assert (record.state, record.rows, record.counts.rejected) == (ImportState.FAILED, 2, 2)
    assert record.failure is not None
    assert "nothing was imported" in record.failure
    assert (importer.count_stored(desk), post.outbox(desk)) == (0, [])
    assert committed(desk, opened).counts.new == 1


def test_of_two_imports_of_the_same_bytes_at_once_one_is_refused(desk: Desk) -> None:
    first, second = uploaded(desk, csv_of(NEW)), uploaded(desk, csv_of(NEW))
    committed(desk, first)
    again = drafts.open_draft(desk, second.stored.draft_id)
    plan = again.draft.plan().hash
    with pytest.raises(Refused, match="add --again") as caught:
        importer.commit(desk, again.stored.draft_id, plan, again=False, opened=again)
    assert caught.value.code == "already_imported"
    assert importer.commit(desk, again.stored.draft_id, plan, opened=again).counts.unchanged == 1
