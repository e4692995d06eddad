"""Configuration, read once at the edge from `KOMET_*` environment variables and passed down as one frozen value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_data_dir

from komet_import.errors import BadSettings
from komet_import.language import _

_Text = Callable[[str], str | None]
_Number = Callable[[str, int, int], int]
_MOST = 1_000_000_000  # what the system calls behind the limits still take
_LAST_PORT = 65_535
_LONGEST_DAYS = 36_500


class MailSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    SSL = "ssl"
    NONE = "none"


DEFAULT_MAIL_PORT = {MailSecurity.STARTTLS: 587, MailSecurity.SSL: 465, MailSecurity.NONE: 25}


@dataclass(frozen=True)
class MailServer:
    """Where e-mails go; without one they stay in the outbox."""

    host: str
    port: int
    security: MailSecurity
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class ReaderLimits:
    """What a file may cost: bytes uploaded, rows held, and memory and time of the process that reads it."""

    upload_mb: int = 100
    rows: int = 300_000
    memory_mb: int = 2048
    seconds: int = 60


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides. `company` is None for "the only company"."""

    data_dir: Path
    database_url: str
    limits: ReaderLimits = ReaderLimits()
    mail_server: MailServer | None = None
    company: str | None = None
    person: str = "admin@localhost"
    base_url: str = "http://localhost:8501"
    keep_days: int = 30  # discarded drafts and refused files

    @property
    def outbox_dir(self) -> Path:
        """Where an e-mail lies as an `.eml` file while there is no mail server."""
        return self.data_dir / "outbox"

    def link(self, path: str) -> str:
        """The full address of a page of the app, for e-mails."""
        return f"{self.base_url.rstrip('/')}/{path.lstrip('/')}"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Raises BadSettings, naming the variable, when a value cannot be used."""

    def text(name: str) -> str | None:
        return environment.get(f"KOMET_{name}", "").strip() or None

    def number(name: str, default: int, most: int = _MOST) -> int:
        value = text(name) or str(default)
        if not re.fullmatch("[0-9]{1,10}", value) or not 0 < int(value) <= most:
            wanted = _("a whole number from 1 to {most}").format(most=most)
            raise BadSettings("bad_setting", name=f"KOMET_{name}", value=value, wanted=wanted)
        return int(value)

    data_dir = _data_dir(text("DATA_DIR") or user_data_dir("komet-import", appauthor=False))
    return Settings(
        data_dir=data_dir,
        database_url=text("DATABASE_URL") or f"sqlite:///{(data_dir / 'komet.sqlite3').as_posix()}",
        limits=ReaderLimits(
            upload_mb=number("MAX_UPLOAD_MB", 100),
            rows=number("MAX_ROWS", 300_000),
            memory_mb=number("PARSER_MEMORY_MB", 2048),
            seconds=number("PARSER_SECONDS", 60),
        ),
        mail_server=_mail_server(text, number),
        company=text("COMPANY"),
        person=text("PERSON") or "admin@localhost",
        base_url=_base_url(text("BASE_URL") or "http://localhost:8501"),
        keep_days=number("KEEP_DAYS", 30, _LONGEST_DAYS),
    )


def _data_dir(value: str) -> Path:
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        wanted = _("a folder; this system has no home directory of that name")
        raise BadSettings("bad_setting", name="KOMET_DATA_DIR", value=value, wanted=wanted) from error


def _base_url(value: str) -> str:
    if not _is_web_address(value):
        raise BadSettings(
            "bad_setting",
            name="KOMET_BASE_URL",
            value=value,
            wanted=_("an address like http://localhost:8501"),
        )
    return value


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc)


def _mail_server(text: _Text, number: _Number) -> MailServer | None:
    host = text("SMTP_HOST")
    if host is None:
        return None
    wanted = text("SMTP_SECURITY") or MailSecurity.STARTTLS
    if wanted not in list(MailSecurity):
        raise BadSettings(
            "bad_setting", name="KOMET_SMTP_SECURITY", value=wanted, wanted=_("starttls, ssl or none")
        )
    security = MailSecurity(wanted)
    user = text("SMTP_USER")
    sender = text("MAIL_FROM") or user
    if sender is None or "@" not in sender:
        raise BadSettings(
            "bad_setting",
            name="KOMET_MAIL_FROM",
            value=sender or "",
            wanted=_("the address e-mails come from"),
        )
    return MailServer(
        host=host,
        port=number("SMTP_PORT", DEFAULT_MAIL_PORT[security], _LAST_PORT),
        security=security,
        sender=sender,
        user=user,
        password=text("SMTP_PASSWORD"),
    )
