"""From an import's report to an e-mail. Pure: no network, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from komet_import.language import _
from komet_import.mail import wording
from komet_import.mail.report import ImportReport
from komet_import.review.issues import Issue

__all__ = ["ImportReport", "Message", "as_eml", "compose", "compose_test", "to_email"]

_NAME_LENGTH = 80
_VALUE_LENGTH = 60
_SENTENCE_LENGTH = 400
_FROM = "Komet Import"


@dataclass(frozen=True)
class Message:
    """A composed e-mail, addressed to nobody yet."""

    subject: str
    html: str
    text: str


def compose(report: ImportReport) -> Message:
    """Whatever the file says stays text: no markup, no template, no header, no link comes of it."""
    title = wording.title(report)
    facts = {
        "title": title,
        "company": wording.inert(report.company, _NAME_LENGTH),
        "outcome": wording.inert(wording.outcome(report), _SENTENCE_LENGTH),
        "left_out": wording.left_out(report),
        "next_step": wording.next_step(report),
        "figures": wording.figures(report),
        "equation": wording.equation(report),
        "changes": wording.changes(report),
        "problems": [_as_shown(report, issue) for issue in report.problems],
        "problems_note": wording.problems_note(report),
        "button": wording.button(report),
        "import_url": report.import_url,
        "customers_url": report.customers_url,
        "file": wording.inert(report.file, _NAME_LENGTH),
        "origin": wording.origin(report, _NAME_LENGTH),
    }
    return Message(
        subject=f"{title} · {wording.shown(report.file, _NAME_LENGTH)}",
        html=_templates().get_template("import.html.j2").render(facts),
        text=_templates().get_template("import.txt.j2").render(facts),
    )


def compose_test(company: str, person: str, moment: datetime, settings_url: str) -> Message:
    """What an administrator sends to see whether e-mails arrive. `moment` is aware and in the company's zone."""
    facts = {
        "title": _("E-mails arrive"),
        "company": wording.inert(company, _NAME_LENGTH),
        "outcome": _(
            "The mail server took this test e-mail, so the results of imports reach you the same way."
        ),
        "origin": _("Sent by {person} on {moment} from Settings.").format(
            person=wording.inert(person, _NAME_LENGTH), moment=wording.moment(moment)
        ),
        "settings_url": settings_url,
    }
    return Message(
        subject=_("Test e-mail · {company}").format(company=wording.shown(company, _NAME_LENGTH)),
        html=_templates().get_template("test.html.j2").render(facts),
        text=_templates().get_template("test.txt.j2").render(facts),
    )


def to_email(
    message: Message, recipients: Sequence[str], sender: str, message_id: str, date: datetime
) -> EmailMessage:
    """Multipart/alternative, plain text first. `message_id` has its angle brackets, `date` is aware."""
    email = EmailMessage(policy=SMTP)
    email["From"] = _header(sender if "<" in sender else f"{_FROM} <{sender}>")
    email["To"] = _header(", ".join(recipients))
    email["Subject"] = _header(message.subject)
    email["Date"] = format_datetime(date)
    email["Message-ID"] = _header(message_id)
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    email.set_content(message.text)
    email.add_alternative(message.html, subtype="html")
    return email


def as_eml(
    message: Message, recipients: Sequence[str], sender: str, message_id: str, date: datetime
) -> bytes:
    """The same e-mail as a file that any mail program opens."""
    return to_email(message, recipients, sender, message_id, date).as_bytes()


def _header(text: str) -> str:
    return wording.shown(text, 10_000)


def _as_shown(report: ImportReport, issue: Issue) -> dict[str, object]:
    return {
        "row": issue.row,
        "column": wording.inert(report.header(issue.key) if issue.key else "", _NAME_LENGTH),
        "value": wording.inert(issue.value, _VALUE_LENGTH),
        "message": wording.inert(issue.message, _SENTENCE_LENGTH),
    }


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["_"] = _
    return environment
