"""The environment becomes one value, or a sentence that names the variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from komet_import.errors import BadSettings
from komet_import.settings import MailSecurity, ReaderLimits, from_environment

MAIL = {"KOMET_SMTP_HOST": "mail.example", "KOMET_MAIL_FROM": "komet@sunrise.example"}


def test_everything_has_a_default_that_works() -> None:
    settings = from_environment({})
    assert settings.data_dir.name == "komet-import"
    assert settings.database_url == f"sqlite:///{settings.data_dir}/komet.sqlite3"
    assert settings.limits == ReaderLimits(upload_mb=100, rows=300_000, memory_mb=2048, seconds=60)
    assert (settings.company, settings.person) == (None, "admin@localhost")
    assert settings.base_url == "http://localhost:8501"
    assert settings.keep_days == 30
    assert settings.mail_server is None


def test_each_variable_is_heard() -> None:
    settings = from_environment(
        {
            "KOMET_DATA_DIR": "/srv/komet",
            "KOMET_DATABASE_URL": "postgresql+psycopg://komet@db/komet",
            "KOMET_COMPANY": " Andes Roses ",
            "KOMET_PERSON": "rosa@andes.example",
            "KOMET_BASE_URL": "https://import.andes.example/",
            "KOMET_MAX_UPLOAD_MB": "5",
            "KOMET_MAX_ROWS": "1000",
            "KOMET_PARSER_MEMORY_MB": "512",
            "KOMET_PARSER_SECONDS": "7",
            "KOMET_KEEP_DAYS": "3",
        }
    )
    assert settings.outbox_dir == Path("/srv/komet/outbox")
    assert settings.database_url == "postgresql+psycopg://komet@db/komet"
    assert (settings.company, settings.person) == ("Andes Roses", "rosa@andes.example")
    assert settings.link("/import_history?import=7") == "https://import.andes.example/import_history?import=7"
    assert settings.limits == ReaderLimits(5, 1000, 512, 7)
    assert settings.keep_days == 3


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("ssl", 465), ("none", 25), ("", 587)])
def test_the_port_of_the_mail_server_follows_its_security(security: str, port: int) -> None:
    server = from_environment(MAIL | {"KOMET_SMTP_SECURITY": security}).mail_server
    assert server is not None
    assert (server.port, server.security) == (port, MailSecurity(security or "starttls"))


def test_the_user_is_the_sender_where_no_other_is_named_and_the_password_is_not_shown() -> None:
    given = {"KOMET_SMTP_USER": "post@sunrise.example", "KOMET_SMTP_PASSWORD": "s3cret"}
    settings = from_environment({"KOMET_SMTP_HOST": "mail.example"} | given)
    assert settings.mail_server is not None
    assert settings.mail_server.sender == "post@sunrise.example"
    assert settings.mail_server.password == "s3cret"
    assert "s3cret" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KOMET_MAX_UPLOAD_MB", "0"),
        ("KOMET_MAX_UPLOAD_MB", "-1"),
        ("KOMET_MAX_ROWS", "many"),
        ("KOMET_MAX_ROWS", "1e6"),
        ("KOMET_MAX_ROWS", "٣٠٠"),
        ("KOMET_MAX_ROWS", "9" * 5000),
        ("KOMET_PARSER_MEMORY_MB", "99999999999999999999"),
        ("KOMET_PARSER_SECONDS", "1.5"),
        ("KOMET_KEEP_DAYS", "0"),
        ("KOMET_KEEP_DAYS", "36501"),
        ("KOMET_SMTP_PORT", "65536"),
        ("KOMET_SMTP_SECURITY", "tls"),
        ("KOMET_MAIL_FROM", "nobody"),
        ("KOMET_BASE_URL", "localhost:8501"),
        ("KOMET_BASE_URL", "javascript://x"),
        ("KOMET_BASE_URL", "http://[::1"),
        ("KOMET_DATA_DIR", "~nobody-of-this-name/komet"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings) as caught:
        from_environment(MAIL | {name: value})
    shown, _, wanted = str(caught.value).partition("”; it must be ")
    assert shown.startswith(f"{name} is “{value[:200]}")
    assert wanted


def test_an_empty_variable_is_none() -> None:
    assert from_environment({"KOMET_MAX_ROWS": " ", "KOMET_COMPANY": ""}) == from_environment({})
