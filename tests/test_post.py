"""From a committed import to the mailbox: a real mail server, one that is down, and none at all."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from komet_import import company, history, importer, post
from komet_import.cli import documents
from komet_import.desk import Desk, open_desk
from komet_import.errors import AccessDenied, BadSettings, NotFound, Refused
from komet_import.mail.sender import MailNotSent
from komet_import.post import Outcome
from komet_import.schema.company import Role
from komet_import.settings import MailSecurity, MailServer
from komet_import.store.models import mail as mail_table
from tests.commands import ROOT, process
from tests.mail.post_office import Mailbox, post_office
from tests.stories import NEW, Document, at_desk, colleague_of, committed, csv_of, drafted, listed

REJECTED = NEW, NEW | {"Customer Code": "DEF", "Customer Name": "", "Phone": "<b>3</b>"}


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    with post_office(mailbox) as opened:
        yield opened


@pytest.fixture
def down() -> MailServer:
    """Nobody listens there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return MailServer("127.0.0.1", port, MailSecurity.NONE, sender="komet@sunrise.example")


def outbox(desk: Desk) -> list[Document]:
    return documents.outbox(post.outbox(desk))


def delivered(desk: Desk, *, waiting: bool = False) -> int:
    """How many were sent."""
    return sum(one.outcome is Outcome.SENT for one in post.deliver(desk, waiting=waiting))


def kept(desk: Desk) -> list[EmailMessage]:
    files = sorted(desk.settings.outbox_dir.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_the_result_of_an_import_arrives_once(tmp_path: Path, server: MailServer, mailbox: Mailbox) -> None:
    with at_desk(tmp_path, mail_server=server, base_url="https://import.example") as desk:
        record = committed(desk, drafted(desk, *REJECTED))
        assert delivered(desk) == 1
        assert delivered(desk, waiting=True) == 0
        (mail,) = outbox(desk)
        assert (mail["state"], mail["attempts"], mail["next_try_at"], mail["last_error"]) == (
            "sent",
            1,
            None,
            None,
        )
        assert history.show(desk, record.import_id).mails[0].state == "sent"
    (email,) = mailbox.emails
    assert email["To"] == "admin@localhost"
    assert email["Subject"] == mail["subject"]
    assert "customers.csv" in mail["subject"]
    text = email.get_body(("plain",))
    assert text is not None
    assert f"https://import.example/import_history?import={record.import_id}" in text.get_content()


def test_an_email_waits_while_the_server_is_down_and_is_sent_later(
    tmp_path: Path, down: MailServer, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path, mail_server=down) as desk:
        record = committed(desk, drafted(desk, *REJECTED))
        (fresh,) = outbox(desk)
        assert (fresh["state"], fresh["attempts"], fresh["last_error"]) == ("waiting", 0, None)
        outcomes = _outcomes(post.deliver(desk))
        (mail,) = outbox(desk)
        assert outcomes == [(mail["mail_id"], "failed", mail["last_error"])]
        pause = datetime.fromisoformat(mail["next_try_at"]) - datetime.now(UTC)
        assert timedelta(seconds=30) < pause <= timedelta(minutes=1)
        assert (mail["state"], mail["attempts"], mail["import_id"]) == ("waiting", 1, record.import_id)
        assert "cannot be reached" in mail["last_error"]
        assert delivered(desk) == 0
        assert outbox(desk)[0]["attempts"] == 1
        assert listed(desk) == [record]
    with at_desk(tmp_path, mail_server=server) as desk:
        assert delivered(desk) == 0
        assert delivered(desk, waiting=True) == 1
        assert outbox(desk)[0]["state"] == "sent"
    assert len(mailbox.emails) == 1


def test_an_email_is_given_up_in_the_end_and_that_is_shown(tmp_path: Path, down: MailServer) -> None:
    with at_desk(tmp_path, mail_server=down) as desk:
        committed(desk, drafted(desk, *REJECTED))
        for _ in range(8):
            post.deliver(desk, waiting=True)
        (mail,) = outbox(desk)
        assert (mail["state"], mail["attempts"], mail["next_try_at"]) == ("failed", 8, None)
        assert "cannot be reached" in mail["last_error"]
        post.deliver(desk, waiting=True)
        assert outbox(desk)[0]["attempts"] == 8


def test_all_that_wait_are_sent_when_asked_for(tmp_path: Path, server: MailServer, mailbox: Mailbox) -> None:
    with at_desk(tmp_path) as desk:
        _import_many(desk, 22)
    with at_desk(tmp_path, mail_server=server) as desk:
        assert delivered(desk, waiting=True) == 22
    assert len({email["Message-ID"] for email in mailbox.emails}) == 22


def test_without_a_server_each_email_is_kept_as_a_file(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        committed(desk, drafted(desk, *REJECTED))
        assert delivered(desk) == 0
        (email,) = kept(desk)
        (mail,) = outbox(desk)
        assert (mail["state"], mail["attempts"], mail["next_try_at"], mail["last_error"]) == (
            "waiting",
            0,
            None,
            None,
        )
    assert (email["To"], email["Subject"]) == ("admin@localhost", mail["subject"])
    html = email.get_body(("html",))
    assert html is not None
    assert "<b>3</b>" not in html.get_content()


def test_without_a_server_the_newest_emails_are_kept_however_many_wait(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        _import_many(desk, 22)
        post.deliver(desk)
        assert _files(desk) == [f"mail-{n:06}.eml" for n in range(3, 23)]
        (desk.settings.outbox_dir / "mail-000022.eml").write_text("as it was")
        post.deliver(desk, waiting=True)
        assert _files(desk) == [f"mail-{n:06}.eml" for n in range(1, 23)]
        assert (desk.settings.outbox_dir / "mail-000022.eml").read_text() == "as it was"


def test_without_a_server_an_analyst_keeps_the_own_emails_and_one_that_was_sent_is_not_kept(
    tmp_path: Path, server: MailServer
) -> None:
    with at_desk(tmp_path, mail_server=server) as desk:
        _import_many(desk, 1)
        assert delivered(desk) == 1
    with at_desk(tmp_path) as desk:
        zoe = colleague_of(desk, "Zoe Gross")
        for at in (zoe, desk):
            _import_many(at, 1)
        post.deliver(zoe, waiting=True)
        assert _files(desk) == ["mail-000002.eml"]
        post.deliver(zoe)
        assert _files(desk) == ["mail-000002.eml", "mail-000003.eml"]


def _files(desk: Desk) -> list[str]:
    return sorted(file.name for file in desk.settings.outbox_dir.iterdir())


def test_a_folder_that_cannot_hold_the_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with at_desk(tmp_path) as desk:
        record = committed(desk, drafted(desk, *REJECTED))
        with pytest.raises(BadSettings, match="make the folder writable"):
            post.deliver(desk)
        assert listed(desk) == [record]


def test_a_file_name_of_odd_characters_cannot_forge_a_header(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    name = "a\r\nBcc: eve@x.example\r\n\udcff\x1b[31m<b>.csv"
    with at_desk(tmp_path, mail_server=server) as desk:
        opened = importer.upload(desk, name, csv_of(*REJECTED), importer.Choices())
        importer.commit(desk, opened.stored.draft_id, opened.draft.plan().hash, opened=opened)
        assert delivered(desk) == 1
    (email,) = mailbox.emails
    assert (email["Bcc"], mailbox.envelopes[0].rcpt_tos) == (None, ["admin@localhost"])


def test_an_email_that_breaks_its_sender_is_told_and_the_others_are_sent(
    tmp_path: Path, server: MailServer, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    with at_desk(tmp_path, mail_server=server) as desk:
        _import_many(desk, 3)
        with desk.database.writing() as connection:
            broken = sa.update(mail_table).where(mail_table.c.id == 2).values(recipients=[5])
            connection.execute(broken)
        assert delivered(desk) == 2
        (mail,) = (mail for mail in outbox(desk) if mail["state"] == "waiting")
        assert (mail["mail_id"], mail["attempts"]) == (2, 1)
        assert "for a reason that nobody foresaw (TypeError)" in mail["last_error"]
        pause = datetime.fromisoformat(mail["next_try_at"]) - datetime.now(UTC)
        assert timedelta(seconds=30) < pause <= timedelta(minutes=1)
    assert "E-mail 2 failed unexpectedly\nTraceback" in caplog.text
    assert len(mailbox.envelopes) == 2


def test_of_two_who_send_at_once_one_sends_each_email(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path, mail_server=server) as desk, ThreadPoolExecutor(1) as pool:
        _import_many(desk, 2)
        mailbox.lets_go.clear()
        try:
            first = pool.submit(post.deliver, desk, waiting=True)
            assert mailbox.has_text.wait(60)
            assert _outcomes(post.deliver(desk, waiting=True)) == [(1, "in_hand", ""), (2, "sent", "")]
            with pytest.raises(Refused, match="is being sent at this moment"):
                post.send_again(desk, 1, 1)
        finally:
            mailbox.lets_go.set()
        assert _outcomes(first.result(60)) == [(1, "sent", ""), (2, "elsewhere", "")]
    assert len({email["Message-ID"] for email in mailbox.emails}) == len(mailbox.emails) == 2


def _outcomes(attempts: list[post.Attempt]) -> list[tuple[int, str, str]]:
    return [(one.mail.mail_id, one.outcome.value, one.error) for one in attempts]


def test_an_email_is_not_sent_while_another_process_sends_it(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path / "data") as desk:
        _import_many(desk, 2)
    with sending(tmp_path, server, mailbox) as first:
        second = process(tmp_path, "outbox", "send", **variables(server))
        assert (second.code, second.err) == (0, "")
        assert second.out == (
            "1 sent, 1 waiting.\n"
            "1 is being sent by another process. If that was stopped, try again in five minutes.\n"
        )
        mailbox.lets_go.set()
        assert first.communicate(timeout=60)[0] == b"1 sent, 0 waiting.\n"
    assert len({email["Message-ID"] for email in mailbox.emails}) == len(mailbox.emails) == 2


def test_an_email_whose_sender_was_killed_waits_for_the_end_of_its_lease(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path / "data") as desk:
        record = committed(desk, drafted(desk, *REJECTED))
    with sending(tmp_path, server, mailbox) as first:
        first.kill()
        first.wait()
    mailbox.lets_go.set()
    with at_desk(tmp_path / "data", mail_server=server) as desk:
        (attempt,) = post.deliver(desk, waiting=True)
        assert attempt.outcome is Outcome.IN_HAND
        with pytest.raises(Refused, match="is being sent at this moment"):
            post.send_again(desk, record.import_id, attempt.mail.mail_id)
        over = datetime.now(UTC) - timedelta(seconds=1)
        with desk.database.writing() as connection:
            connection.execute(sa.update(mail_table).values(claimed_until=over, next_try_at=over))
        assert delivered(desk) == 1
        assert (outbox(desk)[0]["state"], outbox(desk)[0]["attempts"]) == ("sent", 2)
    assert len({email["Message-ID"] for email in mailbox.emails}) == 1


# -- looked at, and sent again ---------------------------------------------------------------------------------------


def test_an_e_mail_is_a_file_that_says_what_was_sent(desk: Desk, down: MailServer) -> None:
    record = committed(desk, drafted(desk, *REJECTED))
    (mail,) = post.outbox(desk)
    with_server = replace(desk, settings=replace(desk.settings, mail_server=down))
    for at, sender in ((desk, "komet-import@localhost"), (with_server, "komet@sunrise.example")):
        email = message_from_bytes(post.eml(at, record.import_id, mail.mail_id), policy=default)
        assert {name: email[name] for name in ("From", "To", "Subject", "Message-ID", "Date")} == {
            "From": f"Komet Import <{sender}>",
            "To": "admin@localhost",
            "Subject": mail.subject,
            "Message-ID": mail.message_id,
            "Date": format_datetime(mail.created_at),
        }
        bodies = [email.get_body((kind,)) for kind in ("plain", "html")]
        texts = [body.get_content().splitlines() for body in bodies if body is not None]
        assert texts == [mail.text.splitlines(), mail.html.splitlines()]
    assert re.fullmatch(r"<[^<>@\s]+@komet-import\.local>", mail.message_id)


def test_an_e_mail_that_was_sent_is_sent_again_as_another(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path, mail_server=server) as desk:
        record = committed(desk, drafted(desk, *REJECTED))
        assert delivered(desk) == 1
        post.send_again(desk, record.import_id, 1)
        (mail,) = post.outbox(desk)
        assert (mail.state, mail.attempts) == ("waiting", 0)
        assert delivered(desk) == 1
    first, second = (email["Message-ID"] for email in mailbox.emails)
    assert first != second == mail.message_id
    assert re.fullmatch(r"<[^<>@\s]+@komet-import\.local>", second)


def test_an_e_mail_is_found_with_its_own_import_alone(desk: Desk) -> None:
    _import_many(desk, 2)
    for import_id, mail_id in ((1, 2), (1, 3), (3, 1)):
        for step in (post.eml, post.send_again):
            with pytest.raises(NotFound, match=f"There is no import {import_id}"):
                step(desk, import_id, mail_id)


def test_what_a_colleague_imported_is_sent_by_the_machine_and_not_for_an_analyst(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path, mail_server=server) as desk:
        zoe = colleague_of(desk, "Zoe Gross")
        for at in (desk, zoe):
            committed(at, drafted(at, *REJECTED))
        assert [mail.mail_id for mail in post.outbox(desk)] == [2, 1]
        assert [mail.mail_id for mail in post.outbox(zoe)] == [2]
        assert _outcomes(post.deliver(zoe, waiting=True)) == [(2, "sent", "")]
        assert _outcomes(post.deliver(zoe)) == [(1, "sent", "")]
    assert [email["To"] for email in mailbox.emails] == [zoe.person.email, "admin@localhost"]


def test_twenty_are_tried_at_once(tmp_path: Path, down: MailServer) -> None:
    with at_desk(tmp_path, mail_server=down) as desk:
        _import_many(desk, 21)
        assert [one.mail.mail_id for one in post.deliver(desk)] == list(range(1, 21))
        assert [one.mail.mail_id for one in post.deliver(desk)] == [21]


# -- the test e-mail -------------------------------------------------------------------------------------------------


def anas(desk: Desk, server: MailServer | None, role: Role = Role.ADMINISTRATOR) -> Desk:
    """Her desk, with a mail server."""
    person = replace(desk.person, email="ana@sunrise.example", name="Ana <b>Torres</b>", role=role)
    return replace(desk, person=person, settings=replace(desk.settings, mail_server=server))


def test_the_test_mail_goes_to_the_person_who_asks(desk: Desk, server: MailServer, mailbox: Mailbox) -> None:
    company.describe(desk, "Andes Roses", "Asia/Kathmandu")
    desk = open_desk(desk.settings, desk.database)
    zone, moments = ZoneInfo("Asia/Kathmandu"), [datetime.now(UTC)]
    post.send_test_mail(anas(desk, server))
    moments.append(datetime.now(UTC))
    (mail,) = mailbox.emails
    assert (mail["To"], mail["Subject"]) == ("ana@sunrise.example", "Test e-mail · Andes Roses")
    assert re.fullmatch(r"<[^<>@\s]+@komet-import\.local>", mail["Message-ID"])
    body = mail.get_body(("plain",))
    assert body is not None
    sentence = "Sent by Ana <b>Torres</b> on {:%-d %B %Y at %H:%M} (UTC+05:45) from Settings."
    assert " ".join(body.get_content().split()) in {
        "Komet Import · Andes Roses E-mails arrive The mail server took this test e-mail, so the results "
        f"of imports reach you the same way. Settings: http://localhost:8501/settings {sentence.format(moment.astimezone(zone))}"
        for moment in moments
    }


def test_what_the_mail_server_says_is_told(desk: Desk, server: MailServer, mailbox: Mailbox) -> None:
    mailbox.answers_to["ana@sunrise.example"] = "550 no such mailbox"
    with pytest.raises(MailNotSent, match="no such mailbox"):
        post.send_test_mail(anas(desk, server))
    with pytest.raises(BadSettings, match="No mail server is set"):
        post.send_test_mail(anas(desk, None))


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_the_test_mail_is_for_administrators_alone(desk: Desk, role: Role) -> None:
    with pytest.raises(AccessDenied, match="Settings are for administrators"):
        post.send_test_mail(anas(desk, None, role))


# -- two senders -----------------------------------------------------------------------------------------------------


@contextmanager
def sending(folder: Path, server: MailServer, mailbox: Mailbox) -> Iterator[subprocess.Popen[bytes]]:
    """A process that sends the waiting e-mails: it has handed the first one over, and got no answer yet."""
    mailbox.lets_go.clear()
    environment = os.environ | variables(server) | {"KOMET_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "komet_import", "outbox", "send"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as started:
        try:
            assert mailbox.has_text.wait(60)
            yield started
        finally:
            mailbox.lets_go.set()
            started.kill()


def variables(server: MailServer) -> dict[str, str]:
    return {
        "KOMET_SMTP_HOST": server.host,
        "KOMET_SMTP_PORT": str(server.port),
        "KOMET_SMTP_SECURITY": server.security.value,
        "KOMET_MAIL_FROM": server.sender,
    }


def _import_many(desk: Desk, count: int) -> None:
    """Each import has its e-mail."""
    for _ in range(count):
        committed(desk, drafted(desk, *REJECTED))
