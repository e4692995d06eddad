"""Who may come in while nobody signs in: this machine, and nobody who pretends to be it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from komet_import.access import LOCAL_HOSTS, refuse_other_sites, refuse_strangers
from komet_import.errors import AccessDenied, BadSettings
from tests.doors import FOREIGN_ORIGINS, FORWARDED_BY, OF_A_BROWSER
from tests.stories import at_desk

ROOT = Path(__file__).parents[1]
HOME = "http://localhost:8501"
HERE = {"Host": "localhost:8501", "User-Agent": "Mozilla/5.0", "Origin": HOME}


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8501", "LOCALHOST:8501", "127.0.0.1:8501", "[::1]", "[::1]:8501"]
)
@pytest.mark.parametrize("peer", [None, "127.0.0.1", "::1"])
def test_this_machine_comes_in(host: str, peer: str | None) -> None:
    refuse_strangers((HERE | {"Host": host}).items(), peer, HOME)


def test_the_server_takes_the_same_names_for_this_machine() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["allowedHosts"] == list(LOCAL_HOSTS)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        "rebound.example:8501",
        "localhost.",
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
        "localhoſt",
        "0.0.0.0:8501",
        "127.8.9.1",
        "192.168.1.20:8501",
        "[::]:8501",
        "[::ffff:127.0.0.1]:8501",
        "[fe80::1]:8501",
        "[::1",
        "[localhost]x",
        "2130706433",
        "0x7f.1",
    ],
)
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(AccessDenied, match="at http://localhost:8501") as caught:
        refuse_strangers((HERE | {"Host": host}).items(), "127.0.0.1", HOME)
    assert caught.value.code == "not_this_machine"


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("User-Agent", "curl")],
        [("Host", "localhost"), ("Host", "localhost")],
        [("host", "localhost"), ("Host", "rebound.example")],
    ],
    ids=["no headers", "no host", "two hosts", "two different hosts"],
)
def test_a_request_without_one_host_is_refused(headers: list[tuple[str, str]]) -> None:
    with pytest.raises(AccessDenied):
        refuse_strangers(headers, None, HOME)


@pytest.mark.parametrize("header", FORWARDED_BY)
@pytest.mark.parametrize("value", ["127.0.0.1", ""])
def test_a_forwarded_request_is_refused_whatever_it_says(header: str, value: str) -> None:
    for name in (header, header.lower(), header.upper(), header.replace("-", "_")):
        with pytest.raises(AccessDenied):
            refuse_strangers((HERE | {name: value}).items(), None, HOME)


def test_what_a_browser_sends_of_its_own_is_no_sign_of_a_proxy() -> None:
    refuse_strangers((HERE | dict.fromkeys(OF_A_BROWSER, "1")).items(), None, HOME)


@pytest.mark.parametrize("peer", ["192.168.1.20", "8.8.8.8", "fe80::1", "0.0.0.0", "nonsense", ""])
def test_a_peer_elsewhere_is_refused(peer: str) -> None:
    with pytest.raises(AccessDenied):
        refuse_strangers(HERE.items(), peer, HOME)


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_apps_own_pages_and_programs_without_an_origin_may_act(host: str, scheme: str) -> None:
    refuse_other_sites([("Host", host)], scheme, HOME)
    refuse_other_sites([("Host", host), ("Origin", f"{scheme}://{host.lower()}")], scheme, HOME)


@pytest.mark.parametrize("origin", FOREIGN_ORIGINS)
def test_a_page_of_another_origin_may_not_act(origin: str) -> None:
    with pytest.raises(AccessDenied, match="itself, at http://localhost:8501") as caught:
        refuse_other_sites([("Host", "localhost:8501"), ("Origin", origin)], "http", HOME)
    assert caught.value.code == "other_site"


def test_two_origins_are_none() -> None:
    with pytest.raises(AccessDenied):
        refuse_other_sites([*HERE.items(), ("origin", "http://evil.example")], "http", HOME)


def test_the_command_line_acts_for_the_person_of_the_settings(tmp_path: Path) -> None:
    with at_desk(tmp_path, person="Admin@LocalHost", company="sunrise blooms, MIAMI") as desk:
        assert (desk.person.email, desk.company.name) == ("admin@localhost", "Sunrise Blooms, Miami")
    with pytest.raises(AccessDenied, match=r"eve@x\.example is not an active person"):
        at_desk(tmp_path, person="eve@x.example").__enter__()
    with pytest.raises(BadSettings, match="one of: Sunrise Blooms, Miami"):
        at_desk(tmp_path, company="Nowhere").__enter__()
