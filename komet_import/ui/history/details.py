"""One import: what happened, its figures, changes, discrepancies, e-mail and file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from komet_import import history
from komet_import.desk import Desk
from komet_import.history import ImportView
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import Severity
from komet_import.sentences import listed
from komet_import.store.audit import WantedChanges
from komet_import.store.discrepancies import MOST_KEPT
from komet_import.store.drafts import BlankCells
from komet_import.store.history import Problem
from komet_import.store.imports import ImportKind, ImportRecord, ImportState
from komet_import.ui import layout, words
from komet_import.ui.address import id_from
from komet_import.ui.downloads import TableDownload, download_button, download_menu
from komet_import.ui.history.audit_tables import changes_table, discrepancy_frame
from komet_import.ui.history.charts import problem_name, problem_value
from komet_import.ui.history.files import changes_file, discrepancies_file, header_of
from komet_import.ui.mail_card import mail_card
from komet_import.ui.review.result import discrepancy_button, equation
from komet_import.ui.tables import STATES, page_choice

PAGE_ROWS = 200
_EVERY = ""
_SHOWN_PROBLEMS = 12


def import_screen(desk: Desk, wanted: str) -> None:
    """`wanted` comes from the address. Raises NotFound."""
    view = history.show(desk, id_from(wanted, "unknown_import"))
    record = view.record
    when = words.exact(record.finished_at, desk.company)
    state = STATES[record.state]
    with layout.title(
        record.title, "Setup", "Import History", when, badge=state, note=what_happened(desk, view)
    ):
        downloads = st.container(width="content")
    tables = [_changes(desk, record)] if record.kind is ImportKind.RENAME else _of_file(desk, view)
    with downloads:
        _downloads(desk, record, tables)


def _of_file(desk: Desk, view: ImportView) -> list[TableDownload]:
    record = view.record
    _equation(record)
    if record.failure:
        st.error(record.failure, icon=":material/error:")
    left, right = st.columns([0.7, 0.3], gap="medium")
    with left:
        tables = [_changes(desk, record), _discrepancies(desk, view)]
    with right:
        mail_card(desk, record.import_id)
        _file(view)
    return tables


def what_happened(desk: Desk, view: ImportView) -> str:
    """In a sentence; the figures are those of the equation."""
    record = view.record
    counts = record.counts
    when = words.exact(record.finished_at, desk.company)
    if record.kind is ImportKind.RENAME:
        return f"{record.by}, {when}: {words.counted(counts.update, DECLARATIONS[record.declaration].record)} got the new name."
    of_rows = f"{record.by}, {when}: of {words.counted(record.rows, 'row')}"
    if record.state is ImportState.COMMITTING:
        return f"{record.by}, {when}: it is being imported, and nothing is in yet."
    if record.state is ImportState.FAILED:
        return f"{record.by}, {when}: the import failed, and none of its {record.rows:,} rows went in."
    if record.state is ImportState.REJECTED:
        return (
            f"{of_rows}, none went in: some had errors, and then nothing was to be imported. "
            f"{counts.unchanged:,} would have changed nothing."
        )
    parts = [
        f"{number:,} {what}"
        for number, what in (
            (counts.new, "came in new"),
            (counts.update, "updated"),
            (counts.unchanged, "changed nothing"),
            (counts.with_errors, "had errors" if counts.skipped else "left out"),
            (counts.skipped, "skipped"),
        )
        if number
    ]
    undone = " It was undone later." if record.state is ImportState.UNDONE else ""
    return f"{of_rows}, {listed(parts)}.{undone}"


def _equation(record: ImportRecord) -> None:
    seconds = words.duration((record.finished_at - record.started_at).total_seconds())
    rule = "Nothing goes in while a row has errors" if record.all_or_nothing else "Rows with errors stay out"
    blank = {
        BlankCells.KEEP: "blank cells keep the stored value",
        BlankCells.CLEAR: "blank cells clear the stored value",
    }
    with equation(record):
        layout.quiet(f"{record.by}, in {seconds}")
        layout.quiet(f"{rule}, {blank[record.blank_cells]}")


def _downloads(desk: Desk, record: ImportRecord, tables: list[TableDownload]) -> None:
    with download_menu(tables, "downloads"):
        if record.counts.rejected:
            discrepancy_button(desk, record)
        if record.upload_id is not None:
            download_button(
                "Original file",
                partial(history.original_file, desk, record.import_id),
                record.title,
                "application/octet-stream",
                key="original",
            )


# -- changes -------------------------------------------------------------------------------------------------------


def _changes(desk: Desk, record: ImportRecord) -> TableDownload:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader("Changes", anchor=False, width="stretch")
        actions = st.container(width="content")
        columns = st.container(width="content")
        word = DECLARATIONS[record.declaration].record.capitalize()
        searched = st.text_input(
            word,
            placeholder=word,
            icon=":material/search:",
            key=f"changes-customer-{record.import_id}",
            label_visibility="collapsed",
            width=180,
        )
    counts = history.count_changes(desk, record.import_id, searched)
    with actions:
        action = _action(record, counts)
    with columns:
        key = _column(record, counts)
    wanted = WantedChanges(action, key, searched)
    total = sum(
        count
        for (an_action, a_key), count in counts.items()
        if action in (None, an_action) and key in (None, a_key)
    )
    _changes_page(desk, record, wanted, total)
    return changes_file(desk, record, wanted, total)


def _changes_page(desk: Desk, record: ImportRecord, wanted: WantedChanges, total: int) -> None:
    if not total:
        narrowed = wanted != WantedChanges()
        st.caption("No change fits these filters." if narrowed else "Nothing was written.")
        return
    page_key = f"changes-page-{record.import_id}-{wanted.action}-{wanted.key}-{wanted.record}"
    page = int(st.session_state.get(page_key, 1))
    found = history.each_change(desk, record.import_id, wanted, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    changes_table(record.declaration, list(found))
    page_choice(total, PAGE_ROWS, page, key=page_key)


def _action(record: ImportRecord, counts: dict[tuple[str, str | None], int]) -> str | None:
    numbers = {_EVERY: sum(counts.values())}
    for (action, _key), count in counts.items():
        numbers[action] = numbers.get(action, 0) + count
    names = {_EVERY: "All", "insert": "New", "update": "Updated"}
    labels = {name: f"{names.get(name, name.title())} {number:,}" for name, number in numbers.items()}
    if len(labels) < 3:
        return None
    chosen = st.segmented_control(
        "Kind of change",
        list(labels),
        default=_EVERY,
        required=True,
        format_func=partial(_label, labels),
        key=f"changes-action-{record.import_id}",
        label_visibility="collapsed",
    )
    return chosen or None


def _column(record: ImportRecord, counts: dict[tuple[str, str | None], int]) -> str | None:
    changed: dict[str, int] = {}
    for (_action, key), count in counts.items():
        if key:
            changed[key] = changed.get(key, 0) + count
    labels = {_EVERY: "Every column"}
    headers = sorted((header_of(record.declaration, key), key) for key in changed)
    labels |= {key: f"{header} ({changed[key]:,})" for header, key in headers}
    chosen = st.selectbox(
        "Column",
        list(labels),
        format_func=partial(_label, labels),
        key=f"changes-column-{record.import_id}",
        label_visibility="collapsed",
        width=190,
    )
    return chosen or None


def _label(labels: dict[str, str], option: str) -> str:
    return labels[option]


# -- discrepancies -------------------------------------------------------------------------------------------------


def _discrepancies(desk: Desk, view: ImportView) -> TableDownload:
    record = view.record
    sums = {
        severity: sum(count.cells for count in view.problems if count.severity is severity)
        for severity in Severity
    }
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader("Discrepancies", anchor=False)
        errors = words.counted(sums[Severity.ERROR], "error")
        layout.quiet(f"{errors}, {words.counted(sums[Severity.WARNING], 'warning')}")
    problem = _problem(view)
    total = sum(count.cells for count in view.problems if problem in (None, count.problem))
    kept = total if total <= MOST_KEPT else history.count_kept(desk, record.import_id, problem)
    if not total:
        st.caption("Every row went in without a remark." if not record.failure else "None was recorded.")
    else:
        page_key = f"issues-page-{record.import_id}-{problem}"
        page = int(st.session_state.get(page_key, 1))
        offset = (page - 1) * PAGE_ROWS
        found = history.each_discrepancy(desk, record.import_id, problem, limit=PAGE_ROWS, offset=offset)
        discrepancy_frame(record.declaration, list(found))
        page_choice(kept, PAGE_ROWS, page, key=page_key)
        if kept < total:
            st.caption(
                f"The first {kept:,} of {total:,}; of each rejected row at least its first error is here."
            )
    return discrepancies_file(desk, record, problem, kept)


def _problem(view: ImportView) -> Problem | None:
    """The commonest kinds with their numbers; choosing one lists just those."""
    shown = view.problems[:_SHOWN_PROBLEMS]
    if len(shown) < 2:
        return None
    labels = {
        problem_value(
            count.problem
        ): f"{problem_name(count.declaration, count.problem)} :gray[{count.cells:,}]"
        for count in shown
    }
    chosen = st.pills(
        "Kinds of problem",
        list(labels),
        format_func=partial(_label, labels),
        key=f"issues-problem-{view.record.import_id}",
        label_visibility="collapsed",
        wrap=True,
    )
    more = len(view.problems) - len(shown)
    if more:
        st.caption(f"{words.counted(more, 'rarer kind')} of problem stand in the list too.")
    return next((count.problem for count in shown if problem_value(count.problem) == chosen), None)


# -- the file ------------------------------------------------------------------------------------------------------


def _file(view: ImportView) -> None:
    record = view.record
    with st.container(border=True, gap="small"):
        st.subheader("File", anchor=False)
        if record.sheet:
            layout.quiet(f"Sheet {record.sheet}")
        size = f"{words.size(view.file_size)}, " if view.file_size is not None else ""
        if record.sha256:
            layout.quiet(f"{size}SHA-256 {record.sha256[:8]}…{record.sha256[-6:]}")
        layout.quiet(f"{words.counted(record.edits, 'edit')} in the review")
