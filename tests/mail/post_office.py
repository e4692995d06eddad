"""A real mail server on a free port, and the mailbox behind it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from komet_import.settings import MailSecurity, MailServer


class Mailbox:
    """Takes every e-mail, unless told what to answer to a recipient or to the data, or to wait with the answer."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer_to_data = "250 OK"
        self.answers_to: dict[str, str] = {}
        self.hangs_up = False
        # The first e-mail is held, once its text is there, until the second event.
        self.has_text, self.lets_go = threading.Event(), threading.Event()
        self.lets_go.set()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.answers_to.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        if not self.has_text.is_set():
            self.has_text.set()
            await asyncio.to_thread(self.lets_go.wait)
        if self.hangs_up:
            server.transport.abort()
        elif self.answer_to_data.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer_to_data

    @property
    def contents(self) -> list[bytes]:
        return [envelope.original_content or b"" for envelope in self.envelopes]

    @property
    def emails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=default) for content in self.contents]


class PostOffice(Controller):
    """An SMTP server on a free port."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def post_office(mailbox: Mailbox, **options: Any) -> Iterator[MailServer]:
    controller = PostOffice(mailbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield MailServer("127.0.0.1", controller.port, MailSecurity.NONE, sender="komet@sunrise.example")
    finally:
        controller.stop()
