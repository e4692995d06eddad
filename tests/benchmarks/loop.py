"""The clicks of the main loop in a real Chromium: `python -m tests.benchmarks.loop click FOLDER ROWS`."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Frame, Page, sync_playwright

from komet_import import importer
from komet_import.importer import Choices
from komet_import.schema.customers import CUSTOMERS
from komet_import.workbook.templates import write_template
from tests.benchmarks.customers import records
from tests.benchmarks.files import DATA
from tests.benchmarks.measured import answer
from tests.benchmarks.ours import at_desk
from tests.benchmarks.screen import launched, served

ROUNDS = 7
PAUSE = 1_000  # milliseconds: a person looks at what came before the next click
# From the click to the frame that shows what it did, counted in the browser: (what is clicked, what is looked at).
_PRESS = """async ([find, looked]) => {
  const grid = document.querySelector('.st-key-grid iframe').contentWindow.document;
  const look = new Function('grid', `return (${looked})`);
  const before = look(grid);
  const began = performance.now();
  new Function('grid', `(${find}).click()`)(grid);
  while (look(grid) === before) {
    if (performance.now() - began > 20000) throw new Error(`nothing came of ${find}`);
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - began) / 1000;
}"""
_EDIT = """async ([row, key, typed]) => {
  const cell = () => document.querySelector(`.ag-row[row-id="${row}"] .ag-cell[col-id="${key}"]`);
  const looked = () => cell().className.replace(/ag-[a-z-]+/g, '').replace(/komet-focused/, '').trim();
  const before = looked();
  const input = document.querySelector('.ag-cell-inline-editing input');
  const began = performance.now();
  input.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
  while (looked() === before) {
    if (performance.now() - began > 20000) throw new Error('the edit does not show');
    await new Promise(requestAnimationFrame);
  }
  return (performance.now() - began) / 1000;
}"""
_ROWS = "grid.querySelector('[aria-rowcount]').getAttribute('aria-rowcount')"
_FIRST = "grid.querySelector('.ag-row[row-index=\"0\"]')?.getAttribute('row-id')"
_PAGE = "document.querySelector('[data-testid=stPagination{}]')"
_FOCUSED = "(c => c && c.closest('.ag-row').getAttribute('row-id') + c.getAttribute('col-id'))(grid.querySelector('.komet-focused'))"


def click(folder: Path, rows: int) -> float:
    """The slowest kind's median, in seconds; says each on standard error."""
    data = folder / f"loop-{rows}"
    draft = _draft(data, folder / f"loop-{rows}.xlsx", rows)
    with served(data / DATA) as address, sync_playwright() as playwright:
        page = launched(playwright).new_page()
        page.goto(f"{address}/?draft={draft}")
        page.frame_locator(".st-key-grid iframe").last.locator(".ag-row .ag-cell").first.wait_for(
            timeout=60_000
        )
        page.wait_for_timeout(2_000)
        slowest = 0.0
        for what, times in _clicks(page):
            print(f"    {what}: {statistics.median(times):.3f} s", file=sys.stderr, flush=True)
            slowest = max(slowest, statistics.median(times))
    return slowest


def _draft(data: Path, file: Path, rows: int) -> str:
    with at_desk(data) as desk:
        write_template(file, CUSTOMERS, desk.company, records(0, rows))
        opened = importer.upload(desk, file.name, file.read_bytes(), Choices(CUSTOMERS))
    return opened.stored.draft_id


def _clicks(page: Page) -> Iterator[tuple[str, list[float]]]:
    grid = next(frame for frame in page.frames if "st_aggrid" in frame.url)

    def pressed(find: str, looked: str) -> float:
        seconds = float(page.evaluate(_PRESS, [find, looked]))
        page.wait_for_timeout(PAUSE)
        return seconds

    problems, whole = _button("stButtonGroup", "Problems"), _button("stButtonGroup", "All")
    yield "filter", [pressed(find, _ROWS) for _ in range(ROUNDS) for find in (problems, whole)]
    kind = "document.querySelector('.st-key-problems .stButton button')"
    yield "problem kind", [pressed(kind, _ROWS) for _ in range(2 * ROUNDS)]
    yield "next problem", [pressed(_keyed("step-next"), _FOCUSED) for _ in range(ROUNDS)]
    page.evaluate(f"{whole}.click()")
    page.wait_for_timeout(PAUSE)
    yield "page", [pressed(find, _FIRST) for find in (_PAGE.format("Next"), _PAGE.format("Prev")) * ROUNDS]
    edits = [_edited(page, grid, number) for number in range(ROUNDS)]
    yield "edit", edits
    changed = "grid.querySelectorAll('.ag-row[row-index=\"3\"] .komet-warning, .komet-error').length"
    yield "undo", [pressed(_keyed("do-undo"), changed) for _ in range(1)]


def _edited(page: Page, grid: Frame, number: int) -> float:
    cell = grid.locator(
        '.ag-row[row-index="3"] .ag-cell[col-id="credit_limit"], .ag-row[row-index="3"] .ag-cell[col-id="name"]'
    ).first
    row, key = cell.evaluate("c => [c.closest('.ag-row').getAttribute('row-id'), c.getAttribute('col-id')]")
    cell.click()
    page.keyboard.type("x" * 300 if number % 2 == 0 else "A name")
    seconds = float(grid.evaluate(_EDIT, [row, key, ""]))
    page.wait_for_timeout(PAUSE)
    return seconds


def _button(test_id: str, text: str) -> str:
    return f"[...document.querySelectorAll('[data-testid={test_id}] button')].find(b => b.innerText.startsWith('{text}'))"


def _keyed(key: str) -> str:
    return f"document.querySelector('.st-key-{key} button')"


if __name__ == "__main__":
    answer((click,), *sys.argv[1:])
