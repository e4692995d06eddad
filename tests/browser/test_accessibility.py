"""What holds on every screen for those who see little, hear the screen, or use keys: by axe-core, and by name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Frame, Page, expect

from tests.browser.conftest import StartApp
from tests.browser.screens import Screens

pytestmark = pytest.mark.browser
LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Of the best practices two are Streamlit's own: its section headings begin at h3, its drop area is no part of the tree.
STREAMLITS = ("heading-order", "presentation-role-conflict")
AXE = {
    "runOnly": {"type": "tag", "values": LEVELS},
    "rules": {rule: {"enabled": False} for rule in STREAMLITS},
    "resultTypes": ["violations"],
}


def frames(page: Page) -> list[Frame]:
    """The page and what is in it, the grid when it is drawn."""
    if page.locator(".st-key-grid iframe").count():
        grid = page.frame_locator(".st-key-grid iframe").last
        expect(grid.locator(".ag-row .ag-cell").first).to_be_attached(timeout=30_000)
    return page.frames


def violations(page: Page) -> list[str]:
    # While a run goes on, what it has not drawn yet is pale.
    expect(page.get_by_test_id("stApp")).to_have_attribute(
        "data-test-script-state", "notRunning", timeout=30_000
    )
    expect(page.locator('[data-stale="true"]')).to_have_count(0)
    for frame in frames(page):
        frame.evaluate(AXE_SCRIPT)
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", AXE)
    return [
        f"{violation['id']}: {node['target']} {node['html'][:120]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(
    browser: Browser, streamlit_app: StartApp, tmp_path: Path, theme: Any
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=theme)
    page = context.new_page()
    found = {name: violations(page) for name in Screens(tmp_path, streamlit_app).walk(page)}
    context.close()
    assert {name: told for name, told in found.items() if told} == {}
    assert len(found) > 20


# What is called by the name of its picture, as an icon alone is, or by nothing.
NAMELESS = re.compile(
    r'^- (?:button|link|textbox|combobox|checkbox|switch|radio|tab)(?: "[a-z_]+ icon")?(?::| \[|$)'
)
# The ring around what has the focus, or around the field that it is in: its width in pixels and its colour.
RING = """() => {
    let at = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    if (at === document.body) return null;  // round the last stop, to the browser's own
    for (let up = at; up && up !== document.body; up = up.parentElement) {
        const style = getComputedStyle(up);
        if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return style.outlineColor;
    }
    return `nothing around ${at?.outerHTML.slice(0, 120)}`;
}"""
ACCENT = {"light": "rgb(91, 74, 158)", "dark": "rgb(148, 133, 220)"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_can_be_used_has_a_name_and_a_phone_shows_all_of_it(
    browser: Browser, streamlit_app: StartApp, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="light")
    page = context.new_page()
    wrong = {}
    for name in Screens(tmp_path, streamlit_app).walk(page):
        lines = [
            line.strip()
            for frame in frames(page)
            for line in frame.locator("body").aria_snapshot().split("\n")
        ]
        wrong[name] = [line for line in lines if NAMELESS.match(line)]
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wrong[name].append("wider than the phone")
    context.close()
    assert {name: told for name, told in wrong.items() if told} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_has_the_focus_is_seen(
    browser: Browser, streamlit_app: StartApp, tmp_path: Path, theme: Any
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 860}, color_scheme=theme)
    page = context.new_page()
    screens = Screens(tmp_path, streamlit_app)
    for name in ("one import", "one customer", "lists"):
        screens.open(page, name)
        rings = set()
        for _ in range(30):
            page.keyboard.press("Tab")
            rings.add(page.evaluate(RING))
        assert rings - {None} == {ACCENT[theme]}, name
    context.close()


def test_the_phones_menu_opens_closes_and_is_not_covered(
    browser: Browser, streamlit_app: StartApp, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    Screens(tmp_path, streamlit_app).open(page, "customers")
    account = page.get_by_role("button", name="Administrator")
    page.get_by_role("button", name="Expand sidebar").click()
    expect(account).to_be_hidden()
    page.get_by_role("button", name="Collapse sidebar").click()
    account.click()
    expect(page.get_by_text("admin@localhost, administrator of")).to_be_visible()
    context.close()
