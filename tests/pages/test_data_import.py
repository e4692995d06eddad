"""Data Import, one test a path of the screen."""

from __future__ import annotations

import gc
import re
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from streamlit.runtime.caching import clear_session_resource_cache as clear_session_cache
from streamlit.testing.v1 import AppTest

from komet_import import drafts
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft
from komet_import.review.rows import Rows
from komet_import.store import models
from komet_import.ui import wiring
from komet_import.ui.markdown import escape_markdown
from tests.pages.conftest import NEW, OpenApp, draft_of, figures, listed, upload, words, workbook
from tests.stories import NEW as ROW
from tests.stories import at_desk, colleague_of, committed, csv_of, edited, uploaded


def test_the_start_offers_templates_legend_drop_area_and_how_rows_match(open_app: OpenApp) -> None:
    app = open_app()
    assert not app.exception
    assert app.title[0].value == "Import from Excel"
    offered = [(button.proto.label, button.proto.disabled) for button in app.get("download_button")]
    assert offered == [("Download", False), ("Download", True), ("Download", False)], "nothing is stored"
    text = words(app)
    assert "Nothing is open" in text
    assert "How rows find their customer" in text
    assert any("Required" in html.proto.body for html in app.get("html"))


def test_an_uploaded_file_is_a_draft_in_the_address_and_is_reviewed(open_app: OpenApp) -> None:
    app = upload(
        open_app(), workbook(NEW, {**NEW, "code": "B", "name": "", "terms": "Net 3O"}, more=("Their note",))
    )
    assert not app.exception
    assert "draft" in app.query_params
    assert app.title[0].value == "customers\\.xlsx"
    assert figures(app) == {"Rows": "2", "New": "1", "Updated": "0", "Unchanged": "0", "Left out": "1"}
    text = words(app)
    assert "2 problems in 1 row" in text
    assert "Their note" in text
    assert escape_markdown("Row 3, Customer Name.") in text
    assert "1 new, 0 updated, 1 left out" in text


def test_rows_with_errors_and_skipped_ones_are_counted_apart(open_app: OpenApp) -> None:
    bad = [{**NEW, "code": f"B{n}", "name": ""} for n in range(3)]
    app = upload(open_app(), workbook(NEW, *bad))
    app.button(key="leave-out").click().run()
    assert not app.exception
    assert figures(app)["Left out\\: 2 with errors\\, 1 skipped"] == "3"
    assert "1 new, 0 updated, 2 with errors, 1 skipped" in words(app)
    assert "4 rows, 2 with errors, 1 skipped" in words(open_app())
    app.button(key="import").click().run()
    assert "rows 3, 4 and 5: 2 with errors, 1 skipped; the discrepancy workbook says why" in words(app)
    app.button(key="confirm").click().run()
    assert "2 with errors, 1 skipped." in words(app)
    shown = open_app("import_history.py", **{"import": "1"})
    assert "of 4 rows\\, 1 new\\, 2 with errors and 1 skipped\\." in words(shown)


def test_rows_that_were_only_skipped_hold_nothing_back(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook(NEW, {**NEW, "code": "B", "name": ""}))
    app.checkbox(key=f"all-or-nothing-{draft_of(app)}").check().run()
    assert app.button(key="import").disabled
    app.button(key="leave-out").click().run()
    assert not app.button(key="import").disabled
    app.button(key="import").click().run()
    app.button(key="confirm").click().run()
    assert app.title[0].value == "1 row imported"


def test_a_column_that_is_wrong_as_a_whole_is_asked_about_before_its_problems(open_app: OpenApp) -> None:
    rows = [{**NEW, "code": f"C{n}", "name": f"N{n}", "terms": "x"} for n in range(10)]
    app = upload(open_app(), workbook(*rows))
    assert [warning.value for warning in app.warning] == [
        "**Terms:** 10 of 10 filled cells are wrong. Is this the right column?"
    ]
    assert not open_app().warning


def test_a_suggestion_is_a_click_away_and_can_be_undone_and_redone(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}))
    assert figures(app)["Left out"] == "1"
    app.button(key="use").click().run()
    assert figures(app)["Left out"] == "0"
    app.button(key="do-undo").click().run()
    assert figures(app)["Left out"] == "1"
    app.button(key="do-redo").click().run()
    assert figures(app)["Left out"] == "0"
    assert not app.exception


def test_a_cell_that_somebody_else_edited_meanwhile_keeps_their_text_and_both_are_told(
    open_app: OpenApp, tmp_path: Path
) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}))
    with at_desk(tmp_path) as desk:
        ana = colleague_of(desk, "Ana Torres")
        hers = drafts.open_draft(ana, draft_of(app))

        edited(ana, hers, (2, "terms", "*Net* 45"))
        app.button(key="use").click().run()
        told = "Row 2, Terms: Ana Torres typed “*Net* 45” meanwhile; your “Net 30” was not taken."
        assert app.warning[0].value == escape_markdown(told)
        assert app.button(key="do-undo").disabled

        edited(ana, hers, (2, "terms", "Net 3O"))
        app.run()
        app.button(key="use").click().run()
        edited(ana, drafts.up_to_date(ana, hers), (2, "terms", "Net 60"))
        app.button(key="do-undo").click().run()
        told = "Row 2, Terms: Ana Torres typed “Net 60” after you, and that stays."
        assert app.warning[0].value == escape_markdown(told)
        assert figures(app)["Left out"] == "0"


def test_a_draft_opens_again_with_its_edits_and_stands_in_the_list(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}))
    app.button(key="use").click().run()
    draft_id = draft_of(app)
    again = open_app(draft=draft_id)
    assert figures(again)["Left out"] == "0"
    start = open_app()
    assert "1 row, none with errors" in words(start)
    start.button(key=f"continue-{draft_id}").click().run()
    assert figures(start)["Rows"] == "1"


def test_choosing_a_problem_shows_just_its_rows_and_filters_and_search_find_others(open_app: OpenApp) -> None:
    rows = [{**NEW, "code": f"C{i}", "name": f"Name {i}"} for i in range(5)]
    rows[3]["terms"] = "Nett"
    app = upload(open_app(), workbook(*rows))
    app.button(key="problem-terms-not_in_list").click().run()
    assert app.session_state["views"][draft_of(app)]["rows"].tolist() == [5]
    app.segmented_control(key="filter").set_value("new").run()
    assert app.session_state["views"][draft_of(app)]["rows"].tolist() == [2, 3, 4, 6]
    app.text_input(key="search").set_value("name 4").run()
    assert app.session_state["views"][draft_of(app)]["rows"].tolist() == [6]
    app.text_input(key="search").set_value("nobody").run()
    assert escape_markdown("No row of “New” holds “nobody”.") in words(app)


def test_an_import_is_confirmed_committed_once_and_accounted_for(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook(NEW, {**NEW, "code": "B", "name": ""}))
    app.button(key="import").click().run()
    assert "new customer" in words(app)
    assert "No stored value is cleared." in words(app)
    app.button(key="confirm").click().run()
    assert not app.exception
    assert app.title[0].value == "1 row imported"
    assert figures(app) == {
        "Rows in the file": "2",
        "New": "1",
        "Updated": "0",
        "Unchanged": "0",
        "Left out": "1",
    }
    assert "1 row was left out" in words(app)
    assert "admin" in words(app)
    draft_id = draft_of(app)
    again = open_app(draft=draft_id)
    assert again.title[0].value == "1 row imported"
    history = open_app("import_history.py")
    assert listed(history, "history-list")["File"] == ["customers.xlsx"]


def test_the_same_file_again_asks_first_and_then_changes_nothing(open_app: OpenApp) -> None:
    content = workbook(NEW)
    app = upload(open_app(), content)
    app.button(key="import").click().run()
    app.button(key="confirm").click().run()
    again = upload(open_app(), content)
    assert "was imported already" in words(again)
    assert "draft" not in again.query_params
    again.button(key="again").click().run()
    assert figures(again)["Unchanged"] == "1"
    assert again.button(key="import").disabled


def test_nothing_goes_in_while_a_row_has_errors_when_so_chosen(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook(NEW, {**NEW, "code": "B", "name": ""}))
    app.checkbox[0].check().run()
    assert app.button(key="import").disabled
    app.checkbox[0].uncheck().run()
    assert not app.button(key="import").disabled


def test_customers_that_moved_since_the_preview_are_not_overwritten(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook(NEW))
    app.button(key="import").click().run()
    other = upload(open_app(), workbook({**NEW, "phone": "305"}))
    other.button(key="import").click().run()
    other.button(key="confirm").click().run()
    assert other.title[0].value == "1 row imported"
    app.button(key="confirm").click().run()
    assert "Stored customers changed since this preview" in words(app)
    assert figures(app)["Unchanged"] == "1"


def test_a_sheet_is_chosen_when_several_could_be_meant(open_app: OpenApp) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(NEW)))
    other = book.create_sheet("Los Angeles")
    other.append(["Customer Code", "Customer Name"])
    other.append(["LA1", "Angel"])
    other.append(["LA2", "Angeles"])
    out = BytesIO()
    book.save(out)
    app = upload(open_app(), out.getvalue())
    first = app.query_params["draft"]
    assert figures(app)["Rows"] == "1"
    app.segmented_control(key="sheet").set_value("Los Angeles").run()
    assert not app.exception
    assert figures(app)["Rows"] == "2"
    assert not app.exception
    second = app.query_params["draft"]
    assert second != first
    app.segmented_control(key="sheet").set_value("Sheet").run()
    assert app.query_params["draft"] == first
    text = words(open_app())
    assert "Sheet Sheet\\, today" in text and "Sheet Los Angeles\\, today" in text


def test_a_sheet_that_cannot_be_used_leaves_the_one_that_is_open(open_app: OpenApp) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook({**NEW, "terms": "Net 3O"})))
    book.create_sheet("Notes").append(["Customer Code", "Customer Name"])
    out = BytesIO()
    book.save(out)
    app = upload(open_app(), out.getvalue())
    first = app.query_params["draft"]
    app.button(key="use").click().run()
    app.segmented_control(key="sheet").set_value("Notes").run()
    assert not app.exception
    assert "no rows below them" in words(app)
    assert (app.query_params["draft"], app.segmented_control(key="sheet").value) == (first, "Sheet")
    assert app.title[0].value == "customers\\.xlsx"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a workbook"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "not a workbook"),
        (b"a,b\n1,2\n", "no row with our headers"),
        (b"Customer Code,Customer Name\n", "no rows"),
        (b"Customer Name\nRosa\n", "lacks the column Customer ID or Customer Code"),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence_and_loses_nothing(
    open_app: OpenApp, content: bytes, sentence: str
) -> None:
    app = upload(open_app(), content, "my *file*.xlsx")
    assert not app.exception
    assert sentence in words(app)
    assert "draft" not in app.query_params


def test_a_draft_that_is_unknown_gets_a_plain_sentence(open_app: OpenApp) -> None:
    app = open_app(draft="../../etc/passwd")
    assert not app.exception
    assert "This draft does not exist any more" in words(app)
    assert app.title[0].value == "Import from Excel"
    assert "Continue a draft" in words(app)


def test_a_draft_without_corrections_is_discarded_at_once_and_can_be_taken_back(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook(NEW))
    draft_id = draft_of(app)
    start = open_app()
    start.button(key=f"discard-{draft_id}").click().run()
    assert "discarded today" in words(start)
    assert "continue" not in buttons(start)
    start.button(key=f"take-back-{draft_id}").click().run()
    assert "discarded" not in words(start)
    start.button(key=f"continue-{draft_id}").click().run()
    assert figures(start)["Rows"] == "1"


def test_corrections_are_discarded_only_when_that_is_meant(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}))
    app.button(key="use").click().run()
    draft_id = draft_of(app)
    start = open_app()
    assert "1 row, none with errors, 1 correction" in words(start)
    for answer in ("keep", "discard"):
        start.button(key=f"discard-{draft_id}").click().run()
        assert "can be taken back for 30 days" in words(start)
        assert "continue" in buttons(start)
        start.button(key=answer).click().run()
        assert "can be taken back for 30 days" not in words(start)
    assert "take-back" in buttons(start)
    start.run()
    assert "take-back" in buttons(start), "until the page is left"
    assert "Nothing is open" in words(open_app())


def test_a_discarded_draft_says_so_at_its_own_address_and_can_be_taken_back_there(
    open_app: OpenApp, tmp_path: Path
) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}), "spring *new*.xlsx")
    app.button(key="use").click().run()
    draft_id = draft_of(app)
    with at_desk(tmp_path) as desk:
        drafts.discard(colleague_of(desk, "Ana Torres"), draft_id)
    again = open_app(draft=draft_id)
    assert again.title[0].value == "Import from Excel"
    assert re.search(r"spring \\\*new\\\*\\.xlsx\*\* was discarded on .* by Ana Torres\.", words(again))
    again.button(key=f"take-back-{draft_id}").click().run()
    assert again.title[0].value == escape_markdown("spring *new*.xlsx")
    assert figures(again)["Left out"] == "0"


def test_all_drafts_are_found_by_file_and_by_person_and_the_discarded_ones_taken_back(
    open_app: OpenApp, tmp_path: Path
) -> None:
    open_app()
    with at_desk(tmp_path) as desk:
        ana = colleague_of(desk, "Ana Torres")
        made = [uploaded(desk, csv_of(ROW)).stored.draft_id for _ in range(23)]
        hers = uploaded(ana, csv_of(ROW)).stored.draft_id
        drafts.discard(desk, made.pop())
    start = open_app()
    assert buttons(start).count("continue") == 4
    assert 'href="/?drafts=open" target="_self">All 23 drafts' in htmls(start)
    listed = open_app(drafts="open")
    assert (listed.title[0].value, buttons(listed).count("continue")) == ("Drafts", 20)
    assert "1–20 of 23" in words(listed)
    listed.text_input(key="find").set_value("TORRES").run()
    assert [key for key in keys(listed) if key.startswith("continue")] == [f"continue-{hers}"]
    listed.text_input(key="find").set_value("nobody").run()
    assert "No draft is found by this" in words(listed)
    listed.text_input(key="find").set_value("").run()
    listed.segmented_control(key="drafts-state").set_value("discarded").run()
    assert (listed.query_params["drafts"], buttons(listed).count("continue")) == ("discarded", 0)
    (key,) = (key for key in keys(listed) if key.startswith("take-back"))
    listed.button(key=key).click().run()
    assert "No draft was discarded of late" in words(listed)
    assert "1–20 of 24" in words(open_app(drafts="open"))


def keys(app: AppTest) -> list[str]:
    return [button.key or "" for button in app.button]


def buttons(app: AppTest) -> list[str]:
    """What the buttons of drafts do."""
    deeds = ("continue", "take-back", "discard")
    return [deed for key in keys(app) for deed in deeds if key.startswith(f"{deed}-")]


def htmls(app: AppTest) -> str:
    return "\n".join(html.proto.body for html in app.get("html"))


def test_a_long_name_gives_way_in_its_middle_and_the_pointer_shows_the_whole(open_app: OpenApp) -> None:
    name = f"{'customers-' * 9}november <2>.xlsx"
    app = upload(open_app(), workbook(NEW), name)
    assert not app.title
    whole = name.replace("<", "&lt;").replace(">", "&gt;")
    assert f'<h1 class="komet-title" dir="auto" title="{whole}" aria-label="{whole}">' in htmls(app)
    assert "<span>rs-november &lt;2&gt;.xlsx</span></h1>" in htmls(app)
    assert f'<div class="komet-file" title="{whole}">{whole}</div>' in htmls(open_app())


def test_an_unusable_file_leaves_the_drafts_and_the_help_where_they_are(open_app: OpenApp) -> None:
    draft_id = draft_of(upload(open_app(), workbook(NEW)))
    app = upload(open_app(), b"no workbook", "bad.xlsx")
    assert "no row with our headers" in words(app)
    assert f"continue-{draft_id}" in keys(app)
    assert "How rows find their customer" in words(app)


def test_a_page_that_failed_before_it_began_has_its_title(open_app: OpenApp, tmp_path: Path) -> None:
    draft_id = draft_of(upload(open_app(), workbook(NEW)))
    with at_desk(tmp_path) as desk, desk.database.writing() as connection:
        connection.execute(sa.delete(models.upload_table))
        connection.execute(sa.update(models.upload).values(content=b"PK\x03\x04", held="plain"))
    wiring._open_drafts()._kept.clear()
    app = open_app(draft=draft_id)
    assert [title.value for title in app.title] == ["Import from Excel"]
    assert "is damaged" in words(app)


def test_what_comes_after_the_import_is_told_and_so_is_the_way_on(open_app: OpenApp, tmp_path: Path) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}))
    draft_id = draft_of(app)
    grid = app.session_state[f"review-grid-{draft_id}-1"]
    with at_desk(tmp_path) as desk:
        committed(desk, edited_terms(desk, draft_id))
    grid["unsaved"] = {1: (2, "name", "A", "B"), 2: (2, "name", "Mi*a*", "A"), 3: (2, "_left_out", "Yes", "")}
    app.run()
    assert app.title[0].value == "1 row imported"
    (told,) = (warning.value for warning in app.warning)
    assert escape_markdown("“Mi*a*” in row 2, Customer Name came after the import and was not taken.") in told
    assert escape_markdown("“Skip” in row 2 came after the import") in told
    assert "correct the row in your file" in told
    app.button(key="close-late").click().run()
    assert not app.warning


def test_a_click_that_comes_after_the_import_is_told_too(open_app: OpenApp, tmp_path: Path) -> None:
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}))
    with at_desk(tmp_path) as desk:
        committed(desk, edited_terms(desk, draft_of(app)))
    app.button(key="use").click().run()
    assert app.title[0].value == "1 row imported"
    assert ["imported or discarded already" in warning.value for warning in app.warning] == [True]
    app.run()
    assert app.warning


def test_what_comes_after_the_draft_was_discarded_is_in_it_when_it_is_taken_back(
    open_app: OpenApp, tmp_path: Path
) -> None:
    app = upload(open_app(), workbook(NEW))
    draft_id = draft_of(app)
    grid = app.session_state[f"review-grid-{draft_id}-1"]
    with at_desk(tmp_path) as desk:
        drafts.discard(desk, draft_id)
    grid["unsaved"] = {1: (2, "name", "Mia", "ABC Wholesale")}
    app.run()
    assert "“Mia” in row 2\\, Customer Name came after the draft was discarded" in app.warning[0].value
    app.button(key=f"take-back-{draft_id}").click().run()
    app.run()
    assert not app.warning
    with at_desk(tmp_path) as desk:
        assert drafts.open_draft(desk, draft_id).draft.text(2, "name") == "Mia"


def edited_terms(desk: Desk, draft_id: str) -> OpenDraft:
    opened = drafts.open_draft(desk, draft_id)
    edited(desk, opened, (2, "terms", "Net 30"))
    return opened


def test_a_draft_whose_customers_changed_meanwhile_shows_the_figures_of_now_and_says_so(
    open_app: OpenApp,
) -> None:
    app = upload(open_app(), workbook(NEW, {**NEW, "code": "B", "name": "Rosa"}))
    assert figures(app)["New"] == "2"
    other = upload(open_app(), workbook({**NEW, "phone": "305"}))
    other.button(key="import").click().run()
    other.button(key="confirm").click().run()
    app.button(key="import").click().run()
    assert (figures(app)["New"], figures(app)["Unchanged"]) == ("1", "1")
    assert "Stored customers changed meanwhile" in words(app)
    app.button(key="confirm").click().run()
    assert app.title[0].value == "1 row imported"
    reloaded = open_app(draft=draft_of(app))
    assert "Stored customers changed meanwhile" not in words(reloaded)


def test_a_page_that_is_left_open_does_not_hold_its_draft_in_memory(open_app: OpenApp) -> None:
    """Whatever it offers to click: the next click opens the draft again."""
    before = rows_in_memory()
    app = upload(open_app(), workbook({**NEW, "terms": "Net 3O"}, {**NEW, "code": "B", "name": "B"}))
    app.button(key="import").click().run()
    assert rows_in_memory() == before + 1
    wiring._open_drafts()._kept.clear()
    assert rows_in_memory() == before
    app.button(key="confirm").click().run()
    assert app.title[0].value == "1 row imported"
    assert not app.exception


def rows_in_memory() -> int:
    """Of how many drafts."""
    gc.collect()
    return sum(isinstance(thing, Rows) for thing in gc.get_objects())


def test_a_tab_that_is_closed_lets_go_of_its_draft(open_app: OpenApp) -> None:
    app = upload(open_app(), workbook(NEW))
    kept = wiring._open_drafts()
    assert list(kept._tabs) == [(1, draft_of(app))]
    app.run()
    clear_session_cache("test session id")  # as Streamlit does when a tab's connection ends
    assert list(kept._tabs) == []
