"""The lines of the table, one function each. Every figure is a ratio of two measurements of the same run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.benchmarks.files import DATA, FILE
from tests.benchmarks.measured import Measured, measure, seconds_of_command


@dataclass(frozen=True)
class Line:
    """What is measured, what it should be, and what it is."""

    what: str
    target: str
    measured: str


class Bench:
    """A folder with a file of `rows` rows and a database that holds half of them; what two lines need is measured once."""

    def __init__(self, folder: Path, rows: int) -> None:
        self.folder, self.rows = folder, rows
        folder.mkdir()
        self.ours("prepare")

    def ours(self, job: str, *, weigh: bool = False) -> Measured:
        """A job of the app's."""
        return measure("ours", job, self.folder, self.rows, weigh=weigh)

    def rival(self, job: str, *, weigh: bool = False) -> Measured:
        """A job of those that the app is compared with."""
        return measure("rivals", job, self.folder, self.rows, weigh=weigh)

    @cached_property
    def reading(self) -> Measured:
        """The file through our reader."""
        return self.ours("read", weigh=True)

    @cached_property
    def reading_by_pandas(self) -> Measured:
        """The file through pandas.read_excel and openpyxl."""
        return self.rival("read_by_pandas", weigh=True)


def reading(bench: Bench) -> Line:
    """The reader, its process included, and pandas that is loaded already."""
    ours, theirs = bench.reading, bench.reading_by_pandas
    return Line(
        "reading a workbook into the table",
        "8 times as fast as pandas.read_excel with openpyxl, in no more memory",
        f"{_faster(ours.seconds, theirs.seconds)}, {_part(ours.peak_mb, theirs.peak_mb)} of the memory",
    )


def validating(bench: Bench) -> Line:
    """Against the stored customers that it names, which are in hand."""
    share = _part(bench.ours("validate").seconds, bench.reading.seconds)
    return Line("validating the whole table", "below half the time of reading it", f"{share} of the time")


def editing(bench: Bench) -> Line:
    """A waiting person's time: the one figure that is no ratio."""
    milliseconds = bench.ours("edit").seconds * 1000
    return Line(
        "one edited cell, validated and planned again",
        "below 20 ms, whatever the file's size",
        f"{milliseconds:.1f} ms, stored too",
    )


def committing(bench: Bench) -> Line:
    """The button, with the plan that was shown."""
    ours, theirs = bench.ours("commit"), bench.rival("insert_bare")
    half = f"{bench.rows // 2:,}"
    return Line(
        f"committing {half} new and {half} changed customers with audit, SQLite",
        "below 4 times a bare sqlite3 executemany INSERT of the same rows",
        f"{ours.seconds / theirs.seconds:.1f} times",
    )


def writing(bench: Bench) -> Line:
    """Needs what the commit stored."""
    ours, theirs = bench.ours("write_existing", weigh=True), bench.rival("write_by_openpyxl", weigh=True)
    return Line(
        "writing existing customers",
        "4 times as fast as openpyxl's normal mode, in a fifth of its memory",
        f"{_faster(ours.seconds, theirs.seconds)}, {_part(ours.peak_mb, theirs.peak_mb)} of the memory",
    )


def checking(bench: Bench) -> Line:
    """Two whole processes, from start to end."""
    ours = seconds_of_command(["check", "--json", str(bench.folder / FILE)], bench.folder / DATA)
    wanted = "4 times" if bench.rows > 20_000 else "3 times"
    return Line(
        f"a whole `check` from the command line, {bench.rows:,} rows",
        f"{wanted} as fast as only reading with pandas and openpyxl",
        _faster(ours, bench.reading_by_pandas.whole),
    )


def dropping(bench: Bench) -> Line:
    """A person's time again."""
    seconds = measure("screen", "drop", bench.folder, bench.rows).seconds
    return Line("a 500-row file, from drop to grid in the browser", "below 1 s", f"{seconds:.2f} s")


def clicking(bench: Bench) -> tuple[Line, Line]:
    """The review's main loop: filter, problem kind, next problem, page, edit, undo."""
    return _clicks(bench, 500), _clicks(bench, 5_000)


def _clicks(bench: Bench, rows: int) -> Line:
    seconds = measure("loop", "click", bench.folder, rows).seconds
    return Line(
        f"each click of the review's main loop, {rows:,} rows, in the browser",
        "below 0.25 s at the median",
        f"{seconds:.2f} s the slowest",
    )


def browsing(bench: Bench) -> tuple[Line, Line]:
    """What a person waits for on the other screens; needs what the commit stored."""
    imports = measure("screens", "browse_imports", bench.folder, bench.rows).seconds * 1000
    customers = measure("screens", "browse_customers", bench.folder, bench.rows).seconds * 1000
    return (
        Line(
            "10,000 imports: charts, a page, a search or a filter",
            "instant: below 200 ms",
            f"{imports:.1f} ms at most",
        ),
        Line(
            f"{bench.rows:,} customers: a page, a search, a filter or a sort",
            "below 500 ms",
            f"{customers:.1f} ms at most",
        ),
    )


def _faster(ours: float, theirs: float) -> str:
    return f"{theirs / ours:.1f} times as fast"


def _part(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}"
