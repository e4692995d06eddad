"""Who may come in while nobody signs in: this machine, and nobody who pretends to be it."""

from __future__ import annotations

from pathlib import Path

import pytest

from komet_import.access import refuse_strangers
from komet_import.errors import AccessDenied, BadSettings
from komet_import.settings import Settings
from tests.stories import at_desk

SETTINGS = Settings(Path(), "sqlite://", base_url="http://localhost:8501")
HERE = {"Host": "localhost:8501", "User-Agent": "Mozilla/5.0", "Origin": "http://localhost:8501"}


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8501", "LOCALHOST:8501", "127.0.0.1:8501", "127.8.9.1", "[::1]", "[::1]:8501"],
)
@pytest.mark.parametrize("address", [None, "127.0.0.1", "::1"])
def test_this_machine_comes_in(host: str, address: str | None) -> None:
    refuse_strangers(HERE | {"Host": host}, address, SETTINGS)


def test_where_no_browser_asks_nobody_is_refused() -> None:
    refuse_strangers({}, None, SETTINGS)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "rebound.example:8501",
        "localhost.rebound.example",
        "127.0.0.1.rebound.example",
        "localhost:8501.rebound.example",
        "localhost@rebound.example",
        "rebound.example@localhost",
        "rebound.example#localhost",
        "localhost#.rebound.example",
        "localhost/.rebound.example",
        "localhost, rebound.example",
        "localhost\nHost: rebound.example",
        "localhost:8501:8501",
        "localhost:",
        "0.0.0.0:8501",
        "192.168.1.20:8501",
        "[::]:8501",
        "[fe80::1]:8501",
        "[::1",
        "[localhost]x",
        "2130706433",
        "0x7f.1",
    ],
)
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(AccessDenied, match="at http://localhost:8501") as caught:
        refuse_strangers(HERE | {"Host": host}, "127.0.0.1", SETTINGS)
    assert caught.value.code == "not_this_machine"


def test_a_request_without_a_host_is_refused() -> None:
    with pytest.raises(AccessDenied):
        refuse_strangers({"User-Agent": "curl"}, None, SETTINGS)


@pytest.mark.parametrize(
    "header",
    [
        "Forwarded",
        "X-Forwarded-For",
        "x-forwarded-host",
        "X-FORWARDED-PROTO",
        "X-Forwarded-Server",
        "X-Forwarded-Prefix",
        "X-Real-IP",
        "Via",
        "X-Client-IP",
        "True-Client-IP",
        "CF-Connecting-IP",
        "X-Original-Host",
    ],
)
@pytest.mark.parametrize("value", ["127.0.0.1", ""])
def test_a_forwarded_request_is_refused_whatever_it_says(header: str, value: str) -> None:
    with pytest.raises(AccessDenied):
        refuse_strangers(HERE | {header: value}, None, SETTINGS)


@pytest.mark.parametrize("address", ["192.168.1.20", "8.8.8.8", "fe80::1", "0.0.0.0", "nonsense", ""])
def test_a_peer_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(AccessDenied):
        refuse_strangers(HERE, address, SETTINGS)


def test_the_command_line_acts_for_the_person_of_the_settings(tmp_path: Path) -> None:
    with at_desk(tmp_path, person="Admin@LocalHost", company="sunrise blooms, MIAMI") as desk:
        assert (desk.person.email, desk.company.name) == ("admin@localhost", "Sunrise Blooms, Miami")
    with pytest.raises(AccessDenied, match=r"eve@x\.example is not an active person"):
        at_desk(tmp_path, person="eve@x.example").__enter__()
    with pytest.raises(BadSettings, match="one of: Sunrise Blooms, Miami"):
        at_desk(tmp_path, company="Nowhere").__enter__()
