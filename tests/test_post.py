"""From a committed import to the mailbox: a real mail server, one that is down, and none at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from komet_import import documents, drafts, history, importer, post
from komet_import.desk import Desk
from komet_import.errors import BadSettings
from komet_import.settings import MailSecurity, MailServer
from tests.mail.post_office import Mailbox, post_office
from tests.stories import NEW, Document, at_desk, csv_of, imported

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


def kept(desk: Desk) -> list[EmailMessage]:
    files = sorted(desk.settings.outbox_dir.glob("*.eml"))
    return [message_from_bytes(file.read_bytes(), policy=default) for file in files]


def test_the_result_of_an_import_arrives_once(tmp_path: Path, server: MailServer, mailbox: Mailbox) -> None:
    with at_desk(tmp_path, mail_server=server, base_url="https://import.example") as desk:
        record = imported(desk, REJECTED)
        assert post.deliver(desk) == 1
        assert post.deliver(desk, waiting=True) == 0
        (mail,) = outbox(desk)
        assert (mail["state"], mail["attempts"], mail["next_try_at"], mail["last_error"]) == (
            "sent",
            1,
            None,
            None,
        )
        assert history.details(desk, record.import_id).mails[0].state == "sent"
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
        assert post.deliver(desk) == 0
        (mail,) = outbox(desk)
        pause = datetime.fromisoformat(mail["next_try_at"]) - datetime.now(UTC)
        assert timedelta(seconds=30) < pause <= timedelta(minutes=1)
        assert (mail["state"], mail["attempts"], mail["import_id"]) == ("waiting", 1, record.import_id)
        assert "cannot be reached" in mail["last_error"]
        assert post.deliver(desk) == 0
        assert outbox(desk)[0]["attempts"] == 1
        assert history.recent(desk, None) == [record]
    with at_desk(tmp_path, mail_server=server) as desk:
        assert post.deliver(desk) == 0
        assert post.deliver(desk, waiting=True) == 1
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
        assert post.deliver(desk, waiting=True) == 22
    assert len({email["Message-ID"] for email in mailbox.emails}) == 22


def test_without_a_server_each_email_is_kept_as_a_file(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, REJECTED)
        assert post.deliver(desk) == 0
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
        assert history.recent(desk, None) == [record]


def test_a_file_name_of_odd_characters_cannot_forge_a_header(
    tmp_path: Path, server: MailServer, mailbox: Mailbox
) -> None:
    name = "a\r\nBcc: eve@x.example\r\n\udcff\x1b[31m<b>.csv"
    with at_desk(tmp_path, mail_server=server) as desk:
        opened = importer.upload(desk, name, REJECTED, importer.Choices())
        importer.commit(desk, opened, opened.draft.plan().hash)
        assert post.deliver(desk) == 1
    (email,) = mailbox.emails
    assert (email["Bcc"], mailbox.envelopes[0].rcpt_tos) == (None, ["admin@localhost"])


def _import_many(desk: Desk, count: int) -> None:
    """One file over and over: each import has its e-mail."""
    first = importer.upload(desk, "many.csv", REJECTED, importer.Choices())
    for _ in range(count):
        draft_id = importer._store_upload(desk, "many.csv", REJECTED, importer.Choices())
        opened = importer._store_table(desk, draft_id, first.table, first.matching, first.draft)
        opened = drafts.open_draft(desk, opened.stored.draft_id)
        importer.commit(desk, opened, opened.draft.plan().hash)
