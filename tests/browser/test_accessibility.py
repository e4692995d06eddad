"""What holds on every screen for those who see little, hear the screen, or use keys: by axe-core, and by name."""

from __future__ import annotations

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
# Of each that a person can use: its role, its name, and whether it can be seen at all.
USED = (
    "button, a[href], input:not([type=hidden]), textarea, select, [role=button], [role=combobox], [role=tab]"
)


def frames(page: Page) -> list[Frame]:
    """The page and what is in it, the grid when it is drawn."""
    if page.locator(".st-key-grid iframe").count():
        grid = page.frame_locator(".st-key-grid iframe").last
        expect(grid.locator(".ag-row .ag-cell").first).to_be_attached(timeout=30_000)
    return page.frames


def violations(page: Page) -> list[str]:
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
