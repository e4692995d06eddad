"""What a user wrote is shown as it was written, wherever Streamlit reads markdown."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import StartApp

APP = Path(__file__).parent / "apps" / "text_app.py"
pytestmark = pytest.mark.browser
WORD_JOINER = "\u2060"


def test_user_text_is_never_markup(page: Page, streamlit_app: StartApp) -> None:
    wanted = [" ".join(text.split()) for text in runpy.run_path(str(APP))["TEXTS"]]
    page.goto(streamlit_app(APP))
    for place in (page.get_by_test_id("stMarkdown"), page.get_by_test_id("stButton")):
        expect(place).to_have_count(len(wanted), timeout=20_000)
        shown = [text.replace(WORD_JOINER, "").strip() for text in place.all_text_contents()]
        assert shown == wanted
        assert place.locator("a, img, code, em, del, b, mark, sup, [style*=color], .katex").count() == 0
