"""How fast, and in how much memory: `python -m tests.benchmarks` prints a table and writes it to `benchmarks.md`."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks import lines
from tests.benchmarks.lines import Bench, Line
from tests.benchmarks.measured import ROOT

ROWS = 100_000
HEAD = ("what", "target", "measured")


def main() -> None:
    """The whole table at 100,000 rows takes some minutes."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the file (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks.md", help="default: %(default)s")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="komet-benchmarks-") as folder:
        table = list(_table(_measured(Path(folder), chosen.rows)))
    title = f"# Benchmarks: {chosen.rows:,} rows of 42 columns\n"
    chosen.out.write_text("\n".join([title, *table, ""]), encoding="utf-8")


def _measured(folder: Path, rows: int) -> Iterator[Line]:
    """In the order of the work: the commit comes after what looks at the database before it, the writing after it."""
    whole = Bench(folder / "whole", rows)
    for line in (lines.reading, lines.validating, lines.editing, lines.checking):
        yield line(whole)
    yield lines.checking(Bench(folder / "fifth", rows // 5))
    for line in (lines.committing, lines.writing, lines.dropping):
        yield line(whole)
    if rows >= 1_000:  # a smaller table is made to try the way, and these clicks take minutes
        yield from lines.clicking(whole)
    yield from lines.browsing(whole)


def _table(measured: Iterator[Line]) -> Iterator[str]:
    for cells in (HEAD, ("---",) * len(HEAD)):
        yield _printed(cells)
    for line in measured:
        yield _printed((line.what, line.target, line.measured))


def _printed(cells: Sequence[str]) -> str:
    """As soon as it is known: the whole table takes a while."""
    row = f"| {' | '.join(cells)} |"
    print(row, flush=True)
    return row


if __name__ == "__main__":
    main()
