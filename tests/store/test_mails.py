"""The outbox: what waits, who may try it, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from komet_import.schema.company import Company
from komet_import.store import mails
from komet_import.store.database import Database
from komet_import.store.mails import MailState, NewMail, StoredMail
from tests.store.plans import commit_plan, make_plan

MAIL = NewMail(("ana@x.example", "joé@x.example"), "12 customers", "<p>Hi</p>", "Hi", "<1@komet>")
SOON = timedelta(seconds=5)


def add(database: Database, company: Company, *, to_be_sent: bool = True) -> StoredMail:
    with database.writing() as conn:
        mail_id = mails.add_mail(conn, company.company_id, MAIL, to_be_sent=to_be_sent)
        found = mails.get_mail(conn, company.company_id, mail_id)
    assert found is not None
    return found


def due(database: Database, company: Company, after: timedelta = SOON) -> list[int]:
    with database.reading() as conn:
        ripe = mails.due(conn, company.company_id, datetime.now(UTC) + after, 10)
    return [mail.mail_id for mail in ripe]


def test_a_mail_comes_back_as_it_was_composed(database: Database, company: Company) -> None:
    mail = add(database, company)
    assert (mail.recipients, mail.subject, mail.html, mail.text, mail.message_id) == (
        MAIL.recipients,
        MAIL.subject,
        MAIL.html,
        MAIL.text,
        MAIL.message_id,
    )
    assert (mail.state, mail.attempts, mail.next_try_at) == (MailState.WAITING, 0, mail.created_at)


def read(database: Database, mail: StoredMail) -> StoredMail:
    with database.reading() as conn:
        found = mails.get_mail(conn, mail.company_id, mail.mail_id)
    assert found is not None
    return found


def claim(database: Database, seen: StoredMail, after: timedelta = timedelta(0)) -> datetime | None:
    with database.writing() as conn:
        return mails.claim(conn, seen, datetime.now(UTC) + after)


@pytest.mark.parametrize("to_be_sent", [True, False])
def test_of_two_senders_one_may_try_a_mail(database: Database, company: Company, to_be_sent: bool) -> None:
    mail = add(database, company, to_be_sent=to_be_sent)
    assert claim(database, mail)
    assert not claim(database, mail)
    assert not claim(database, read(database, mail))
    assert due(database, company) == []


def test_a_mail_whose_sender_died_is_tried_again_after_its_lease(
    database: Database, company: Company
) -> None:
    mail = add(database, company)
    claim(database, mail)
    over = mails.LEASE + SOON
    assert due(database, company, over) == [mail.mail_id]
    assert claim(database, read(database, mail), over)
    assert read(database, mail).attempts == 2


def test_a_sender_whose_lease_ran_out_does_not_undo_what_the_next_one_did(
    database: Database, company: Company
) -> None:
    mail = add(database, company)
    slow = claim(database, mail)
    assert slow is not None
    next_one = claim(database, read(database, mail), mails.LEASE + SOON)
    assert next_one is not None
    in_hand = read(database, mail)
    with database.writing() as conn:
        mails.mark_failed(conn, mail, slow, None, "the slow one got no answer")
    assert read(database, mail) == in_hand
    with database.writing() as conn:
        mails.mark_sent(conn, company.company_id, mail.mail_id)
        mails.mark_failed(conn, mail, next_one, None, "came too late")
    assert read(database, mail).state is MailState.SENT


def test_a_clock_that_was_set_back_holds_up_no_mail_for_longer_than_a_lease(
    database: Database, company: Company
) -> None:
    left, paused = add(database, company), add(database, company)
    ahead = timedelta(days=400)
    claim(database, left, ahead)
    until = claim(database, paused, ahead)
    assert until is not None
    with database.writing() as conn:
        mails.mark_failed(conn, paused, until, until + timedelta(hours=1), "no answer")
    assert due(database, company) == [left.mail_id, paused.mail_id]
    assert claim(database, read(database, left))
    assert claim(database, read(database, paused))


def test_what_waits_for_its_time_or_for_a_server_is_found_when_asked_for(
    database: Database, company: Company, other: Company
) -> None:
    kept, later = add(database, company, to_be_sent=False), add(database, company)
    failed(database, later, datetime.now(UTC) + timedelta(hours=1), "no answer")
    assert due(database, company) == []
    with database.reading() as conn:
        found = mails.waiting(conn, company.company_id, 10)
        assert [mail.mail_id for mail in found] == [kept.mail_id, later.mail_id]
        assert mails.waiting(conn, other.company_id, 10) == []


def failed(database: Database, mail: StoredMail, next_try_at: datetime | None, error: str) -> None:
    with database.writing() as conn:
        until = mails.claim(conn, mail, datetime.now(UTC))
        assert until is not None
        mails.mark_failed(conn, mail, until, next_try_at, error)


def test_a_sent_mail_is_never_due_or_claimed_again(database: Database, company: Company) -> None:
    mail = add(database, company)
    with database.writing() as conn:
        mails.mark_sent(conn, company.company_id, mail.mail_id)
        assert not mails.claim(conn, mail, datetime.now(UTC))
        sent = mails.get_mail(conn, company.company_id, mail.mail_id)
    assert sent is not None
    assert sent.state is MailState.SENT
    assert sent.sent_at is not None
    assert due(database, company) == []


def test_a_failed_mail_is_tried_again_until_it_is_given_up(database: Database, company: Company) -> None:
    mail = add(database, company)
    failed(database, mail, datetime.now(UTC) + timedelta(hours=1), "refused")
    assert due(database, company) == []
    assert due(database, company, timedelta(hours=2)) == [mail.mail_id]
    failed(database, read(database, mail), None, "refused again")
    assert due(database, company, timedelta(days=9)) == []
    with database.reading() as conn:
        (listed,) = mails.outbox(conn, company.company_id)
    assert (listed.state, listed.last_error) == (MailState.FAILED, "refused again")


def test_the_outbox_shows_the_newest_first_and_the_oldest_is_sent_first(
    database: Database, company: Company
) -> None:
    ids = [add(database, company).mail_id for _ in range(3)]
    with database.reading() as conn:
        assert [mail.mail_id for mail in mails.outbox(conn, company.company_id)] == ids[::-1]
        assert [mail.mail_id for mail in mails.outbox(conn, company.company_id, 1, 1)] == [ids[1]]
    assert due(database, company) == ids


def test_an_import_finds_its_mails(database: Database, company: Company, other: Company) -> None:
    record = commit_plan(database, company, make_plan(company, new=[{"code": "A", "name": "A"}]))
    of_import = NewMail(**{**vars(MAIL), "import_id": record.import_id})
    with database.writing() as conn:
        mail_id = mails.add_mail(conn, company.company_id, of_import, to_be_sent=True)
        (found,) = mails.mails_of(conn, company.company_id, record.import_id)
        assert found.mail_id == mail_id
        assert mails.mails_of(conn, other.company_id, record.import_id) == []


def test_another_company_neither_sees_nor_changes_a_mail(
    database: Database, company: Company, other: Company
) -> None:
    mail = add(database, company)
    with database.writing() as conn:
        assert mails.get_mail(conn, other.company_id, mail.mail_id) is None
        assert mails.outbox(conn, other.company_id) == []
        mails.mark_sent(conn, other.company_id, mail.mail_id)
        theirs = replace(mail, company_id=other.company_id)
        assert mails.claim(conn, theirs, datetime.now(UTC)) is None
        until = mails.claim(conn, mail, datetime.now(UTC))
        assert until is not None
        claimed = mails.get_mail(conn, company.company_id, mail.mail_id)
        mails.mark_failed(conn, theirs, until, None, "no")
        assert mails.get_mail(conn, company.company_id, mail.mail_id) == claimed
    assert due(database, other) == []
