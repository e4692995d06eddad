"""What the history says in words: of a period, and of one import."""

from __future__ import annotations

from komet_import import outcomes
from komet_import.desk import Desk
from komet_import.history import Period
from komet_import.language import N_, _, ngettext
from komet_import.review.plan import Counts
from komet_import.schema.declarations import DECLARATIONS
from komet_import.sentences import listed
from komet_import.store.drafts import BlankCells
from komet_import.store.imports import ImportKind, ImportRecord, ImportState
from komet_import.ui import words

_PERIODS = {
    Period.MONTH: N_("30 days"),
    Period.QUARTER: N_("90 days"),
    Period.YEAR: N_("12 months"),
    Period.ALL: N_("All"),
}
_CELLS = {
    Period.MONTH: N_("cells, last 30 days"),
    Period.QUARTER: N_("cells, last 90 days"),
    Period.YEAR: N_("cells, last 12 months"),
    Period.ALL: N_("cells, all time"),
}
_NOTHING = {
    Period.MONTH: N_("Nothing was imported in the last 30 days. Choose a longer period."),
    Period.QUARTER: N_("Nothing was imported in the last 90 days. Choose a longer period."),
    Period.YEAR: N_("Nothing was imported in the last 12 months. Choose a longer period."),
}
_CHOSEN = {
    (True, BlankCells.KEEP): N_("Nothing goes in while a row has errors, blank cells keep the stored value"),
    (True, BlankCells.CLEAR): N_(
        "Nothing goes in while a row has errors, blank cells clear the stored value"
    ),
    (False, BlankCells.KEEP): N_("Rows with errors are left out, blank cells keep the stored value"),
    (False, BlankCells.CLEAR): N_("Rows with errors are left out, blank cells clear the stored value"),
}


def period_label(value: str) -> str:
    """Of a period's value, to choose it by."""
    return _(_PERIODS[Period(value)])


def cells_of(period: Period) -> str:
    """What the numbers of the commonest problems count."""
    return _(_CELLS[period])


def nothing_in(period: Period) -> str:
    """Of a period that is not the longest."""
    return _(_NOTHING[period])


def what_was_chosen(record: ImportRecord) -> str:
    """Before the import: whether all rows go in or none, and what blank cells do."""
    return _(_CHOSEN[record.all_or_nothing, record.blank_cells])


def what_happened(desk: Desk, record: ImportRecord) -> str:
    """In a sentence; the figures are those of the equation."""
    told = _sentence(record).format(
        by=record.by,
        when=words.exact(record.finished_at, desk.company),
        rows=record.rows,
        records=f"{record.counts.update:,} {DECLARATIONS[record.declaration].noun(record.counts.update)}",
        unchanged=record.counts.unchanged,
        became=listed(_clauses(record.counts)),
    )
    return " ".join((told, _("It was undone later."))) if record.state is ImportState.UNDONE else told


def _sentence(record: ImportRecord) -> str:
    if record.kind is ImportKind.RENAME:
        return _("{by}, {when}: {records} got the new name.")
    match record.state:
        case ImportState.COMMITTING:
            return _("{by}, {when}: it is being imported, and nothing is in yet.")
        case ImportState.FAILED:
            return ngettext(
                "{by}, {when}: the import failed, and its {rows:,} row did not go in.",
                "{by}, {when}: the import failed, and none of its {rows:,} rows went in.",
                record.rows,
            )
        case ImportState.REJECTED:
            return ngettext(
                "{by}, {when}: of {rows:,} row, none went in: some had errors, and then nothing was to be imported. {unchanged:,} are unchanged.",
                "{by}, {when}: of {rows:,} rows, none went in: some had errors, and then nothing was to be imported. {unchanged:,} are unchanged.",
                record.rows,
            )
    return ngettext(
        "{by}, {when}: of {rows:,} row, {became}.", "{by}, {when}: of {rows:,} rows, {became}.", record.rows
    )


def _clauses(counts: Counts) -> list[str]:
    """What became of the rows, in phrases: `1 new`."""
    clauses = (
        (counts.new, outcomes.new),
        (counts.update, outcomes.updated),
        (counts.unchanged, outcomes.unchanged),
        (counts.with_errors, outcomes.with_errors if counts.skipped else outcomes.left_out),
        (counts.skipped, outcomes.skipped),
    )
    return [clause(count) for count, clause in clauses if count]
