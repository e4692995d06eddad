"""Import History, one test a path of the screens; clicks on canvases are in the address."""

from __future__ import annotations

import csv
import io
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
import streamlit as st
from streamlit.testing.v1 import AppTest

from komet_import import company, history
from komet_import.schema.company import Role
from komet_import.store import companies
from komet_import.store.discrepancies import MOST_KEPT
from komet_import.store.history import WantedImports
from komet_import.store.models import import_, mail
from komet_import.ui.downloads import TableDownload, _csv, _workbook
from komet_import.ui.history.rows_chart import scale_end
from komet_import.workbook.table_file import inert
from tests.mail.post_office import Mailbox, post_office
from tests.pages.conftest import NEW, OpenApp, figures, listed, upload, words, workbook
from tests.stories import at_desk, csv_of, rows_of
from tests.stories import imported as import_of

PAGE = "import_history.py"
BAD = {**NEW, "code": "B", "name": "Rosa", "terms": "Nett"}


def commit(open_app: OpenApp, *rows: dict[str, str], name: str = "customers.xlsx") -> None:
    app = upload(open_app(), workbook(*rows), name)
    app.button(key="import").click().run()
    app.button(key="confirm").click().run()
    assert not app.exception


@pytest.fixture
def imported(open_app: OpenApp) -> OpenApp:
    """Import 1 brings a customer in; import 2 updates it and leaves a row out."""
    commit(open_app, NEW, name="first [x](y).xlsx")
    commit(open_app, {**NEW, "phone": "305"}, BAD, name="second.xlsx")
    return open_app


def files(app: AppTest) -> list[str]:
    assert not app.exception, app.exception
    return listed(app, "history-list").get("File", [])


def test_a_period_shows_its_figures_charts_and_imports(imported: OpenApp) -> None:
    app = imported(PAGE)
    assert files(app) == ["second.xlsx", "first [x](y).xlsx"]
    shown = figures(app)
    assert (shown["Imports"], shown["Rows"], shown["New"]) == ("2", "3", "1")
    assert (shown["Left out"], shown["Share left out"], shown["E\\-mails waiting"]) == ("1", "33.3 %", "2")
    charts = [chart.proto.alt for chart in app.get("vega_lite_chart")]
    assert any("2 imports, 1 updated or unchanged, 1 new, 1 left out" in told for told in charts)
    assert any("Terms, not in the list: 1 in 1 import" in told for told in charts)
    assert listed(app, "history-list")["E-mail"] == ["Waiting", "Waiting"]


@pytest.mark.parametrize(
    ("rows", "end"),
    [
        ([], 1),
        ([0, 0], 1),
        ([7], 7),
        ([100, 40, 90], 100),
        ([80, 5200, 100, 60], 130),
        ([80, 9000, 60, 5200], 104),
        ([5200, 0], 5200),
        ([9000, 2000, 400, 90, 10], 520),
    ],
)
def test_one_or_two_large_imports_do_not_flatten_the_others(rows: list[int], end: int) -> None:
    assert scale_end(rows) == end


def test_a_broken_bar_says_how_many_rows_it_stands_for(open_app: OpenApp, tmp_path: Path) -> None:
    """And its parts keep their proportions."""
    now = datetime.now(UTC)
    with at_desk(tmp_path) as desk:
        for weeks, rows in ((6, rows_of(40)), (3, rows_of(2)), (1, rows_of(3))):
            record = import_of(desk, csv_of(*rows))
            with desk.database.writing() as connection:
                of_it = sa.update(import_).where(import_.c.id == record.import_id)
                connection.execute(of_it.values(finished_at=now - timedelta(weeks=weeks)))
    chart = open_app(PAGE).get("vega_lite_chart")[0].proto
    assert b"40 rows" in chart.SerializeToString()
    assert "1 import, 0 updated or unchanged, 40 new, 0 left out" in chart.alt


def test_filters_narrow_the_list_and_count_the_states(imported: OpenApp) -> None:
    app = imported(PAGE)
    app.toggle(key="left-out").set_value(True).run()
    assert files(app) == ["second.xlsx"]
    app.toggle(key="left-out").set_value(False).run()
    app.text_input(key="search").set_value("FIRST [").run()
    assert files(app) == ["first [x](y).xlsx"]
    app.text_input(key="search").set_value("nothing").run()
    assert "No import fits" in words(app)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("terms.not_in_list", ["second.xlsx"]),
        ("terms.required", []),
        ("x'.not_in_list", ["second.xlsx", "first [x](y).xlsx"]),
        ("<b>", ["second.xlsx", "first [x](y).xlsx"]),
    ],
)
def test_a_problem_in_the_address_filters_when_there_is_such_a_kind(
    imported: OpenApp, problem: str, expected: list[str]
) -> None:
    assert files(imported(PAGE, problem=problem)) == expected


def test_what_a_chart_chose_can_be_taken_away(imported: OpenApp) -> None:
    app = imported(PAGE, problem="terms.not_in_list")
    app.button(key="without-problem").click().run()
    assert len(files(app)) == 2
    assert len(files(imported(PAGE, bar="1999-01-04"))) == 2


def test_an_old_import_is_outside_the_period(imported: OpenApp, tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk, desk.database.writing() as connection:
        old = datetime(2001, 5, 5, tzinfo=UTC)
        connection.execute(sa.update(import_).values(started_at=old, finished_at=old))
    app = imported(PAGE)
    assert "Nothing was imported in the last 90 days. Choose a longer period." in words(app)
    app.segmented_control(key="period").set_value("All").run()
    assert len(files(app)) == 2
    assert "**Rows a year**" in words(app)


@pytest.fixture
def analyst(imported: OpenApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenApp]:
    """An analyst who has imported nothing, beside an administrator who has."""
    with at_desk(tmp_path) as desk, desk.database.writing() as connection:
        companies.add_person(connection, desk.company.company_id, "joe@x.example", "Joe", Role.ANALYST)
    monkeypatch.setenv("KOMET_PERSON", "joe@x.example")
    yield imported


def test_an_analyst_sees_only_their_own_imports(analyst: OpenApp) -> None:
    assert "Nothing was imported yet" in words(analyst(PAGE))
    app = analyst(PAGE, **{"import": "1"})
    assert "There is no import 1" in words(app)
    assert not app.get("bidi_component")
    commit(analyst, {**NEW, "phone": "1"}, name="mine.xlsx")
    assert files(analyst(PAGE)) == ["mine.xlsx"]


def test_a_draft_that_a_colleague_imported_says_so_and_shows_nothing_of_it(
    analyst: OpenApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        (draft_id,) = {
            line.record.draft_id for line in history.find(desk, WantedImports(search="second")).lines
        }
    app = analyst(draft=draft_id)
    assert "A colleague imported second\\.xlsx" in words(app)
    assert not (app.metric or app.table)
    assert [title.value for title in app.title] == ["Import from Excel"]


def test_an_analyst_is_told_that_a_file_is_in_but_not_led_to_anothers_import(
    analyst: OpenApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        content = history.original_file(desk, 1)
    app = upload(analyst(), content, "copy.xlsx")
    assert "was imported already" in words(app)
    assert not app.get("page_link")


def test_one_import_tells_what_happened_and_filters_its_audit(imported: OpenApp) -> None:
    app = imported(PAGE, **{"import": "2"})
    assert not app.exception
    assert "of 2 rows\\, 1 updated and 1 left out\\." in words(app)
    assert listed(app, "changes")["Customer"] == ["ABC Wholesale (ABC)"]
    app.text_input(key="changes-customer-2").set_value("nobody").run()
    assert "No change fits these filters." in words(app)


def test_of_very_many_discrepancies_the_first_are_shown_and_all_are_counted(
    open_app: OpenApp, tmp_path: Path
) -> None:
    count = MOST_KEPT + 1
    rows = ({"Customer Code": f"C{n}", "Customer Name": "", "Terms": "x"} for n in range(count))
    with at_desk(tmp_path) as desk:
        record = import_of(desk, csv_of(*rows))
    app = open_app(PAGE, **{"import": f"{record.import_id}"})
    text = words(app)
    kept = 4 * MOST_KEPT + 1  # name, terms, two locations; and one more row's first error
    assert (
        f"The first {kept:,} of {4 * count:,}; of each row left out at least its first error is here." in text
    )
    result = open_app(draft=record.draft_id)
    assert f"The first 50 of {4 * count:,}; the workbook and the history hold the first {kept:,}." in words(
        result
    )


def test_a_rename_is_an_entry_of_its_own_without_a_file(open_app: OpenApp, tmp_path: Path) -> None:
    commit(open_app, {**NEW, "terms": "Net 30"})
    with at_desk(tmp_path) as desk:
        company.rename_value(desk, "terms", "Net 30", "Net *31*")
    app = open_app(PAGE)
    assert files(app) == ["Net 30 renamed to Net *31*", "customers.xlsx"]
    app = open_app(PAGE, **{"import": "2"})
    assert not app.exception
    assert "1 customer got the new name" in words(app)
    changes = listed(app, "changes")
    assert [changes[header] for header in ("Column", "Old value", "New value")] == [
        ["Terms"],
        ["Net 30"],
        ["Net *31*"],
    ]
    assert "Row" not in changes
    for of_files in ("Rows in the file", "Discrepancies", " kB"):
        assert of_files not in words(app)
    assert "Original file" not in str(app)
    card = open_app("customers.py", customer="1")
    assert "Net 30 renamed to Net *31*" in "\n".join(element.proto.body for element in card.get("html"))


def test_an_e_mail_is_sent_again(imported: OpenApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mailbox = Mailbox()
    with at_desk(tmp_path) as desk, desk.database.writing() as connection:
        connection.execute(sa.update(mail).values(state="failed", last_error="No."))
    with post_office(mailbox) as server:
        monkeypatch.setenv("KOMET_SMTP_HOST", server.host)
        monkeypatch.setenv("KOMET_SMTP_PORT", str(server.port))
        monkeypatch.setenv("KOMET_SMTP_SECURITY", server.security.value)
        monkeypatch.setenv("KOMET_MAIL_FROM", "komet@x.example")
        st.cache_resource.clear()  # as after a restart: who sends, and through which server, is decided once
        app = imported(PAGE, **{"import": "2"})
        assert "Not sent" in words(app)
        app.button(key="send-again").click().run()
        assert not app.exception
        until = time.monotonic() + 20
        while not mailbox.envelopes and time.monotonic() < until:
            time.sleep(0.05)
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [["admin@localhost"]]
    with at_desk(tmp_path) as desk, desk.database.reading() as connection:
        assert connection.execute(sa.select(mail.c.state).order_by(mail.c.id)).scalars().first() == "failed"


def test_what_keeps_the_worker_from_the_e_mails_is_told(imported: OpenApp, tmp_path: Path) -> None:
    assert "E-mails were not tried" not in words(imported(PAGE, **{"import": "2"}))
    for kept in (tmp_path / "outbox").iterdir():
        kept.unlink()
    (tmp_path / "outbox").rmdir()
    (tmp_path / "outbox").write_text("in the way")
    st.cache_resource.clear()  # as after a restart
    app = imported(PAGE, **{"import": "2"})
    until = time.monotonic() + 20
    while "E-mails were not tried" not in words(app) and time.monotonic() < until:
        app.run()
    assert re.search(
        r"E-mails were not tried: .* make the folder writable, .* They are tried again at \d\d:\d\d\.",
        words(app).replace("\\", ""),
    )


# -- downloads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "-1+cmd|' /C calc'!A0"]
)
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    table = TableDownload("T", "t", ["A", "B"], lambda: [[text, -5]], 1)
    (row,) = list(csv.reader(io.StringIO(_csv(table).decode("utf-8-sig"), newline="")))[1:]
    assert row == ["'" + text, "-5"]
    sheet = openpyxl.load_workbook(io.BytesIO(_workbook(table))).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.data_type, sheet["B2"].value) == ("s", -5)


@pytest.mark.parametrize("text", ["-5.00", "Rosa", "a=b", "", "00123", "💐"])
def test_other_texts_and_numbers_stay_as_they_are(text: str) -> None:
    assert inert(text) == text


def test_a_long_table_loses_no_row() -> None:
    table = TableDownload("T", "t", ["A"], lambda: ([n] for n in range(500)), 500)
    sheet = openpyxl.load_workbook(io.BytesIO(_workbook(table))).active
    assert sheet is not None
    assert [cell.value for cell in sheet["A"]][1:] == list(range(500))
