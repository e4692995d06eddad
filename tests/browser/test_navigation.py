"""Wherever one stands, the navigation, the logo and the path lead on, and Back leads back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, at_desk, csv_of, imported, rows_of, uploaded

pytestmark = pytest.mark.browser
Go = Callable[[Locator], None]


@pytest.fixture
def places(streamlit_app: StartApp, tmp_path: Path) -> dict[str, str]:
    """Addresses, each with what its heading says."""
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(*rows_of(3), NEW | {"Customer Code": "X", "Terms": "Nett"}))
        draft = uploaded(desk, csv_of(*rows_of(5))).stored.draft_id
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})
    return {
        "start": f"{url}/",
        "review": f"{url}/?draft={draft}",
        "list": f"{url}/import_history",
        "import": f"{url}/import_history?import=1",
        "no draft": f"{url}/?draft=nope",
        "no import": f"{url}/import_history?import=999999",
    }


HEADINGS = {
    "start": "Import from Excel",
    "review": "customers.csv",
    "list": "Import History",
    "import": "customers.csv",
    "no draft": "Import from Excel",
    "no import": "Import History",
}


def expect_at(page: Page, places: dict[str, str], place: str) -> None:
    """What the page before showed may stay until the run has ended."""
    expect(page.get_by_role("heading", level=1)).to_have_text([HEADINGS[place]], timeout=20_000)
    expect(page).to_have_url(places[place])


def click(link: Locator) -> None:
    link.click()


def by_keyboard(link: Locator) -> None:
    link.focus()
    link.press("Enter")


@pytest.mark.parametrize("go", [click, by_keyboard])
def test_the_navigation_the_logo_and_the_path_lead_to_the_start_of_their_section(
    page: Page, places: dict[str, str], go: Go
) -> None:
    item = page.get_by_test_id("stTopNavLink")
    page.goto(places["review"])
    expect_at(page, places, "review")
    for link in (
        item.filter(has_text="Data Import"),
        page.get_by_test_id("stLogoLink"),
        page.locator(".komet-path").get_by_role("link", name="Data Import"),
    ):
        go(link)
        expect_at(page, places, "start")
        page.go_back()
        expect_at(page, places, "review")
    page.goto(places["import"])
    expect_at(page, places, "import")
    for link in (
        item.filter(has_text="Import History"),
        page.locator(".komet-path").get_by_role("link", name="Import History"),
    ):
        go(link)
        expect_at(page, places, "list")
        page.go_back()
        expect_at(page, places, "import")
    go(page.get_by_test_id("stLogoLink"))
    expect_at(page, places, "start")


@pytest.mark.parametrize(
    ("place", "sentence", "what_is_listed"),
    [
        ("no draft", "This draft does not exist any more", "Continue a draft"),
        ("no import", "There is no import 999999", "Commonest problems"),
    ],
)
def test_a_wrong_address_says_so_above_the_list_that_it_speaks_of(
    page: Page, places: dict[str, str], place: str, sentence: str, what_is_listed: str
) -> None:
    page.goto(places[place])
    expect_at(page, places, place)
    expect(page.get_by_test_id("stAlert")).to_contain_text(sentence)
    expect(page.get_by_text(what_is_listed)).to_be_visible()
    page.locator('[data-testid="stTopNavLink"][aria-current="page"]').click()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_from_an_import_back_and_the_path_lead_to_the_list_as_it_was(
    page: Page, places: dict[str, str]
) -> None:
    page.goto(f"{places['list']}?search=customers")
    row = page.get_by_role("table", name="The imports").get_by_role("cell", name="Administrator")
    for back in (page.go_back, page.locator(".komet-path").get_by_role("link").click):
        expect(row).to_be_visible(timeout=20_000)
        page.get_by_role("radio", name="30 days").click()
        expect(page).to_have_url(re.compile("period=30"))
        row.click()
        expect(page).to_have_url(places["import"])
        expect(page.get_by_text("of 4 rows")).to_be_visible(timeout=10_000)
        back()
        expect(page).to_have_url(re.compile("period=30"))
        expect(page).to_have_url(re.compile("search=customers"))
        expect(page.get_by_role("textbox", name="Search")).to_have_value("customers")
        expect(page.get_by_role("radio", name="30 days")).to_be_checked()


def test_a_menu_that_covers_the_page_closes_when_it_led_on(page: Page, places: dict[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(places["review"])
    expect_at(page, places, "review")
    page.get_by_test_id("stExpandSidebarButton").click()
    item = page.get_by_test_id("stSidebarNavLink").filter(has_text="Data Import")
    item.click()
    expect_at(page, places, "start")
    expect(item).not_to_be_in_viewport()


def test_a_link_with_a_key_held_is_the_browsers_own(page: Page, places: dict[str, str]) -> None:
    page.goto(places["review"])
    expect_at(page, places, "review")
    with page.context.expect_page() as opened:
        page.get_by_test_id("stTopNavLink").filter(has_text="Data Import").click(modifiers=["ControlOrMeta"])
    expect_at(opened.value, places, "start")
    opened.value.close()
    expect(page).to_have_url(places["review"])


def test_nothing_offers_to_stop_a_run(page: Page, streamlit_app: StartApp) -> None:
    page.goto(streamlit_app(ROOT / "tests" / "browser" / "apps" / "slow_app.py"))
    expect(page.get_by_test_id("stStatusWidgetRunningIcon")).to_be_attached(timeout=20_000)
    expect(page.get_by_role("button", name=re.compile("Stop"))).to_have_count(0)
    expect(page.get_by_test_id("stStatusWidget")).to_be_hidden()
    for key in ("c", "r", "Escape"):
        page.keyboard.press(key)
    expect(page.get_by_text("It is over.")).to_be_visible(timeout=20_000)


def test_whoever_is_not_known_reads_a_sentence_and_gets_no_menu(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    env = {"KOMET_DATA_DIR": str(tmp_path), "KOMET_PERSON": "nobody@b.example"}
    page.goto(f"{streamlit_app(ROOT / 'app.py', env)}/customers")
    expect(page.get_by_text("Ask an administrator to add you.")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("heading", level=1)).to_have_text("Komet Import")
    expect(page.get_by_test_id("stLogoLink")).to_be_visible()
    expect(page.get_by_text(re.compile("data.import", re.IGNORECASE))).to_have_count(0)
