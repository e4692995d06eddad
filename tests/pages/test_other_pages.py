"""Import History and Customers; and every page where nobody asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import NEW, SCRIPT, OpenApp, figures, listed, upload, words, workbook


def _import(open_app: OpenApp, *rows: dict[str, str]) -> None:
    app = upload(open_app(), workbook(*rows))
    app.button(key="import").click().run()
    app.button(key="confirm").click().run()
    assert not app.exception


def test_before_the_first_import_the_pages_say_what_will_be_there(open_app: OpenApp) -> None:
    assert "Nothing was imported yet" in words(open_app("import_history.py"))


def test_an_import_shows_its_figures_discrepancies_changes_mail_and_file(open_app: OpenApp) -> None:
    _import(open_app, NEW)
    _import(open_app, {**NEW, "phone": "305"}, {**NEW, "code": "B", "name": "Rosa", "terms": "<b>Nett</b>"})
    app = open_app("import_history.py", **{"import": "2"})
    assert not app.exception
    assert figures(app)["Updated"] == "1"
    assert figures(app)["Left out"] == "1"
    changes, issues = (list(listed(app, key).values()) for key in ("changes", "discrepancy-list"))
    assert [texts[0] for texts in issues][:4] == ["3", "Error", "Terms", "<b>Nett</b>"]
    assert [texts[0] for texts in changes] == ["2", "ABC Wholesale (ABC)", "Phone", "(blank)", "305"]
    labels = [button.proto.label for button in app.get("download_button")]
    assert {"Discrepancy workbook", "Original file"} <= set(labels)
    assert "No mail server is set" in words(app)


@pytest.mark.parametrize("wanted", ["99", "0", "-1", "x", "1e9", "9" * 40, "' OR 1=1", "１"])
def test_an_import_that_is_unknown_gets_a_plain_sentence(open_app: OpenApp, wanted: str) -> None:
    app = open_app("import_history.py", **{"import": wanted})
    assert not app.exception
    assert "There is no import" in words(app)


@pytest.mark.parametrize("page", ["main", "data_import", "import_history", "customers", "settings"])
def test_a_session_whose_browser_is_gone_is_shown_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, page: str
) -> None:
    """Each file for itself: the guard saw who asked when the connection was made, and this one has none."""
    monkeypatch.setenv("KOMET_DATA_DIR", str(tmp_path))
    app = AppTest.from_file(str(SCRIPT.with_name(f"{page}.py"))).run()
    assert [error.value.split("\\.")[0] for error in app.error] == [
        "This app serves only the machine it runs on"
    ]
    assert not app.title and not app.button and not list(tmp_path.iterdir())
