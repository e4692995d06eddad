"""The start of an import: templates, the drop area, and drafts to go on with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from io import BytesIO

import streamlit as st

from komet_import import drafts, importer
from komet_import.access import may_see
from komet_import.desk import Desk
from komet_import.errors import KometError
from komet_import.importer import Choices, TemplateKind
from komet_import.language import _, ngettext
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import DECLARATIONS, USUAL
from komet_import.store.drafts import DraftPage, DraftState
from komet_import.store.imports import ImportRecord
from komet_import.ui import layout, words
from komet_import.ui.downloads import XLSX, download_button
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.start.draft_cards import confirm_discarding, draft_card, with_discarded
from komet_import.ui.wiring import keep_open

_SHOWN_DRAFTS = 4


def start_screen(desk: Desk, notice: Callable[[], object] | None = None) -> None:
    """Steps 1 and 2 down the left, drafts at the right; on top a `notice`, of what an address asked for in vain."""
    layout.title(_("Import from Excel"))
    if notice is not None:
        notice()
    steps, aside = st.columns([0.615, 0.385], gap="large")
    with steps:
        declaration = _declaration()
        _templates(desk, declaration)
        _drop_area(desk, declaration)
    with aside:
        _drafts(desk)
        _how_rows_match(declaration)


def _declaration() -> Declaration:
    kind = st.pills(
        _("What would you like to import?"),
        list(DECLARATIONS),
        default=USUAL.kind,
        required=True,
        format_func=_title,
    )
    return DECLARATIONS[kind or USUAL.kind]


def _title(kind: str) -> str:
    return DECLARATIONS[kind].title


def _templates(desk: Desk, declaration: Declaration) -> None:
    count = importer.count_stored(desk, declaration)
    cards: list[tuple[TemplateKind, str, str]] = [
        ("empty", _("Empty template"), _columns(declaration)),
        (
            "existing",
            _("Existing {records}").format(records=declaration.title.lower()),
            _stored(declaration, count),
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
                disabled=kind == "existing" and not count,
            )
    layout.legend(blue_required=desk.company.multi_location)
    st.caption(
        _(
            "The colours of the headers, in the template and on the next screen. Each header also says it in words."
        )
    )


def _columns(declaration: Declaration) -> str:
    return _("{count} columns with notes and drop-down lists").format(count=len(declaration.columns))


def _stored(declaration: Declaration, count: int) -> str:
    if not count:
        return _("None is stored yet: your first file brings them in")
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
        try:
            _take(desk, declaration, uploaded.name, uploaded.getvalue())
        except KometError as error:  # here, and all else stays
            st.error(escape_markdown(str(error)), icon=":material/error:")


def _take(desk: Desk, declaration: Declaration, name: str, content: bytes) -> None:
    """A file that is in already is taken again only when that is meant."""
    earlier = importer.earlier_import(desk, content)
    if earlier is not None and not _is_meant(desk, name, earlier):
        return
    with st.spinner(_("Reading {file}").format(file=escape_markdown(name))):
        opened = importer.upload(desk, name, content, Choices(declaration))
    keep_open(desk, opened)
    st.query_params["draft"] = opened.stored.draft_id
    st.rerun()


def _is_meant(desk: Desk, name: str, earlier: ImportRecord) -> bool:
    when = words.exact(earlier.finished_at, desk.company)
    told = _(
        "**{file}** was imported already: {when}, by {person}. Rows that went in then would be unchanged now."
    )
    facts = {"file": escape_markdown(name), "when": when, "person": escape_markdown(earlier.by)}
    with st.container(key="earlier", gap="small"):
        st.markdown(f":material/history: {told.format(**facts)}")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            again = st.button(_("Review it again"), key="again")
            if may_see(desk.person, earlier):
                st.page_link(
                    "import_history.py",
                    label=_("See that import"),
                    query_params={"import": str(earlier.import_id)},
                    width="content",
                )
    return again


def _drafts(desk: Desk) -> None:
    st.subheader(_("Continue a draft"), anchor=False)
    page = drafts.find(desk, limit=_SHOWN_DRAFTS)
    shown = with_discarded(desk, page.drafts)
    for draft in shown:
        draft_card(desk, draft)
    if not shown:
        st.caption(
            _(
                "Nothing is open. A file that you drop is kept as a draft, with every correction, until it is imported."
            )
        )
    _all_drafts(page)
    confirm_discarding(desk)


def _all_drafts(page: DraftPage) -> None:
    discarded = page.states.get(DraftState.DISCARDED, 0)
    if page.total > _SHOWN_DRAFTS:
        layout.way(_("All {count:,} drafts").format(count=page.total), "/?drafts=open")
    elif discarded:
        told = ngettext("{count:,} discarded draft", "{count:,} discarded drafts", discarded)
        layout.way(told.format(count=discarded), "/?drafts=discarded")


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
