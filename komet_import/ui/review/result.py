"""What a committed draft led to."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

import streamlit as st

from komet_import import customers, history, outcomes
from komet_import.desk import Desk
from komet_import.history import ImportView
from komet_import.language import _, ngettext
from komet_import.review.issues import Issue
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import Severity
from komet_import.sentences import clipped
from komet_import.store.discrepancies import MOST_KEPT
from komet_import.store.imports import ImportRecord, ImportState
from komet_import.ui import layout, words
from komet_import.ui.downloads import XLSX, download_button
from komet_import.ui.list_table import ListColumn, ListRow, list_table
from komet_import.ui.mail_card import mail_card

_SHOWN_PROBLEMS = 50
_SHOWN_LENGTH = 160


def result_screen(desk: Desk, view: ImportView) -> None:
    """The sum as an equation, the rows left out with their reasons, the e-mail, and what to do next."""
    record = view.record
    layout.title(
        verdict(record),
        _("Data Import"),
        _("Result"),
        icon=":material/check_circle:" if record.state is ImportState.COMMITTED else ":material/block:",
        note=_summary(desk, record),
    )
    with equation(record):
        st.badge(
            _("Counted again after the import: every row is accounted for"),
            icon=":material/check:",
            color="gray",
        )
    left, right = st.columns([0.615, 0.385], gap="large")
    with left:
        _left_out(desk, view)
    with right:
        mail_card(desk, record.import_id)
        _next(record)


def verdict(record: ImportRecord) -> str:
    """What became of an import, in a few words."""
    if record.state is ImportState.REJECTED:
        return _("Nothing was imported")
    if record.state is ImportState.FAILED:
        return _("The import failed")
    written = record.counts.new + record.counts.update
    return ngettext("{count:,} row imported", "{count:,} rows imported", written).format(count=written)


def _summary(desk: Desk, record: ImportRecord) -> str:
    seconds = max(0.1, (record.finished_at - record.started_at).total_seconds())
    return _("{what}, by {person}, {when}, in {seconds:,.1f} seconds").format(
        what=record.title,
        person=record.by,
        when=words.exact(record.finished_at, desk.company),
        seconds=seconds,
    )


def equation(record: ImportRecord) -> st.delta_generator.DeltaGenerator:
    """Rows = new + updated + unchanged + left out; returns the card's right end."""
    counts = record.counts
    return layout.equation(
        (_("Rows in the file"), record.rows),
        [
            (_(outcomes.NEW), counts.new),
            (_(outcomes.UPDATED), counts.update),
            (_(outcomes.UNCHANGED), counts.unchanged),
            (_(outcomes.LEFT_OUT), counts.rejected),
        ],
    )


def _left_out(desk: Desk, view: ImportView) -> None:
    record, counts = view.record, view.record.counts
    if not counts.rejected:
        st.subheader(_("Every row went in"), anchor=False)
        st.caption(
            _("Nothing was left out. The stored {records} show the values of the file now.").format(
                records=DECLARATIONS[record.declaration].title.lower()
            )
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        told = ngettext("{count:,} row was left out", "{count:,} rows were left out", counts.rejected)
        st.subheader(told.format(count=counts.rejected), anchor=False)
        discrepancy_button(desk, record, primary=True)
    if counts.skipped:
        st.caption(_("{left_out}.").format(left_out=outcomes.left_out(counts.rejected, counts.skipped)))
    errors = history.each_discrepancy(desk, record.import_id, severity=Severity.ERROR, limit=_SHOWN_PROBLEMS)
    _problem_list(record.declaration, errors)
    total = sum(count.cells for count in view.problems if count.severity is Severity.ERROR)
    if total > _SHOWN_PROBLEMS:
        kept = total
        if total > MOST_KEPT:
            kept = history.count_kept(desk, record.import_id, severity=Severity.ERROR)
        st.caption(_more_problems(total, kept))
    if counts.with_errors:
        st.caption(_way_on(record))
    else:
        st.caption(_("The workbook holds just these rows, for another time."))


def _way_on(record: ImportRecord) -> str:
    none_went_in = record.state is ImportState.REJECTED
    counts = record.counts
    return outcomes.correct(
        counts.with_errors if none_went_in else counts.rejected, none_went_in=none_went_in
    )


def _more_problems(total: int, kept: int) -> str:
    if kept == total:
        told = _("The first {shown} of {total:,}; the workbook and the history hold them all.")
    else:
        told = _("The first {shown} of {total:,}; the workbook and the history hold the first {kept:,}.")
    return told.format(shown=_SHOWN_PROBLEMS, total=total, kept=kept)


def discrepancy_button(desk: Desk, record: ImportRecord, *, primary: bool = False) -> None:
    """Downloads the rows that were left out, with the reasons."""
    download_button(
        _("Discrepancy workbook"),
        lambda: _discrepancies(desk, record.import_id),
        f"discrepancies-{record.import_id}.xlsx",
        XLSX,
        key="discrepancies",
        look="primary" if primary else "secondary",
    )


def _discrepancies(desk: Desk, import_id: int) -> bytes:
    out = BytesIO()
    history.write_discrepancies(desk, import_id, out)
    return out.getvalue()


def _problem_list(declaration: str, issues: Iterable[Issue]) -> None:
    """Row, column, value and reason; a long value takes more lines. `declaration` is a key of DECLARATIONS."""
    header = DECLARATIONS[declaration].header
    list_table(
        "left-out-list",
        _("The rows that were left out, and why"),
        [
            ListColumn(_("Row"), kind="number"),
            ListColumn(_("Column")),
            ListColumn(_("Value"), kind="value"),
            ListColumn(_("Why"), kind="sentence"),
        ],
        [
            ListRow(
                [
                    str(issue.row),
                    header(issue.key) if issue.key else _("Whole row"),
                    clipped(issue.value, _SHOWN_LENGTH),
                    issue.message,
                ]
            )
            for issue in issues
        ],
    )


def _next(record: ImportRecord) -> None:
    with st.container(border=True, gap="small"):
        st.subheader(_("Next"), anchor=False)
        st.page_link(
            "import_history.py",
            label=_("This import in the history"),
            icon=":material/history:",
            query_params={"import": str(record.import_id)},
        )
        if record.declaration == customers.DECLARATION.kind:
            st.page_link(
                "customers.py",
                label=_("The stored customers"),
                icon=":material/storefront:",
                query_params={"import": str(record.import_id)} if record.counts.written else None,
            )
        st.page_link("data_import.py", label=_("Import another file"), icon=":material/upload_file:")
