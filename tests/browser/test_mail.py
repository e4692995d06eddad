"""The e-mail of an import, shown in the app as it was sent: a hostile one is looked at, and does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from komet_import.store.models import mail
from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, at_desk, csv_of, imported

pytestmark = pytest.mark.browser
HOSTILE = (
    "<html><head></head><body><p>Rosa says hello</p><script>top.document.title = 'owned'</script>"
    "<img src='/nowhere.png' onerror=\"top.document.title = 'owned'\"><img src='https://out.example/x.png'>"
    "<style>@import 'https://out.example/x.css';</style><a href='javascript:top.document.title = 1'>here</a></body></html>"
)


def test_an_e_mail_is_shown_as_it_was_sent_and_runs_and_loads_nothing(
    page: Page, streamlit_app: StartApp, tmp_path: Path
) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(NEW))
        record = imported(desk, csv_of(NEW | {"Phone": "305"}))
        with desk.database.writing() as connection:
            connection.execute(
                sa.update(mail).where(mail.c.import_id == record.import_id).values(html=HOSTILE)
            )
    url = streamlit_app(ROOT / "app.py", {"KOMET_DATA_DIR": str(tmp_path)})

    page.goto(f"{url}/import_history?import=1")
    page.get_by_role("button", name="Show the e-mail").click(timeout=20_000)
    frame = page.get_by_role("dialog").locator("iframe").content_frame.locator("iframe").content_frame
    expect(frame.get_by_role("heading", level=1)).to_have_text("The only row is in", timeout=10_000)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url}/import_history?import={record.import_id}")
    page.get_by_role("button", name="Show the e-mail").click(timeout=20_000)
    expect(frame.get_by_text("Rosa says hello")).to_be_visible(timeout=10_000)
    page.wait_for_timeout(500)
    assert page.title() != "owned"
    assert [address for address in asked if "nowhere" in address or "out.example" in address] == []
