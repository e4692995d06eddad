"""The outbox: e-mails written with what they tell of, sent afterwards, kept in any case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from komet_import.store.models import import_, mail

LEASE = timedelta(minutes=5)  # longer than a try can take: a sender that died is followed by another
_FURTHEST = timedelta(days=2)  # no pause is as long


class MailState(StrEnum):
    """`failed` is for good; while there are tries left, it waits."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class NewMail:
    """Addresses, subject and both bodies, as composed."""

    recipients: tuple[str, ...]
    subject: str
    html: str
    text: str
    message_id: str
    import_id: int | None = None


@dataclass(frozen=True)
class StoredMail:
    """`next_try_at` is None for one that is not tried by itself: sent, failed, or kept while there is no mail server."""

    mail_id: int
    company_id: int
    import_id: int | None
    recipients: tuple[str, ...]
    subject: str
    html: str
    text: str
    message_id: str
    state: MailState
    attempts: int
    next_try_at: datetime | None
    last_error: str | None
    created_at: datetime
    sent_at: datetime | None


def add_mail(conn: sa.Connection, company_id: int, new: NewMail, *, to_be_sent: bool) -> int:
    """Waits for its first try, or without a mail server (`to_be_sent` False) is just kept; returns its ID."""
    now = datetime.now(UTC)
    values = {
        "company_id": company_id,
        "import_id": new.import_id,
        "recipients": list(new.recipients),
        "subject": new.subject,
        "html": new.html,
        "text": new.text,
        "message_id": new.message_id,
        "state": MailState.WAITING.value,
        "attempts": 0,
        "next_try_at": now if to_be_sent else None,
        "created_at": now,
    }
    mail_id: int = conn.execute(sa.insert(mail).values(values).returning(mail.c.id)).scalar_one()
    return mail_id


def get_mail(conn: sa.Connection, company_id: int, mail_id: int) -> StoredMail | None:
    """None for one that is unknown or another company's."""
    row = conn.execute(_mails(company_id).where(mail.c.id == mail_id)).one_or_none()
    return _mail(row) if row is not None else None


def mails_of(conn: sa.Connection, company_id: int, import_id: int) -> list[StoredMail]:
    """Those that tell of one import."""
    wanted = _mails(company_id).where(mail.c.import_id == import_id).order_by(mail.c.id)
    return [_mail(row) for row in conn.execute(wanted)]


def outbox(
    conn: sa.Connection,
    company_id: int,
    limit: int | None = None,
    offset: int = 0,
    person_id: int | None = None,
) -> list[StoredMail]:
    """All, or those of one person's imports, newest first."""
    wanted = _mails(company_id).where(*_of_imports_by(person_id)).order_by(mail.c.id.desc())
    return [_mail(row) for row in conn.execute(wanted.limit(limit).offset(offset))]


def due(conn: sa.Connection, company_id: int, now: datetime, limit: int) -> list[StoredMail]:
    """What is to be tried by itself now, oldest first.

    A next try beyond any pause was written by a clock that was set back since: that is due too.
    """
    ripe = sa.or_(mail.c.next_try_at <= now, mail.c.next_try_at > now + _FURTHEST)
    return _oldest(conn, company_id, limit, ripe)


def waiting(
    conn: sa.Connection, company_id: int, limit: int, person_id: int | None = None
) -> list[StoredMail]:
    """What is not sent and not given up, oldest first: due or not, being sent, or kept for want of a mail server.

    Of all imports, or of one person's.
    """
    return _oldest(conn, company_id, limit, *_of_imports_by(person_id))


def _oldest(
    conn: sa.Connection, company_id: int, limit: int, *which: sa.ColumnElement[bool]
) -> list[StoredMail]:
    wanted = _mails(company_id).where(mail.c.state == MailState.WAITING, *which)
    return [_mail(row) for row in conn.execute(wanted.order_by(mail.c.id).limit(limit))]


def claim(conn: sa.Connection, seen: StoredMail, now: datetime) -> datetime | None:
    """The mail is this sender's to try until then; None when it is another's, or was touched since it was seen.

    Counts as an attempt. A sender that dies meanwhile holds it no longer than its lease.
    """
    until = now + LEASE
    claimed = sa.update(mail).where(*_as_seen(seen), mail.c.state == MailState.WAITING, _is_free(now))
    values = {"next_try_at": until, "claimed_until": until, "attempts": mail.c.attempts + 1}
    return until if conn.execute(claimed.values(**values)).rowcount == 1 else None


def mark_sent(conn: sa.Connection, company_id: int, mail_id: int) -> None:
    """A server took it, whoever holds it by now."""
    values = {"state": MailState.SENT.value, "sent_at": datetime.now(UTC)}
    conn.execute(
        sa.update(mail)
        .where(*_one(company_id, mail_id))
        .values(next_try_at=None, claimed_until=None, last_error=None, **values)
    )


def mark_failed(
    conn: sa.Connection, tried: StoredMail, until: datetime, next_try_at: datetime | None, error: str
) -> None:
    """A try under the claim `until` failed: it waits until `next_try_at`, or with None is given up.

    When the claim ran out and another sender took over, what became of the mail is that one's to say.
    """
    state = MailState.FAILED if next_try_at is None else MailState.WAITING
    values = {"state": state.value, "next_try_at": next_try_at, "claimed_until": None, "last_error": error}
    held = (*_one(tried.company_id, tried.mail_id), mail.c.claimed_until == until)
    conn.execute(sa.update(mail).where(*held).values(**values))


def make_due(conn: sa.Connection, seen: StoredMail, now: datetime, message_id: str) -> bool:
    """Waits for a first try again, whatever became of it; False when it is being sent or was touched since it was seen.

    One that was sent gets the new `message_id`: a mail program may drop what it knows already.
    """
    due_again = sa.update(mail).where(*_as_seen(seen), mail.c.state == seen.state, _is_free(now))
    known = message_id if seen.state is MailState.SENT else seen.message_id
    values = {"state": MailState.WAITING.value, "message_id": known, "attempts": 0, "next_try_at": now}
    return conn.execute(due_again.values(claimed_until=None, last_error=None, **values)).rowcount == 1


def _of_imports_by(person_id: int | None) -> list[sa.ColumnElement[bool]]:
    if person_id is None:
        return []
    return [mail.c.import_id.in_(sa.select(import_.c.id).where(import_.c.person_id == person_id))]


def _one(company_id: int, mail_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return mail.c.company_id == company_id, mail.c.id == mail_id


def _as_seen(seen: StoredMail) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        *_one(seen.company_id, seen.mail_id),
        mail.c.attempts == seen.attempts,
        mail.c.next_try_at.is_not_distinct_from(seen.next_try_at),
    )


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    """Nobody is sending it. A lease of more than two was written by a clock that was set back since."""
    until = mail.c.claimed_until
    return sa.or_(until.is_(None), until <= now, until > now + 2 * LEASE)


def _mails(company_id: int) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(mail).where(mail.c.company_id == company_id)


def _mail(row: sa.Row[*tuple[Any, ...]]) -> StoredMail:
    return StoredMail(
        mail_id=row.id,
        company_id=row.company_id,
        import_id=row.import_id,
        recipients=tuple(row.recipients),
        subject=row.subject,
        html=row.html,
        text=row.text,
        message_id=row.message_id,
        state=MailState(row.state),
        attempts=row.attempts,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )
