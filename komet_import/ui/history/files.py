"""What the import history and one import show, as tables to download: all of it, not only the page on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from komet_import import history, outcomes
from komet_import.desk import Desk
from komet_import.history import Overview
from komet_import.language import N_, _
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import IssueCode, title_of
from komet_import.store.audit import WantedChanges
from komet_import.store.history import Order, Problem, WantedImports
from komet_import.store.imports import ImportRecord
from komet_import.ui.downloads import TableDownload
from komet_import.ui.history.rows_chart import rows_title
from komet_import.ui.tables import badge
from komet_import.workbook.table_file import TableCell

_LIST = (
    N_("Import"),
    N_("When"),
    N_("File"),
    N_("By"),
    N_("Seconds"),
    N_("Rows"),
    outcomes.NEW,
    outcomes.UPDATED,
    outcomes.UNCHANGED,
    outcomes.LEFT_OUT,
    N_("State"),
    N_("E-mail"),
)


def header_of(declaration: str, key: str | None) -> str:
    """Of a column; an issue may be of the whole row. `declaration` is a key of DECLARATIONS."""
    return DECLARATIONS[declaration].header(key) if key else _("Whole row")


def change_header(declaration: str, key: str | None) -> str:
    """Of a changed column; the change may be that there is a new record."""
    if key:
        return header_of(declaration, key)
    return _("New {record}").format(record=DECLARATIONS[declaration].record)


def history_files(
    desk: Desk, overview: Overview, wanted: WantedImports, order: Order, total: int
) -> list[TableDownload]:
    """The list as it is filtered and sorted, and the numbers behind the charts."""
    imports = TableDownload(
        _("The imports listed"), "imports", list(map(_, _LIST)), partial(_imports, desk, wanted, order), total
    )
    rows = TableDownload(
        rows_title(overview.unit),
        f"rows-a-{overview.unit.value}",
        (_("From"), _("Imports"), _(outcomes.NEW), _("Updated or unchanged"), _(outcomes.LEFT_OUT)),
        partial(_bars, overview),
        len(overview.bars),
    )
    problems = TableDownload(
        _("All problems"),
        "problems",
        (_("Column"), _("Problem"), _("Kind"), _("Cells"), _("Imports")),
        partial(_problems, overview),
        len(overview.problems),
    )
    people = TableDownload(
        _("By person"),
        "people",
        (_("Person"), _("Imports"), _("Rows")),
        partial(_people, overview),
        len(overview.people),
    )
    return [imports, rows, problems, people]


def _imports(desk: Desk, wanted: WantedImports, order: Order) -> Iterator[Sequence[TableCell]]:
    for line in history.find(desk, wanted, order).lines:
        record, counts = line.record, line.record.counts
        seconds = round((record.finished_at - record.started_at).total_seconds(), 1)
        when = _local(desk, record.finished_at)
        numbers = (record.rows, counts.new, counts.update, counts.unchanged, counts.rejected)
        mail = badge(line.mail)[0] if line.mail else None
        state = badge(record.state)[0]
        yield (record.import_id, when, record.title, record.by, seconds, *numbers, state, mail)


def _bars(overview: Overview) -> Iterator[Sequence[TableCell]]:
    for bar in overview.bars:
        tally = bar.tally
        yield (bar.start.isoformat(), tally.imports, tally.inserted, tally.kept, tally.rejected)


def _problems(overview: Overview) -> Iterator[Sequence[TableCell]]:
    for count in overview.problems:
        key, code = count.problem
        title = title_of(IssueCode(code))
        yield (
            header_of(count.declaration, key),
            title,
            badge(count.severity)[0],
            count.cells,
            count.imports,
        )


def _people(overview: Overview) -> Iterator[Sequence[TableCell]]:
    for person in overview.people:
        yield (person.name, person.imports, person.rows)


def changes_file(desk: Desk, record: ImportRecord, wanted: WantedChanges, total: int) -> TableDownload:
    """The changes that the filters leave."""
    declaration = DECLARATIONS[record.declaration]
    record_word = declaration.record.capitalize()
    number = _("{record} number").format(record=record_word)
    if declaration.id_key:
        number = declaration.header(declaration.id_key)
    code = declaration.header(declaration.code_key)
    headers = (_("Row"), number, record_word, code, _("Column"), _("Old value"), _("New value"))
    rows = partial(_changes, desk, record, wanted)
    return TableDownload(_("Changes"), f"changes-{record.import_id}", headers, rows, total)


def _changes(desk: Desk, record: ImportRecord, wanted: WantedChanges) -> Iterator[Sequence[TableCell]]:
    for shown in history.each_change(desk, record.import_id, wanted):
        change = shown.change
        column = change_header(record.declaration, change.key)
        who = (change.record_id, shown.name, shown.code)
        yield (change.row, *who, column, change.old, change.new)


def discrepancies_file(
    desk: Desk, record: ImportRecord, problem: Problem | None, total: int
) -> TableDownload:
    """Those of a problem, or all."""
    headers = (_("Row"), _("Kind"), _("Column"), _("Value"), _("Why"), _("Suggestion"))
    rows = partial(_discrepancies, desk, record, problem)
    return TableDownload(_("Discrepancies"), f"problems-{record.import_id}", headers, rows, total)


def _discrepancies(
    desk: Desk, record: ImportRecord, problem: Problem | None
) -> Iterator[Sequence[TableCell]]:
    for found in history.each_discrepancy(desk, record.import_id, problem):
        kind, column = badge(found.severity)[0], header_of(record.declaration, found.key)
        yield (found.row, kind, column, found.value, found.message, found.suggestion)


def _local(desk: Desk, moment: datetime) -> datetime:
    return desk.company.local(moment).replace(tzinfo=None)
