"""The e-mails: of an import, from the outbox to the mail server, once more, and a test."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import make_msgid
from enum import StrEnum
from itertools import groupby, islice

from komet_import.access import Deed, find_import, require, sees_only
from komet_import.desk import Desk
from komet_import.errors import BadSettings, NotFound, Refused
from komet_import.mail.compose import Message, as_eml, compose, compose_test
from komet_import.mail.outbox import eml_path, keep_as_eml, pause_after
from komet_import.mail.report import ImportReport
from komet_import.mail.sender import MailNotSent, send
from komet_import.review.issues import Issue, ProblemKind
from komet_import.review.plan import Plan
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import IssueCode, Severity
from komet_import.settings import MailServer
from komet_import.store import mails
from komet_import.store.imports import ImportRecord
from komet_import.store.mails import MailState, NewMail, StoredMail

log = logging.getLogger(__name__)
_SHOWN_PROBLEMS = 5
_SHOWN_COLUMNS = 3
_SHOWN_ROWS = 20
_AT_ONCE = 20
_EVERY = 10_000


class Outcome(StrEnum):
    """Of one e-mail's turn. Not tried are `in_hand`, which somebody else is sending, and `elsewhere`, which was ended there."""

    SENT = "sent"
    FAILED = "failed"
    IN_HAND = "in_hand"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Attempt:
    """The e-mail as it was before; `error` is the sentence of one that failed."""

    mail: StoredMail
    outcome: Outcome
    error: str = ""


def compose_mail(desk: Desk, record: ImportRecord, plan: Plan) -> NewMail:
    """The result of an import, for the person who made it."""
    message = compose(_report(desk, record, plan))
    return NewMail(
        recipients=(desk.person.email,),
        subject=message.subject,
        html=message.html,
        text=message.text,
        message_id=make_msgid(domain="komet-import.local"),
        import_id=record.import_id,
    )


def _report(desk: Desk, record: ImportRecord, plan: Plan) -> ImportReport:
    header = DECLARATIONS[record.declaration].header
    committed = record.state == "committed"
    with_errors = (row for row, _ in groupby(_errors(plan), key=lambda issue: issue.row))
    changed = Counter(header(change.key) for change in plan.changes)
    return ImportReport(
        company=desk.company.name,
        file=record.title,
        person=desk.person.name,
        finished_at=desk.company.local(record.finished_at),
        state="committed" if committed else "rejected",
        rows=record.rows,
        inserted=record.counts.new,
        updated=record.counts.update,
        unchanged=record.counts.unchanged,
        rejected=record.counts.rejected,
        left_out_rows=tuple(islice(plan.cells if committed else with_errors, _SHOWN_ROWS)),
        problems=tuple(islice(_errors(plan), _SHOWN_PROBLEMS)),
        header=header,
        problem_count=sum(n for kind, n in plan.issue_counts.items() if _is_error(kind)),
        most_changed=tuple(changed.most_common(_SHOWN_COLUMNS)) if committed else (),
        cleared=sum(not change.new for change in plan.changes) if committed else 0,
        import_url=desk.settings.link(f"import_history?import={record.import_id}"),
        customers_url=desk.settings.link("customers"),
        held_back=record.counts.held_back,
        skipped=record.counts.skipped,
    )


def _errors(plan: Plan) -> Iterator[Issue]:
    """What is to be corrected: a row that the user left out is not."""
    return filter(_is_error, plan.issues)


def _is_error(issue: Issue | ProblemKind) -> bool:
    return issue.severity is Severity.ERROR and issue.code is not IssueCode.LEFT_OUT


def deliver(desk: Desk, *, waiting: bool = False) -> list[Attempt]:
    """Tries what is due in the outbox; failures are kept with their e-mail.

    That is the machine's work, whoever it works for. With `waiting`, it is the person's: those whose next try is still
    to come are tried too, and those kept from before there was a server, of the imports that they may see.
    Without a mail server, each e-mail is kept as an `.eml` file instead, and goes on waiting.

    A sender that dies between the server's answer and its note leaves the e-mail to be sent once more when its lease
    is over, with the same message id: better twice than never.
    """
    limit = _EVERY if waiting else _AT_ONCE
    server = desk.settings.mail_server
    only = sees_only(desk.person) if waiting else None
    if server is None:
        _keep_newest(desk, limit, only)
        return []
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        if waiting:
            found = mails.waiting(connection, company_id, limit, only)
        else:
            found = mails.due(connection, company_id, datetime.now(UTC), limit)
    return [_try(desk, server, mail) for mail in found]


def eml(desk: Desk, import_id: int, mail_id: int) -> bytes:
    """An import's e-mail as a file that any mail program opens. Raises NotFound."""
    return _as_file(desk, _find(desk, import_id, mail_id))


def _as_file(desk: Desk, mail: StoredMail) -> bytes:
    server = desk.settings.mail_server
    sender = server.sender if server else "komet-import@localhost"
    message = Message(mail.subject, mail.html, mail.text)
    return as_eml(message, mail.recipients, sender, mail.message_id, mail.created_at)


def _keep_newest(desk: Desk, limit: int, only: int | None) -> None:
    """The newest, because kept ones never leave the outbox: of the oldest, the same few would come each time."""
    folder = desk.settings.outbox_dir
    with desk.database.reading() as connection:
        newest = mails.outbox(connection, desk.company.company_id, limit, person_id=only)
    for mail in newest:
        if mail.state is MailState.WAITING and not eml_path(folder, mail.mail_id).exists():
            keep_as_eml(folder, mail.mail_id, _as_file(desk, mail))


def _try(desk: Desk, server: MailServer, mail: StoredMail) -> Attempt:
    with desk.database.writing() as connection:
        until = mails.claim(connection, mail, datetime.now(UTC))
        if until is None:
            now = mails.get_mail(connection, mail.company_id, mail.mail_id)
            waits = now is not None and now.state is MailState.WAITING
            return Attempt(mail, Outcome.IN_HAND if waits else Outcome.ELSEWHERE)
    failure = _failure(server, mail)
    with desk.database.writing() as connection:
        if failure is None:
            mails.mark_sent(connection, mail.company_id, mail.mail_id)
            return Attempt(mail, Outcome.SENT)
        pause = pause_after(mail.attempts + 1)
        next_try = None if pause is None else datetime.now(UTC) + pause
        mails.mark_failed(connection, mail, until, next_try, str(failure))
    return Attempt(mail, Outcome.FAILED, str(failure))


def _failure(server: MailServer, mail: StoredMail) -> MailNotSent | None:
    """None when the server took it."""
    try:
        send(server, Message(mail.subject, mail.html, mail.text), mail.recipients, mail.message_id)
    except MailNotSent as error:
        return error
    except Exception as error:
        # Nobody foresaw what this one holds: it is told like any failure, and the others have their turn.
        log.exception("E-mail %s failed unexpectedly", mail.mail_id)
        return MailNotSent("mail_unforeseen", mail.recipients, reason=type(error).__name__)
    return None


def outbox(desk: Desk) -> list[StoredMail]:
    """The e-mails of the imports that the person may see, newest first."""
    only = sees_only(desk.person)
    with desk.database.reading() as connection:
        return mails.outbox(connection, desk.company.company_id, person_id=only)


def send_again(desk: Desk, import_id: int, mail_id: int) -> None:
    """Makes an import's e-mail due now, whatever became of it. Raises NotFound, and Refused while it is being sent."""
    seen = _find(desk, import_id, mail_id)
    with desk.database.writing() as connection:
        message_id = make_msgid(domain="komet-import.local")
        if not mails.make_due(connection, seen, datetime.now(UTC), message_id):
            raise Refused("mail_in_hand")


def _find(desk: Desk, import_id: int, mail_id: int) -> StoredMail:
    find_import(desk.database, desk.person, import_id)
    with desk.database.reading() as connection:
        mail = mails.get_mail(connection, desk.company.company_id, mail_id)
    if mail is None or mail.import_id != import_id:
        raise NotFound("unknown_import", id=import_id)
    return mail


def send_test_mail(desk: Desk) -> None:
    """To the person who asks, at once and not by the outbox. Raises BadSettings, or MailNotSent."""
    require(desk.person, Deed.ADMINISTER)
    server = desk.settings.mail_server
    if server is None:
        raise BadSettings("no_mail_server")
    moment = desk.company.local(datetime.now(UTC))
    message = compose_test(desk.company.name, desk.person.name, moment, desk.settings.link("settings"))
    send(server, message, (desk.person.email,), make_msgid(domain="komet-import.local"))
