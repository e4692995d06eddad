"""What the screens ask of the database: `python -m tests.benchmarks.screens JOB FOLDER ROWS`, after the commit."""

from __future__ import annotations

import sqlite3
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from komet_import import customers, history
from komet_import.desk import Desk
from komet_import.history import Period
from komet_import.schema.customers import ID_KEY
from komet_import.store.customers import Order as CustomerOrder
from komet_import.store.customers import Wanted
from komet_import.store.history import Order, WantedImports
from tests.benchmarks.files import DATA
from tests.benchmarks.measured import answer, seconds_of
from tests.benchmarks.ours import at_desk

IMPORTS = 10_000
TIMES = 5
PAGE = 200


def browse_imports(folder: Path, rows: int) -> float:
    """The slowest of the charts and figures, a page, a search and a sort, with 10,000 imports."""
    with at_desk(folder) as desk:
        _repeat_the_import(folder, IMPORTS)
        return max(
            _median(lambda: history.overview(desk, Period.ALL, datetime.now(UTC))),
            _median(lambda: history.find(desk, WantedImports(), Order(), PAGE)),
            _median(lambda: history.find(desk, WantedImports(search="customers"), Order(), PAGE, 5000)),
            _median(lambda: history.find(desk, WantedImports(left_out=True), Order(), PAGE)),
        )


def browse_customers(folder: Path, rows: int) -> float:
    """The slowest of a page, a search, a filter and a sort, with as many customers as the file has rows."""
    with at_desk(folder) as desk:
        return max(
            _page_of_customers(desk, Wanted()),
            _page_of_customers(desk, Wanted(text="rossi")),
            _page_of_customers(desk, Wanted(values={"location_codes": "LAX"})),
            _page_of_customers(desk, Wanted(), CustomerOrder(by="name", descending=True)),
        )


def _page_of_customers(desk: Desk, wanted: Wanted, order: CustomerOrder | None = None) -> float:
    return _median(lambda: customers.find(desk, wanted, order or CustomerOrder(by=ID_KEY), PAGE, 400))


def _median(work: Callable[[], object]) -> float:
    return statistics.median(seconds_of(work) for _ in range(TIMES))


def _repeat_the_import(folder: Path, count: int) -> None:
    """Copies of the last import and of its problems' counts, an hour apart, until there are so many."""
    store = sqlite3.connect(folder / DATA / "komet.sqlite3")
    columns = [row[1] for row in store.execute('PRAGMA table_info("import")')]
    last = dict(
        zip(columns, store.execute('SELECT * FROM "import" ORDER BY id DESC LIMIT 1').fetchone(), strict=True)
    )
    (have,) = store.execute('SELECT count(*) FROM "import"').fetchone()
    names = [name for name in columns if name != "id"]
    values = {**last, "idempotency_key": None, "draft_id": None}
    insert = f'INSERT INTO "import" ({", ".join(names)}) VALUES ({", ".join("?" * len(names))})'
    store.executemany(insert, ([values[name] for name in names] for _ in range(count - have)))
    store.execute("UPDATE \"import\" SET finished_at = datetime(finished_at, '-' || (id % 8000) || ' hours')")
    problems = [row[1] for row in store.execute("PRAGMA table_info(import_problem)")]
    others = ", ".join(name for name in problems if name != "import_id")
    store.execute(
        f"INSERT INTO import_problem (import_id, {others}) SELECT i.id, {', '.join('p.' + n for n in problems if n != 'import_id')} "
        'FROM "import" i JOIN import_problem p ON p.import_id = ? WHERE i.id > ?',
        (last["id"], last["id"]),
    )
    store.commit()
    store.close()


if __name__ == "__main__":
    answer((browse_imports, browse_customers), *sys.argv[1:])
