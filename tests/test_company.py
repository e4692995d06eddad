"""What administrators may do, and nobody else; and the test e-mail, sent to a real mail server."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

import komet_import
from komet_import import company, post
from komet_import.desk import Desk
from komet_import.errors import AccessDenied, BadArguments, BadSettings
from komet_import.mail.compose import compose_test
from komet_import.mail.sender import MailNotSent
from komet_import.schema.company import Role
from komet_import.settings import MailServer
from tests.mail.post_office import Mailbox, post_office
from tests.stories import NEW, at_desk, csv_of, imported, stored

ROOT = Path(__file__).parents[1]


def as_(desk: Desk, role: Role) -> Desk:
    return replace(desk, person=replace(desk.person, role=role))


def with_server(desk: Desk, server: MailServer) -> Desk:
    person = replace(desk.person, email="ana@sunrise.example", name="Ana <b>Torres</b>")
    return replace(desk, person=person, settings=replace(desk.settings, mail_server=server))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_the_test_mail_is_for_administrators_alone(desk: Desk, role: Role) -> None:
    with pytest.raises(AccessDenied, match="Settings are for administrators"):
        post.send_test_mail(as_(desk, role))


def test_a_rename_reaches_the_stored_customers(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Terms": "Net 30"}))
    assert company.rename_value(desk, "terms", "Net 30", "30 days net") == ("30 days net", 1)
    assert stored(desk)["ABC"]["terms"] == "30 days net"


@pytest.mark.parametrize("named", ["Sunrise Blooms, Miami", "SUNRISE blooms, miami"])
def test_a_name_that_the_settings_look_for_stays(tmp_path: Path, named: str) -> None:
    """Otherwise the app would not find its company any more."""
    with at_desk(tmp_path, company=named) as desk:
        with pytest.raises(BadArguments, match="KOMET_COMPANY"):
            company.describe(desk, "Sunset Blooms", "UTC")
        company.describe(desk, "Sunrise  BLOOMS, Miami", "UTC")
    with at_desk(tmp_path, company=named) as desk:
        assert (desk.company.name, desk.company.time_zone) == ("Sunrise BLOOMS, Miami", "UTC")


def test_the_test_mail_goes_to_the_person_who_asks(desk: Desk) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as server:
        post.send_test_mail(with_server(desk, server))
    (mail,) = mailbox.emails
    assert (mail["To"], mail["Subject"]) == ("ana@sunrise.example", "Test e-mail · Sunrise Blooms, Miami")
    body = mail.get_body(("plain",))
    assert body is not None
    assert "http://localhost:8501/settings" in body.get_content()


def test_what_the_mail_server_says_is_told(desk: Desk) -> None:
    mailbox = Mailbox()
    mailbox.answers_to["ana@sunrise.example"] = "550 no such mailbox"
    with (
        post_office(mailbox) as server,
        pytest.raises(MailNotSent, match=re.escape("no such mailbox")),
    ):
        post.send_test_mail(with_server(desk, server))
    with pytest.raises(BadSettings, match="No mail server is set"):
        post.send_test_mail(desk)


def test_names_in_the_test_mail_stay_text() -> None:
    hostile = "<img src=x onerror=alert(1)> http://evil.example {{ 7 * 7 }}\r\nBcc: eve@evil.example"
    message = compose_test(
        hostile, hostile, datetime(2026, 11, 23, tzinfo=UTC), "http://localhost:8501/settings"
    )
    assert "<img" not in message.html
    assert re.findall(r'href="([^"]+)"', message.html) == ["http://localhost:8501/settings"]
    assert "http://evil.example" not in message.html + message.text
    assert "49" not in message.text
    assert "\n" not in message.subject


def test_the_installation_says_what_runs_and_where_without_a_password(desk: Desk) -> None:
    found = company.installation(desk)
    assert (found.database, found.place) == ("SQLite", str(desk.settings.data_dir / "komet.sqlite3"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert found.version == komet_import.__version__
    assert f"\n## {found.version}\n" in changelog
