"""The list of customers in a real browser: what a click on a row, on a header and a key does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, at_desk, csv_of, imported

pytestmark = pytest.mark.browser
ARABIC = "شركة الزهور العربية للتجارة والاستيراد المحدودة فرع ميامي الرئيسي للبيع بالجملة"


def test_a_click_opens_a_customer_and_a_header_turns_the_order(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(NEW, NEW | {"Customer Code": "DEF", "Customer Name": "Zinnia & <b>Sons</b>"}))
        imported(desk, csv_of(NEW | {"Phone": "305"}))
    page.goto(streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)}))
    page.get_by_role("link", name="Customers", exact=True).click()
    card, order = page.locator(".st-key-customer-card"), page.get_by_role("combobox", name="Sort by")
    table = page.get_by_role("table", name="The stored customers")
    expect(table.get_by_role("columnheader", name="Last change")).to_be_visible(timeout=20_000)
    expect(card).to_have_count(0)

    table.get_by_role("cell", name="MIA:LAX").first.click()
    expect(card).to_contain_text("ABC · Customer ID 1")
    expect(card).to_contain_text("(blank) → 305")
    expect(page).to_have_url(re.compile(r"customer=1$"))
    expect(table.get_by_role("link", name="ABC Wholesale")).to_have_attribute("aria-current", "true")

    by_name = table.get_by_role("button", name="Customer Name")
    by_name.click()
    expect(order).to_have_value("Customer Name, A to Z")
    by_name.click()
    expect(order).to_have_value("Customer Name, Z to A")
    table.get_by_role("link").first.click()
    expect(card).to_contain_text("Zinnia & <b>Sons</b>")

    page.reload()
    expect(card).to_contain_text("Zinnia & <b>Sons</b>", timeout=20_000)
    expect(order).to_have_value("Customer Name, Z to A")
    card.get_by_role("button", name="Close").click()
    expect(card).to_have_count(0)
    expect(page).not_to_have_url(re.compile("customer="))


def test_the_list_is_walked_by_keys_and_opens_nothing_before_enter(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        imported(
            desk, csv_of(*(NEW | {"Customer Code": f"C{n}", "Customer Name": f"N{n}"} for n in range(3)))
        )
    page.goto(f"{streamlit_app(ROOT / 'app.py', {'KOMET_DATA_DIR': str(tmp_path)})}/customers")
    table = page.get_by_role("table", name="The stored customers")
    table.get_by_role("button", name="Last change").focus(timeout=20_000)
    page.keyboard.press("Tab")
    expect(table.get_by_role("link", name="N0")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(table.get_by_role("link", name="N2")).to_be_focused()
    expect(page).not_to_have_url(re.compile("customer="))
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-customer-card")).to_contain_text("C2 · Customer ID 3")
    expect(table.get_by_role("link", name="N2")).to_have_attribute("aria-current", "true")
    expect(table.get_by_role("link", name="N2")).to_be_focused()


def test_long_and_right_to_left_names_keep_their_beginning_and_push_nothing_out(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        names = (ARABIC, "花" * 100, "L" * 100)
        rows = (NEW | {"Customer Code": f"C{n}", "Customer Name": name} for n, name in enumerate(names))
        imported(desk, csv_of(*rows))
    page.goto(f"{streamlit_app(ROOT / 'app.py', {'KOMET_DATA_DIR': str(tmp_path)})}/customers")
    table = page.get_by_role("table", name="The stored customers")
    name = table.get_by_role("link", name=ARABIC)
    expect(name).to_be_visible(timeout=20_000)
    # Its first letter is its rightmost, and stands inside the cell.
    first = name.evaluate(
        "link => { const r = document.createRange(); r.setStart(link.firstChild, 0); r.setEnd(link.firstChild, 1);"
        " const [a, b] = [r.getBoundingClientRect(), link.getBoundingClientRect()]; return [b.left - a.left, a.right - b.right] }"
    )
    assert max(first) < 1
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 860})
        last = table.get_by_role("cell", name="MIA:LAX").first.bounding_box()
        assert last is not None
        assert last["x"] + last["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 860})
