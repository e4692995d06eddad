"""The review, one test a path: the sentence that follows the row, the filters and their columns, the way from problem to problem."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from komet_import.ui.markdown import escape_markdown
from tests.pages.conftest import NEW, OpenApp, draft_of, figures, upload, words, workbook

STORED = [NEW | {"phone": "305-1", "terms": "Net 30"}, NEW | {"code": "DEF", "name": "Def", "phone": "1"}]


def review(open_app: OpenApp, *rows: dict[str, str], stored: bool = False) -> AppTest:
    """Of a file with these rows, after STORED was imported."""
    if stored:
        app = upload(open_app(), workbook(*STORED, more=("Theirs",)), "stored.xlsx")  # other bytes
        app.button(key="import").click().run()
        app.button(key="confirm").click().run()
    app = upload(open_app(), workbook(*rows))
    assert not app.exception
    return app


def view(app: AppTest) -> Any:
    return app.session_state["views"][draft_of(app)]


def stand_in(app: AppTest, row: int, key: str) -> AppTest:
    """As the grid tells it; the grid itself is opaque to AppTest."""
    view(app)["focus"] = [row, key]
    return app.run()


def says(app: AppTest, sentence: str) -> bool:
    return escape_markdown(sentence) in words(app)


def choose(app: AppTest, one: str) -> AppTest:
    return app.segmented_control(key="filter").set_value(one).run()


def test_the_sentence_follows_the_row_one_stands_in(open_app: OpenApp) -> None:
    app = review(
        open_app,
        STORED[0] | {"phone": "305-2", "terms": "Net 15", "fax": "1", "city": "Doral"},
        STORED[1] | {"fax": "x" * 99},
        NEW | {"code": "N", "name": "N"},
        STORED[1] | {"code": "Q", "name": "Q", "terms": "Net 3O", "fax": "y" * 99},
        stored=True,
    )
    stand_in(app, 2, "_row")
    assert says(app, "Row 2 is updated: Phone 305-1 → 305-2, Fax (blank) → 1 and 1 more.")
    stand_in(app, 2, "terms")
    assert says(app, "Row 2 is updated: Terms Net 30 → Net 15, Phone 305-1 → 305-2 and 1 more.")
    assert app.button(key="leave-out").label == "Skip row 2"
    stand_in(app, 3, "name")
    assert says(app, "Row 3, Fax.")
    assert app.button(key="leave-out").label == "Skip row 3"
    stand_in(app, 4, "phone")
    assert says(app, "Row 4 is new.")
    stand_in(app, 5, "_action")
    assert says(app, "Row 5, Fax.")
    stand_in(app, 5, "terms")
    assert says(app, "Row 5, Terms.")
    assert app.button(key="use").label == "Use Net 30"
    app.button(key="leave-out").click().run()
    assert says(app, "Row 5 is skipped.")
    assert app.button(key="leave-out").label == "Take row 5 back"
    app.button(key="leave-out").click().run()
    assert says(app, "Row 5, Terms.")


def test_a_row_that_repeats_what_is_stored_changes_nothing(open_app: OpenApp) -> None:
    app = review(open_app, *STORED, stored=True)
    assert says(stand_in(app, 3, "code"), "Row 3 changes nothing.")
    assert "No row changes anything." in words(app)


def test_a_skipped_row_is_in_no_list_of_problems(open_app: OpenApp) -> None:
    app = review(open_app, NEW, NEW | {"code": "B", "name": ""}, NEW | {"code": "C", "name": ""})
    assert "2 problems in 2 rows" in words(app)
    app.button(key="leave-out").click().run()
    assert "1 problem in 1 row" in words(app)
    assert [option for option in app.segmented_control(key="filter").options if "2" in option] == [
        "Left out 2"
    ]
    app.button(key="leave-out").click().run()
    assert "2 problems in 2 rows" in words(app)


def test_every_filter_says_how_many_rows_it_has_and_finds_them(open_app: OpenApp) -> None:
    app = review(
        open_app,
        STORED[0] | {"phone": "2"},
        STORED[1],
        NEW | {"code": "N", "name": "N"},
        NEW | {"code": "B", "name": ""},
        NEW | {"code": "C", "name": "C"},
        stored=True,
    )
    stand_in(app, 6, "code").button(key="leave-out").click().run()
    assert app.segmented_control(key="filter").options == [
        "All 5",
        "Problems 1",
        "New 1",
        "Updated 1",
        "Unchanged 1",
        "Left out 2",
    ]
    found = {one: view(choose(app, one))["rows"].tolist() for one in ("new", "updated", "unchanged")}
    assert found == {"new": [4], "updated": [2], "unchanged": [3]}
    assert view(choose(app, "left-out"))["rows"].tolist() == [5, 6]
    assert view(choose(app, "problems"))["rows"].tolist() == [5]


def test_updated_rows_say_what_changes_until_one_stands_in_one(open_app: OpenApp) -> None:
    app = review(
        open_app, STORED[0] | {"phone": "2", "terms": "Net 15"}, STORED[1] | {"phone": "2"}, stored=True
    )
    choose(app, "updated")
    assert says(app, "3 values change: Phone 2 and Terms 1.")
    assert view(app)["columns"] == ["phone", "terms"]
    assert says(stand_in(app, 3, "code"), "Row 3 is updated: Phone 1 → 2.")


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        ("problems", "All 2 rows are ready to import."),
        ("updated", "No updates in this file."),
        ("unchanged", "No unchanged rows in this file."),
        ("left-out", "No row is left out."),
        ("new", "2 rows are new."),
        ("all", "All 2 rows are ready to import."),
    ],
)
def test_each_emptiness_has_one_sentence(open_app: OpenApp, one: str, sentence: str) -> None:
    app = choose(review(open_app, NEW, NEW | {"code": "B", "name": "B"}), one)
    assert says(app, sentence)
    assert "All 2 rows are ready to import." in words(app), "the list of problems says the same"


# -- from problem to problem -----------------------------------------------------------------------------------------


def many(count: int) -> list[dict[str, str]]:
    """As many rows with a problem of their own."""
    return [NEW | {"code": f"C{n}", "name": f"N{n}", "terms": "Net 3O"} for n in range(count)]


def test_the_next_problem_is_found_over_the_pages_and_from_the_first_again(open_app: OpenApp) -> None:
    app = review(open_app, *many(201))
    assert "1–200 of 201" in words(app)
    assert says(app, "Row 2, Terms.")
    app.button(key="step-previous").click().run()
    assert says(app, "Row 202, Terms.")
    assert "201–201 of 201" in words(app)
    assert [toast.value for toast in app.toast] == ["From the last problem again."]
    app.button(key="step-next").click().run()
    assert says(app, "Row 2, Terms.")
    assert [toast.value for toast in app.toast] == ["From the first problem again."]
    stand_in(app, 201, "terms").button(key="step-next").click().run()
    assert (says(app, "Row 202, Terms."), len(app.toast)) == (True, 0)
    app.button(key="step-previous").click().run()
    assert says(app, "Row 201, Terms.")
    assert "1–200 of 201" in words(app)


def test_a_page_without_problems_leads_on_to_one_that_has_some(open_app: OpenApp) -> None:
    app = review(open_app, *many(201))
    app.session_state["review-page"] = 2
    app.run()
    assert says(app, "Row 202, Terms.")
    app.button(key="leave-out").click().run()
    assert says(app, "Row 202 is skipped.")
    app.button(key="step-next").click().run()
    assert says(app, "Row 2, Terms.")
    app.session_state["review-page"] = 2
    app.run()
    assert says(app, "No problem on this page; 200 problems left.")
    app.button(key="step-next").click().run()
    assert says(app, "Row 2, Terms.")


def test_after_the_last_problem_of_a_kind_the_next_kind_is_offered(open_app: OpenApp) -> None:
    rows = [NEW | {"terms": "Net 3O"}, NEW | {"code": "B", "name": "", "active": "Yess"}]
    app = review(open_app, *rows)
    app.button(key="problem-terms-not_in_list").click().run()
    taken = view(app)["take_focus"]
    app.button(key="use").click().run()
    assert says(app, "That was the last “Not in the list”. 2 problems left.")
    assert view(app)["take_focus"] == taken + 1, "the button that had the keyboard's focus is gone"
    assert app.button(key="next-kind").label == "Next: Customer Name, Required"
    app.button(key="next-kind").click().run()
    assert says(app, "Row 3, Customer Name.")
    assert view(app)["rows"].tolist() == [3]


def test_after_the_last_problem_of_all_the_rows_are_ready(open_app: OpenApp) -> None:
    app = choose(review(open_app, NEW | {"terms": "Net 3O"}), "problems")
    app.button(key="use").click().run()
    assert says(app, "That was the last problem. The row is ready to import.")


def test_a_suggestion_that_is_taken_leads_on_to_the_next_problem(open_app: OpenApp) -> None:
    rows = [NEW | {"terms": "Net 3O"}, NEW | {"code": "B", "name": "B", "terms": "Net 15O", "active": "?"}]
    app = review(open_app, *rows)
    app.button(key="use").click().run()
    assert says(app, "Row 3, Active.")
    assert view(app)["take_focus"] == 1, "nothing can be used there"


# -- undo and redo ---------------------------------------------------------------------------------------------------


def test_undo_and_redo_say_what_they_do_and_show_it(open_app: OpenApp) -> None:
    app = review(open_app, *many(1), NEW | {"code": "B", "name": "", "phone": "1"})
    assert app.button(key="do-undo").help == "No edit of yours to undo"
    app.button(key="use").click().run()
    edit = escape_markdown("row 2, Terms: “Net 3O” → “Net 30”")
    assert app.button(key="do-undo").help == f"Undo\\: {edit}"
    choose(app, "problems")
    assert view(app)["rows"].tolist() == [3]
    app.button(key="do-undo").click().run()
    assert [toast.value for toast in app.toast] == [f"Undid\\: {edit}"]
    assert (view(app)["filter"], view(app)["focus"]) == ("all", [2, "terms"])
    assert says(app, "Row 2, Terms.")
    assert app.button(key="do-redo").help == f"Redo\\: {edit}"
    stand_in(app, 3, "phone")
    app.button(key="do-redo").click().run()
    assert [toast.value for toast in app.toast] == [f"Redid\\: {edit}"]
    assert view(app)["focus"] == [2, "terms"]
    stand_in(app, 3, "phone").button(key="leave-out").click().run()
    app.button(key="do-undo").click().run()
    assert [toast.value for toast in app.toast] == ["Undid\\: row 3 skipped"]


# -- the address -----------------------------------------------------------------------------------------------------


def address(app: AppTest) -> dict[str, str]:
    return {name: text if isinstance(text, str) else text[0] for name, text in app.query_params.items()}


def test_filter_search_and_problem_are_in_the_address(open_app: OpenApp) -> None:
    app = review(open_app, *many(2), NEW | {"code": "X9", "name": "Last"})
    draft = draft_of(app)
    choose(app, "new")
    app.text_input(key="search").set_value("x9").run()
    assert address(app) == {"draft": draft, "filter": "new", "search": "x9"}
    again = open_app(draft=draft, filter="new", search="x9")
    assert view(again)["rows"].tolist() == [4]
    assert again.text_input(key="search").value == "x9"
    again.button(key="problem-terms-not_in_list").click().run()
    assert address(again) == {"draft": draft, "filter": "problems", "problem": "terms.not_in_list"}
    assert again.text_input(key="search").value == ""
    assert view(open_app(draft=draft, problem="terms.not_in_list"))["rows"].tolist() == [2, 3]
    odd = open_app(draft=draft, filter="'; --", problem="no.thing", search="")
    assert not odd.exception
    assert figures(odd)["Rows"] == "3"
    assert len(view(odd)["rows"]) == 3
