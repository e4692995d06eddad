"""What arrives at a real SMTP server, and what is said when one misbehaves."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from komet_import.errors import KometError
from komet_import.mail.compose import Message, compose
from komet_import.mail.sender import MailNotSent, send
from komet_import.settings import MailSecurity, MailServer
from tests.mail.post_office import Mailbox, post_office
from tests.mail.reports import LEFT_OUT

ID = "<import-7@komet.example>"
ANA, OPS = "ana@sunrise.example", "ops@sunrise.example"
MESSAGE = compose(LEFT_OUT)
LOGIN = ("postman@sunrise.example", "s3cret")


def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
    given = (data.login.decode(), data.password.decode())
    return AuthResult(success=given == LOGIN, handled=False)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    with post_office(mailbox) as address:
        yield address


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed one for 127.0.0.1, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    outputs = ["-nodes", "-days", "2", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            *outputs,
            *names,
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    return folder / "certificate.pem", folder / "key.pem"


def tls(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def failure(
    server: MailServer, recipients: tuple[str, ...] = (ANA, OPS), timeout: float = 5.0
) -> MailNotSent:
    """The refusal, which always comes soon: waiting for a better moment is the outbox's."""
    started = time.monotonic()
    with pytest.raises(MailNotSent) as caught:
        send(server, MESSAGE, recipients, ID, timeout)
    assert time.monotonic() - started < 12
    assert isinstance(caught.value, KometError)
    assert str(caught.value).endswith(".")
    return caught.value


def test_the_email_arrives_with_both_parts_for_everybody(server: MailServer, mailbox: Mailbox) -> None:
    send(server, MESSAGE, [ANA, OPS], ID)
    [envelope], [email] = mailbox.envelopes, mailbox.emails
    assert envelope.mail_from == "komet@sunrise.example"
    assert envelope.rcpt_tos == [ANA, OPS]
    assert email["From"] == "Komet Import <komet@sunrise.example>"
    assert email["To"] == f"{ANA}, {OPS}"
    assert email["Subject"] == "52 rows imported, 3 left out · customers-november.xlsx"
    assert email["Message-ID"] == ID
    assert email["Date"] is not None
    text, html = (str(part.get_content()).replace("\r\n", "\n") for part in email.iter_parts())
    assert (text, html) == (MESSAGE.text, MESSAGE.html)


def test_a_text_that_names_a_file_attaches_nothing(
    server: MailServer, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("TOP SECRET")
    monkeypatch.chdir(tmp_path)
    for path in (str(secret), "secret.txt"):
        send(server, Message(subject=path, html=path, text=path), [ANA], ID)
        send(server, compose(replace(LEFT_OUT, company=path, file=path)), [ANA], ID)
    for content, email in zip(mailbox.contents, mailbox.emails, strict=True):
        assert [part.get_content_type() for part in email.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]
        assert b"TOP SECRET" not in content


def test_a_sender_with_a_name_keeps_it(server: MailServer, mailbox: Mailbox) -> None:
    send(replace(server, sender="Sunrise <post@sunrise.example>"), MESSAGE, [ANA], ID)
    assert mailbox.envelopes[0].mail_from == "post@sunrise.example"
    assert mailbox.emails[0]["From"] == "Sunrise <post@sunrise.example>"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
def test_signing_in(mailbox: Mailbox) -> None:
    options = {"authenticator": authenticate, "auth_required": True, "auth_require_tls": False}
    with post_office(mailbox, **options) as server:
        signed = replace(server, user=LOGIN[0], password=LOGIN[1])
        send(signed, MESSAGE, [ANA], ID)
        assert len(mailbox.emails) == 1
        assert failure(replace(signed, password="wrong")).code == "mail_sign_in_refused"
        assert failure(replace(signed, password="contraseña")).code == "mail_sign_in_refused"
        assert failure(server).code == "mail_refused"


def test_a_user_without_password_is_never_asked_for_one(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("builtins.input")
    for password in (None, ""):
        error = failure(replace(server, user="postman", password=password))
        assert "has no password" in str(error)
        assert error.unreached == (ANA, OPS)


def test_a_server_that_knows_no_sign_in(server: MailServer) -> None:
    error = failure(replace(server, user="postman", password="x"))
    assert error.code == "mail_unsupported"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("451 Greylisted, come back later", "mail_postponed"),
        ("554 Spam", "mail_refused"),
        ("550 \x1b[31mred\u202e", "mail_refused"),
    ],
)
def test_a_refused_email_repeats_the_servers_answer(
    server: MailServer, mailbox: Mailbox, answer: str, code: str
) -> None:
    mailbox.answer_to_data = answer
    error = failure(server)
    assert (error.code, error.unreached) == (code, (ANA, OPS))
    assert answer[:3] in str(error)
    assert "\x1b" not in str(error)


@pytest.mark.parametrize("answer", ["550 No such user", "450 Greylisted"])
def test_a_refused_recipient_is_named_and_the_others_get_it(
    server: MailServer, mailbox: Mailbox, answer: str
) -> None:
    mailbox.answers_to = {OPS: answer}
    error = failure(server)
    assert error.unreached == (OPS,)
    assert OPS in str(error)
    assert answer in str(error)
    assert mailbox.envelopes[0].rcpt_tos == [ANA]


def test_all_recipients_refused(server: MailServer, mailbox: Mailbox) -> None:
    mailbox.answers_to = {ANA: "550 No", OPS: "550 No"}
    error = failure(server)
    assert error.unreached == (ANA, OPS)
    assert f"{ANA} and 1 more" in str(error)


@pytest.mark.parametrize(
    "address",
    [
        "ana",
        "",
        "a@b.example\r\nDATA",
        "a@b.example, c@d.example",
        "a b@c.example",
        "<a@b.example>",
        "a@b\x00c.example",
    ],
)
def test_what_is_no_address_never_reaches_the_server(
    server: MailServer, mailbox: Mailbox, address: str
) -> None:
    error = failure(server, (ANA, address))
    assert error.unreached == (address,)
    assert "not an e-mail address" in str(error)
    assert [envelope.rcpt_tos for envelope in mailbox.envelopes] == [[ANA]]
    assert mailbox.emails[0]["To"] == ANA


def test_an_email_for_nobody(server: MailServer) -> None:
    assert failure(server, ()).code == "mail_no_recipients"


def test_an_international_address_needs_a_server_that_knows_them(mailbox: Mailbox) -> None:
    with post_office(mailbox, enable_SMTPUTF8=True) as server:
        send(server, MESSAGE, ["josé@mañana.example"], ID)
        assert mailbox.envelopes[0].rcpt_tos == ["josé@mañana.example"]
    with post_office(mailbox, enable_SMTPUTF8=False) as server:
        assert failure(server, ("josé@mañana.example",)).code == "mail_unsupported"


def test_a_server_that_hangs_up_on_the_email(server: MailServer, mailbox: Mailbox) -> None:
    mailbox.hangs_up = True
    assert failure(server).code == "mail_hung_up"


def _says_nothing(connection: socket.socket) -> None:
    connection.recv(1)


def _hangs_up(connection: socket.socket) -> None:
    pass


def _is_closed_for_today(connection: socket.socket) -> None:
    connection.sendall(b"421 Closed for today\r\n")


def _talks_nonsense(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def _is_silent_after_the_greeting(connection: socket.socket) -> None:
    connection.sendall(b"220 hello\r\n")
    connection.recv(1000)
    connection.recv(1)


@pytest.mark.parametrize(
    ("behaviour", "security", "code"),
    [
        (_says_nothing, MailSecurity.NONE, "mail_hung_up"),
        (_says_nothing, MailSecurity.SSL, "mail_unreachable"),
        (_hangs_up, MailSecurity.NONE, "mail_hung_up"),
        (_is_closed_for_today, MailSecurity.NONE, "mail_postponed"),
        (_talks_nonsense, MailSecurity.NONE, "mail_refused"),
        (_talks_nonsense, MailSecurity.SSL, "mail_insecure"),
        (_is_silent_after_the_greeting, MailSecurity.NONE, "mail_hung_up"),
    ],
)
def test_servers_that_misbehave(
    behaviour: Callable[[socket.socket], None], security: MailSecurity, code: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            with closing(listener.accept()[0]) as connection:
                behaviour(connection)

        thread = Thread(target=serve)
        thread.start()
        error = failure(MailServer("127.0.0.1", listener.getsockname()[1], security, ANA), timeout=0.3)
        thread.join()
    assert (error.code, error.unreached) == (code, (ANA, OPS))


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..b", "x" * 80])
def test_an_unknown_host(host: str) -> None:
    error = failure(MailServer(host, 25, MailSecurity.NONE, ANA))
    assert error.code == "mail_unreachable"
    assert "no such name" in str(error)


def test_a_port_where_nobody_listens() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    error = failure(MailServer("127.0.0.1", port, MailSecurity.STARTTLS, ANA))
    assert (error.code, f"127.0.0.1:{port}" in str(error)) == ("mail_unreachable", True)


def test_starttls_is_never_given_up_for_plain_text(server: MailServer, mailbox: Mailbox) -> None:
    error = failure(replace(server, security=MailSecurity.STARTTLS))
    assert error.code == "mail_unsupported"
    assert "STARTTLS" in str(error)
    assert mailbox.envelopes == []


@pytest.mark.parametrize("security", [MailSecurity.STARTTLS, MailSecurity.SSL])
def test_only_a_trusted_certificate_will_do(
    security: MailSecurity, mailbox: Mailbox, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {"authenticator": authenticate}
    if security is MailSecurity.SSL:
        options |= {"ssl_context": tls(certificate), "auth_require_tls": False}
    else:
        options |= {"tls_context": tls(certificate), "require_starttls": True}
    with post_office(mailbox, **options) as plain:
        server = replace(plain, security=security, user=LOGIN[0], password=LOGIN[1])
        monkeypatch.setenv("SSL_CERT_FILE", os.devnull)
        error = failure(server)
        assert (error.code, "self-signed" in str(error)) == ("mail_insecure", True)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        send(server, MESSAGE, [ANA], ID)
    assert [email["Message-ID"] for email in mailbox.emails] == [ID]


def test_nothing_is_written_to_standard_error(
    server: MailServer, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]
) -> None:
    mailbox.hangs_up = True
    failure(server)
    assert capfd.readouterr() == ("", "")
