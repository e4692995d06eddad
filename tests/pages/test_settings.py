"""Settings: each section, what it changes, and who may come in."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from komet_import.settings import MailServer
from komet_import.ui.markdown import escape_markdown
from tests.mail.post_office import Mailbox, post_office
from tests.pages.conftest import NEW, OpenApp, figures, listed, upload, words, workbook

SECRET = "p4ss-w0rd"


def settings(open_app: OpenApp, section: str, **query: str) -> AppTest:
    app = open_app("settings.py", section=section, **query)
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """Everything on the screen and in toasts, without the marks that keep user text from being markdown."""
    text = "\n".join([words(app), *(note.value for note in (*app.toast, *app.success))])
    return re.sub(r"\\(.)", r"\1", text).replace("\u2060", "")


def import_file(open_app: OpenApp, *rows: dict[str, str]) -> None:
    app = upload(open_app(), workbook(*rows))
    press(press(app, "import"), "confirm")


@pytest.fixture
def change(open_app: OpenApp, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """The app's database, changed behind its back."""
    open_app()
    with sqlite3.connect(tmp_path / "komet.sqlite3", isolation_level=None) as connection:
        yield connection
    connection.close()


@pytest.mark.parametrize("role", ["analyst", "manager"])
def test_others_read_a_sentence_instead(open_app: OpenApp, tmp_path: Path, role: str) -> None:
    open_app()
    with sqlite3.connect(tmp_path / "komet.sqlite3") as connection:
        connection.execute("UPDATE person SET role = ?", (role,))
    connection.close()
    app = open_app("settings.py", section="Lists")
    assert not app.exception
    told = "Settings are for administrators. Ask one of them to change what you need."
    assert [error.value for error in app.error] == [escape_markdown(told)]
    assert [title.value for title in app.title] == ["Settings"]
    assert not app.tabs


def test_a_section_that_is_none_opens_the_first(open_app: OpenApp) -> None:
    assert "Name and time" in words(settings(open_app, "<b>nonsense</b>"))


def test_the_companys_name_and_zone_are_changed_at_once(open_app: OpenApp) -> None:
    app = settings(open_app, "Company")
    name, zone = app.text_input[0], app.selectbox[0]
    name.set_value("Sunset *Blooms*")
    zone.set_value("America/Bogota")
    press(app, "save-company")
    assert "The company is saved." in said(app)
    assert (app.text_input[0].value, app.selectbox[0].value) == ("Sunset *Blooms*", "America/Bogota")
    app.text_input[0].set_value(" ")
    press(app, "save-company")
    assert "The name is empty. Nothing was changed" in said(app)


def test_a_switch_says_what_it_means_for_the_stored_customers(open_app: OpenApp) -> None:
    import_file(open_app, NEW)
    app = press(settings(open_app, "Company"), "switch")
    assert "are ignored from now on; 2 stored values stay." in said(app)
    press(app, "confirm-switch")
    assert "works with one location now" in said(app)
    import_file(open_app, {"code": "B", "name": "Rosa"})
    app = press(settings(open_app, "Company"), "switch")
    assert "1 stored customer has no Location Codes or no Main Location" in said(app)
    assert "must give Location Codes and Main Location" in said(app)
    press(app, "cancel-switch")
    assert "confirm-switch" not in {button.key for button in app.button}


def test_the_switch_reaches_legend_and_rules(open_app: OpenApp) -> None:
    bare = workbook({"code": "B", "name": "Rosa"})
    assert figures(upload(open_app(), bare))["Left out"] == "1"
    assert "Required only for companies with several locations" in legend(open_app())
    press(press(settings(open_app, "Company"), "switch"), "confirm-switch")
    app = open_app()
    assert "Not needed: this company has one location" in legend(app)
    assert figures(upload(app, bare))["Left out"] == "0"


def legend(app: AppTest) -> str:
    return "\n".join(str(block.proto.body) for block in app.get("html"))


def test_a_value_is_added_deactivated_and_activated(open_app: OpenApp) -> None:
    app = settings(open_app, "Lists", list="Terms")
    app.text_input(key="new-value-terms").set_value(" Net 90  *bold* ")
    press(app, "add-to-terms")
    assert "“Net 90 *bold*” is in the list" in said(app)
    assert app.text_input(key="new-value-terms").value == ""
    app.text_input(key="new-value-terms").set_value("NET 90 *BOLD*")
    press(app, "add-to-terms")
    assert "“Net 90 *bold*” is there already. Nothing was changed" in said(app)
    press(app, "switch-terms-Net 15")
    assert "“Net 15” cannot be given any more" in said(app)
    assert "Not active" in said(app)
    press(app, "switch-terms-Net 15")
    assert "“Net 15” can be given again." in said(app)


def test_what_customers_have_is_deactivated_only_after_a_question_that_counts_them(
    open_app: OpenApp, change: sqlite3.Connection
) -> None:
    import_file(open_app, *(NEW | {"code": code, "terms": "Prepaid"} for code in ("A", "B", "C")))
    app = press(settings(open_app, "Lists", list="Terms"), "switch-terms-Prepaid")
    assert "3 customers keep it; in files it becomes an error." in said(app)
    active = "SELECT active FROM list_value WHERE value = 'Prepaid'"
    app = press(app, "cancel-deactivation")
    assert change.execute(active).fetchone() == (1,)
    app = press(press(app, "switch-terms-Prepaid"), "deactivate")
    assert "“Prepaid” cannot be given any more; customers keep it." in said(app)
    assert change.execute(active).fetchone() == (0,)
    assert "deactivate" not in {button.key for button in app.button}
    assert "“Prepaid” can be given again." in said(press(app, "switch-terms-Prepaid"))

    app = press(settings(open_app, "Locations"), "switch-locations-MIA")
    assert "3 customers keep it; in files it becomes an error." in said(app)
    assert "MIA cannot be given any more" in said(press(app, "deactivate"))


def test_a_rename_updates_the_customers_and_the_open_drafts_notice(open_app: OpenApp) -> None:
    import_file(open_app, NEW | {"terms": "Net 30"})
    draft = upload(open_app(), workbook(NEW | {"code": "B", "terms": "Net 30"}))
    assert figures(draft)["Left out"] == "0"
    app = press(settings(open_app, "Lists", list="Terms"), "rename-terms-Net 30")
    assert "1 customer has it and gets the new name too." in said(app)
    app.text_input(key="new-name-Net 30").set_value("net 15")
    press(app, "rename")
    assert "“Net 15” is there already" in said(app)
    app.text_input(key="new-name-Net 30").set_value("30 days net")
    press(app, "rename")
    assert "“Net 30” is “30 days net” now. 1 customer updated." in said(app)
    assert figures(draft.run())["Left out"] == "1"
    assert listed(open_app("customers.py"), "customer-list")["Terms"] == ["30 days net"]


def test_a_long_list_comes_in_pages(open_app: OpenApp, change: sqlite3.Connection) -> None:
    change.executemany(
        "INSERT INTO list_value (company_id, column_key, value, active, position) VALUES (1, 'salesperson', ?, 1, ?)",
        [(f"Person {n}", 10 + n) for n in range(200)],
    )
    app = settings(open_app, "Lists", list="Salesperson")
    assert "1–50 of 204" in words(app)
    assert "Person 10" in said(app)
    assert "Person 150" not in said(app)


def test_an_empty_list_says_so(open_app: OpenApp, change: sqlite3.Connection) -> None:
    change.execute("DELETE FROM list_value WHERE column_key = 'terms'")
    assert "This list is empty" in said(settings(open_app, "Lists", list="Terms"))


def test_locations_are_added_renamed_and_deactivated(open_app: OpenApp) -> None:
    import_file(open_app, NEW)
    app = settings(open_app, "Locations")
    assert said(app).count("1 customer") == 2
    app.text_input(key="new-location-code").set_value("A:B")
    app.text_input(key="new-location-name").set_value("Newark")
    press(app, "add-location")
    assert "The code, “A:B”, holds a space or one of the separators" in said(app)
    app.text_input(key="new-location-code").set_value("EWR")
    press(app, "add-location")
    assert "EWR, Newark, is a location" in said(app)
    press(app, "rename-locations-EWR")
    app.text_input(key="new-name-Newark").set_value("Newark Airport")
    press(app, "rename")
    assert "EWR is “Newark Airport” now." in said(app)
    for code in ("MIA", "LAX", "BOG", "EWR"):
        press(app, f"switch-locations-{code}")
        if code in NEW["location_codes"]:
            press(app, "deactivate")
    assert "No location is active, so no new customer can be imported." in said(app)


def test_two_administrators_do_not_lose_each_other(open_app: OpenApp, change: sqlite3.Connection) -> None:
    app = press(settings(open_app, "Lists", list="Terms"), "rename-terms-Net 30")
    change.execute("UPDATE list_value SET value = 'Net 31' WHERE value = 'Net 30'")
    app.button(key="switch-terms-Net 30").click().run()
    assert not app.exception
    assert "There is no “Net 30” in this list any more." in said(app)


def test_without_a_mail_server_the_page_says_where_the_mails_are(open_app: OpenApp, tmp_path: Path) -> None:
    app = settings(open_app, "E-mail")
    assert "No mail server is set." in said(app)
    assert str(tmp_path / "outbox") in said(app)
    assert app.button(key="send-test").disabled


def use(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMET_SMTP_HOST", server.host)
    monkeypatch.setenv("KOMET_SMTP_PORT", str(server.port))
    monkeypatch.setenv("KOMET_SMTP_SECURITY", server.security.value)
    monkeypatch.setenv("KOMET_MAIL_FROM", server.sender)


def test_a_test_mail_is_sent_and_a_failure_is_told(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as server:
        use(server, monkeypatch)
        app = press(settings(open_app, "E-mail"), "send-test")
        assert "The mail server took the e-mail for admin@localhost." in said(app)
        assert len(mailbox.emails) == 1
        mailbox.answer_to_data = "554 *spam* <b>"
        press(app, "send-test")
        assert "refused the e-mail: 554 *spam* <b>" in said(app)


def test_a_password_is_never_shown(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMET_SMTP_HOST", "mail.example")
    monkeypatch.setenv("KOMET_SMTP_USER", "komet@mail.example")
    monkeypatch.setenv("KOMET_SMTP_PASSWORD", SECRET)
    app = settings(open_app, "E-mail")
    assert "a password is set" in said(app)
    assert "mail.example, port 587" in said(app)
    assert SECRET not in said(app) + legend(app) + str(app)


def test_about_shows_version_database_and_limits(open_app: OpenApp, tmp_path: Path) -> None:
    shown = said(settings(open_app, "About"))
    for fact in ("0.1.0", "SQLite", str(tmp_path / "komet.sqlite3"), "100 MB", "300,000", "60 seconds"):
        assert fact in shown
