"""Hands an e-mail to the mail server.

yagmail connects, secures and signs in; the message itself is ours. yagmail's own composing would send the HTML's
source as the plain text, attach whatever file a text happens to name, and repeat a message for 18 seconds when the
server hangs up, where the outbox already tries again.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Any

import yagmail

from komet_import.errors import KometError
from komet_import.language import _
from komet_import.mail.compose import Message, to_email
from komet_import.mail.wording import shown
from komet_import.sentences import listed
from komet_import.settings import MailSecurity, MailServer

TIMEOUT_SECONDS = 20.0
# Stricter than the standards: nothing that could end the address and start another one, or a command.
_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]+@[^\s\x00-\x1f\x7f@,;:<>()\"\\]+")
_ANSWER_LENGTH = 200

# The answers of a mail server, by address: SMTP code and text.
_Refused = Mapping[str, tuple[int, bytes]]


class MailNotSent(KometError):
    """`unreached` are the recipients that did not get it: a later try is for them alone."""

    def __init__(self, code: str, unreached: Sequence[str], **facts: object) -> None:
        self.unreached = tuple(unreached)
        super().__init__(code, **facts)


def send(
    server: MailServer,
    message: Message,
    recipients: Sequence[str],
    message_id: str,
    timeout: float = TIMEOUT_SECONDS,
) -> None:
    """Raises MailNotSent. `timeout` is seconds for each answer of the server; `message_id` has its angle brackets.

    The same message id at every try lets mail programs see that a repeated e-mail is the same one.
    """
    if server.user is not None and not server.password:
        raise MailNotSent("mail_no_password", recipients, user=server.user)
    addresses = [recipient for recipient in recipients if _ADDRESS.fullmatch(recipient)]
    refused: dict[str, tuple[int, bytes]] = {
        recipient: (0, _("not an e-mail address").encode())
        for recipient in recipients
        if recipient not in addresses
    }
    if addresses:
        refused |= _hand_over(server, message, addresses, message_id, timeout)
    if refused or not recipients:
        raise _not_accepted(server, refused)


def _hand_over(
    server: MailServer, message: Message, addresses: Sequence[str], message_id: str, timeout: float
) -> _Refused:
    email = to_email(message, addresses, server.sender, message_id, datetime.now(UTC))
    client = _client(server, timeout)
    try:
        client.login()
        refused: _Refused = client.smtp.send_message(email, parseaddr(server.sender)[1], addresses)
    except smtplib.SMTPRecipientsRefused as error:
        return error.recipients
    except (OSError, UnicodeError) as error:  # smtplib's and ssl's errors are OSErrors
        raise _not_sent(error, server, addresses) from error
    finally:
        _hang_up(client)
    return refused


def _client(server: MailServer, timeout: float) -> Any:
    """yagmail's client, not connected yet. Untyped in the library."""
    context = ssl.create_default_context()  # smtplib's own default would accept any certificate
    is_ssl = server.security is MailSecurity.SSL
    client = yagmail.SMTP(
        user={server.user or server.sender: ""},  # a plain string without @ would become one at gmail.com
        password=server.password,
        host=server.host,
        port=server.port,
        smtp_ssl=is_ssl,
        smtp_starttls={"context": context} if server.security is MailSecurity.STARTTLS else False,
        smtp_skip_login=server.user is None,
        soft_email_validation=False,
        timeout=timeout,
        **({"context": context} if is_ssl else {}),
    )
    client.set_logging(None)  # it would write to standard error
    return client


def _hang_up(client: Any) -> None:
    """A farewell that fails changes nothing: the e-mail is through, or the error is on its way already."""
    with suppress(OSError):
        client.close()


def _not_sent(error: OSError | UnicodeError, server: MailServer, addresses: Sequence[str]) -> MailNotSent:
    code, reason = _reason(error)
    return MailNotSent(code, addresses, server=_name(server), reason=shown(reason, _ANSWER_LENGTH))


def _reason(error: OSError | UnicodeError) -> tuple[str, str]:
    """The code of the sentence, and the words that it repeats from the server or the system."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return "mail_sign_in_refused", _answer(error.smtp_code, error.smtp_error)
        case smtplib.SMTPResponseException():
            return _code_of(error.smtp_code), _answer(error.smtp_code, error.smtp_error)
        case smtplib.SMTPServerDisconnected():
            return "mail_hung_up", ""
        case smtplib.SMTPException():
            return "mail_unsupported", str(error).rstrip(".")
        case ssl.SSLCertVerificationError():
            return "mail_insecure", error.verify_message
        case ssl.SSLError():
            return "mail_insecure", error.reason.replace("_", " ").lower() if error.reason else _("no TLS")
        case UnicodeEncodeError(encoding="ascii"):
            return "mail_sign_in_refused", _("user or password has letters that mail servers do not know")
        case socket.gaierror() | UnicodeError():
            return "mail_unreachable", _("no such name")
        case TimeoutError():
            return "mail_unreachable", _("no answer")
    return "mail_unreachable", error.strerror or type(error).__name__


def _not_accepted(server: MailServer, refused: _Refused) -> MailNotSent:
    if not refused:
        return MailNotSent("mail_no_recipients", ())
    code, answer = next(iter(refused.values()))
    return MailNotSent(
        "mail_recipients_refused",
        tuple(refused),
        server=_name(server),
        addresses=listed([shown(address, 80) for address in refused], 1),
        reason=_answer(code, answer),
    )


def _code_of(answer: int) -> str:
    return "mail_postponed" if 400 <= answer < 500 else "mail_refused"


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return shown(f"{code if code > 0 else ''} {words}", _ANSWER_LENGTH).rstrip(".")


def _name(server: MailServer) -> str:
    return f"{server.host}:{server.port}"
