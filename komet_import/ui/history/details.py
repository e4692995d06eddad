"""One import: what happened, its figures, changes, discrepancies, e-mail and file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from komet_import import history
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.history import ImportView
from komet_import.language import N_, _, ngettext
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import Severity
from komet_import.store.audit import WantedChanges
from komet_import.store.discrepancies import MOST_KEPT
from komet_import.store.history import Problem
from komet_import.store.imports import ImportKind, ImportRecord
from komet_import.ui import layout, words
from komet_import.ui.address import id_from
from komet_import.ui.downloads import TableDownload, download_button, download_menu
from komet_import.ui.history.audit_tables import changes_table, discrepancy_list
from komet_import.ui.history.charts import problem_name, problem_value
from komet_import.ui.history.files import changes_file, discrepancies_file, header_of
from komet_import.ui.history.screen import history_screen
from komet_import.ui.history.sentences import what_happened, what_was_chosen
from komet_import.ui.mail_card import mail_card
from komet_import.ui.review.result import discrepancy_button, equation
from komet_import.ui.tables import badge, page_choice

PAGE_ROWS = 200
_EVERY = ""
_ACTIONS = {_EVERY: N_("All {count:,}"), "insert": N_("New {count:,}"), "update": N_("Updated {count:,}")}
_SHOWN_PROBLEMS = 12


def import_screen(desk: Desk, wanted: str) -> None:
    """`wanted` comes from the address; where there is no such import, all are listed."""
    try:
        view = history.show(desk, id_from(wanted, "unknown_import"))
    except NotFound as error:
        history_screen(desk, str(error))
        return
    record = view.record
    when = words.exact(record.finished_at, desk.company)
    with layout.title(
        record.title,
        _("Import History"),
        when,
        badge=badge(record.state),
        note=what_happened(desk, record),
    ):
        downloads = st.container(width="content", horizontal=True)
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


def _equation(record: ImportRecord) -> None:
    seconds = words.duration((record.finished_at - record.started_at).total_seconds())
    with equation(record):
        layout.quiet(_("{by}, in {duration}").format(by=record.by, duration=seconds))
        layout.quiet(what_was_chosen(record))


def _downloads(desk: Desk, record: ImportRecord, tables: list[TableDownload]) -> None:
    if record.counts.rejected:
        discrepancy_button(desk, record, primary=True)
    with download_menu(tables, "downloads"):
        if record.upload_id is not None:
            download_button(
                _("Original file"),
                partial(history.original_file, desk, record.import_id),
                record.title,
                "application/octet-stream",
                key="original",
            )


# -- changes -------------------------------------------------------------------------------------------------------


def _changes(desk: Desk, record: ImportRecord) -> TableDownload:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(_("Changes"), anchor=False, width="stretch")
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
        st.caption(_("No change fits these filters.") if narrowed else _("Nothing was written."))
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
    labels = {action: _(_ACTIONS[action]).format(count=number) for action, number in numbers.items()}
    if len(labels) < 3:
        return None
    chosen = st.segmented_control(
        _("Kind of change"),
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
    labels = {_EVERY: _("Every column")}
    headers = sorted((header_of(record.declaration, key), key) for key in changed)
    labels |= {key: f"{header} ({changed[key]:,})" for header, key in headers}
    chosen = st.selectbox(
        _("Column"),
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
        st.subheader(_("Discrepancies"), anchor=False)
        layout.quiet(f"{_errors(sums[Severity.ERROR])}, {_warnings(sums[Severity.WARNING])}")
    problem = _problem(view)
    total = sum(count.cells for count in view.problems if problem in (None, count.problem))
    kept = total if total <= MOST_KEPT else history.count_kept(desk, record.import_id, problem)
    if not total:
        st.caption(_("None was recorded.") if record.failure else _("Every row went in without a remark."))
    else:
        page_key = f"issues-page-{record.import_id}-{problem}"
        page = int(st.session_state.get(page_key, 1))
        offset = (page - 1) * PAGE_ROWS
        found = history.each_discrepancy(desk, record.import_id, problem, limit=PAGE_ROWS, offset=offset)
        discrepancy_list(record.declaration, list(found))
        page_choice(kept, PAGE_ROWS, page, key=page_key)
        if kept < total:
            sentence = _(
                "The first {kept:,} of {total:,}; of each row left out at least its first error is here."
            )
            st.caption(sentence.format(kept=kept, total=total))
    return discrepancies_file(desk, record, problem, kept)


def _errors(count: int) -> str:
    return ngettext("{count:,} error", "{count:,} errors", count).format(count=count)


def _warnings(count: int) -> str:
    return ngettext("{count:,} warning", "{count:,} warnings", count).format(count=count)


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
        _("Kinds of problem"),
        list(labels),
        format_func=partial(_label, labels),
        key=f"issues-problem-{view.record.import_id}",
        label_visibility="collapsed",
        wrap=True,
    )
    more = len(view.problems) - len(shown)
    if more:
        sentence = ngettext(
            "{count:,} rarer kind of problem stands in the list too.",
            "{count:,} rarer kinds of problem stand in the list too.",
            more,
        )
        st.caption(sentence.format(count=more))
    return next((count.problem for count in shown if problem_value(count.problem) == chosen), None)


# -- the file ------------------------------------------------------------------------------------------------------


def _file(view: ImportView) -> None:
    record = view.record
    with st.container(border=True, gap="small"):
        st.subheader(_("File"), anchor=False)
        if record.sheet:
            layout.quiet(_("Sheet {sheet}").format(sheet=record.sheet))
        if view.file_size is not None:
            layout.quiet(words.size(view.file_size))
        if record.edits:
            edits = ngettext(
                "{count:,} correction in the review", "{count:,} corrections in the review", record.edits
            )
            layout.quiet(edits.format(count=record.edits))
