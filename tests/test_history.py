"""The history's periods, bars, figures and list, at a moment that the test chooses.

The imports are real ones, made once. An import is always finished now, so a test that needs it finished at another
moment writes that moment into its copy of the database: no use case does, and none should.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from komet_import import company, history, importer
from komet_import.access import Deed, may
from komet_import.desk import Desk, open_desk
from komet_import.errors import NotFound
from komet_import.history import Bar, Overview, Period, Unit
from komet_import.importer import Choices
from komet_import.schema.company import Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import Severity
from komet_import.store import companies
from komet_import.store.audit import WantedChanges
from komet_import.store.history import Order, SortBy, Tally, WantedImports
from komet_import.store.imports import ImportState
from komet_import.store.models import RECORDS, import_
from tests.stories import NEW, Row, at_desk, committed, csv_of

NEW_YORK, KIRITIMATI, PAGO_PAGO = "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"
NAMELESS = NEW | {"Customer Code": "DEF", "Customer Name": ""}
ZOE = "zoe@sunrise.example"
MICROSECOND = timedelta(microseconds=1)
# A Wednesday; New York's summer time began on 8 March.
APRIL = datetime(2026, 4, 1, 16, tzinfo=UTC)


@cache
def four_imports() -> bytes:
    """A database file with four imports, the third by an analyst; the last is refused as a whole."""
    with TemporaryDirectory() as folder:
        _import_four(Path(folder))
        return (Path(folder) / "komet.sqlite3").read_bytes()


def _import_four(folder: Path) -> None:
    with at_desk(folder) as desk:
        with desk.database.writing() as connection:
            companies.add_person(connection, desk.company.company_id, ZOE, "Zoë Großmann", Role.ANALYST)
        _import(desk, "Große Straße.csv", NEW, NAMELESS | {"Terms": "Net 31"})
        _import(desk, "ﬁnal.csv", NEW, NEW | {"Customer Code": "GHI", "Customer Name": "Ghi"})
        _import(zoes(desk), "İzmir.csv", NEW | {"Phone": "305", "Fax": "1"}, NAMELESS)
        _import(desk, "all or nothing.csv", NAMELESS, all_or_nothing=True)


def _import(desk: Desk, file: str, *rows: Row, all_or_nothing: bool = False) -> None:
    committed(desk, importer.upload(desk, file, csv_of(*rows), Choices(all_or_nothing=all_or_nothing)))


def zoes(desk: Desk) -> Desk:
    """The analyst's desk."""
    return open_desk(replace(desk.settings, person=ZOE), desk.database)


@pytest.fixture
def four(tmp_path: Path) -> Iterator[Desk]:
    """The administrator's desk on a copy of that database."""
    (tmp_path / "komet.sqlite3").write_bytes(four_imports())
    with at_desk(tmp_path) as opened:
        yield opened


def in_zone(desk: Desk, zone: str) -> Desk:
    """The same desk once the company's clocks show another time."""
    company.describe(desk, desk.company.name, zone)
    return open_desk(desk.settings, desk.database)


def finish(desk: Desk, *moments: datetime) -> None:
    """Import 1 was finished at the first of these moments, import 2 at the second …; the others long ago."""
    long_ago = [datetime(2001, 1, n, tzinfo=UTC) for n in range(1, 5)]
    with desk.database.writing() as connection:
        for import_id, moment in enumerate([*moments, *long_ago[len(moments) :]], 1):
            times = {"started_at": moment - timedelta(seconds=import_id), "finished_at": moment}
            connection.execute(sa.update(import_).where(import_.c.id == import_id).values(**times))


def listed(desk: Desk, seen: Overview, **filters: Any) -> list[int]:
    """Those of a bar, or of the whole period."""
    wanted = WantedImports(**({"since": seen.since} | filters))
    page = history.find(desk, wanted, Order(SortBy.WHEN, False))
    assert page.total == len(page.lines)
    return [line.record.import_id for line in page.lines]


def of(bar: Bar) -> dict[str, datetime]:
    """What a click on the bar asks for."""
    return {"since": bar.since, "until": bar.until}


def end_of(bar: Bar) -> date:
    """The first day after it."""
    return bar.until.date()


def moment(text: str) -> datetime:
    """Of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# -- where a period begins -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "now", "period", "since"),
    [
        pytest.param(NEW_YORK, "2026-03-07 12:00", Period.MONTH, "2026-02-06 05:00", id="30 days with today"),
        pytest.param(NEW_YORK, "2026-03-07 12:00", Period.QUARTER, "2025-12-08 05:00", id="90 days"),
        pytest.param(NEW_YORK, "2026-03-07 12:00", Period.YEAR, "2025-04-01 04:00", id="this month and 11"),
        pytest.param(
            NEW_YORK, "2026-04-01 16:00", Period.MONTH, "2026-03-03 05:00", id="over a change of clocks"
        ),
        pytest.param(
            NEW_YORK, "2026-03-31 03:59", Period.MONTH, "2026-03-01 05:00", id="still yesterday there"
        ),
        pytest.param(NEW_YORK, "2026-03-31 04:00", Period.MONTH, "2026-03-02 05:00", id="midnight there"),
        pytest.param(KIRITIMATI, "2026-03-09 09:59", Period.MONTH, "2026-02-07 10:00", id="14 hours ahead"),
        pytest.param(KIRITIMATI, "2026-03-09 10:00", Period.MONTH, "2026-02-08 10:00", id="tomorrow there"),
        pytest.param(
            KIRITIMATI, "2026-02-28 09:59", Period.YEAR, "2025-02-28 10:00", id="still February there"
        ),
        pytest.param(
            KIRITIMATI, "2026-02-28 10:00", Period.YEAR, "2025-03-31 10:00", id="March already there"
        ),
        pytest.param(PAGO_PAGO, "2026-03-01 10:59", Period.QUARTER, "2025-12-01 11:00", id="11 hours behind"),
        pytest.param(
            "America/Santiago", "2026-10-05 15:00", Period.MONTH, "2026-09-06 04:00", id="no such midnight"
        ),
        pytest.param(
            "America/Havana", "2026-11-30 15:00", Period.MONTH, "2026-11-01 04:00", id="midnight comes twice"
        ),
    ],
)
def test_a_period_begins_at_the_companys_midnight_and_today_is_one_of_its_days(
    four: Desk, zone: str, now: str, period: Period, since: str
) -> None:
    desk, begin = in_zone(four, zone), moment(since)
    finish(desk, begin - MICROSECOND, begin, moment(now))
    seen = history.overview(desk, period, moment(now))
    assert seen.since is not None
    assert seen.since.astimezone(UTC) == begin
    assert listed(desk, seen) == [2, 3]
    assert (seen.figures.imports, sum(bar.tally.imports for bar in seen.bars)) == (2, 2)
    assert (sum(who.imports for who in seen.people), seen.problems[0].imports) == (2, 1)


def test_a_year_is_this_month_and_the_eleven_before_on_every_day(desk: Desk) -> None:
    day = date(2023, 1, 1)
    while day < date(2025, 1, 1):
        seen = history.overview(desk, Period.YEAR, datetime(day.year, day.month, day.day, 17, tzinfo=UTC))
        first = date(day.year - (day.month < 12), day.month % 12 + 1, 1)
        starts = [bar.start for bar in seen.bars]
        assert (starts[0], starts[-1], len(starts)) == (first, day.replace(day=1), 12), day
        day += timedelta(days=11)


def test_all_begins_with_the_oldest_import(four: Desk) -> None:
    desk = in_zone(four, NEW_YORK)
    finish(desk, moment("2026-03-09 03:59"), moment("2026-03-09 04:00"), APRIL, APRIL + MICROSECOND)
    seen = history.overview(desk, Period.ALL, APRIL)
    assert (seen.since, seen.unit, listed(desk, seen)) == (None, Unit.WEEK, [1, 2, 3, 4])
    assert (seen.bars[0].start, end_of(seen.bars[-1])) == (date(2026, 3, 2), date(2026, 4, 6))


def test_a_history_without_imports_has_a_bar_for_this_week(desk: Desk) -> None:
    seen = history.overview(desk, Period.ALL, APRIL)
    assert [(bar.start, end_of(bar), bar.tally) for bar in seen.bars] == [
        (date(2026, 3, 30), date(2026, 4, 6), Tally())
    ]
    assert (seen.figures.imports, seen.figures.median_seconds, seen.people, seen.problems) == (
        0,
        None,
        [],
        [],
    )
    assert not history.has_any(desk)


# -- bars ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "unit", "start", "bars", "end"),
    [
        (0, Unit.WEEK, date(2026, 3, 30), 1, date(2026, 4, 6)),
        (100, Unit.WEEK, date(2025, 12, 22), 15, date(2026, 4, 6)),
        (101, Unit.MONTH, date(2025, 12, 1), 5, date(2026, 5, 1)),
        (1100, Unit.MONTH, date(2023, 3, 1), 38, date(2026, 5, 1)),
        (1101, Unit.YEAR, date(2023, 1, 1), 4, date(2027, 1, 1)),
    ],
)
def test_the_longer_the_history_the_more_time_a_bar_stands_for(
    four: Desk, days: int, unit: Unit, start: date, bars: int, end: date
) -> None:
    finish(four, *[APRIL - timedelta(days=days)] * 4)
    seen = history.overview(four, Period.ALL, APRIL)
    assert (seen.unit, seen.bars[0].start, len(seen.bars), end_of(seen.bars[-1])) == (unit, start, bars, end)
    assert (seen.bars[0].tally.imports, all(bar.start < end_of(bar) for bar in seen.bars)) == (4, True)


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        pytest.param("2026-03-29 16:00", date(2026, 2, 23), date(2026, 3, 23), id="Sunday"),
        pytest.param("2026-03-30 16:00", date(2026, 2, 23), date(2026, 3, 30), id="Monday"),
        pytest.param("2026-03-30 03:59", date(2026, 2, 23), date(2026, 3, 23), id="Sunday night"),
        pytest.param("2026-03-31 16:00", date(2026, 3, 2), date(2026, 3, 30), id="Tuesday"),
    ],
)
def test_weeks_begin_on_monday(desk: Desk, now: str, first: date, last: date) -> None:
    seen = history.overview(in_zone(desk, NEW_YORK), Period.MONTH, moment(now))
    assert (seen.unit, seen.bars[0].start, seen.bars[-1].start) == (Unit.WEEK, first, last)
    assert [(end_of(bar) - bar.start).days for bar in seen.bars] == [7] * len(seen.bars)
    assert [end_of(bar) for bar in seen.bars[:-1]] == [bar.start for bar in seen.bars[1:]]


def test_an_import_on_the_border_of_two_bars_is_in_the_later_one(four: Desk) -> None:
    """Between 2 and 9 March New York's clocks change: the weeks begin at 05:00 and at 04:00 of UTC."""
    desk = in_zone(four, NEW_YORK)
    finish(
        desk,
        moment("2026-03-09 03:59:59.999999"),
        moment("2026-03-09 04:00"),
        moment("2026-03-16 04:00"),
        APRIL,
    )
    seen = history.overview(desk, Period.MONTH, APRIL)
    assert {bar.start: bar.tally for bar in seen.bars} == {
        date(2026, 3, 2): Tally(imports=1, inserted=1, kept=0, rejected=1),
        date(2026, 3, 9): Tally(imports=1, inserted=1, kept=1, rejected=0),
        date(2026, 3, 16): Tally(imports=1, inserted=0, kept=1, rejected=1),
        date(2026, 3, 23): Tally(),
        date(2026, 3, 30): Tally(imports=1, inserted=0, kept=0, rejected=1),
    }
    assert {bar.start.day: listed(desk, seen, **of(bar)) for bar in seen.bars} == {
        2: [1],
        9: [2],
        16: [3],
        23: [],
        30: [4],
    }


def test_the_first_bar_holds_no_more_than_the_period_does(four: Desk) -> None:
    desk = in_zone(four, NEW_YORK)
    finish(desk, moment("2026-03-02 12:00"), moment("2026-03-03 12:00"), APRIL)
    seen = history.overview(desk, Period.MONTH, APRIL)
    assert (seen.bars[0].start, seen.bars[0].tally.imports) == (date(2026, 3, 2), 1)
    assert listed(desk, seen, **of(seen.bars[0])) == [2]


def test_of_all_imports_a_bar_shows_its_own(four: Desk) -> None:
    desk = in_zone(four, NEW_YORK)
    finish(desk, moment("2026-01-01 04:59"), moment("2026-01-01 05:00"), moment("2026-02-01 04:59"), APRIL)
    seen = history.overview(desk, Period.ALL, APRIL + timedelta(days=60))
    assert seen.unit is Unit.MONTH
    assert [listed(desk, seen, **of(bar)) for bar in seen.bars] == [[1], [2, 3], [], [], [4], []]


# -- figures -------------------------------------------------------------------------------------------------------


def test_the_figures_of_a_period_are_the_sums_of_its_imports(four: Desk) -> None:
    finish(four, APRIL, APRIL, APRIL, APRIL)
    seen = history.overview(four, Period.MONTH, APRIL)
    figures = seen.figures
    assert (figures.imports, figures.rows, figures.inserted, figures.updated) == (4, 7, 2, 1)
    assert (figures.unchanged, figures.rejected, figures.mails_waiting) == (1, 3, 4)
    assert figures.median_seconds == pytest.approx(2.5, abs=0.01)
    assert [(count.problem, count.severity, count.cells, count.imports) for count in seen.problems] == [
        (("name", "required"), "error", 3, 3),
        (("terms", "not_in_list"), "error", 1, 1),
    ]
    assert [(who.name, who.imports, who.rows) for who in seen.people] == [
        ("Administrator", 3, 5),
        ("Zoë Großmann", 1, 2),
    ]


def test_what_lies_before_the_period_is_in_none_of_its_figures(four: Desk) -> None:
    finish(four, APRIL - timedelta(days=31), APRIL, APRIL - timedelta(days=31))
    seen = history.overview(four, Period.MONTH, APRIL)
    figures = seen.figures
    assert (figures.imports, figures.rows, figures.inserted, figures.updated) == (1, 2, 1, 0)
    assert (figures.unchanged, figures.rejected, figures.mails_waiting) == (1, 0, 1)
    assert figures.median_seconds == pytest.approx(2, abs=0.01)
    assert not seen.problems
    assert [(who.name, who.imports, who.rows) for who in seen.people] == [("Administrator", 1, 2)]


def test_an_analyst_sees_their_own_imports_alone(four: Desk) -> None:
    finish(four, APRIL - timedelta(days=9), APRIL, APRIL, APRIL)
    zoe = zoes(four)
    for period in Period:
        seen = history.overview(zoe, period, APRIL)
        assert (seen.figures.imports, seen.figures.rows, seen.figures.mails_waiting) == (1, 2, 1)
        assert ([who.name for who in seen.people], len(seen.problems)) == (["Zoë Großmann"], 1)
        assert sum(bar.tally.imports for bar in seen.bars) == 1
        assert listed(zoe, seen) == [3]
        assert listed(zoe, seen, person_id=four.person.person_id) == [3], "whoever is asked for"
        assert listed(zoe, seen, search="all or nothing") == []
    assert history.overview(zoe, Period.ALL, APRIL).bars[0].start == date(2026, 3, 30)
    assert [may(at.person, Deed.SEE_ALL_IMPORTS) for at in (zoe, four)] == [False, True]
    assert (history.has_any(zoe), history.show(zoe, 3).record.import_id) == (True, 3)
    with pytest.raises(NotFound):
        history.show(zoe, 1)


def test_an_analyst_who_imported_nothing_has_an_empty_history(four: Desk) -> None:
    with four.database.writing() as connection:
        ids = four.company.company_id, "new@sunrise.example", "New", Role.ANALYST
        companies.add_person(connection, *ids)
    newcomer = open_desk(replace(four.settings, person="new@sunrise.example"), four.database)
    assert not history.has_any(newcomer)
    assert history.overview(newcomer, Period.ALL, APRIL).figures.imports == 0


# -- the list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"state": ImportState.COMMITTED}, [1, 2, 3]),
        ({"state": ImportState.REJECTED}, [4]),
        ({"state": ImportState.UNDONE}, []),
        ({"left_out": True}, [1, 3, 4]),
        ({"wrote": True}, [1, 2, 3]),
        ({"problem": ("terms", "not_in_list")}, [1]),
        ({"problem": ("name", "required")}, [1, 3, 4]),
        ({"problem": ("terms", "required")}, []),
        ({"problem": ("name", "required"), "state": ImportState.COMMITTED}, [1, 3]),
        ({"left_out": True, "search": "ADMIN"}, [1, 4]),
        ({"search": "  all   or nothing "}, [4]),
        ({"search": "csv"}, [1, 2, 3, 4]),
        ({"search": "GROSSE STRASSE"}, [1]),
        ({"search": "große straße"}, [1]),
        ({"search": "ẞ"}, [1, 3]),
        ({"search": "FINAL"}, [2]),
        ({"search": "ﬁNAL"}, [2]),
        ({"search": "İZM"}, [3]),
        ({"search": "grossmann"}, [3]),
        ({"search": "zoe"}, []),
        ({"search": "%"}, []),
    ],
)
def test_the_list_is_filtered(four: Desk, filters: dict[str, object], expected: list[int]) -> None:
    finish(four, *[APRIL + timedelta(seconds=n) for n in range(4)])
    assert listed(four, history.overview(four, Period.MONTH, APRIL), **filters) == expected


def test_the_list_is_filtered_by_person(four: Desk) -> None:
    finish(four, *[APRIL + timedelta(seconds=n) for n in range(4)])
    seen = history.overview(four, Period.MONTH, APRIL)
    by_name = {who.name: listed(four, seen, person_id=who.person_id) for who in seen.people}
    assert by_name == {"Administrator": [1, 2, 4], "Zoë Großmann": [3]}


def test_the_states_are_counted_whichever_is_chosen(four: Desk) -> None:
    finish(four, *[APRIL] * 4)
    seen = history.overview(four, Period.MONTH, APRIL)
    both = {ImportState.COMMITTED: 3, ImportState.REJECTED: 1}
    for state, total in (
        (None, 4),
        (ImportState.COMMITTED, 3),
        (ImportState.REJECTED, 1),
        (ImportState.FAILED, 0),
    ):
        page = history.find(four, WantedImports(since=seen.since, state=state))
        assert (page.states, page.total, len(page.lines)) == (both, total, total)
    page = history.find(four, WantedImports(since=seen.since, left_out=True))
    assert page.states == {ImportState.COMMITTED: 2, ImportState.REJECTED: 1}


def test_a_page_of_the_list_knows_how_many_there_are(four: Desk) -> None:
    finish(four, *[APRIL + timedelta(seconds=n) for n in range(4)])
    page = history.find(four, WantedImports(), limit=2, offset=1)
    assert ([line.record.import_id for line in page.lines], page.total) == ([3, 2], 4)
    assert [line.mail for line in page.lines] == ["waiting", "waiting"]


def test_imports_finished_at_once_come_newest_first_and_order_falls_back_to_time(four: Desk) -> None:
    finish(four, *[APRIL] * 4)

    def ordered(by: SortBy, descending: bool = True) -> list[int]:
        page = history.find(four, WantedImports(), Order(by, descending))
        return [line.record.import_id for line in page.lines]

    assert ordered(SortBy.WHEN) == ordered(SortBy.WHEN, False) == [4, 3, 2, 1]
    finish(four, APRIL + timedelta(days=2), APRIL, APRIL + timedelta(days=1), APRIL - timedelta(days=1))
    assert ordered(SortBy.WHEN) == [1, 3, 2, 4]
    assert ordered(SortBy.ROWS) == [1, 3, 2, 4]
    assert ordered(SortBy.ROWS, False) == [4, 1, 3, 2]
    assert history.overview(four, Period.ALL, APRIL).bars[0].start == date(2026, 3, 30)
    finish(four, APRIL, APRIL - timedelta(days=30), APRIL - timedelta(days=20), APRIL)
    assert history.overview(four, Period.ALL, APRIL).bars[0].start == date(2026, 3, 2)


# -- one import ----------------------------------------------------------------------------------------------------


def test_an_import_is_shown_with_its_e_mails_its_problems_and_the_size_of_its_file(four: Desk) -> None:
    shown = history.show(four, 1)
    assert (shown.record.import_id, shown.record.file) == (1, "Große Straße.csv")
    assert [mail.import_id for mail in shown.mails] == [1]
    assert [(*count.problem, count.cells) for count in shown.problems] == [
        ("name", "required", 1),
        ("terms", "not_in_list", 1),
    ]
    content = history.original_file(four, 1)
    assert content == csv_of(NEW, NAMELESS | {"Terms": "Net 31"})
    assert shown.file_size == len(content)


def test_the_discrepancies_of_an_import_are_read_by_problem_severity_and_page(four: Desk) -> None:
    def codes(**wanted: Any) -> list[str]:
        kept = history.count_kept(four, 1, wanted.get("problem"), wanted.get("severity"))
        found = [issue.code.value for issue in history.each_discrepancy(four, 1, **wanted)]
        assert kept == len(found) or wanted.keys() & {"limit", "offset"}
        return found

    assert codes() == ["required", "not_in_list"]
    assert codes(problem=("terms", "not_in_list")) == ["not_in_list"]
    assert codes(problem=("terms", "required")) == []
    assert codes(severity=Severity.ERROR) == ["required", "not_in_list"]
    assert codes(severity=Severity.WARNING) == []
    assert codes(limit=1) == ["required"]
    assert codes(limit=1, offset=1) == ["not_in_list"]


def test_the_changes_of_an_import_are_read_by_customer_and_page(four: Desk) -> None:
    def changes(
        import_id: int, wanted: WantedChanges, **page: int
    ) -> list[tuple[str, str | None, str | None]]:
        found = history.each_change(four, import_id, wanted, **page)
        return [(shown.change.action, shown.change.key, shown.code) for shown in found]

    update = [("update", "phone", "ABC"), ("update", "fax", "ABC")]
    assert changes(3, WantedChanges()) == update
    assert changes(3, WantedChanges(record="abc whole")) == update
    assert changes(3, WantedChanges(record="ghi")) == []
    assert changes(3, WantedChanges(), limit=1) == update[:1]
    assert changes(3, WantedChanges(), limit=1, offset=1) == update[1:]
    assert changes(2, WantedChanges()) == [("insert", None, "GHI")]
    assert history.count_changes(four, 3) == {("update", "phone"): 1, ("update", "fax"): 1}
    assert history.count_changes(four, 3, "ghi") == {}
    assert history.count_changes(four, 2, "ghi") == {("insert", None): 1}


def test_a_rename_has_no_file(four: Desk) -> None:
    with four.database.writing() as connection:
        connection.execute(sa.update(RECORDS[CUSTOMERS.kind]).values(terms="Net 30"))
    company.rename_value(four, "terms", "Net 30", "Net 31")
    shown = history.show(four, 5)
    assert (shown.record.title, shown.file_size) == ("Net 30 renamed to Net 31", None)
    with pytest.raises(NotFound):
        history.original_file(four, 5)


def test_the_workbook_of_an_import_holds_the_rows_that_were_left_out(four: Desk) -> None:
    out = io.BytesIO()
    assert history.write_discrepancies(four, 1, out) == 1
    sheet: Any = openpyxl.load_workbook(out)["Customers"]
    header, row = list(sheet.iter_rows(values_only=True))
    assert dict(zip(header, row, strict=True)) == {
        "Row in your file": 3,
        "Customer Code": "DEF",
        "Customer Name": None,
        "Location Codes": "MIA:LAX",
        "Main Location": "MIA",
        "Terms": "Net 31",
        "Reason": "Customer Name: Required, and it is empty.\n"
        "Terms: “Net 31” is not in the list. Did you mean Net 15?",
    }


def test_an_analyst_reads_nothing_of_anothers_import(four: Desk) -> None:
    zoe = zoes(four)
    steps: list[Callable[[int], object]] = [
        lambda number: history.show(zoe, number),
        lambda number: list(history.each_discrepancy(zoe, number)),
        lambda number: history.count_kept(zoe, number),
        lambda number: history.count_changes(zoe, number),
        lambda number: list(history.each_change(zoe, number, WantedChanges())),
        lambda number: history.original_file(zoe, number),
        lambda number: history.write_discrepancies(zoe, number, io.BytesIO()),
    ]
    for step in steps:
        step(3)
        for number in (1, 99):
            with pytest.raises(NotFound):
                step(number)
