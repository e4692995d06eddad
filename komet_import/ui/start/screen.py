"""The start of an import: templates, the drop area, and drafts to go on with."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from io import BytesIO

import streamlit as st

from komet_import import drafts, importer, outcomes
from komet_import.access import may_see
from komet_import.desk import Desk
from komet_import.errors import KometError
from komet_import.importer import Choices, TemplateKind
from komet_import.language import _
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import DECLARATIONS, USUAL
from komet_import.sentences import counted_rows
from komet_import.store.drafts import StoredDraft
from komet_import.ui import layout, words
from komet_import.ui.downloads import XLSX, download_button
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.wiring import errors_shown, keep_open

_SHOWN_DRAFTS = 4


def start_screen(desk: Desk) -> None:
    """Steps 1 and 2 down the left, drafts at the right."""
    layout.title(_("Import from Excel"))
    steps, aside = st.columns([0.615, 0.385], gap="large")
    with steps:
        kind = st.pills(
            _("What would you like to import?"), list(DECLARATIONS), default=USUAL.kind, format_func=_title
        )
        if kind is None:
            st.info(_("Choose what to import."))
        else:
            _templates(desk, DECLARATIONS[kind])
            _drop_area(desk, DECLARATIONS[kind])
    with aside:
        _drafts(desk)
        _how_rows_match(DECLARATIONS[kind or USUAL.kind])


def _title(kind: str) -> str:
    return DECLARATIONS[kind].title


def _templates(desk: Desk, declaration: Declaration) -> None:
    cards: list[tuple[TemplateKind, str, str]] = [
        ("empty", _("Empty template"), _columns(declaration)),
        (
            "existing",
            _("Existing {records}").format(records=declaration.title.lower()),
            _stored(desk, declaration),
        ),
        ("example", _("Example"), _("A dozen filled rows, to see how it is meant")),
    ]
    st.subheader(_("1. Fill in a template"), anchor=False)
    for place, (kind, title, text) in zip(st.columns(3), cards, strict=True):
        with place.container(border=True, gap="small", height="stretch", vertical_alignment="distribute"):
            with st.container(gap="xxsmall"):
                st.markdown(f"**{title}**")
                st.caption(text)
            download_button(
                _("Download"),
                partial(_template, desk, kind, declaration),
                f"{declaration.kind}-{kind}.xlsx",
                XLSX,
                key=f"template-{kind}",
                width="stretch",
            )
    layout.legend(blue_required=desk.company.multi_location)
    st.caption(
        _(
            "The colours of the headers, in the template and on the next screen. Each header also says it in words."
        )
    )


def _columns(declaration: Declaration) -> str:
    return _("{count} columns with notes and drop-down lists").format(count=len(declaration.columns))


def _stored(desk: Desk, declaration: Declaration) -> str:
    count = importer.count_stored(desk, declaration)
    return _("{count:,} stored {records}, ready to correct").format(
        count=count, records=declaration.noun(count)
    )


def _template(desk: Desk, kind: TemplateKind, declaration: Declaration) -> bytes:
    out = BytesIO()
    importer.write_template(desk, out, kind, declaration)
    return out.getvalue()


def _drop_area(desk: Desk, declaration: Declaration) -> None:
    st.subheader(_("2. Drop the filled file"), anchor=False)
    uploaded = st.file_uploader(
        _("The filled file"),
        type=["xlsx", "xlsm", "xlsb", "xls", "ods", "csv"],
        label_visibility="collapsed",
        key="upload",
        max_upload_size=desk.settings.limits.upload_mb,
    )
    st.caption(
        _(
            "Up to {most:,} rows. You see and correct every problem first; "
            "nothing is imported until you confirm."
        ).format(most=desk.settings.limits.rows)
    )
    if uploaded is not None:
        with errors_shown():
            _take(desk, declaration, uploaded.name, uploaded.getvalue())


def _take(desk: Desk, declaration: Declaration, name: str, content: bytes) -> None:
    """A file that is in already is taken again only when that is meant."""
    earlier = importer.earlier_import(desk, content)
    if earlier is not None:
        when = words.exact(earlier.finished_at, desk.company)
        st.warning(
            _(
                "**{file}** was imported already: {when}, by {person}. "
                "Rows that went in then would be unchanged now."
            ).format(file=escape_markdown(name), when=when, person=escape_markdown(earlier.by)),
            icon=":material/history:",
        )
        with st.container(horizontal=True):
            again = st.button(_("Review it again"), key="again")
            if may_see(desk.person, earlier):
                st.page_link(
                    "import_history.py",
                    label=_("See that import"),
                    query_params={"import": str(earlier.import_id)},
                )
        if not again:
            return
    with st.spinner(_("Reading {file}").format(file=escape_markdown(name))):
        opened = importer.upload(desk, name, content, Choices(declaration))
    keep_open(desk, opened)
    st.query_params["draft"] = opened.stored.draft_id
    st.rerun()


def _drafts(desk: Desk) -> None:
    st.subheader(_("Continue a draft"), anchor=False)
    found = drafts.find_open(desk, _SHOWN_DRAFTS)
    if not found:
        st.caption(
            _(
                "Nothing is open. A file that you drop is kept as a draft, with every correction, until it is imported."
            )
        )
    now = datetime.now(UTC)
    for draft in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(gap=None):
                st.markdown(f"**{escape_markdown(draft.file)}**")
                st.caption(_figures(draft))
                st.caption(escape_markdown(_touched(desk, draft, now)))
            st.button(
                _("Continue"), key=f"continue-{draft.draft_id}", on_click=_go_on, args=(draft.draft_id,)
            )
            st.button(
                "",
                icon=":material/delete:",
                key=f"discard-{draft.draft_id}",
                type="tertiary",
                help=_("Discard this draft"),
                on_click=_discard,
                args=(desk, draft),
            )


def _touched(desk: Desk, draft: StoredDraft, now: datetime) -> str:
    """When, and by whom if it is somebody else's."""
    when = words.moment(draft.updated_at, desk.company, now)
    if draft.created_by == desk.person.person_id:
        return when
    return _("{when}, by {person}").format(when=when, person=draft.by)


def _figures(draft: StoredDraft) -> str:
    if draft.rows is None:
        return _("not read yet")
    figures = [
        counted_rows(draft.rows),
        outcomes.with_errors(draft.rows_with_errors) if draft.rows_with_errors else _("none with errors"),
    ]
    if draft.rows_skipped:
        figures.append(outcomes.skipped(draft.rows_skipped))
    return ", ".join(figures)


def _go_on(draft_id: str) -> None:
    st.query_params["draft"] = draft_id


def _discard(desk: Desk, draft: StoredDraft) -> None:
    try:
        drafts.discard(desk, draft.draft_id)
    except KometError as error:
        st.toast(str(error), icon=":material/error:")
    else:
        told = _("{file} was discarded. Its file can be dropped again any time.")
        st.toast(told.format(file=escape_markdown(draft.file)))


def _how_rows_match(declaration: Declaration) -> None:
    record = declaration.record
    st.subheader(_("How rows find their {record}").format(record=record), anchor=False)
    st.markdown(
        _(
            "{found_by}; otherwise the row is a new {record}.  \n"
            "Columns that the file lacks stay as they are, and a blank cell keeps the stored value, "
            "unless you choose that blank cells clear it."
        ).format(found_by=_found_by(declaration), record=record)
    )


def _found_by(declaration: Declaration) -> str:
    """Of one column or two."""
    headers = [f"**{column.header}**" for column in declaration.finding_columns]
    sentence = _("By {first}, else by {second}") if len(headers) > 1 else _("By {first}")
    return sentence.format(first=headers[0], second=headers[-1])
