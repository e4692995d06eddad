"""The main job, as an analyst does it: template, upload, corrections, refresh, restart, commit, e-mail, history."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from komet_import.settings import MailServer
from tests.browser.conftest import ROOT, StartApp
from tests.mail.post_office import Mailbox, post_office

pytestmark = pytest.mark.browser
FIRST = 2
COUNT = 14


def fill(file: Path) -> None:
    """Fourteen customers in the downloaded template: twelve with a mistyped term, one without a name, one fine."""
    book = openpyxl.load_workbook(file)
    sheet = book["Customers"]
    columns = {str(cell.value): cell.column for cell in sheet[1]}
    for index in range(COUNT):
        texts = {
            "Customer Code": f"C{index}",
            "Customer Name": "" if index == 12 else f"Rosa’s Blumen & Söhne {index} 🌷",
            "Location Codes": "MIA:LAX",
            "Main Location": "MIA",
            "Terms": f"Nett {index}" if index < 12 else "Net 30",
            "Accounting Code": "00123",
        }
        for header, text in texts.items():
            sheet.cell(FIRST + index, columns[header], text)
    book.save(file)


def settle(page: Page) -> None:
    """Until the first run is over: it may be followed by another at once, when the browser has told its theme."""
    expect(page.get_by_role("heading", name="How rows find their customer")).to_be_visible(timeout=20_000)
    expect(page.locator('[data-test-script-state="notRunning"]')).to_be_visible()


def expect_figures(page: Page, **figures: int) -> None:
    """Those of the screen as it stands: until its run has ended, what it takes the place of may still be there."""
    expect(page.locator('[data-test-script-state="notRunning"]')).to_have_count(1, timeout=15_000)
    for label, value in figures.items():
        metric = page.get_by_test_id("stMetric").filter(has_text=label.replace("_", " "))
        expect(metric.get_by_test_id("stMetricValue")).to_have_text(f"{value:,}", timeout=15_000)


def test_an_analyst_brings_customers_in_and_loses_nothing_on_the_way(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    mailbox = Mailbox()
    with post_office(mailbox) as server:
        walk(page, streamlit_app, tmp_path, mailbox, server)


def walk(page: Page, streamlit_app: StartApp, tmp_path: Path, mailbox: Mailbox, server: MailServer) -> None:
    env = {
        "KOMET_DATA_DIR": str(tmp_path / "data"),
        "KOMET_SMTP_HOST": server.host,
        "KOMET_SMTP_PORT": str(server.port),
        "KOMET_SMTP_SECURITY": server.security.value,
        "KOMET_MAIL_FROM": server.sender,
    }
    url = streamlit_app(ROOT / "app.py", env)

    page.goto(url)
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").first.click()
    filled = tmp_path / "customers-november.xlsx"
    download.value.save_as(filled)
    fill(filled)
    page.locator("input[type=file]").set_input_files(filled)

    grid = page.frame_locator(".st-key-grid iframe").last
    expect(page).to_have_url(re.compile(r"\?draft="))
    expect_figures(page, Rows=COUNT, New=1, Left_out=13)

    # Fast: no waiting between one cell and the next.
    grid.locator('.ag-row[row-id="2"] .ag-cell[col-id="terms"]').click()
    for index in range(12):
        page.keyboard.type(f"Net {(30, 45, 60)[index % 3]}")
        page.keyboard.press("Enter")
    expect_figures(page, New=13, Left_out=1)

    page.reload()
    expect_figures(page, New=13, Left_out=1)

    # Another process on the same database: what is typed survives a restart of the app.
    draft = urlsplit(page.url).query
    restarted = streamlit_app(ROOT / "app.py", {**env, "KOMET_BASE_URL": "http://komet.example:8501"})
    page.goto(f"{restarted}/?{draft}")
    expect_figures(page, New=13, Left_out=1)
    expect(page.get_by_text("Row 14, Customer Name.")).to_be_visible()

    page.get_by_test_id("stBottom").get_by_role("button", name="Import 13 rows").click()
    page.get_by_role("dialog").get_by_role("button", name="Import 13 rows").click()
    expect(page.get_by_text("13 rows imported")).to_be_visible(timeout=20_000)
    expect_figures(page, Left_out=1, New=13)

    for _ in range(60):
        if mailbox.emails:
            break
        page.wait_for_timeout(250)
    (mail,) = mailbox.emails
    assert mail["To"] == "admin@localhost"
    assert "13 rows imported, 1 left out" in mail["Subject"]
    html = mail.get_body(("html",))
    assert html is not None
    (link,) = set(re.findall(r"http://komet\.example:8501(/import_history\?import=\d+)", html.get_content()))
    page.goto(restarted + link)
    expect_figures(page, Left_out=1, New=13)
    expect(page.get_by_text("Sent")).to_be_visible()

    page.goto(f"{restarted}/customers")
    expect(page.get_by_text("1–13 of 13")).to_be_visible()
    command = [sys.executable, "-m", "komet_import", "customers", "--json"]
    told = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, check=True)
    stored = {customer["code"]: customer for customer in json.loads(told.stdout)}
    assert [stored[f"C{index}"]["terms"] for index in range(12)] == ["Net 30", "Net 45", "Net 60"] * 4
    assert stored["C0"]["accounting_code"] == "00123"


def test_the_screens_stand_as_they_were_drawn(page: Page, streamlit_app: StartApp, tmp_path: Path) -> None:
    """The style leans on Streamlit's own marks: the title, the commit bar and the grid's height tell when they move."""
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})
    page.goto(url)
    outside = []
    page.on(
        "request",
        lambda request: (
            outside.append(request.url) if not request.url.startswith((url, "data:", "blob:")) else None
        ),
    )
    settle(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").first.click()
    filled = tmp_path / "customers.xlsx"
    download.value.save_as(filled)
    fill(filled)
    page.locator("input[type=file]").set_input_files(filled)
    frame = page.locator(".st-key-grid iframe").last
    expect(page.frame_locator(".st-key-grid iframe").last.locator(".ag-row").first).to_be_visible(
        timeout=30_000
    )
    title = page.get_by_role("heading", name="customers.xlsx").bounding_box()
    bar = page.get_by_test_id("stBottom").bounding_box()
    grid = frame.bounding_box()
    assert title and bar and grid
    assert title["y"] < 120
    assert bar["y"] + bar["height"] == pytest.approx(860, abs=2)
    assert grid["height"] > 400
    assert grid["y"] + grid["height"] < bar["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert [url for url in outside if not url.startswith("ws")] == []


def test_an_address_opened_right_after_a_start_leads_into_the_app(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    """Streamlit would run the page's file alone, without navigation and style, until somebody opens the app itself."""
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})
    page.goto(f"{url}/import_history?import=7")
    expect(page.get_by_text("There is no import 7")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="Customers")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/import_history\?import=7"))
