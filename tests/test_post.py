"""From a committed import to the mailbox: a real mail server, one that is down, and none at all."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa

from komet_import import drafts, history, importer, post
from komet_import.cli import documents
from komet_import.desk import Desk
from komet_import.errors import BadSettings, Refused
from komet_import.post import Outcome
from komet_import.settings import MailSecurity, MailServer
from komet_import.store.models import mail as mail_table
from tests.commands import ROOT, process
from tests.mail.post_office import Mailbox, post_office
from tests.stories import NEW, Document, at_desk, csv_of, imported, listed

REJECTED = csv_of(NEW, NEW | {"Customer Code": "DEF", "Customer Name": "", "Phone": "<b>3</b>"})


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
        record = imported(desk, REJECTED)
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
        record = imported(desk, REJECTED)
        (fresh,) = outbox(desk)
        assert (fresh["state"], fresh["attempts"], fresh["last_error"]) == ("waiting", 0, None)
        assert delivered(desk) == 0
        (mail,) = outbox(desk)
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
        imported(desk, REJECTED)
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
        imported(desk, REJECTED)
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


def test_without_a_server_the_newest_email_is_kept_however_many_wait(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        _import_many(desk, 22)
        post.deliver(desk)
        assert f"mail-{outbox(desk)[0]['mail_id']:06}.eml" in {
            file.name for file in desk.settings.outbox_dir.iterdir()
        }
        post.deliver(desk, waiting=True)
        assert len(kept(desk)) == 22


def test_a_folder_that_cannot_hold_the_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with at_desk(tmp_path) as desk:
        record = imported(desk, REJECTED)
        with pytest.raises(BadSettings, match="Make the folder writable"):
            post.deliver(desk)
        assert listed(desk) == [record]


def test_a_file_name_of_odd_characters_cannot_forge_a_header(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    name = "a\r\nBcc: eve@x.example\r\n\udcff\x1b[31m<b>.csv"
    with at_desk(tmp_path, mail_server=server) as desk:
        opened = importer.upload(desk, name, REJECTED, importer.Choices())
        importer.commit(desk, opened, opened.draft.plan().hash)
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
    assert "Traceback" in caplog.text
    assert len(mailbox.envelopes) == 2


def test_an_email_is_not_sent_while_another_process_sends_it(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    with at_desk(tmp_path / "data") as desk:
        imported(desk, REJECTED)
        imported(desk, REJECTED + b"\n")
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
        record = imported(desk, REJECTED)
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
    """One file over and over: each import has its e-mail."""
    table, matching, draft = importer.check(desk, "many.csv", REJECTED, importer.Choices())
    for _ in range(count):
        draft_id = importer._store_upload(desk, "many.csv", REJECTED, importer.Choices())
        opened = importer._store_table(desk, draft_id, table, matching, draft)
        opened = drafts.open_draft(desk, opened.stored.draft_id)
        importer.commit(desk, opened, opened.draft.plan().hash)
