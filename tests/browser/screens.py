"""A walk to every screen of the app, each as a person sees it: for whatever must hold on all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from komet_import import history
from komet_import.store.history import WantedImports
from tests.browser.conftest import ROOT, StartApp
from tests.stories import NEW, at_desk, csv_of, drafted, imported, rows_of

NAME = "شركة الزهور العربية"
BAD = NEW | {"Customer Code": "B", "Terms": "Nett", "Email for Invoices": "ap@rosewood", "Credit Limit": "5k"}
AGAIN = csv_of(NEW | {"Terms": "Prepaid"}, NEW | {"Customer Code": "AR", "Customer Name": NAME})
SETTLED = '[data-test-script-state="notRunning"]'


class Screens:
    """Two companies: one has imported, the other nothing."""

    def __init__(self, folder: Path, start: StartApp) -> None:
        with at_desk(folder / "data") as desk:
            imported(desk, AGAIN)
            imported(desk, csv_of(NEW | {"Phone": "305"}, BAD, *rows_of(3)))
            self._draft = drafted(desk, NEW | {"Phone": "306"}, BAD, *rows_of(4)).stored.draft_id
            (self._done,) = {
                line.record.draft_id for line in history.find(desk, WantedImports(left_out=True)).lines
            }
        self._url = start(ROOT / "app.py", {"KOMET_DATA_DIR": str(folder / "data")})
        self._empty = start(ROOT / "app.py", {"KOMET_DATA_DIR": str(folder / "empty")})

    def walk(self, page: Page) -> Iterator[str]:
        """Each screen's name, while the page shows it."""
        for name in self._addresses():
            self.open(page, name)
            yield name
            yield from self._opened(page, name)

    def open(self, page: Page, name: str) -> None:
        """Until it stands."""
        address, sign = self._addresses()[name]
        page.goto(address)
        expect(page.get_by_text(sign).first).to_be_visible(timeout=20_000)
        expect(page.locator(SETTLED)).to_be_visible()

    def _addresses(self) -> Mapping[str, tuple[str, str]]:
        """And a text that is there when the screen is."""
        url, empty = self._url, self._empty
        settings = f"{url}/settings?section"
        return {
            "start": (url, "How rows find their customer"),
            "review": (f"{url}/?draft={self._draft}", "Left out"),
            "result": (f"{url}/?draft={self._done}", "Counted again after the import"),
            "draft that is none": (f"{url}/?draft=nope", "This draft does not exist any more"),
            "history": (f"{url}/import_history", "Commonest problems"),
            "history, nothing fits": (f"{url}/import_history?search=zz", "No import fits"),
            "one import": (f"{url}/import_history?import=2", "Discrepancies"),
            "import that is none": (f"{url}/import_history?import=99", "There is no import 99"),
            "customers": (f"{url}/customers", "Last change"),
            "one customer": (f"{url}/customers?customer=1", "ABC · Customer ID 1"),
            "customers, none fits": (f"{url}/customers?search=zz", "No customer fits"),
            "company": (f"{settings}=Company", "Name and time"),
            "locations": (f"{settings}=Locations", "New code"),
            "lists": (f"{settings}=Lists&list=Terms", "New value"),
            "e-mail": (f"{settings}=E-mail", "No mail server is set"),
            "about": (f"{settings}=About", "This installation"),
            "start, nothing stored": (empty, "How rows find their customer"),
            "history, nothing imported": (f"{empty}/import_history", "Nothing was imported yet"),
            "customers, nothing stored": (f"{empty}/customers", "No customer is stored yet"),
        }

    def _opened(self, page: Page, name: str) -> Iterator[str]:
        """What opens on a screen."""
        if name == "start":
            file = FilePayload(name="again.csv", mimeType="text/csv", buffer=AGAIN)
            page.locator("input[type=file]").set_input_files(file)
            expect(page.get_by_text("was imported already")).to_be_visible(timeout=20_000)
            yield "start, imported already"
        elif name == "review":
            page.get_by_test_id("stBottom").get_by_role("button", name="Import").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            yield "confirm"
        elif name == "one import":
            page.get_by_role("button", name="Show the e-mail").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            yield "e-mail of an import"
        elif name == "lists":
            page.locator(".st-key-switch-terms-Prepaid button").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            yield "deactivate"
